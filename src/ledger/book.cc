#include "ledger/book.h"

#include <algorithm>
#include <cstdlib>

#include "base/result.h"
#include "ledger/life.h"

namespace dure::ledger {
namespace {

using model::LedgerEntry;
using model::LedgerKind;

base::Instant plus_ms(base::Instant at, std::int64_t ms) {
  return at + base::Span::milliseconds(ms);
}

// Appends what the facts say beyond what is booked.
class Bookkeeper {
 public:
  Bookkeeper(LedgerState& state, const Holder& holder, const std::vector<HeldShare>& shares,
             const BookingRules& rules, base::Instant now, const NextEntryId& next_id)
      : facts_(state.facts),
        booked_(state.booked),
        holder_(holder),
        shares_(shares),
        rules_(rules),
        now_(now),
        next_id_(next_id) {}

  std::vector<LedgerEntry> settle();

 private:
  // A step of the axis, before it is written for each share.
  struct Step {
    LedgerKind kind = LedgerKind::kObserved;
    std::int64_t to_ms = 0;
    std::optional<base::Reason> reason;
    const std::map<model::ShareId, model::LedgerEntryId>* corrects = nullptr;
    std::map<model::ShareId, model::LedgerEntryId>* marks = nullptr;
    std::optional<base::Instant> wall;  // where it lies, if not where the axis says
  };

  void open_axis();
  void correct_start();
  void book_seen(const Life& life);
  void mark_start(const Life& life, std::int64_t to_ms);
  void book_end(const Life& life);
  void contradict_end(const Life& life);
  void mark_end(const Life& life);
  void correct_end(const Life& life);
  void append(const Step& step);
  LedgerEntry entry_of(const Step& step, const HeldShare& share) const;
  Life life() const { return life_of(facts_, booked_.boot_id, booked_.start_us, booked_.closed); }
  base::Reason end_reason(const Life& life) const;

  const Facts& facts_;
  Booked& booked_;
  const Holder& holder_;
  const std::vector<HeldShare>& shares_;
  const BookingRules& rules_;
  const base::Instant now_;
  const NextEntryId& next_id_;
  std::vector<LedgerEntry> entries_;
};

std::vector<LedgerEntry> Bookkeeper::settle() {
  if (booked_.begun) {
    correct_start();
  } else {
    open_axis();
  }
  const Life now = life();
  if (booked_.end_estimated) {
    correct_end(now);
  } else if (now.end == EndKind::kNone) {
    if (now.seen_ms - booked_.position_ms >= std::max<std::int64_t>(1, rules_.min_piece_ms)) book_seen(now);
  } else {
    book_end(now);
  }
  // Before the first entry the state holds nothing that the entries could not tell.
  if (!booked_.begun) booked_ = Booked{};
  return std::move(entries_);
}

void Bookkeeper::open_axis() {
  booked_.boot_id = facts_.start->boot_id;
  booked_.start_us = facts_.start->boottime_us;
  booked_.start_wall = facts_.start->wall;
  booked_.start_estimated = facts_.start->estimated;
}

// The exact start arrived after pieces had been booked from an estimated one. On the same boot's clock the
// axis shifts by the difference; on another's all is taken back and booked anew.
void Bookkeeper::correct_start() {
  if (!booked_.start_estimated || facts_.start->estimated) return;
  const Moment& start = *facts_.start;
  const bool same_boot = start.boot_id == booked_.boot_id;
  const std::int64_t shift_us = same_boot ? start.boottime_us - booked_.start_us : 0;
  const base::Instant former_wall = booked_.start_wall;
  const base::Instant wall = same_boot ? former_wall + base::Span{shift_us} : start.wall;
  Step step{LedgerKind::kCorrection, 0,       base::Reason("ledger.start_corrected"),
            &booked_.start_marks,    nullptr, std::min(former_wall, wall)};
  step.reason->with("was_us", booked_.start_us).with("is_us", start.boottime_us).with("is_wall_us", wall.us);
  booked_.boot_id = start.boot_id;
  booked_.start_us = start.boottime_us;
  booked_.start_estimated = false;
  if (same_boot) {
    step.to_ms = std::max<std::int64_t>(0, booked_.position_ms - shift_us / 1000);
    // The parts of a millisecond may add up differently on the new axis.
    const std::int64_t known = life().end_ms;
    if (std::abs(known - step.to_ms) <= 1) step.to_ms = known;
  }
  append(step);
  booked_.start_wall = wall;
}

// From the earliest moment of the start to where it was first known to run, within what is booked now.
void Bookkeeper::mark_start(const Life& now, std::int64_t to_ms) {
  if (booked_.begun || !booked_.start_estimated) return;
  Step step;
  step.kind = LedgerKind::kEstimated;
  step.to_ms = std::min(to_ms, now.first_ms.value_or(to_ms));
  step.reason = base::Reason("ledger.start_estimated")
                    .with("start_us", booked_.start_us)
                    .with("start_wall_us", booked_.start_wall.us);
  if (step.to_ms > 0) step.reason->with("error_ms", step.to_ms);
  step.marks = &booked_.start_marks;
  append(step);
}

void Bookkeeper::book_seen(const Life& now) {
  mark_start(now, now.seen_ms);
  if (now.seen_ms == booked_.position_ms) return;
  Step step;
  step.to_ms = now.seen_ms;
  append(step);
}

void Bookkeeper::book_end(const Life& now) {
  if (estimated(now.end)) return mark_end(now);
  if (now.end_ms > booked_.position_ms) mark_start(now, now.end_ms);
  if (now.end_ms == booked_.position_ms) return;
  if (now.end_ms < booked_.position_ms) return contradict_end(now);
  Step step;
  step.to_ms = now.end_ms;
  append(step);
}

// An exact end before what was seen running and is booked: one of the two reports is wrong. The exact one is
// taken, and the mark before it says that there was a doubt and gives the correction what it names.
void Bookkeeper::contradict_end(const Life& now) {
  const std::int64_t booked_ms = booked_.position_ms;
  Step step{LedgerKind::kEstimated, booked_ms,   base::Reason("ledger.end_estimated"), nullptr,
            &booked_.end_marks,     std::nullopt};
  step.reason->with("earliest_ms", now.end_ms)
      .with("taken_ms", booked_ms)
      .with("error_ms", booked_ms - now.end_ms);
  append(step);
  correct_end(now);
}

// What was seen is booked as seen; only the rest, however short, is an estimate.
void Bookkeeper::mark_end(const Life& now) {
  const bool start_to_mark = !booked_.begun && booked_.start_estimated;
  if (now.seen_ms > booked_.position_ms || start_to_mark) book_seen(now);
  Step step{LedgerKind::kEstimated, now.end_ms, end_reason(now), nullptr, &booked_.end_marks, std::nullopt};
  append(step);
  booked_.end_estimated = true;
}

void Bookkeeper::correct_end(const Life& now) {
  const bool still_estimated = now.end != EndKind::kExact;
  if (still_estimated && now.end_ms == booked_.position_ms) return;
  Step step{LedgerKind::kCorrection, now.end_ms, base::Reason("ledger.end_corrected"),
            &booked_.end_marks,      nullptr,    std::nullopt};
  step.reason->with("was_ms", booked_.position_ms)
      .with("is_ms", now.end_ms)
      .with("estimated", still_estimated ? 1 : 0);
  if (now.end == EndKind::kEstimated && now.end_ms > now.seen_ms)
    step.reason->with("error_ms", now.end_ms - now.seen_ms);
  append(step);
  booked_.end_estimated = still_estimated;
}

base::Reason Bookkeeper::end_reason(const Life& now) const {
  switch (now.end) {
    case EndKind::kBootChanged:
      return base::Reason("ledger.boot_changed").with("earliest_ms", now.seen_ms);
    case EndKind::kNodeLost:
      return base::Reason("ledger.node_lost").with("earliest_ms", now.seen_ms);
    default:
      break;
  }
  base::Reason reason("ledger.end_estimated");
  reason.with("earliest_ms", now.seen_ms).with("taken_ms", now.end_ms);
  if (now.end_ms > now.seen_ms) reason.with("error_ms", now.end_ms - now.seen_ms);
  return reason;
}

void Bookkeeper::append(const Step& step) {
  for (const HeldShare& share : shares_) {
    entries_.push_back(entry_of(step, share));
    if (step.marks != nullptr) (*step.marks)[share.share_id] = entries_.back().id;
  }
  booked_.position_ms = step.to_ms;
  booked_.begun = true;
}

LedgerEntry Bookkeeper::entry_of(const Step& step, const HeldShare& share) const {
  LedgerEntry entry;
  entry.id = next_id_();
  entry.created_at = entry.updated_at = now_;
  entry.kind = step.kind;
  entry.share_id = share.share_id;
  entry.replica_id = holder_.replica_id;
  entry.run_id = holder_.run_id;
  entry.workload_id = holder_.workload_id;
  entry.account_id = holder_.account_id;
  entry.project_id = holder_.project_id;
  entry.allocation_id = holder_.allocation_id;
  entry.node_id = holder_.node_id;
  entry.card_id = share.card_id;
  entry.model = share.model;
  entry.boot_id = booked_.boot_id;
  entry.milli_gpu = share.milli_gpu;
  entry.from_ms = booked_.position_ms;
  entry.to_ms = step.to_ms;
  entry.usage = {share.milli_gpu.value * (entry.to_ms - entry.from_ms)};
  const std::int64_t length = std::abs(entry.to_ms - entry.from_ms);
  entry.started_at = step.wall.value_or(plus_ms(booked_.start_wall, std::min(entry.from_ms, entry.to_ms)));
  entry.ended_at = plus_ms(entry.started_at, length);
  entry.reason = step.reason;
  if (step.corrects != nullptr) {
    const auto mark = step.corrects->find(share.share_id);
    if (mark != step.corrects->end()) entry.corrects = mark->second;
  }
  return entry;
}

}  // namespace

Booking advance(LedgerState state, const std::vector<model::Observation>& observations, const Holder& holder,
                const std::vector<HeldShare>& shares, const BookingRules& rules, base::Instant now,
                const NextEntryId& next_id) {
  Booking booking{{}, std::move(state)};
  for (const model::Observation& observation : observations) {
    DURE_ASSERT(observation.replica_id == holder.replica_id);
    booking.state.facts = merge(std::move(booking.state.facts), observation);
  }
  if (shares.empty() || !booking.state.facts.start) return booking;
  booking.entries = Bookkeeper(booking.state, holder, shares, rules, now, next_id).settle();
  return booking;
}

Booking close(LedgerState state, const Holder& holder, const std::vector<HeldShare>& shares,
              base::Instant now, const NextEntryId& next_id) {
  Booking booking{{}, std::move(state)};
  const Facts& facts = booking.state.facts;
  if (shares.empty() || !facts.start || booking.state.booked.closed) return booking;
  const std::string& boot_id =
      booking.state.booked.begun ? booking.state.booked.boot_id : facts.start->boot_id;
  if (life_of(facts, boot_id, 0, false).end != EndKind::kNone) return booking;
  booking.state.booked.closed = true;
  booking.entries = Bookkeeper(booking.state, holder, shares, {}, now, next_id).settle();
  return booking;
}

}  // namespace dure::ledger
