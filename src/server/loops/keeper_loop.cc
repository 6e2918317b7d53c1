#include <spdlog/spdlog.h>

#include "commands/accounts.h"
#include "commands/allocation_actions.h"
#include "commands/deletion.h"
#include "commands/documents.h"
#include "commands/evaluation_dates.h"
#include "commands/idempotency.h"
#include "commands/nodes.h"
#include "commands/outages.h"
#include "commands/payments.h"
#include "commands/programme_end.h"
#include "commands/runs.h"
#include "commands/standing_demand.h"
#include "commands/use_dates.h"
#include "server/loops/loops.h"

namespace dure::server {
namespace {

constexpr base::Span kDates = base::Span::minutes(5);
constexpr base::Span kBlobs = base::Span::hours(1);

using KeeperStep = std::function<base::Result<std::int64_t>(commands::Work&)>;

base::Status take(commands::World& world, const commands::HeldLease& lease, const KeeperStep& step) {
  const auto done = commands::run<std::int64_t>(world, commands::system_caller(lease.role),
                                                [&](commands::Work& work) -> base::Result<std::int64_t> {
                                                  DURE_TRY(commands::check_lease(work, lease));
                                                  return step(work);
                                                });
  return done ? base::Status{} : base::Status{done.failure()};
}

// Runs that a clock or a changed wish may move; looked at first, so that a quiet centre writes nothing.
base::Result<bool> any_open_run(commands::World& world, const commands::HeldLease& lease) {
  return commands::look<bool>(
      world, commands::system_caller(lease.role), [](commands::Work& work) -> base::Result<bool> {
        DURE_LET(run,
                 work.tx.runs().first(ports::Query{}
                                          .where("state", model::RunState::kEnded, ports::Compare::kNotEqual)
                                          .at_most(1)));
        return run.has_value();
      });
}

// Looks who has not been heard for too long, and gives those up.
base::Status watch_nodes(commands::World& world, const commands::HeldLease& lease, fleet::Silence& silence) {
  using Sights = std::vector<fleet::NodeSight>;
  DURE_LET(nodes, commands::look<Sights>(world, commands::system_caller(lease.role), commands::sight_nodes));
  const auto silent = silence.look(nodes, world.clock.now(), world.settings.node_lost_after);
  if (silent.empty()) return {};
  return take(world, lease,
              [&silent](commands::Work& work) { return commands::mark_lost_nodes(work, silent); });
}

// A job that cannot be kept holds up no other.
base::Status delete_what_is_due(commands::World& world, const commands::HeldLease& lease) {
  DURE_LET(kept, commands::keep_deletions(world, lease));
  for (const auto& [id, cause] : kept.failed)
    spdlog::error("keeper: deletion {} stands aside: {}", id, cause.code);
  return {};
}

// Whether what is done once a period is due at `next`, which then moves on; a clock that was set back is due
// again.
bool due(base::Instant now, base::Instant& next, base::Span period) {
  if (now < next && now >= next - period) return false;
  next = now + period;
  return true;
}

// Who waits in a register is offered what has become free.
base::Status serve_demand(commands::World& world, const commands::HeldLease& lease) {
  DURE_LET(kept, commands::keep_demand(world, lease));
  for (const auto& [id, cause] : kept.failed)
    spdlog::error("keeper: demand {} cannot be served: {}", id, cause.code);
  return {};
}

// Reviews of use, suspicions, cases: what cannot be kept is told, and holds up nothing else.
base::Status watch_use(commands::World& world, const commands::HeldLease& lease) {
  DURE_LET(kept, commands::keep_use(world, lease));
  for (const auto& [id, cause] : kept.failed) spdlog::error("keeper: {} cannot be kept: {}", id, cause.code);
  return {};
}

base::Status carry_out_actions(commands::World& world, const commands::HeldLease& lease) {
  DURE_LET(kept, commands::keep_actions(world, lease));
  for (const auto& [id, cause] : kept.failed)
    spdlog::error("keeper: allocation action {} waits: {}", id, cause.code);
  return {};
}

}  // namespace

LoopBody keeper_body(commands::World& world) {
  return [&world, silence = fleet::Silence{}, dates_at = base::Instant{},
          blobs_at = base::Instant{}](const commands::HeldLease& lease) mutable -> base::Status {
    DURE_LET(open_runs, any_open_run(world, lease));
    if (open_runs)
      DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::step_open_runs(work); }));
    DURE_TRY(watch_nodes(world, lease, silence));
    if (due(world.clock.now(), blobs_at, kBlobs)) DURE_TRY(commands::collect_blobs(world));
    if (!due(world.clock.now(), dates_at, kDates)) return {};
    DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::keep_dates(work); }));
    DURE_TRY(carry_out_actions(world, lease));
    DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::keep_passwords(work); }));
    DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::mark_overdue(work); }));
    DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::keep_evaluations(work); }));
    DURE_TRY(take(world, lease, [](commands::Work& work) { return commands::keep_programmes(work); }));
    DURE_TRY(delete_what_is_due(world, lease));
    DURE_TRY(watch_use(world, lease));
    DURE_TRY(serve_demand(world, lease));
    return take(world, lease,
                [](commands::Work& work) { return commands::forget_expired_answers(work, 1000); });
  };
}

}  // namespace dure::server
