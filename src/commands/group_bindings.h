// What groups bind, read once for a decision: on which nodes whose runs go, which images they may start (G9).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/work.h"
#include "model/group.h"
#include "model/machine.h"

namespace dure::commands {

// The groups that have not ended, and who is in them now. Of one transaction.
class GroupBindings {
 public:
  explicit GroupBindings(std::vector<model::Group> groups);

  void add(const model::GroupMember& member);
  const std::vector<model::Group>& groups() const { return groups_; }
  // Of the account; nullptr: it is in no group.
  const model::Group* of(const model::AccountId& account) const;
  // Names the pool of each node that a group binds after the group, and notes which pools have such nodes.
  // To be called before pool_for().
  void bind(std::vector<model::Node>& nodes);
  // Where the account's runs go of a pool: the nodes of its group, where that has any there; else those that
  // are nobody's.
  std::string pool_for(const model::AccountId& account, const std::string& pool) const;
  // The pools that bind() made, and which they are a part of.
  const std::map<std::string, std::string>& bound_pools() const { return bound_pools_; }

 private:
  std::vector<model::Group> groups_;
  std::map<model::GroupId, std::size_t> by_id_;
  std::map<std::string, std::size_t> by_node_;
  std::map<model::AccountId, std::size_t> by_account_;
  std::map<std::string, std::string> bound_pools_;
};

base::Result<GroupBindings> load_groups(Work& work);

}  // namespace dure::commands
