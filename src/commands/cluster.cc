#include "commands/cluster.h"

#include "commands/reads.h"
#include "commands/row_cache.h"
#include "commands/rows.h"
#include "fleet/node_state.h"
#include "placement/inventory.h"

namespace dure::commands {
namespace {

using Runs = RowCache<model::Run>;
using Revisions = RowCache<model::Revision>;

base::Result<const model::WorkloadSpec*> spec_of(const model::RunId& id, Runs& runs, Revisions& revisions) {
  DURE_LET(run, runs.get(id));
  DURE_LET(revision, revisions.get(run->revision_id));
  return &revision->spec;
}

base::Status fetch_specs(const std::vector<model::Replica>& replicas, Runs& runs, Revisions& revisions) {
  std::vector<model::RunId> run_ids;
  run_ids.reserve(replicas.size());
  for (const auto& replica : replicas) run_ids.push_back(replica.run_id);
  DURE_TRY(runs.fetch(run_ids));
  std::vector<model::RevisionId> revision_ids;
  for (const auto& id : run_ids)
    if (const auto run = runs.get(id); run)
      revision_ids.push_back((*run)->revision_id);
    else if (!is_of_the_row(run.failure()))
      return run.failure();
  return revisions.fetch(std::move(revision_ids));
}

// CPU and memory of the replicas that have not ended.
base::Result<std::vector<placement::Hold>> replica_holds(Work& work,
                                                         const std::vector<model::Replica>& replicas) {
  std::vector<placement::Hold> holds;
  Runs runs(work.tx.runs());
  Revisions revisions(work.tx.revisions());
  DURE_TRY(fetch_specs(replicas, runs, revisions));
  for (const auto& replica : replicas) {
    const auto spec = spec_of(replica.run_id, runs, revisions);
    if (!spec && !is_of_the_row(spec.failure())) return spec.failure();
    // Where nobody can read what it was given, it holds its cards: what its shares say.
    const auto cpu_milli = spec ? (*spec)->cpu_milli : 0;
    const auto memory = spec ? (*spec)->memory : base::Bytes{};
    holds.push_back({replica.id, replica.node_id, cpu_milli, memory, {}});
  }
  return holds;
}

placement::CardMode mode_of(policy::OfferUnit unit) {
  return unit == policy::OfferUnit::kBlock ? placement::CardMode::kBlocks : placement::CardMode::kMixed;
}

// How the pools of the packs in force give out their cards.
base::Result<std::map<std::string, placement::CardMode>> load_pool_modes(Work& work) {
  std::map<std::string, placement::CardMode> modes;
  DURE_LET(programmes, load_all(work.tx.programmes(), {}));
  for (const auto& programme : programmes) {
    if (!programme.policy_version_id) continue;
    const auto pack = work.world.policies.of_version(work.tx, *programme.policy_version_id);
    if (!pack && !is_of_the_row(pack.failure())) return pack.failure();
    if (!pack) continue;  // nothing of that programme starts, and others have their own pools
    for (const auto& pool : (*pack)->offer.pools) modes[pool.id] = mode_of(pool.unit);
  }
  return modes;
}

template <class Value>
std::optional<Value> unless_zero(Value value) {
  return value == Value{} ? std::nullopt : std::optional(value);
}

std::string unit_of(placement::ResourceKind kind) {
  switch (kind) {
    case placement::ResourceKind::kCpu:
      return "milli_cpu";
    case placement::ResourceKind::kMemory:
      return "bytes";
    case placement::ResourceKind::kCards:
      return "cards";
    case placement::ResourceKind::kCardBlocks:
    case placement::ResourceKind::kModelBlocks:
      return "blocks";
  }
  return "";
}

model::ResourceRow row_of(const placement::InventoryRow& row) {
  return {row.resource, unit_of(row.kind), row.total, row.request_max, row.available, row.simulated};
}

base::Result<placement::Rows> load_rows(Work& work, const std::vector<model::Replica>& unended,
                                        const std::set<model::NodeId>& as_ready) {
  placement::Rows rows;
  DURE_LET(nodes, load_all(work.tx.nodes(), {}));
  DURE_LET(cards, load_all(work.tx.cards(), {}));
  DURE_LET(shares, load_all(work.tx.shares(), ports::Query{}.where_null("released_at")));
  DURE_LET(holds, replica_holds(work, unended));
  DURE_LET(modes, load_pool_modes(work));
  for (auto& node : nodes)
    if (as_ready.contains(node.id) && node.state == model::NodeState::kDraining)
      node.state = model::NodeState::kReady;
  rows.nodes = std::move(nodes);
  rows.cards = std::move(cards);
  rows.shares = std::move(shares);
  rows.holds = std::move(holds);
  rows.pool_modes = std::move(modes);
  return rows;
}

// What the caller is shown: the nodes to which his runs may come, each in its own pool; all of them to who
// may read nodes.
base::Result<placement::Cluster> cluster_seen(Work& work) {
  DURE_LET(unended, unended_replicas(work));
  DURE_LET(rows, load_rows(work, unended, {}));
  const auto& subject = work.caller.subject;
  if (!access::allowed(subject, access::Permission::kNodeRead, {.kind = access::ResourceKind::kNode},
                       work.now)) {
    DURE_LET(groups, load_groups(work));
    auto bound = rows.nodes;
    groups.bind(bound);
    std::erase_if(rows.nodes, [&](const auto& node) { return !groups.reaches(subject.account_id, node); });
  }
  return placement::Cluster::from_rows(rows);
}

// From now on the node is as an operator says, whatever a window had planned.
base::Status take_from_window(Work& work, const model::NodeId& node) {
  DURE_LET(
      windows,
      load_all(work.tx.maintenance_windows(),
               ports::Query{}.where("node_id", node).where("state", model::MaintenanceState::kUnderWay)));
  for (auto& window : windows) {
    if (!window.drained) continue;
    window.drained = false;
    DURE_TRY(work.save(work.tx.maintenance_windows(), window));
  }
  return {};
}

base::Result<model::Node> say_drain(Work& work, const model::NodeId& id, bool drain,
                                    const std::string& action) {
  DURE_LET(node, load_for(work, work.tx.nodes(), id, access::Permission::kNodeManage));
  DURE_TRY(take_from_window(work, id));
  return set_drain(work, node, drain, action);
}

}  // namespace

base::Result<model::Node> set_drain(Work& work, model::Node node, bool drain, const std::string& action) {
  if (node.drain == drain) return node;
  node.drain = drain;
  if (node.state != model::NodeState::kLost) node.state = fleet::serving_state(node);
  const std::string name = "nodes/" + node.id.text;
  DURE_TRY(work.save(work.tx.nodes(), node));
  DURE_TRY(work.publish(drain ? "node.draining" : "node.ready", name, resource_of(node)));
  DURE_TRY(work.audit(action, name, resource_of(node)));
  return node;
}

base::Result<std::vector<model::Replica>> unended_replicas(Work& work) {
  return load_all(work.tx.replicas(),
                  ports::Query{}.where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual));
}

base::Result<placement::Cluster> load_cluster(Work& work, GroupBindings& groups) {
  DURE_LET(unended, unended_replicas(work));
  return load_cluster(work, unended, {}, groups);
}

base::Result<placement::Cluster> load_cluster(Work& work, const std::vector<model::Replica>& unended,
                                              const std::set<model::NodeId>& as_ready,
                                              GroupBindings& groups) {
  DURE_LET(rows, load_rows(work, unended, as_ready));
  groups.bind(rows.nodes);
  for (const auto& [bound, pool] : groups.bound_pools())
    if (const auto mode = rows.pool_modes.find(pool); mode != rows.pool_modes.end())
      rows.pool_modes[bound] = mode->second;
  return placement::Cluster::from_rows(rows);
}

queue::Ceiling account_ceiling(const policy::Pack& pack) {
  queue::Ceiling ceiling = ceiling_of(pack.offer.ceiling);
  ceiling.runs = unless_zero(pack.workload.max_running_per_account);
  return ceiling;
}

queue::Ceiling ceiling_of(const policy::Ceiling& offer) {
  queue::Ceiling ceiling;
  ceiling.gpu = unless_zero(offer.gpu);
  ceiling.card_memory = unless_zero(offer.gpu_memory);
  ceiling.cpu_milli = unless_zero(offer.cpu_cores * 1000);
  ceiling.memory = unless_zero(offer.memory);
  return ceiling;
}

base::Result<model::ResourceTable> resource_table(Work& work, const std::string& pool) {
  DURE_TRY(work.require(access::Permission::kCapacityRead, {.kind = access::ResourceKind::kCapacity}));
  DURE_LET(cluster, cluster_seen(work));
  const auto inventory = placement::inventory(cluster, pool);
  model::ResourceTable table;
  for (const auto& row : inventory.resources) table.resources.push_back(row_of(row));
  for (const auto& row : inventory.block_types) table.block_types.push_back(row_of(row));
  return table;
}

base::Result<model::Node> drain_node(Work& work, const model::NodeId& id) {
  return say_drain(work, id, true, "nodes.drain");
}

base::Result<model::Node> resume_node(Work& work, const model::NodeId& id) {
  return say_drain(work, id, false, "nodes.resume");
}

}  // namespace dure::commands
