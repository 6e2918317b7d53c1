// Groups of users (G9; S2, "User rights: Group"): what a group binds is said once, on the group, and holds
// for all its members from the next start on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// Lists that are empty bind nothing of that kind. No node and no namespace is of two groups at a time.
struct Group {
  GroupId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::string name;  // lower case, as a label of DNS; unique among the groups that have not ended
  std::string description;
  std::vector<std::string> node_ids;    // members run on these of a pool, and nobody else does
  std::vector<std::string> namespaces;  // of a cluster, that are the members' own
  std::vector<std::string> registries;  // beginnings of references of images: "registry.example.org/vision"
  base::Bytes storage;                  // of a folder that members share; 0, as none is offered yet
  std::optional<base::Instant> ended_at;
};
DURE_FIELDS(Group, "user_groups", field("id", &Group::id), field("version", &Group::version),
            field("created_at", &Group::created_at), field("updated_at", &Group::updated_at),
            field("programme_id", &Group::programme_id), field("name", &Group::name),
            field("description", &Group::description), field("node_ids", &Group::node_ids),
            field("namespaces", &Group::namespaces), field("registries", &Group::registries),
            field("storage_bytes", &Group::storage, Range{0, kMostBytes}),
            field("ended_at", &Group::ended_at));

// One stay of an account in a group. An account is in one group at a time.
struct GroupMember {
  GroupMemberId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  GroupId group_id;
  AccountId account_id;
  std::optional<base::Instant> left_at;
};
DURE_FIELDS(GroupMember, "group_members", field("id", &GroupMember::id),
            field("version", &GroupMember::version), field("created_at", &GroupMember::created_at),
            field("updated_at", &GroupMember::updated_at), field("programme_id", &GroupMember::programme_id),
            field("group_id", &GroupMember::group_id), field("account_id", &GroupMember::account_id),
            field("left_at", &GroupMember::left_at));

struct CreateGroup {
  std::string programme_id;
  std::string name;
  std::string description;
  std::vector<std::string> node_ids;
  std::vector<std::string> namespaces;
  std::vector<std::string> registries;
  base::Bytes storage;
};
DURE_VALUE_FIELDS(CreateGroup, field("programme_id", &CreateGroup::programme_id),
                  field("name", &CreateGroup::name), field("description", &CreateGroup::description),
                  field("node_ids", &CreateGroup::node_ids), field("namespaces", &CreateGroup::namespaces),
                  field("registries", &CreateGroup::registries),
                  field("storage_bytes", &CreateGroup::storage, Range{0, kMostBytes}));

// The whole of what the group shall bind from now on.
struct SetGroup {
  std::string description;
  std::vector<std::string> node_ids;
  std::vector<std::string> namespaces;
  std::vector<std::string> registries;
  base::Bytes storage;
  std::string ground;
};
DURE_VALUE_FIELDS(SetGroup, field("description", &SetGroup::description),
                  field("node_ids", &SetGroup::node_ids), field("namespaces", &SetGroup::namespaces),
                  field("registries", &SetGroup::registries),
                  field("storage_bytes", &SetGroup::storage, Range{0, kMostBytes}),
                  field("ground", &SetGroup::ground));

struct AddGroupMember {
  std::string account_id;
};
DURE_VALUE_FIELDS(AddGroupMember, field("account_id", &AddGroupMember::account_id));

// What an account's group binds for it; both are none where it is in no group.
struct AccountGroup {
  std::optional<Group> group;
  std::optional<GroupMember> member;
};
DURE_VALUE_FIELDS(AccountGroup, field("group", &AccountGroup::group), field("member", &AccountGroup::member));

}  // namespace dure::model
