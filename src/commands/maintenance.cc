#include "commands/maintenance.h"

#include <algorithm>

#include "commands/cluster.h"
#include "commands/outages.h"
#include "commands/reads.h"
#include "commands/row_work.h"
#include "commands/rows.h"
#include "commands/touched_runs.h"

namespace dure::commands {
namespace {

using model::MaintenanceState;
using model::MaintenanceWindow;

base::Result<model::Node> node_for(Work& work, const model::NodeId& id) {
  DURE_TRY(work.require(access::Permission::kNodeManage,
                        {.kind = access::ResourceKind::kNode, .node_id = id.text}));
  DURE_LET(node, work.tx.nodes().find(id));
  if (!node) return refused("/node_id", base::Reason("maintenance.no_such_node").with("node", id.text));
  return *std::move(node);
}

base::Status require_outages(const Work& work) {
  return work.require(access::Permission::kOutageManage, {.kind = access::ResourceKind::kOutage});
}

base::Status check_time(const Work& work, const model::PlanMaintenance& command) {
  if (command.ends_at <= command.starts_at)
    return refused("/ends_at", base::Reason("maintenance.ends_before_it_starts"));
  if (command.ends_at - command.starts_at > kLongestMaintenance)
    return refused(
        "/ends_at",
        base::Reason("maintenance.too_long").with("days", kLongestMaintenance.us / base::Span::days(1).us));
  if (command.starts_at < work.now)
    return refused("/starts_at", base::Reason("maintenance.past").with("now", base::to_text(work.now)));
  return {};
}

base::Status check_overlap(Work& work, const model::PlanMaintenance& command) {
  DURE_LET(windows, open_windows(work));
  for (const auto& other : windows)
    if (other.node_id.text == command.node_id && other.starts_at < command.ends_at &&
        command.starts_at < other.ends_at)
      return base::error(base::ErrorKind::kConflict, base::Reason("maintenance.overlaps")
                                                         .with("window", other.id.text)
                                                         .with("from", base::to_text(other.starts_at))
                                                         .with("until", base::to_text(other.ends_at)));
  return {};
}

// Written with its event and its audit entry; no word where it says nothing new of it.
base::Status save_window(Work& work, MaintenanceWindow& window, const std::string& word) {
  DURE_TRY(work.save(work.tx.maintenance_windows(), window));
  const std::string name = "maintenance-windows/" + window.id.text;
  DURE_TRY(work.publish("maintenance." + word, name, resource_of(window),
                        R"({"node_id":")" + window.node_id.text + R"("})"));
  return work.audit("maintenance." + word, name, resource_of(window));
}

base::Status begin_window(Work& work, MaintenanceWindow& window) {
  DURE_LET(node, work.tx.nodes().get(window.node_id));
  if (!node.drain) {
    if (const auto drained = set_drain(work, node, true, "nodes.drain"); !drained) return drained.failure();
    window.drained = true;
  }
  DURE_LET(outage, open_outage(work, {"maintenance", window.ground, {window.node_id.text}},
                               std::min(window.starts_at, work.now)));
  window.outage_id = outage.id;
  window.state = MaintenanceState::kUnderWay;
  return save_window(work, window, "begun");
}

base::Status end_window(Work& work, MaintenanceWindow& window, base::Instant at, MaintenanceState state) {
  if (window.drained) {
    DURE_LET(node, work.tx.nodes().get(window.node_id));
    if (const auto back = set_drain(work, node, false, "nodes.resume"); !back) return back.failure();
    window.drained = false;
  }
  if (window.outage_id) {
    DURE_LET(outage, work.tx.outages().get(*window.outage_id));
    // Only the row: what cannot be given back to somebody must not keep the node closed.
    if (const auto over = finish_outage(work, outage, std::max(at, outage.started_at)); !over)
      return over.failure();
  }
  window.state = state;
  return save_window(work, window, state == MaintenanceState::kOver ? "ended" : "cancelled");
}

bool window_begins(const MaintenanceWindow& window, base::Instant now) {
  return window.state == MaintenanceState::kPlanned && window.starts_at <= now;
}
bool window_ends(const MaintenanceWindow& window, base::Instant now) {
  return window.state == MaintenanceState::kUnderWay && window.ends_at <= now;
}

bool window_due(const MaintenanceWindow& window, base::Instant now) {
  return window_begins(window, now) || window_ends(window, now);
}

// Of two that meet the first has opened the node before the second closes it.
base::Result<bool> keep_window(Work& work, const model::MaintenanceWindowId& id) {
  DURE_LET(windows, open_windows(work));
  for (auto& window : windows) {
    if (window.id != id) continue;
    const bool follows = std::any_of(windows.begin(), windows.end(), [&](const auto& other) {
      return other.node_id == window.node_id && other.starts_at < window.starts_at &&
             window_due(other, work.now);
    });
    if (follows || !window_due(window, work.now)) return false;
    if (window_begins(window, work.now)) DURE_TRY(begin_window(work, window));
    if (window_ends(window, work.now))
      DURE_TRY(end_window(work, window, window.ends_at, MaintenanceState::kOver));
    return true;
  }
  return false;
}

}  // namespace

base::Result<std::vector<MaintenanceWindow>> open_windows(Work& work) {
  return load_all(work.tx.maintenance_windows(),
                  ports::Query{}
                      .where_in("state", {ports::scalar("planned"), ports::scalar("under_way")})
                      .ordered("starts_at"));
}

base::Result<MaintenanceWindow> plan_maintenance(Work& work, const model::PlanMaintenance& command) {
  DURE_LET(node, node_for(work, model::NodeId(command.node_id)));
  DURE_TRY(require_outages(work));
  DURE_TRY(check_time(work, command));
  if (command.ground.empty()) return refused("/ground", base::Reason("maintenance.ground_missing"));
  DURE_TRY(check_overlap(work, command));
  MaintenanceWindow window;
  work.stamp(window);
  window.node_id = node.id;
  window.starts_at = command.starts_at;
  window.ends_at = command.ends_at;
  window.ground = command.ground;
  DURE_TRY(work.tx.maintenance_windows().insert(window));
  const std::string name = "maintenance-windows/" + window.id.text;
  DURE_TRY(work.publish("maintenance.planned", name, resource_of(window),
                        R"({"node_id":")" + window.node_id.text + R"("})"));
  DURE_TRY(work.audit("maintenance.plan", name, resource_of(window)));
  return window;
}

base::Result<std::vector<model::TouchedRun>> preview_maintenance(Work& work,
                                                                 const model::PlanMaintenance& command) {
  DURE_LET(node, node_for(work, model::NodeId(command.node_id)));
  DURE_TRY(check_time(work, command));
  DURE_TRY(check_overlap(work, command));
  DURE_LET(scene, load_scene(work));
  return touched_runs(scene, {node.id}, command.starts_at, command.ends_at);
}

base::Result<MaintenanceWindow> cancel_maintenance(Work& work, const model::MaintenanceWindowId& id) {
  DURE_LET(window, read_row(work, work.tx.maintenance_windows(), id));
  if (const auto node = node_for(work, window.node_id); !node) return node.failure();
  DURE_TRY(require_outages(work));
  DURE_TRY(work.expect(window));
  if (window.state == MaintenanceState::kCancelled) return window;
  if (window.state == MaintenanceState::kOver)
    return base::error(base::ErrorKind::kConflict, base::Reason("maintenance.over"));
  DURE_TRY(end_window(work, window, work.now, MaintenanceState::kCancelled));
  return window;
}

base::Result<KeptDates> keep_windows(World& world, const HeldLease& lease) {
  using Ids = std::vector<model::MaintenanceWindowId>;
  DURE_LET(ids, look<Ids>(world, system_caller(lease.role), [](Work& work) -> base::Result<Ids> {
             DURE_LET(windows, open_windows(work));
             Ids ids;
             for (const auto& window : windows)
               if (window_due(window, work.now)) ids.push_back(window.id);
             return ids;
           }));
  return keep_each<MaintenanceWindow>(world, lease, ids, keep_window);
}

}  // namespace dure::commands
