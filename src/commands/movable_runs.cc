#include "commands/movable_runs.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/result.h"
#include "commands/rows.h"
#include "placement/place.h"

namespace dure::commands {
namespace {

struct Held {
  model::Run run;
  model::WorkloadSpec spec;
  std::int64_t replicas = 0;
};

base::Result<std::map<model::ReplicaId, Held>> running_replicas(Work& work) {
  std::map<model::ReplicaId, Held> found;
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kRunning)));
  for (const auto& run : runs) {
    DURE_LET(revision, work.tx.revisions().get(run.revision_id));
    DURE_LET(replicas, load_all(work.tx.replicas(), ports::Query{}.where("run_id", run.id)));
    for (const auto& replica : replicas)
      if (replica.state != model::ReplicaState::kEnded && replica.desired == model::Desired::kRunning)
        found[replica.id] = {run, revision.spec, static_cast<std::int64_t>(replicas.size())};
  }
  return found;
}

// Anything of that model in the pool, whichever group has its nodes: what to ask for in each part of it.
std::vector<placement::Request> asked_for(const Scene& scene, const std::string& pool,
                                          const std::string& model) {
  std::vector<placement::Request> asked;
  for (const auto& part : scene.groups.parts_of_pool(pool)) {
    placement::Request any;
    any.pool = part;
    any.model = model;
    any.blocks = model.empty() ? 0 : 1;
    asked.push_back(std::move(any));
  }
  return asked;
}

// Why a filter names nothing at all.
base::Status check_filter(const Scene& scene, const std::string& pool, const std::string& model) {
  static const std::set<std::string> kUnknown = {"placement.unknown_pool", "placement.pool_not_open",
                                                 "placement.unknown_model", "placement.model_not_in_pool"};
  base::Status first;
  for (const auto& any : asked_for(scene, pool, model)) {
    const auto refusal = placement::possible(scene.cluster, any);
    if (!refusal || !kUnknown.contains(refusal->reason.code)) return {};
    if (first.ok()) first = base::invalid(refusal->reason);
  }
  return first;
}

// Whatever the time of a run that moves: it may go on for longer than is left until a node closes.
void leave_out_closed(Floor& floor) {
  const Scene& scene = floor.scene;
  std::set<model::NodeId> closed;
  for (const auto& each : scene.rules.closed)
    if (each.until > scene.now) closed.insert(each.node_id);
  for (const auto& each : scene.rules.reserved)
    if (each.until > scene.now) closed.insert(each.nodes.begin(), each.nodes.end());
  for (std::size_t slot = 0; slot < floor.board.slots().size(); ++slot)
    if (closed.contains(scene.cluster.nodes()[scene.cluster.index().node_of(slot)].id))
      floor.board.set_service(slot, false);
}

void leave_out_others(Floor& floor, const std::string& pool, const std::string& model) {
  if (pool.empty() && model.empty()) return;
  const auto& cluster = floor.scene.cluster;
  std::vector<placement::Shape> shapes;
  for (const auto& asked : asked_for(floor.scene, pool, model))
    if (const auto shape = cluster.index().shape_of(asked)) shapes.push_back(*shape);
  for (std::size_t slot = 0; slot < floor.forest.slots().size(); ++slot) {
    const placement::Slot& each = floor.forest.slots()[slot];
    const bool wanted = std::ranges::any_of(shapes, [&](const auto& shape) {
      return placement::pool_fits(each.pool, shape) && placement::model_fits(each, shape);
    });
    if (!wanted) floor.forest.set_service(slot, false);
  }
}

std::int64_t lost_by_move(const model::Run& run, const placement::Shape& shape, base::Instant now) {
  const auto kept = std::max(run.started_at.value_or(now), run.checkpoint_at.value_or(base::Instant{}));
  const std::int64_t seconds = std::max<std::int64_t>(0, (now - kept).us / 1'000'000);
  return seconds * shape.total_milli_gpu();
}

bool may_move(const Held& held) {
  return held.spec.preemptible && held.replicas == 1 && held.run.started_at.has_value();
}

// As the run would be placed anew; nothing where it may not be moved.
base::Result<std::optional<MovableRun>> movable_run(Work& work, const Floor& floor, const Held& held,
                                                    const model::ReplicaId& id, const placement::Spot& spot) {
  std::optional<MovableRun> made;
  if (!may_move(held)) return made;
  DURE_LET(allocation, work.tx.allocations().get(held.run.allocation_id));
  const auto request =
      placement::request_of(held.spec, floor.scene.groups.pool_for(held.run.account_id, allocation.pool));
  if (const auto shape = floor.scene.cluster.index().shape_of(request); shape && shape->cards > 0)
    made = MovableRun{held.run, held.spec, request, id, spot, *shape};
  return made;
}

base::Status add_tenants(Work& work, Floor& floor) {
  const auto& cluster = floor.scene.cluster;
  DURE_LET(held, running_replicas(work));
  std::set<model::RunId> runs;
  for (const auto& [id, hold] : cluster.holds()) {
    const auto spot = cluster.spot_of(hold.node_id, hold.shares);
    if (!spot) continue;  // a card of it is gone
    placement::Tenant tenant{floor.movable.size(), cluster.shape_of(hold), *spot, false, 0};
    const auto found = held.find(id);
    const bool asked_for = floor.forest.in_service(spot->slot);
    if (found != held.end()) {
      if (asked_for && spot->cards != 0) runs.insert(found->second.run.id);
      DURE_LET(mover, movable_run(work, floor, found->second, id, *spot));
      if (mover) floor.may_move.insert(id);
      if (mover && asked_for) {
        tenant.shape = mover->shape;
        tenant.movable = true;
        tenant.cost = lost_by_move(mover->run, mover->shape, work.now);
        floor.movable.push_back(*std::move(mover));
      }
    }
    floor.tenants.add(tenant);
  }
  floor.runs = static_cast<std::int64_t>(runs.size());
  return {};
}

void add_promised(Floor& floor) {
  const auto add = [&](const std::vector<placement::PlannedReplica>& replicas) {
    for (const auto& replica : replicas)
      if (const auto spot = floor.scene.cluster.spot_of(replica.node_id, replica.shares))
        floor.promised.push_back(*spot);
  };
  for (const auto& entry : floor.scene.entries)
    if (entry.promise) add(entry.promise->replicas);
  for (const auto& running : floor.scene.running)
    if (running.goes_to) add(running.goes_to->replicas);
}

std::string text_of(const placement::Hold& hold) {
  std::string text = hold.replica_id.text;
  for (const auto& share : hold.shares)
    text += "," + share.card_id.text + ":" + std::to_string(share.milli_gpu.value);
  return text + "\n";
}

}  // namespace

base::Result<Floor> load_floor(Work& work, const std::string& pool, const std::string& model) {
  Floor floor;
  DURE_LET(scene, load_scene(work));
  floor.scene = std::move(scene);
  DURE_TRY(check_filter(floor.scene, pool, model));
  floor.board = floor.scene.cluster.index().forest();
  leave_out_closed(floor);
  floor.forest = floor.board;
  floor.tenants = placement::Tenants(floor.forest.slots().size());
  leave_out_others(floor, pool, model);
  DURE_TRY(add_tenants(work, floor));
  add_promised(floor);
  return floor;
}

std::string version_of(Work& work, const Floor& floor, const std::vector<model::NodeId>& nodes) {
  const auto& cluster = floor.scene.cluster;
  const std::set<model::NodeId> of(nodes.begin(), nodes.end());
  std::string text;
  for (const auto& node : cluster.nodes()) {
    if (!of.contains(node.id)) continue;
    text += node.id.text + " " + std::string(model::to_text(node.state)) + " " +
            std::to_string(node.free_cpu_milli) + " " + std::to_string(node.free_memory.value) + "\n";
    for (const auto& card : node.cards)
      text += card.id.text + " " + std::string(model::to_text(card.health)) + "\n";
  }
  for (const auto& [id, hold] : cluster.holds())
    if (of.contains(hold.node_id))
      text += (floor.may_move.contains(id) ? "movable " : "stays ") + text_of(hold);
  return work.world.secrets.digest(text);
}

}  // namespace dure::commands
