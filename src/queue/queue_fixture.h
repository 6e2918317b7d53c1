// For tests: entries, runs and limits in a line.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "placement/cluster_fixture.h"
#include "queue/decide.h"

namespace dure::queue {

inline constexpr base::Instant kNow{1'000'000'000};

inline base::Instant at(std::int64_t minutes) {
  return kNow + base::Span::minutes(minutes);
}

inline Entry entry(const std::string& id, const std::string& account, const placement::Request& request,
                   std::int64_t queued_s = 0) {
  Entry made;
  made.run_id = model::RunId(id);
  made.account_id = model::AccountId(account);
  made.allocation_id = model::AllocationId("allocation-" + account);
  made.queued_at = base::Instant{queued_s * 1'000'000};
  made.request = request;
  return made;
}

// An active allocation for each account, without ceilings.
inline Limits limits_for(const std::vector<std::string>& accounts) {
  Limits limits;
  for (const std::string& account : accounts)
    limits.allocations[model::AllocationId("allocation-" + account)];
  return limits;
}

// What holds blocks of a card in `rows`.
inline Running running(placement::Rows& rows, std::size_t card_index, const std::string& id,
                       const std::string& account, std::int64_t blocks,
                       std::optional<base::Instant> ends_by = std::nullopt) {
  rows.shares.push_back(placement::share(rows.cards[card_index], id, blocks));
  Running made;
  made.run_id = model::RunId(id);
  made.account_id = model::AccountId(account);
  made.allocation_id = model::AllocationId("allocation-" + account);
  made.amount =
      amount_of(placement::blocks_of(rows.cards[card_index].model, blocks), rows.cards[card_index].memory);
  made.replica_ids = {model::ReplicaId(id)};
  made.ends_by = ends_by;
  return made;
}

// Of its reason; "" where it has none.
inline std::string code(const Decision& decision) {
  return decision.reason ? decision.reason->code : "";
}

// The first of that run.
inline const Decision& decision_of(const std::vector<Decision>& decisions, const std::string& id) {
  for (const Decision& each : decisions)
    if (each.run_id.text == id) return each;
  ADD_FAILURE() << id;
  return decisions.front();
}

}  // namespace dure::queue
