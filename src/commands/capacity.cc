#include "commands/capacity.h"

#include <algorithm>
#include <map>
#include <set>

#include "calendar/zone.h"
#include "commands/reads.h"
#include "commands/supply_work.h"
#include "supply/status.h"

namespace dure::commands {
namespace {

using model::CapacityBatch;

// Those that are given, and not over by their state.
base::Result<std::vector<model::Allocation>> allocations_of(Work& work, ports::Query query) {
  return load_all(work.tx.allocations(),
                  std::move(query)
                      .where("state", model::AllocationState::kEnded, ports::Compare::kNotEqual)
                      .where("state", model::AllocationState::kPurged, ports::Compare::kNotEqual));
}

base::Result<std::vector<model::BeneficiaryReservation>> reservations_of(Work& work, ports::Query query) {
  return load_all(work.tx.beneficiary_reservations(),
                  std::move(query).where("state", model::BeneficiaryState::kInForce));
}

// Cards of the batches' models on the nodes that carry them.
base::Result<std::map<std::string, std::int64_t>> cards_by_node(Work& work,
                                                                const std::vector<CapacityBatch>& batches) {
  std::map<std::string, std::int64_t> cards;
  for (const auto& batch : batches)
    for (const auto& node : batch.node_ids) {
      DURE_LET(count,
               work.tx.cards().count(ports::Query{}.where("node_id", node).where("model", batch.model)));
      cards[node] = count;
    }
  return cards;
}

std::set<model::ProgrammeId> served_by(const std::vector<CapacityBatch>& batches,
                                       const model::ProgrammeId& programme) {
  std::set<model::ProgrammeId> served{programme};
  for (const auto& each : batches) served.insert(each.serves_programme_id);
  return served;
}

}  // namespace

base::Result<PoolCapacity> load_pool(Work& work, const model::ProgrammeId& programme,
                                     const std::string& pool) {
  PoolCapacity found;
  DURE_LET(batches, load_all(work.tx.capacity_batches(),
                             ports::Query{}.where("serves_programme_id", programme).where("pool", pool)));
  found.batches = std::move(batches);
  const auto here = ports::Query{}.where("programme_id", programme).where("pool", pool);
  DURE_LET(allocations, allocations_of(work, here));
  for (const auto& each : allocations)
    if (auto claim = supply::claim_of(each)) found.claims.push_back(std::move(*claim));
  DURE_LET(reservations, reservations_of(work, here));
  for (const auto& each : reservations)
    if (auto claim = supply::claim_of(each)) found.claims.push_back(std::move(*claim));
  return found;
}

base::Status check_capacity(Work& work, const model::Allocation& allocation, const policy::Pack& pack) {
  if (!pack.on(policy::Section::kSupply)) {
    DURE_LET(serving, work.tx.capacity_batches().count(
                          ports::Query{}.where("serves_programme_id", allocation.programme_id)));
    if (serving == 0) return {};
  }
  const auto wanted = supply::claim_of(allocation);
  if (!wanted) return {};
  DURE_LET(pool, load_pool(work, allocation.programme_id, allocation.pool));
  std::erase_if(pool.claims, [&](const auto& each) { return each.id == wanted->id; });
  const auto today = calendar::local_date(work.now, policy::zone_of(pack));
  return supply::may_claim(pool.batches, pool.claims, *wanted, today);
}

base::Status check_still_fits(Work& work, const CapacityBatch& changed, base::Date today) {
  DURE_LET(pool, load_pool(work, changed.serves_programme_id, changed.pool));
  auto after = pool.batches;
  for (auto& each : after)
    if (each.id == changed.id) each = changed;
  return supply::still_fits(pool.batches, after, pool.claims, today);
}

base::Result<model::SupplyStatus> supply_status(Work& work, const model::ProgrammeId& programme,
                                                std::optional<std::int64_t> year) {
  DURE_LET(pack, supply_side::supply_pack_for(work, programme, access::Permission::kSupplyRead));
  const auto own = ports::Query{}.where("programme_id", programme);
  supply::SupplyFacts facts;
  DURE_LET(targets, load_all(work.tx.supply_targets(), own));
  DURE_LET(agreements, load_all(work.tx.supply_agreements(), own));
  DURE_LET(batches, load_all(work.tx.capacity_batches(), own));
  DURE_LET(cards, cards_by_node(work, batches));
  facts.targets = std::move(targets);
  facts.agreements = std::move(agreements);
  facts.cards_by_node = std::move(cards);
  for (const auto& served : served_by(batches, programme)) {
    DURE_LET(allocations, allocations_of(work, ports::Query{}.where("programme_id", served)));
    DURE_LET(reservations, reservations_of(work, ports::Query{}.where("programme_id", served)));
    facts.allocations.insert(facts.allocations.end(), allocations.begin(), allocations.end());
    facts.reservations.insert(facts.reservations.end(), reservations.begin(), reservations.end());
  }
  facts.batches = std::move(batches);
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  return supply::supply_status(facts, pack->supply, year.value_or(today.year), today);
}

}  // namespace dure::commands
