#include "commands/group_bindings.h"

#include "commands/rows.h"
#include "model/access.h"
#include "placement/pool_part.h"

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

const model::Group* GroupBindings::of_node(const model::NodeId& node) const {
  const auto found = by_node_.find(node.text);
  return found == by_node_.end() ? nullptr : &groups_[found->second];
}

void GroupBindings::bind(std::vector<model::Node>& nodes) {
  for (auto& node : nodes) {
    const model::Group* group = of_node(node.id);
    if (group == nullptr) continue;
    parts_.insert(placement::pool_of_part("", group->name));
    auto bound = placement::pool_of_part(node.pool, group->name);
    bound_pools_[bound] = std::move(node.pool);
    node.pool = std::move(bound);
  }
}

std::string GroupBindings::pool_for(const model::AccountId& account, const std::string& pool) const {
  const model::Group* group = of(account);
  if (group == nullptr) return pool;
  auto bound = placement::pool_of_part(pool, group->name);
  const bool any_there = pool.empty() ? parts_.contains(bound) : bound_pools_.contains(bound);
  return any_there ? bound : pool;
}

bool GroupBindings::reaches(const model::AccountId& account, const model::Node& node) const {
  const model::Group* group = of_node(node.id);
  if (group != nullptr) return group == of(account);
  return pool_for(account, node.pool) == node.pool;
}

std::vector<std::string> GroupBindings::parts_of_pool(const std::string& pool) const {
  std::vector<std::string> names{pool};
  if (pool.empty()) names.insert(names.end(), parts_.begin(), parts_.end());
  for (const auto& [bound, whole] : bound_pools_)
    if (!pool.empty() && whole == pool) names.push_back(bound);
  return names;
}

base::Result<GroupBindings> load_groups(Work& work) {
  DURE_LET(groups, load_all(work.tx.groups(), ports::Query{}.where_null("ended_at")));
  GroupBindings bindings(std::move(groups));
  if (bindings.groups().empty()) return bindings;
  DURE_LET(members, load_all(work.tx.group_members(), ports::Query{}.where_null("left_at")));
  for (const auto& each : members) bindings.add(each);
  return bindings;
}

base::Result<std::set<model::NodeId>> nodes_closed_to(Work& work, const model::ProjectId& project) {
  std::set<model::NodeId> closed;
  DURE_LET(groups, load_groups(work));
  if (groups.groups().empty()) return closed;
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}
                                                       .where("role", model::Role::kMember)
                                                       .where("scope", model::ScopeKind::kProject)
                                                       .where("scope_id", project)));
  std::set<model::GroupId> own;
  for (const auto& grant : grants)
    if (const auto* group = groups.of(grant.account_id);
        group != nullptr && (!grant.ends_at || work.now < *grant.ends_at))
      own.insert(group->id);
  for (const auto& group : groups.groups())
    if (!own.contains(group.id)) closed.insert(group.node_ids.begin(), group.node_ids.end());
  return closed;
}

}  // namespace dure::commands
