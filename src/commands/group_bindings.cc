#include "commands/group_bindings.h"

#include "commands/rows.h"
#include "programme/group.h"

namespace dure::commands {

GroupBindings::GroupBindings(std::vector<model::Group> groups) : groups_(std::move(groups)) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    by_id_[groups_[i].id] = i;
    for (const auto& node : groups_[i].node_ids) by_node_[node] = i;
  }
}

void GroupBindings::add(const model::GroupMember& member) {
  if (const auto found = by_id_.find(member.group_id); found != by_id_.end())
    by_account_[member.account_id] = found->second;
}

const model::Group* GroupBindings::of(const model::AccountId& account) const {
  const auto found = by_account_.find(account);
  return found == by_account_.end() ? nullptr : &groups_[found->second];
}

void GroupBindings::bind(std::vector<model::Node>& nodes) {
  for (auto& node : nodes) {
    const auto found = by_node_.find(node.id.text);
    if (found == by_node_.end()) continue;
    auto bound = programme::bound_pool(node.pool, groups_[found->second].name);
    bound_pools_[bound] = std::move(node.pool);
    node.pool = std::move(bound);
  }
}

std::string GroupBindings::pool_for(const model::AccountId& account, const std::string& pool) const {
  const model::Group* group = of(account);
  if (group == nullptr) return pool;
  auto bound = programme::bound_pool(pool, group->name);
  return bound_pools_.contains(bound) ? bound : pool;
}

base::Result<GroupBindings> load_groups(Work& work) {
  DURE_LET(groups, load_all(work.tx.groups(), ports::Query{}.where_null("ended_at")));
  GroupBindings bindings(std::move(groups));
  if (bindings.groups().empty()) return bindings;
  DURE_LET(members, load_all(work.tx.group_members(), ports::Query{}.where_null("left_at")));
  for (const auto& each : members) bindings.add(each);
  return bindings;
}

}  // namespace dure::commands
