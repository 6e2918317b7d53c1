#include "commands/reservations.h"

#include <algorithm>
#include <map>
#include <set>

#include "commands/group_bindings.h"
#include "commands/maintenance.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "commands/touched_runs.h"
#include "model/ranges.h"
#include "placement/pool_part.h"
#include "queue/pick_nodes.h"

namespace dure::commands {
namespace {

using model::Reservation;
using model::ReservationState;

// What a reservation would be, and whom it would touch.
struct NodeChoice {
  Reservation reservation;
  std::vector<model::TouchedRun> touched;
};

// It closes nodes of the centre to everybody else, and shows whose runs are there: an operator of the
// project's programme alone may not.
base::Status require_nodes(Work& work) {
  return access::authorize(work.caller.subject, access::Permission::kNodeManage,
                           {.kind = access::ResourceKind::kNode}, work.now, access::Presence::kShow);
}

base::Result<model::Project> project_to_reserve_for(Work& work, const model::ProjectId& id) {
  DURE_LET(project, work.tx.projects().find(id));
  access::Resource where{.kind = access::ResourceKind::kAllocation};
  if (project) where = resource_of(*project);
  where.kind = access::ResourceKind::kAllocation;
  DURE_TRY(work.require(access::Permission::kAllocationManage, where));
  DURE_TRY(require_nodes(work));
  if (!project)
    return refused("/project_id", base::Reason("reservation.no_such_project").with("project", id.text));
  return *std::move(project);
}

base::Status check_reservation(const Work& work, const model::MakeReservation& command) {
  DURE_TRY(model::check_ranges(command));
  if (command.ends_at <= command.starts_at)
    return refused("/ends_at", base::Reason("reservation.ends_before_it_starts"));
  if (command.ends_at - command.starts_at > kLongestReservation)
    return refused(
        "/ends_at",
        base::Reason("reservation.too_long").with("days", kLongestReservation.us / base::Span::days(1).us));
  if (command.starts_at < work.now)
    return refused("/starts_at", base::Reason("reservation.past").with("now", base::to_text(work.now)));
  if (command.node_ids.empty() && (command.cards == 0 || command.model.empty()))
    return refused("/cards", base::Reason("reservation.nothing_asked"));
  return {};
}

// The nodes that are somebody's, or closed, at some instant of that time.
base::Result<std::set<model::NodeId>> taken_nodes(Work& work, base::Instant from, base::Instant until) {
  std::set<model::NodeId> taken;
  DURE_LET(windows, open_windows(work));
  for (const auto& each : windows)
    if (each.starts_at < until && from < each.ends_at) taken.insert(each.node_id);
  DURE_LET(reservations, open_reservations(work));
  for (const auto& each : reservations)
    if (each.starts_at < until && from < each.ends_at)
      taken.insert(each.node_ids.begin(), each.node_ids.end());
  return taken;
}

std::int64_t cards_of(const placement::NodeRoom& node, const std::string& model) {
  return std::count_if(node.cards.begin(), node.cards.end(), [&](const placement::CardRoom& card) {
    return card.health == model::CardHealth::kHealthy && (model.empty() || card.model == model);
  });
}

// All that are named, or none.
base::Status take_named(const Scene& scene, const std::set<model::NodeId>& taken,
                        const model::MakeReservation& command, Reservation& made) {
  std::set<std::string> names(command.node_ids.begin(), command.node_ids.end());
  for (const auto& name : names) {
    const auto* node = scene.cluster.find(model::NodeId(name));
    if (node == nullptr)
      return refused("/node_ids", base::Reason("reservation.no_such_node").with("node", name));
    if (taken.contains(node->id))
      return base::error(base::ErrorKind::kConflict,
                         base::Reason("reservation.node_taken").with("node", name));
    made.node_ids.push_back(name);
    made.cards += cards_of(*node, command.model);
  }
  return {};
}

base::Status pick(const Scene& scene, const std::set<model::NodeId>& taken,
                  const std::vector<model::TouchedRun>& in_the_way, const model::MakeReservation& command,
                  Reservation& made) {
  std::map<model::NodeId, std::int64_t> collisions;
  for (const auto& run : in_the_way) ++collisions[run.node_id];
  std::vector<queue::NodeOffer> offers;
  std::vector<const placement::NodeRoom*> nodes;
  std::int64_t free = 0, free_of_runs = 0;
  for (const auto& node : scene.cluster.nodes()) {
    const bool here = command.pool.empty() || placement::whole_pool(node.pool) == command.pool;
    if (!here || node.state != model::NodeState::kReady || taken.contains(node.id)) continue;
    const std::int64_t cards = cards_of(node, command.model);
    offers.push_back({cards, collisions[node.id]});
    nodes.push_back(&node);
    free += cards;
    free_of_runs += collisions[node.id] == 0 ? cards : 0;
  }
  const auto picked = queue::pick_nodes(offers, command.cards);
  if (!picked)
    return base::error(base::ErrorKind::kConflict, base::Reason("reservation.too_few_cards")
                                                       .with("asked", command.cards)
                                                       .with("free", free)
                                                       .with("free_of_runs", free_of_runs));
  for (const std::size_t index : *picked) {
    made.node_ids.push_back(nodes[index]->id.text);
    made.cards += offers[index].cards;
  }
  return {};
}

base::Result<NodeChoice> choose(Work& work, const model::MakeReservation& command) {
  DURE_LET(project, project_to_reserve_for(work, model::ProjectId(command.project_id)));
  DURE_TRY(check_reservation(work, command));
  DURE_LET(taken, taken_nodes(work, command.starts_at, command.ends_at));
  DURE_LET(scene, load_scene(work));
  if (command.node_ids.empty()) {
    DURE_LET(closed, nodes_closed_to(work, project.id));
    taken.merge(closed);
  }
  std::set<model::NodeId> all;
  for (const auto& node : scene.cluster.nodes()) all.insert(node.id);
  auto in_the_way = touched_runs(scene, all, command.starts_at, command.ends_at);
  std::erase_if(in_the_way, [&](const auto& run) { return run.project_id == project.id; });
  NodeChoice choice;
  Reservation& made = choice.reservation;
  DURE_TRY(command.node_ids.empty() ? pick(scene, taken, in_the_way, command, made)
                                    : take_named(scene, taken, command, made));
  made.programme_id = project.programme_id;
  made.project_id = project.id;
  made.pool = command.pool;
  made.model = command.model;
  made.starts_at = command.starts_at;
  made.ends_at = command.ends_at;
  made.ground = command.ground;
  const std::set<std::string> chosen(made.node_ids.begin(), made.node_ids.end());
  for (auto& run : in_the_way)
    if (chosen.contains(run.node_id.text)) choice.touched.push_back(std::move(run));
  return choice;
}

base::Status tell_reservation(Work& work, const Reservation& reservation, const std::string& event,
                              const std::string& action) {
  const std::string name = "reservations/" + reservation.id.text;
  DURE_TRY(work.publish("reservation." + event, name, resource_of(reservation)));
  return work.audit("reservations." + action, name, resource_of(reservation));
}

// Who of others still holds something of the nodes.
base::Result<std::vector<std::string>> left_runs(Work& work, const Reservation& reservation) {
  std::set<std::string> left;
  for (const auto& node : reservation.node_ids) {
    DURE_LET(replicas, load_all(work.tx.replicas(),
                                ports::Query{}
                                    .where("node_id", node)
                                    .where("state", model::ReplicaState::kEnded, ports::Compare::kNotEqual)));
    for (const auto& replica : replicas)
      if (replica.project_id != reservation.project_id) left.insert(replica.run_id.text);
  }
  return std::vector<std::string>(left.begin(), left.end());
}

bool reservation_begins(const Reservation& reservation, base::Instant now) {
  return reservation.state == ReservationState::kPlanned && reservation.starts_at <= now;
}
bool reservation_ends(const Reservation& reservation, base::Instant now) {
  return reservation.state == ReservationState::kActive && reservation.ends_at <= now;
}

bool reservation_due(const Reservation& reservation, base::Instant now) {
  return reservation_begins(reservation, now) || reservation_ends(reservation, now);
}

base::Result<bool> keep_reservation(Work& work, const model::ReservationId& id) {
  DURE_LET(reservation, work.tx.reservations().get(id));
  if (!reservation_due(reservation, work.now)) return false;
  if (reservation_begins(reservation, work.now)) {
    DURE_LET(left, left_runs(work, reservation));
    reservation.left_run_ids = left;
    reservation.state = ReservationState::kActive;
    DURE_TRY(work.save(work.tx.reservations(), reservation));
    DURE_TRY(tell_reservation(work, reservation, "begun", "begin"));
  }
  if (reservation_ends(reservation, work.now)) {
    reservation.state = ReservationState::kOver;
    DURE_TRY(work.save(work.tx.reservations(), reservation));
    DURE_TRY(tell_reservation(work, reservation, "ended", "end"));
  }
  return true;
}

}  // namespace

base::Result<std::vector<Reservation>> open_reservations(Work& work) {
  return load_all(work.tx.reservations(),
                  ports::Query{}
                      .where_in("state", {ports::scalar("planned"), ports::scalar("active")})
                      .ordered("starts_at"));
}

void leave_out_unseen(const Work& work, Reservation& reservation) {
  if (!access::allowed(work.caller.subject, access::Permission::kNodeManage,
                       {.kind = access::ResourceKind::kNode}, work.now))
    reservation.left_run_ids.clear();
}

base::Result<Reservation> make_reservation(Work& work, const model::MakeReservation& command) {
  DURE_LET(choice, choose(work, command));
  if (command.ground.empty()) return refused("/ground", base::Reason("reservation.ground_missing"));
  Reservation& made = choice.reservation;
  work.stamp(made);
  DURE_TRY(work.tx.reservations().insert(made));
  DURE_TRY(tell_reservation(work, made, "made", "make"));
  return made;
}

base::Result<std::vector<model::TouchedRun>> preview_reservation(Work& work,
                                                                 const model::MakeReservation& command) {
  DURE_LET(choice, choose(work, command));
  return choice.touched;
}

base::Result<Reservation> cancel_reservation(Work& work, const model::ReservationId& id) {
  DURE_LET(reservation, load_for(work, work.tx.reservations(), id, access::Permission::kAllocationManage));
  DURE_TRY(require_nodes(work));
  if (reservation.state == ReservationState::kCancelled) return reservation;
  if (reservation.state == ReservationState::kOver)
    return base::error(base::ErrorKind::kConflict, base::Reason("reservation.over"));
  reservation.state = ReservationState::kCancelled;
  DURE_TRY(work.save(work.tx.reservations(), reservation));
  DURE_TRY(tell_reservation(work, reservation, "cancelled", "cancel"));
  return reservation;
}

base::Result<KeptDates> keep_reservations(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::ReservationId>;
  DURE_LET(ids, look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
             DURE_LET(reservations, open_reservations(work));
             Ids ids;
             for (const auto& each : reservations)
               if (reservation_due(each, work.now)) ids.push_back(each.id);
             return ids;
           }));
  return keep_each<Reservation>(world, lease, ids, keep_reservation);
}

}  // namespace dure::commands
