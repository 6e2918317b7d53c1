#include "commands/standing_demand.h"

#include <set>
#include <string>
#include <utility>

#include "commands/evaluation_work.h"
#include "commands/offering.h"
#include "commands/rankings.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

using model::WaitlistEntry;
using model::WaitlistEntryId;
using model::WaitlistEntryState;
using PoolOfProgramme = std::pair<model::ProgrammeId, std::string>;

// None where the programme keeps no register, knows no supply that could be free, or can decide nothing now
// (M7).
base::Result<PackPtr> register_pack(Work& work, const model::ProgrammeId& programme) {
  auto pack = work.world.policies.to_decide(work.tx, programme, work.now);
  if (!pack && is_conflict(pack.failure())) return pack;
  if (!pack || !(*pack)->call.demand_register) return PackPtr();
  DURE_LET(known, knows_supply(work, programme, **pack));
  return known ? *pack : PackPtr();
}

base::Result<std::set<PoolOfProgramme>> pools_waited_for(Work& work) {
  DURE_LET(queued,
           load_all(work.tx.waitlist_entries(), ports::Query{}.where("state", WaitlistEntryState::kQueued)));
  std::set<PoolOfProgramme> pools;
  for (const auto& each : queued) pools.emplace(each.programme_id, each.pool);
  return pools;
}

base::Result<std::vector<WaitlistEntryId>> entries_that_fit(Work& work) {
  DURE_LET(pools, pools_waited_for(work));
  std::vector<WaitlistEntryId> fitting;
  for (const auto& [programme, pool] : pools) {
    DURE_LET(pack, register_pack(work, programme));
    if (!pack) continue;
    const auto rules = evaluation_side::rules_for(*pack, pool);
    if (!rules) continue;  // the pack has that pool no more
    DURE_LET(queue, offering::queue_of(work, programme, pool));
    DURE_LET(ids, offering::who_fits(work, programme, queue, {*rules, *pack, std::nullopt}));
    fitting.insert(fitting.end(), ids.begin(), ids.end());
  }
  if (fitting.size() > kMostOffersARound) fitting.resize(kMostOffersARound);
  return fitting;
}

// To whoever of that queue is next now: the one that was found, unless the queue has changed.
base::Result<bool> offer_to_next(Work& work, const WaitlistEntryId& id) {
  DURE_LET(entry, work.tx.waitlist_entries().get(id));
  if (entry.state != WaitlistEntryState::kQueued) return false;
  DURE_LET(pack, register_pack(work, entry.programme_id));
  if (!pack) return false;
  DURE_LET(rules, evaluation_side::rules_for(*pack, entry.pool));
  DURE_LET(queue, offering::queue_of(work, entry.programme_id, entry.pool));
  DURE_LET(made, offering::offer_in_turn(work, entry.programme_id, queue, {offering::kAllUnits, 1},
                                         {rules, *pack, std::nullopt}));
  return !made.offered.empty();
}

}  // namespace

base::Result<KeptDates> keep_demand(World& world, const HeldLease& lease) {
  DURE_LET(fitting, look<std::vector<WaitlistEntryId>>(world, system_caller(lease.role), entries_that_fit));
  return keep_each<WaitlistEntry>(world, lease, fitting, offer_to_next);
}

}  // namespace dure::commands
