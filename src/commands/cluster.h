// The cluster as the rows have it, for placement and for the table of P2.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "commands/group_bindings.h"
#include "commands/work.h"
#include "model/requests.h"
#include "placement/cluster.h"
#include "queue/rules.h"

namespace dure::commands {

// The replicas that hold something, or may.
base::Result<std::vector<model::Replica>> unended_replicas(Work& work);

// Built from the rows of this transaction. Pools that a policy in force offers in blocks give out blocks
// only. Of the nodes `as_ready` nobody minds that they are drained: what they have counts. What a group binds
// of a pool is a pool of its own (groups.pool_for()).
base::Result<placement::Cluster> load_cluster(Work& work, GroupBindings& groups);
base::Result<placement::Cluster> load_cluster(Work& work, const std::vector<model::Replica>& unended,
                                              const std::set<model::NodeId>& as_ready, GroupBindings& groups);

// What one account may hold at a time under a pack (F14); no ceiling where the pack has none.
queue::Ceiling account_ceiling(const policy::Pack& pack);
// The same from one of the pack's other ceilings.
queue::Ceiling ceiling_of(const policy::Ceiling& offer);

// Total / Request Max / Available (P2). Open to every account: of the nodes to which its runs may come. Who
// may read nodes sees all, each in its own pool.
base::Result<model::ResourceTable> resource_table(Work& work, const std::string& pool);

// Nodes: taken out of service and back (P26). What an operator says here holds: a maintenance window that had
// drained the node leaves it so from then on. Permission: nodes.manage.
base::Result<model::Node> drain_node(Work& work, const model::NodeId& id);
base::Result<model::Node> resume_node(Work& work, const model::NodeId& id);

// The same without asking who does it. A lost node stays lost, and is what is wanted when it comes back.
base::Result<model::Node> set_drain(Work& work, model::Node node, bool drain, const std::string& action);

}  // namespace dure::commands
