#include "commands/groups.h"

#include <algorithm>
#include <set>

#include "commands/group_bindings.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "model/ranges.h"
#include "programme/group.h"

namespace dure::commands {
namespace {

using access::Permission;
using model::Group;
using model::GroupMember;

base::Status check_nodes_known(Work& work, const Group& group) {
  for (const auto& node : group.node_ids) {
    DURE_LET(found, work.tx.nodes().find(model::NodeId(node)));
    if (!found) return refused("/node_ids", base::Reason("group.no_such_node").with("node", node));
  }
  return {};
}

// The first of `items` that is among `taken`.
const std::string* shared_item(const std::vector<std::string>& items, const std::vector<std::string>& taken) {
  for (const auto& each : items)
    if (std::ranges::find(taken, each) != taken.end()) return &each;
  return nullptr;
}

base::Status conflict_at(const std::string& pointer, const base::Reason& reason) {
  return base::error(base::ErrorKind::kConflict, reason, {{pointer, reason}});
}

// Names, nodes and namespaces are of one group at a time, over all programmes: they share the machines.
base::Status check_nobody_elses(Work& work, const Group& group) {
  DURE_LET(groups, load_all(work.tx.groups(), ports::Query{}.where_null("ended_at")));
  for (const auto& other : groups) {
    if (other.id == group.id) continue;
    if (other.name == group.name)
      return conflict_at("/name", base::Reason("group.name_taken").with("name", group.name));
    if (const auto* node = shared_item(group.node_ids, other.node_ids))
      return conflict_at("/node_ids",
                         base::Reason("group.node_taken").with("node", *node).with("group", other.name));
    if (const auto* name = shared_item(group.namespaces, other.namespaces))
      return conflict_at(
          "/namespaces",
          base::Reason("group.namespace_taken").with("namespace", *name).with("group", other.name));
  }
  return {};
}

base::Status check_bindings(Work& work, const Group& group) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, group.programme_id));
  DURE_TRY(programme::check_group(pack->offer, group));
  DURE_TRY(check_nodes_known(work, group));
  return check_nobody_elses(work, group);
}

base::Result<Group> open_group(Work& work, const model::GroupId& id) {
  DURE_LET(group, load_for(work, work.tx.groups(), id, Permission::kGroupManage));
  if (group.ended_at) return conflict(base::Reason("group.ended").with("group", group.name));
  return group;
}

ports::Query members_now(const model::GroupId& id) {
  return ports::Query{}.where("group_id", id).where_null("left_at");
}

base::Status take_out(Work& work, GroupMember& member, const std::string& ground) {
  member.left_at = work.now;
  DURE_TRY(work.save(work.tx.group_members(), member));
  return tell(work, member, "group-members", "group.member_left", "remove", "{}", ground);
}

// Also of who has left: what he had started may run on the group's nodes still.
base::Result<std::int64_t> runs_of_members(Work& work, const model::GroupId& id) {
  DURE_LET(stays, load_all(work.tx.group_members(), ports::Query{}.where("group_id", id)));
  std::set<std::string> accounts;
  for (const auto& each : stays) accounts.insert(each.account_id.text);
  std::int64_t runs = 0;
  for (const auto& account : accounts) {
    DURE_LET(left, work.tx.replicas().count(
                       ports::Query{}
                           .where("account_id", account)
                           .where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual)));
    runs += left;
  }
  return runs;
}

base::Result<std::optional<GroupMember>> stay_of(Work& work, const model::AccountId& account) {
  return work.tx.group_members().first(
      ports::Query{}.where("account_id", account).where_null("left_at").at_most(1));
}

}  // namespace

base::Result<Group> create_group(Work& work, const model::CreateGroup& command) {
  const model::ProgrammeId programme(command.programme_id);
  DURE_TRY(pack_for(work, programme, Permission::kGroupManage));
  DURE_TRY(model::check_ranges(command));
  Group group;
  work.stamp(group);
  group.programme_id = programme;
  group.name = command.name;
  group.description = command.description;
  group.node_ids = command.node_ids;
  group.namespaces = command.namespaces;
  group.registries = command.registries;
  group.storage = command.storage;
  DURE_TRY(check_bindings(work, group));
  DURE_TRY(work.tx.groups().insert(group));
  DURE_TRY(tell(work, group, "groups", "group.created", "create"));
  return group;
}

base::Result<Group> set_group(Work& work, const model::GroupId& id, const model::SetGroup& command) {
  DURE_LET(was, open_group(work, id));
  DURE_TRY(model::check_ranges(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  Group group = was;
  group.description = command.description;
  group.node_ids = command.node_ids;
  group.namespaces = command.namespaces;
  group.registries = command.registries;
  group.storage = command.storage;
  if (wire::json_text(group) == wire::json_text(was)) return group;
  DURE_TRY(check_bindings(work, group));
  DURE_TRY(work.save(work.tx.groups(), group));
  const std::string name = "groups/" + group.id.text;
  DURE_TRY(work.publish("group.changed", name, resource_of(group)));
  DURE_TRY(work.audit("groups.set", name, resource_of(group),
                      "{\"ground\":" + wire::json_text(command.ground) + ",\"was\":" + wire::json_text(was) +
                          ",\"is\":" + wire::json_text(group) + "}"));
  return group;
}

base::Result<Group> end_group(Work& work, const model::GroupId& id, const model::GiveGround& command) {
  DURE_LET(group, open_group(work, id));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_LET(members, load_all(work.tx.group_members(), members_now(id)));
  DURE_LET(runs, runs_of_members(work, id));
  if (runs > 0) return conflict(base::Reason("group.runs_left").with("runs", runs));
  for (auto& each : members) DURE_TRY(take_out(work, each, command.ground));
  group.ended_at = work.now;
  DURE_TRY(work.save(work.tx.groups(), group));
  DURE_TRY(tell(work, group, "groups", "group.ended", "end", "{}", command.ground));
  return group;
}

base::Result<GroupMember> add_group_member(Work& work, const model::GroupId& id,
                                           const model::AddGroupMember& command) {
  DURE_LET(group, open_group(work, id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, group.programme_id));
  DURE_TRY(programme::check_members_bound(pack->offer));
  DURE_LET(account, work.tx.accounts().find(model::AccountId(command.account_id)));
  if (!account || account->programme_id != group.programme_id)
    return refused("/account_id", base::Reason("group.account_unknown").with("account", command.account_id));
  DURE_LET(stay, stay_of(work, account->id));
  if (stay && stay->group_id == id) return *stay;
  if (stay) {
    DURE_LET(other, work.tx.groups().get(stay->group_id));
    return conflict(base::Reason("group.member_already").with("group", other.name));
  }
  GroupMember member;
  work.stamp(member);
  member.programme_id = group.programme_id;
  member.group_id = id;
  member.account_id = account->id;
  DURE_TRY(work.tx.group_members().insert(member));
  DURE_TRY(tell(work, member, "group-members", "group.member_joined", "add"));
  return member;
}

base::Result<GroupMember> remove_group_member(Work& work, const model::GroupMemberId& id,
                                              const model::GiveGround& command) {
  DURE_LET(member, load_for(work, work.tx.group_members(), id, Permission::kGroupManage));
  if (member.left_at) return conflict(base::Reason("group.member_left"));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_TRY(take_out(work, member, command.ground));
  return member;
}

base::Result<model::AccountGroup> read_account_group(Work& work, const model::AccountId& id) {
  DURE_LET(account, read_row(work, work.tx.accounts(), id));
  model::AccountGroup answer;
  DURE_LET(stay, stay_of(work, account.id));
  if (!stay) return answer;
  DURE_LET(group, work.tx.groups().get(stay->group_id));
  answer.group = std::move(group);
  answer.member = std::move(stay);
  return answer;
}

}  // namespace dure::commands
