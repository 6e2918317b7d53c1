// What groups bind, read once for a decision: on which nodes whose runs go, which images they may start (G9).
#pragma once

#include <map>
#include <set>
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
  // Whose the node is; nullptr: nobody's.
  const model::Group* of_node(const model::NodeId& node) const;
  // Makes of the nodes that a group binds a part of their pool that is the group's (placement/pool_part.h),
  // and notes which there are. To be called before what follows.
  void bind(std::vector<model::Node>& nodes);
  // Where the account's runs go of a pool ("": any): the nodes of its group, where that has any there; else
  // those that are nobody's.
  std::string pool_for(const model::AccountId& account, const std::string& pool) const;
  // True where that is where the node is.
  bool reaches(const model::AccountId& account, const model::Node& node) const;
  // The pools that bind() made, and which they are a part of.
  const std::map<std::string, std::string>& bound_pools() const { return bound_pools_; }
  // Under which names its nodes go, whoever has them: those that are nobody's first. "": all nodes.
  std::vector<std::string> parts_of_pool(const std::string& pool) const;

 private:
  std::vector<model::Group> groups_;
  std::map<model::GroupId, std::size_t> by_id_;
  std::map<std::string, std::size_t> by_node_;
  std::map<model::AccountId, std::size_t> by_account_;
  std::map<std::string, std::string> bound_pools_;
  std::set<std::string> parts_;  // of all pools
};

base::Result<GroupBindings> load_groups(Work& work);

// The nodes that only groups have of which nobody is in the project: none of its runs ever comes there.
base::Result<std::set<model::NodeId>> nodes_closed_to(Work& work, const model::ProjectId& project);

}  // namespace dure::commands
