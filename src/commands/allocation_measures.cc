#include "commands/allocation_measures.h"

#include <algorithm>

#include "commands/project_resources.h"
#include "commands/rankings.h"
#include "commands/row_work.h"
#include "commands/runs.h"
#include "commands/training.h"
#include "commands/usage.h"
#include "programme/allocation_states.h"
#include "programme/award.h"
#include "programme/award_states.h"
#include "programme/utilisation.h"

namespace dure::commands {
namespace {

using programme::AllocationEvent;

std::string measure_detail(const model::Allocation& allocation, const std::string& ground) {
  return "{\"state\":\"" + std::string(model::to_text(allocation.state)) +
         "\",\"blocks\":" + std::to_string(allocation.limit.blocks) +
         ",\"ground\":" + wire::json_text(ground) + "}";
}

base::Result<std::vector<model::Run>> open_runs(Work& work, const model::AllocationId& id) {
  return load_all(work.tx.runs(), ports::Query{}
                                      .where("allocation_id", id)
                                      .where("state", model::RunState::kEnded, ports::Compare::kNotEqual));
}

// Every run looks again whether it may go on.
base::Status step_runs(Work& work, const model::AllocationId& id) {
  DURE_LET(runs, open_runs(work, id));
  for (const auto& run : runs)
    if (const auto stepped = step_run(work, run.id); !stepped) return stepped.failure();
  return {};
}

base::Status move_and_tell(Work& work, model::Allocation& allocation, AllocationEvent event,
                           const std::string& name, const std::string& ground) {
  DURE_LET(state, programme::next(allocation.state, event));
  allocation.state = state;
  DURE_TRY(work.save(work.tx.allocations(), allocation));
  DURE_TRY(
      tell(work, allocation, "allocations", "allocation." + name, name, measure_detail(allocation, ground)));
  return step_runs(work, allocation.id);
}

base::Status end_award(Work& work, const model::AwardId& id) {
  DURE_LET(award, work.tx.awards().get(id));
  const auto state = programme::next(award.state, programme::AwardEvent::kTerminate);
  if (!state.ok()) return {};  // it has ended otherwise
  award.state = *state;
  DURE_TRY(work.save(work.tx.awards(), award));
  return tell(work, award, "awards", "award.terminated", "terminate");
}

// Whether a case or a suspicion still says that it rests.
base::Result<bool> still_held(Work& work, const model::AllocationId& id) {
  DURE_LET(incidents,
           load_all(work.tx.incidents(),
                    ports::Query{}.where("allocation_id", id).where("state", model::IncidentState::kOpen)));
  if (std::any_of(incidents.begin(), incidents.end(), [](const auto& each) { return each.stopped; }))
    return true;
  DURE_LET(sanctions, load_all(work.tx.sanctions(), ports::Query{}.where("allocation_id", id)));
  return std::any_of(sanctions.begin(), sanctions.end(),
                     [](const auto& each) { return each.suspended_at && !each.resumed_at; });
}

base::Result<std::int64_t> blocks_held(Work& work, const model::Run& run) {
  DURE_LET(shares,
           load_all(work.tx.shares(), ports::Query{}.where("run_id", run.id).where_null("released_at")));
  std::int64_t milli = 0;
  for (const auto& share : shares) milli += share.milli_gpu.value;
  return milli / base::MilliGpu::blocks(1).value;
}

// Stops the newest of what runs, until the rest fits into the limit.
base::Status fit_runs(Work& work, const model::Allocation& allocation) {
  DURE_LET(runs, open_runs(work, allocation.id));
  std::int64_t held = 0;
  std::vector<std::pair<model::Run, std::int64_t>> running;
  for (const auto& run : runs) {
    DURE_LET(blocks, blocks_held(work, run));
    held += blocks;
    if (blocks > 0) running.emplace_back(run, blocks);
  }
  std::sort(running.begin(), running.end(),
            [](const auto& a, const auto& b) { return a.first.id.text > b.first.id.text; });
  for (const auto& [run, blocks] : running) {
    if (held <= allocation.limit.blocks) break;
    const auto stopped = preempt_run(
        work, run.id, base::Reason("utilisation.limit_reduced").with("blocks", allocation.limit.blocks));
    if (!stopped) return stopped.failure();
    held -= blocks;
  }
  return {};
}

// What was held still before its use began goes back to where it stood: its set-up, or the training that
// comes before use (F3, F4).
base::Result<AllocationEvent> event_to_resume(Work& work, const model::Allocation& allocation) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  auto anew = allocation;
  anew.state = model::AllocationState::kPlanned;
  DURE_LET(steps, steps_before_use(work, anew, *pack));
  const auto state = programme::state_on(anew, today_of(work, *pack), steps);
  return state == model::AllocationState::kSetupGrace ? AllocationEvent::kBeginGrace
                                                      : AllocationEvent::kResume;
}

}  // namespace

base::Status stop_use(Work& work, const model::AllocationId& id, const std::string& ground) {
  DURE_LET(allocation, work.tx.allocations().get(id));
  if (allocation.state == model::AllocationState::kSuspended) return {};
  return move_and_tell(work, allocation, AllocationEvent::kSuspend, "suspended", ground);
}

base::Status resume_use(Work& work, const model::AllocationId& id, const std::string& ground) {
  DURE_LET(allocation, work.tx.allocations().get(id));
  if (allocation.state != model::AllocationState::kSuspended) return {};
  DURE_LET(held, still_held(work, id));
  if (held) return {};
  DURE_LET(event, event_to_resume(work, allocation));
  return move_and_tell(work, allocation, event, "resumed", ground);
}

base::Status reclaim_use(Work& work, const model::AllocationId& id, const std::string& ground) {
  DURE_LET(allocation, work.tx.allocations().get(id));
  if (programme::over(allocation.state)) return {};
  const bool begun = allocation.state != model::AllocationState::kPlanned &&
                     allocation.state != model::AllocationState::kProvisioning;
  DURE_TRY(move_and_tell(work, allocation, begun ? AllocationEvent::kReclaim : AllocationEvent::kCancel,
                         "reclaimed", ground));
  return end_award(work, allocation.award_id);
}

base::Result<model::Allocation> change_use(Work& work, const model::AllocationId& id,
                                           model::UseMeasure measure, std::int64_t blocks,
                                           const policy::Pack& pack, const std::string& ground) {
  DURE_LET(former, work.tx.allocations().get(id));
  if (measure == model::UseMeasure::kKeep) return former;
  if (programme::over(former.state))
    return conflict(
        base::Reason("utilisation.allocation_over").with("state", std::string(model::to_text(former.state))));
  DURE_TRY(bill_before_change(work, former));
  if (measure == model::UseMeasure::kReclaim) {
    DURE_TRY(reclaim_use(work, id, ground));
    return work.tx.allocations().get(id);
  }
  auto changed = programme::applied(former, measure, blocks);
  if (measure == model::UseMeasure::kIncrease) {
    DURE_TRY(check_project_resource(work, changed.project_id, changed.id, {changed.pool, changed.limit.model},
                                    pack));
    DURE_TRY(check_change_fits(work, changed, former, pack));
  }
  DURE_TRY(work.save(work.tx.allocations(), changed));
  DURE_TRY(tell(work, changed, "allocations", "allocation.changed", std::string(model::to_text(measure)),
                measure_detail(changed, ground)));
  if (measure == model::UseMeasure::kReduce) DURE_TRY(fit_runs(work, changed));
  return changed;
}

}  // namespace dure::commands
