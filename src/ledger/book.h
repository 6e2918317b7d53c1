// advance(): from observations to ledger entries, incrementally and exactly (P14, decision 10).
//
// The axis of a replica is whole milliseconds since its start: position(t) = floor((t - start) / 1000) of
// CLOCK_BOOTTIME microseconds of one boot. Suspend is inside that clock; steps of the wall clock are not.
// Entries are pieces of the axis, each beginning where the one before ended, once per share; so their sum is
// exactly the position of the end. usage = milli_gpu * (to_ms - from_ms).
//
// Estimates mark only the piece that is not certain:
//   ledger.start_estimated  the first piece: the start was not seen. It is booked from the earliest moment,
//   and
//                           the piece ends where it was first known to run
//   ledger.end_estimated    the last piece: the end was not seen. The piece begins at `earliest_ms`, where it
//                           was last known to run, and ends at `taken_ms`, by when it had ended
//   ledger.boot_changed     the machine restarted: the end is the last moment at which it was seen running
//   ledger.node_lost        the node was given up (close()); likewise
// The length of such a piece is how far the truth may be away: `error_ms`. A piece of length zero carries the
// mark where nothing bounds the truth from above; it has no `error_ms`.
//
// Nothing is ever changed: when the truth arrives later, a correction is appended that starts where the last
// piece ended and steps to where it should be, backwards too (to_ms < from_ms, negative usage), with
// `corrects` naming the estimated entry: ledger.end_corrected (`estimated` 1 while the new end is an estimate
// as well), ledger.start_corrected. A correction of an estimate that was right has length zero and confirms
// it. An exact end before what was seen running is a contradiction: it is marked ledger.end_estimated, with
// length zero, and corrected at once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "ledger/facts.h"
#include "model/ids.h"
#include "model/usage.h"

namespace dure::ledger {

// Whose replica it is and what it holds. It does not change in the life of a replica.
struct Holder {
  model::ReplicaId replica_id;
  model::RunId run_id;
  model::WorkloadId workload_id;
  model::AccountId account_id;
  model::ProjectId project_id;
  model::AllocationId allocation_id;
  model::NodeId node_id;
};
struct HeldShare {
  model::ShareId share_id;
  model::CardId card_id;
  std::string model;
  base::MilliGpu milli_gpu;
};

// Where the booking stands; follows from the entries (rebuild()).
struct Booked {
  bool begun = false;   // there is at least one entry
  std::string boot_id;  // of the axis; this and the next three only once begun
  std::int64_t start_us = 0;
  base::Instant start_wall;
  bool start_estimated = false;
  std::int64_t position_ms = 0;  // where the last piece ended
  bool end_estimated = false;    // an estimated end is booked and not yet confirmed or corrected
  bool closed = false;           // by close()
  // Per share, the entry that carries the estimate.
  std::map<model::ShareId, model::LedgerEntryId> start_marks;
  std::map<model::ShareId, model::LedgerEntryId> end_marks;
  bool operator==(const Booked&) const = default;
};

struct LedgerState {
  Facts facts;
  Booked booked;
  bool operator==(const LedgerState&) const = default;
};

struct Booking {
  std::vector<model::LedgerEntry> entries;  // to append, in this order; version 1, stamped with `now`
  LedgerState state;
};

struct BookingRules {
  // While it runs, a piece is written only when it is at least this long, so that a checkpoint a second does
  // not write a row a second. 0: with every checkpoint.
  std::int64_t min_piece_ms = 60'000;
};

using NextEntryId = std::function<model::LedgerEntryId()>;

// What the new observations add. A replica without shares, or whose start is not known, books nothing. The
// caller fills in what `holder` does not say (programme_id).
// REQUIRES: the observations are of holder.replica_id; `shares` are the same in every call.
Booking advance(LedgerState state, const std::vector<model::Observation>& observations, const Holder& holder,
                const std::vector<HeldShare>& shares, const BookingRules& rules, base::Instant now,
                const NextEntryId& next_id);

// Ends the replica where it was last seen, because its node was given up. Nothing where it never started or
// an end is known. What arrives later corrects it.
Booking close(LedgerState state, const Holder& holder, const std::vector<HeldShare>& shares,
              base::Instant now, const NextEntryId& next_id);

// The state as advance() and close() left it, from the rows alone: for a process that has just begun.
// REQUIRES: all observations and all entries of one replica, in any order.
LedgerState rebuild(const std::vector<model::Observation>& observations,
                    const std::vector<model::LedgerEntry>& entries);

}  // namespace dure::ledger
