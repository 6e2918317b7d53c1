#include "commands/queue_order.h"

#include <map>
#include <optional>
#include <string>

#include "commands/queue_scene.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "model/ranges.h"
#include "queue/order.h"
#include "queue/reserved.h"

namespace dure::commands {
namespace {

base::Result<std::vector<queue::Entry>> queued_entries(Work& work) {
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  std::vector<queue::Entry> entries;
  for (const auto& run : runs) {
    queue::Entry entry;
    entry.run_id = run.id;
    entry.priority = run.priority;
    entry.queued_at = run.queued_at;
    entries.push_back(std::move(entry));
  }
  return entries;
}

bool may_see(const Work& work, const model::Run& run) {
  return access::allowed(work.caller.subject, access::Permission::kWorkloadRead, resource_of(run), work.now);
}

}  // namespace

base::Result<std::vector<model::QueueItem>> list_queue(Work& work) {
  DURE_LET(entries, queued_entries(work));
  std::vector<model::QueueItem> items;
  std::int64_t position = 0;
  for (const auto index : queue::order(entries)) {
    ++position;
    DURE_LET(run, work.tx.runs().get(entries[index].run_id));
    if (!may_see(work, run)) continue;
    DURE_LET(workload, work.tx.workloads().get(run.workload_id));
    DURE_LET(revision, work.tx.revisions().get(run.revision_id));
    items.push_back({run.id, run.workload_id, workload.name, run.project_id, run.account_id, position,
                     run.priority, revision.spec.model, revision.spec.blocks, revision.spec.cards,
                     run.queued_at, run.waiting, run.estimated_start_at, run.alternatives});
  }
  return items;
}

namespace {

// Those that the raised run now stands before, and that wait for the same, are promised anew.
bool is_promised_anew(const model::RunId& id, std::int64_t priority, const std::string& model,
                      const model::RunId& raised, std::int64_t raised_to, const std::string& raised_model) {
  return id != raised && priority < raised_to && model == raised_model;
}

using Starts = std::map<model::RunId, base::Instant>;

// When each would start by one decision; those of which no start is known are left out.
Starts starts(const Scene& scene, base::Instant now) {
  Starts starts;
  for (const auto& decision :
       queue::decide_reserved(scene.entries, scene.running, scene.cluster, scene.limits, scene.rules, now)) {
    if (decision.verdict == queue::Verdict::kStart) starts[decision.run_id] = now;
    if (decision.estimated_start) starts[decision.run_id] = *decision.estimated_start;
  }
  return starts;
}

// As move_run() would leave it.
void raise(Scene& scene, const model::RunId& id, std::int64_t priority) {
  const std::string model = scene.specs.at(id).model;
  for (queue::Entry& entry : scene.entries) {
    if (is_promised_anew(entry.run_id, entry.priority, scene.specs.at(entry.run_id).model, id, priority,
                         model))
      entry.promise.reset();
    if (entry.run_id == id) entry.priority = priority;
  }
}

std::optional<base::Instant> start_of(const Starts& starts, const model::RunId& id) {
  const auto found = starts.find(id);
  return found == starts.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

base::Result<std::vector<model::QueueMove>> preview_move(Work& work, const model::RunId& id,
                                                         const model::MoveRun& command) {
  if (const auto run = load_for(work, work.tx.runs(), id, access::Permission::kQueueReorder); !run)
    return run.failure();
  DURE_TRY(model::check_ranges(command));
  DURE_LET(scene, load_scene(work));
  DURE_LET(preview, queue::preview_priority(scene.entries, id, command.priority));
  const Starts before = starts(scene, work.now);
  raise(scene, id, command.priority);
  const Starts after = starts(scene, work.now);
  std::map<model::RunId, const model::Run*> runs;
  for (const auto& run : scene.runs) runs[run.id] = &run;
  std::vector<model::QueueMove> moves;
  moves.reserve(preview.shifts.size());
  for (const auto& shift : preview.shifts)
    if (may_see(work, *runs.at(shift.run_id)))
      moves.push_back({shift.run_id, shift.old_position, shift.new_position, start_of(before, shift.run_id),
                       start_of(after, shift.run_id)});
  return moves;
}

namespace {

// F13: the order is the operator's to change only where the rules of the run's programme leave it to him.
base::Status check_may_reorder(Work& work, const model::Run& run) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, run.programme_id));
  if (pack->queue.operator_may_reorder) return {};
  return base::error(base::ErrorKind::kConflict, base::Reason("queue.order_fixed").with("run", run.id.text));
}

base::Status take_promises_back(Work& work, const model::Run& raised) {
  DURE_LET(spec, work.tx.revisions().get(raised.revision_id));
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  for (auto& run : runs) {
    if (run.promised_on.empty()) continue;
    DURE_LET(other, work.tx.revisions().get(run.revision_id));
    if (!is_promised_anew(run.id, run.priority, other.spec.model, raised.id, raised.priority,
                          spec.spec.model))
      continue;
    run.promised_on.clear();
    DURE_TRY(work.save(work.tx.runs(), run));
  }
  return {};
}

}  // namespace

base::Result<model::Run> move_run(Work& work, const model::RunId& id, const model::MoveRun& command) {
  DURE_LET(run, load_for(work, work.tx.runs(), id, access::Permission::kQueueReorder));
  if (run.state != model::RunState::kQueued)
    return base::error(base::ErrorKind::kConflict, base::Reason("queue.not_queued").with("run", id.text));
  DURE_TRY(model::check_ranges(command));
  if (command.ground.empty())
    return base::invalid(base::Reason("queue.ground_missing"),
                         {{"/ground", base::Reason("queue.ground_missing")}});
  DURE_TRY(check_may_reorder(work, run));
  const std::int64_t was = run.priority;
  run.priority = command.priority;
  DURE_TRY(work.save(work.tx.runs(), run));
  DURE_TRY(take_promises_back(work, run));
  DURE_TRY(work.publish("run.moved", "runs/" + id.text, resource_of(run)));
  DURE_TRY(work.audit("queue.move", "runs/" + id.text, resource_of(run),
                      "{\"was\":" + std::to_string(was) + ",\"is\":" + std::to_string(run.priority) + "}"));
  return run;
}

}  // namespace dure::commands
