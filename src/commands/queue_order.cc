#include "commands/queue_order.h"

#include "commands/reads.h"
#include "commands/rows.h"
#include "model/ranges.h"
#include "queue/order.h"

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

}  // namespace

base::Result<std::vector<model::QueueItem>> list_queue(Work& work) {
  DURE_LET(entries, queued_entries(work));
  std::vector<model::QueueItem> items;
  std::int64_t position = 0;
  for (const auto index : queue::order(entries)) {
    ++position;
    DURE_LET(run, work.tx.runs().get(entries[index].run_id));
    if (!access::allowed(work.caller.subject, access::Permission::kWorkloadRead, resource_of(run), work.now))
      continue;
    DURE_LET(workload, work.tx.workloads().get(run.workload_id));
    DURE_LET(revision, work.tx.revisions().get(run.revision_id));
    items.push_back({run.id, run.workload_id, workload.name, run.project_id, run.account_id, position,
                     run.priority, revision.spec.model, revision.spec.blocks, revision.spec.cards,
                     run.queued_at, run.waiting, run.estimated_start_at});
  }
  return items;
}

base::Result<std::vector<model::QueueMove>> preview_move(Work& work, const model::RunId& id,
                                                         const model::MoveRun& command) {
  if (const auto run = load_for(work, work.tx.runs(), id, access::Permission::kQueueReorder); !run)
    return run.failure();
  DURE_TRY(model::check_ranges(command));
  DURE_LET(entries, queued_entries(work));
  DURE_LET(preview, queue::preview_priority(entries, id, command.priority));
  std::vector<model::QueueMove> moves;
  moves.reserve(preview.shifts.size());
  for (const auto& shift : preview.shifts)
    moves.push_back({shift.run_id, shift.old_position, shift.new_position});
  return moves;
}

namespace {

// Those that the raised run now stands before, and that wait for the same, are promised anew.
base::Status take_promises_back(Work& work, const model::Run& raised) {
  DURE_LET(spec, work.tx.revisions().get(raised.revision_id));
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kQueued)));
  for (auto& run : runs) {
    if (run.id == raised.id || run.promised_on.empty() || run.priority >= raised.priority) continue;
    DURE_LET(other, work.tx.revisions().get(run.revision_id));
    if (other.spec.model != spec.spec.model) continue;
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
