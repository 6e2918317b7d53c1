// Groups of users (G9): made, changed and ended by the programme's operators; what follows for their members
// is in group_bindings.h.
#pragma once

#include <string>
#include <vector>

#include "commands/work.h"
#include "model/group.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// Refuses what programme::check_group() refuses; (kInvalid) "group.no_such_node" {node}; (kConflict)
// "group.name_taken" {name}, "group.node_taken" {node, group}, "group.namespace_taken" {namespace, group}.
// Permission: groups.manage in the programme.
base::Result<model::Group> create_group(Work& work, const model::CreateGroup& command);

// Writes the whole of what it binds; one that binds that already is left as it is. Of what runs nothing is
// stopped: it holds from the next start on. Refuses what create_group() refuses; (kInvalid)
// "outcome.text_missing" without a ground; (kConflict) "group.ended". Permission: groups.manage.
base::Result<model::Group> set_group(Work& work, const model::GroupId& id, const model::SetGroup& command);

// Nobody is in it any more, what it bound is free. Refuses
// (kConflict) "group.ended", "group.runs_left" {runs} while runs of members have not ended; (kInvalid)
// "outcome.text_missing". Permission: groups.manage.
base::Result<model::Group> end_group(Work& work, const model::GroupId& id, const model::GiveGround& command);

// Refuses (kConflict) "group.ended", "group.member_already" {group} of who is in one (the same: answers as he
// is); (kInvalid) "group.account_unknown" {account} where it is none of the programme; (kNotAllowed)
// "group.kind_not_bound". Permission: groups.manage.
base::Result<model::GroupMember> add_group_member(Work& work, const model::GroupId& id,
                                                  const model::AddGroupMember& command);
// From the next start on he is a member no more. Refuses (kConflict) "group.member_left"; (kInvalid)
// "outcome.text_missing". Permission: groups.manage.
base::Result<model::GroupMember> remove_group_member(Work& work, const model::GroupMemberId& id,
                                                     const model::GiveGround& command);

// What the account is in. Permission: accounts.read, which everybody has of his own.
base::Result<model::AccountGroup> read_account_group(Work& work, const model::AccountId& id);

}  // namespace dure::commands
