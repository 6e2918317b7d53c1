#include "commands/outages.h"

#include <algorithm>
#include <map>

#include "calendar/zone.h"
#include "commands/outcomes.h"
#include "commands/reads.h"
#include "commands/rows.h"
#include "commands/training.h"
#include "programme/award.h"
#include "programme/obligation.h"

namespace dure::commands {
namespace {

// All that lengthens allocations.
struct Stops {
  std::vector<model::Outage> outages;
  std::map<std::string, std::vector<std::string>> nodes_of_pool;  // "": of any pool
};

base::Result<Stops> load_stops(Work& work) {
  Stops stops;
  DURE_LET(outages, load_all(work.tx.outages(), {}));
  stops.outages = std::move(outages);
  DURE_LET(nodes, load_all(work.tx.nodes(), {}));
  for (const auto& node : nodes) {
    stops.nodes_of_pool[""].push_back(node.id.text);
    if (!node.pool.empty()) stops.nodes_of_pool[node.pool].push_back(node.id.text);
  }
  return stops;
}

const char* event_of(base::Date before, base::Date after) {
  if (after == before) return "allocation.state";
  return after < before ? "allocation.ending" : "allocation.extended";
}

// Brings one allocation up to the day. True where it changed.
base::Result<bool> keep_allocation(Work& work, const model::Allocation& allocation, Stops& stops) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation.programme_id));
  const auto zone = policy::zone_of(*pack);
  DURE_LET(programme, work.tx.programmes().get(allocation.programme_id));
  auto extension =
      programme::extend_by_outages(allocation, stops.outages, stops.nodes_of_pool[allocation.pool],
                                   pack->award.outage_extension, zone, work.now);
  if (programme.ends_on) extension.ends_on = std::min(extension.ends_on, *programme.ends_on);  // L2
  DURE_LET(steps, steps_before_use(work, allocation, *pack));
  auto kept = programme::extended(allocation, extension, calendar::local_date(work.now, zone), steps);
  if (kept.state == allocation.state && kept.ends_on == allocation.ends_on &&
      kept.outage_given_back == allocation.outage_given_back)
    return false;
  DURE_TRY(work.save(work.tx.allocations(), kept));
  const std::string name = "allocations/" + kept.id.text;
  DURE_TRY(work.publish(event_of(allocation.ends_on, kept.ends_on), name, resource_of(kept),
                        "{\"state\":\"" + std::string(model::to_text(kept.state)) + "\",\"ends_on\":\"" +
                            base::to_text(kept.ends_on) + "\"}"));
  return true;
}

base::Result<std::int64_t> keep_allocations(Work& work, ports::Query query, Stops& stops) {
  std::int64_t changed = 0;
  query.limit = 500;
  do {
    DURE_LET(page, work.tx.allocations().list(query));
    for (const auto& row : page.rows) {
      DURE_LET(moved, keep_allocation(work, row, stops));
      changed += moved ? 1 : 0;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return changed;
}

// Gives each outage that is newly over back to the allocations that ended since it began, too.
base::Result<std::int64_t> give_back(Work& work, Stops& stops) {
  std::int64_t changed = 0;
  for (auto& outage : stops.outages) {
    if (!outage.ended_at || outage.given_back) continue;
    // A day before, for zones whose day began earlier.
    const auto day = base::add_days(calendar::local_date(outage.started_at, calendar::utc()), -1);
    DURE_LET(moved, keep_allocations(work,
                                     ports::Query{}
                                         .where("state", model::AllocationState::kEnded)
                                         .where("ends_on", day, ports::Compare::kAtLeast),
                                     stops));
    changed += moved;
    outage.given_back = true;
    DURE_TRY(work.save(work.tx.outages(), outage));
  }
  return changed;
}

// The share of data that the obligation is met by falls due with it.
base::Status move_share(Work& work, const model::Obligation& obligation) {
  DURE_LET(share, share_of(work, obligation.id));
  if (!share || share->due_on == obligation.due_on) return {};
  share->due_on = obligation.due_on;
  return work.save(work.tx.data_shares(), *share);
}

base::Result<bool> keep_obligation(Work& work, const model::Obligation& obligation) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, obligation.programme_id));
  DURE_LET(allocation, work.tx.allocations().get(obligation.allocation_id));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  const auto due =
      programme::due_on(obligation, allocation.ends_on, pack->outcomes, policy::business_days_of(*pack));
  model::Obligation kept = obligation;
  if (due) kept.due_on = *due;
  kept.state = programme::state_on(kept, allocation.ends_on, today);
  if (kept.state == obligation.state && kept.due_on == obligation.due_on) return false;
  DURE_TRY(work.save(work.tx.obligations(), kept));
  DURE_TRY(move_share(work, kept));
  DURE_TRY(work.publish("obligation." + std::string(model::to_text(kept.state)),
                        "obligations/" + kept.id.text, resource_of(kept),
                        "{\"due_on\":\"" + base::to_text(kept.due_on) + "\"}"));
  return true;
}

// Those that are still owed, whatever became of their allocations.
base::Result<std::int64_t> keep_obligations(Work& work, ports::Query of) {
  std::int64_t changed = 0;
  auto query = std::move(of)
                   .where("state", model::ObligationState::kSubmitted, ports::Compare::kNotEqual)
                   .where("state", model::ObligationState::kAccepted, ports::Compare::kNotEqual)
                   .at_most(500);
  do {
    DURE_LET(page, work.tx.obligations().list(query));
    for (const auto& row : page.rows) {
      DURE_LET(turned, keep_obligation(work, row));
      changed += turned ? 1 : 0;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return changed;
}

}  // namespace

base::Result<std::int64_t> keep_dates(Work& work) {
  DURE_LET(stops, load_stops(work));
  DURE_LET(running,
           keep_allocations(work,
                            ports::Query{}
                                .where("state", model::AllocationState::kEnded, ports::Compare::kNotEqual)
                                .where("state", model::AllocationState::kPurged, ports::Compare::kNotEqual),
                            stops));
  DURE_LET(ended, give_back(work, stops));
  DURE_LET(owed, keep_obligations(work, {}));
  return running + ended + owed;
}

base::Result<model::Allocation> keep_dates_of(Work& work, const model::AllocationId& id) {
  DURE_LET(stops, load_stops(work));
  DURE_LET(allocation, work.tx.allocations().get(id));
  if (const auto kept = keep_allocation(work, allocation, stops); !kept) return kept.failure();
  if (const auto kept = keep_obligations(work, ports::Query{}.where("allocation_id", id)); !kept)
    return kept.failure();
  return work.tx.allocations().get(id);
}

base::Result<model::Outage> open_outage(Work& work, const model::BeginOutage& command,
                                        base::Instant began_at) {
  model::Outage outage;
  work.stamp(outage);
  outage.cause = command.cause;
  outage.note = command.note;
  outage.node_ids = command.node_ids;
  outage.started_at = began_at;
  DURE_TRY(work.tx.outages().insert(outage));
  DURE_TRY(work.publish("outage.begun", "outages/" + outage.id.text, resource_of(outage)));
  DURE_TRY(work.audit("outages.begin", "outages/" + outage.id.text, resource_of(outage)));
  return outage;
}

base::Result<model::Outage> finish_outage(Work& work, model::Outage outage, base::Instant ended_at) {
  if (outage.ended_at) return outage;
  outage.ended_at = ended_at;
  DURE_TRY(work.save(work.tx.outages(), outage));
  DURE_TRY(work.publish("outage.ended", "outages/" + outage.id.text, resource_of(outage)));
  DURE_TRY(work.audit("outages.end", "outages/" + outage.id.text, resource_of(outage)));
  return outage;
}

base::Result<model::Outage> close_outage(Work& work, model::Outage outage, base::Instant ended_at) {
  if (outage.ended_at) return outage;
  DURE_LET(finished, finish_outage(work, std::move(outage), ended_at));
  if (const auto kept = keep_dates(work); !kept) return kept.failure();
  return work.tx.outages().get(finished.id);
}

base::Result<model::Outage> begin_outage(Work& work, const model::BeginOutage& command) {
  DURE_TRY(work.require(access::Permission::kOutageManage, {.kind = access::ResourceKind::kOutage}));
  if (command.cause.empty()) return base::invalid(base::Reason("outage.cause_missing"));
  return open_outage(work, command, work.now);
}

base::Result<model::Outage> end_outage(Work& work, const model::OutageId& id) {
  DURE_LET(outage, load_for(work, work.tx.outages(), id, access::Permission::kOutageManage));
  if (outage.ended_at) return base::error(base::ErrorKind::kConflict, base::Reason("outage.over_already"));
  return close_outage(work, outage, work.now);
}

}  // namespace dure::commands
