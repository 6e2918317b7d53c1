// For tests: a replica's observations and its book.
#pragma once

#include <string>
#include <vector>

#include "ledger/book.h"

namespace dure::ledger {

using model::Observation;
using model::ObservationKind;

inline constexpr base::Instant kWall{1'756'684'800'000'000};  // 2025-09-01T00:00:00Z

// An observation of replica "r" at that moment of the boot's clock, the wall clock running along.
inline Observation seen(ObservationKind kind, std::int64_t boottime_us, bool estimated = false,
                        const std::string& boot = "boot-a") {
  Observation made;
  made.replica_id = model::ReplicaId("r");
  made.kind = kind;
  made.boot_id = boot;
  made.boottime_us = boottime_us;
  made.observed_at = kWall + base::Span{boottime_us};
  made.estimated = estimated;
  return made;
}
inline Observation started(std::int64_t us, bool estimated = false, const std::string& boot = "boot-a") {
  return seen(ObservationKind::kStarted, us, estimated, boot);
}
inline Observation checkpoint(std::int64_t us, const std::string& boot = "boot-a") {
  return seen(ObservationKind::kRunning, us, false, boot);
}
inline Observation ended(std::int64_t us, bool estimated = false, const std::string& boot = "boot-a") {
  return seen(ObservationKind::kEnded, us, estimated, boot);
}

// A book with all that was appended to it.
struct Book {
  Holder holder;
  std::vector<HeldShare> shares;
  BookingRules rules{0};
  LedgerState state;
  std::vector<Observation> observations;
  std::vector<model::LedgerEntry> entries;

  Book() {
    holder.replica_id = model::ReplicaId("r");
    holder.project_id = model::ProjectId("project");
    holder.account_id = model::AccountId("account");
    shares = {{model::ShareId("s1"), model::CardId("c1"), "t4", base::MilliGpu::blocks(30)}};
  }

  NextEntryId ids() {
    return [this] { return model::LedgerEntryId("e" + std::to_string(++last_id_)); };
  }

  // What the new observations append.
  std::vector<model::LedgerEntry> see(const std::vector<Observation>& fresh) {
    observations.insert(observations.end(), fresh.begin(), fresh.end());
    return take(advance(state, fresh, holder, shares, rules, kWall, ids()));
  }
  std::vector<model::LedgerEntry> give_up() { return take(close(state, holder, shares, kWall, ids())); }

  // The pieces of one share, summed.
  std::int64_t sum_ms(const std::string& share = "s1") const {
    std::int64_t sum = 0;
    for (const auto& entry : entries)
      if (entry.share_id.text == share) sum += entry.to_ms - entry.from_ms;
    return sum;
  }

 private:
  std::vector<model::LedgerEntry> take(Booking booking) {
    state = std::move(booking.state);
    entries.insert(entries.end(), booking.entries.begin(), booking.entries.end());
    return std::move(booking.entries);
  }

  int last_id_ = 0;
};

}  // namespace dure::ledger
