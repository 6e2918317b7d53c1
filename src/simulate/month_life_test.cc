// What happens in a month, and what is made of what the scheduler says.
#include <tuple>

#include "placement/reclaim.h"
#include "simulate/month_life_fixture.h"

namespace dure::simulate {

// When something comes; what it is, is drawn then.
void Month::plan() {
  for (std::int64_t hour = 0; hour < shape_.days * 24; ++hour) {
    const Instant begins = kBegin + Span::hours(hour);
    for (std::int64_t i = draws_.arrivals(hour, kUsual); i > 0; --i)
      events_.insert({begins + Span::seconds(from(0, 3599)), Kind::kSubmit, 0, serial_++});
    for (int i = 0; i < 3; ++i)
      events_.insert({begins + Span::seconds(from(0, 3599)), Kind::kOperator, 0, serial_++});
    if (from(0, 7) == 0)
      events_.insert({begins + Span::seconds(from(0, 3599)), Kind::kFailure, some_machine(), 0});
  }
  events_.insert({kBegin + Span::days(shape_.days), Kind::kLastDay, 0, 0});
}

std::optional<Instant> Month::next() const {
  auto at = scheduler_.next_look();
  if (!events_.empty()) at = at ? std::min(*at, events_.begin()->at) : events_.begin()->at;
  return at;
}

void Month::happen(const Event& event) {
  const auto entry = entries_.find(static_cast<Handle>(event.which));
  const bool there = entry != entries_.end() && entry->second.serial == event.serial;
  switch (event.kind) {
    case Kind::kSubmit: {
      Work work = draws_.work(centre_.accounts);
      work.job.queued_at = now_;
      return submit(work);
    }
    case Kind::kEnd:
      if (there) stop(entry, false);
      return;
    case Kind::kRelease:
      if (there && entry->second.spots.empty())
        change(entry, [&] { scheduler_.hold(entry->first, entry->second.work.job.held = false); });
      return;
    case Kind::kFailure:
      out_of_service(event.which, true);
      events_.insert({now_ + Span::minutes(from(5, 24 * 60)), Kind::kBack, event.which, serial_++});
      return;
    case Kind::kOut:
      return out_of_service(event.which, true);
    case Kind::kBack:
      if (--out_[event.which] == 0) set_service(event.which, true);
      return;
    case Kind::kOperator:
      return act();
    case Kind::kLastDay:
      return last_day();
  }
}

void Month::submit(Work work) {
  const Handle handle = scheduler_.submit(work.job);
  ASSERT_FALSE(entries_.contains(handle));
  const std::uint64_t serial = serial_++;
  if (work.job.held) events_.insert({now_ + Span::hours(from(1, 48)), Kind::kRelease, handle, serial});
  entries_[handle] = {work, serial, {}, {}, {}, {}};
  ++story_.submitted;
}

// Over; or stopped before its time, and to be tried again after a pause at its old place.
void Month::stop(Entries::iterator entry, bool again) {
  Work work = entry->second.work;
  if (!entry->second.spots.empty()) shadow_.end(work.job, entry->second.spots);
  scheduler_.end(entry->first, now_);
  entries_.erase(entry);
  if (!again || ++work.retries > 3) return;
  work.job.not_before = now_ + Span::minutes(from(0, 10));
  submit(work);
}

void Month::stop_all_on(std::size_t slot) {
  const auto [first, end] = scheduler_.forest().machine_of(slot);
  std::set<Handle> hit;
  for (const auto& [handle, entry] : entries_)
    for (const placement::Spot& spot : entry.spots)
      if (first <= spot.slot && spot.slot < end) hit.insert(handle);
  for (const Handle handle : hit) stop(entries_.find(handle), true);
  story_.killed += std::ssize(hit);
}

void Month::out_of_service(std::size_t slot, bool stops) {
  ++out_[slot];
  set_service(slot, false);
  if (stops) stop_all_on(slot);
}

// A machine goes and comes back whole.
void Month::set_service(std::size_t slot, bool in_service) {
  const auto [first, end] = scheduler_.forest().machine_of(slot);
  broken_slots_ = broken_slots_ || !in_service;
  for (std::size_t each = first; each < end; ++each) {
    shadow_.set_service(each, in_service);
    scheduler_.set_service(each, in_service, now_);
  }
}

// Nothing comes any more, and whatever an operator has done is undone.
void Month::last_day() {
  last_day_ = true;
  std::erase_if(events_, [](const Event& event) {
    return event.kind == Kind::kOperator || event.kind == Kind::kFailure;
  });
  for (std::size_t owner = 0; owner < centre_.quotas.size(); ++owner) {
    shadow_.set_ceiling(owner, centre_.quotas.ceiling(owner));
    scheduler_.set_ceiling(owner, centre_.quotas.ceiling(owner));
  }
}

template <class Change>
void Month::change(Entries::iterator entry, const Change& by) {
  by();
  if (!scheduler_.promised_start(entry->first)) entry->second.promised.reset();
}

void Month::act() {
  const std::int64_t deed = from(0, 19);
  const auto entry = some_entry();
  const bool waits = entry != entries_.end() && entry->second.spots.empty();
  if (deed < 4 && waits) {
    entry->second.work.job.held = true;
    events_.insert(
        {now_ + Span::minutes(from(1, 24 * 60)), Kind::kRelease, entry->first, entry->second.serial});
    change(entry, [&] { scheduler_.hold(entry->first, true); });
  } else if (deed < 8 && waits) {
    const std::int64_t priority = entry->second.work.job.priority = from(-1, 2);
    change(entry, [&] { scheduler_.set_priority(entry->first, priority); });
  } else if (deed < 11 && entry != entries_.end()) {
    stop(entry, false);
  } else if (deed < 14) {
    change_ceiling();
  } else if (deed == 14) {
    maintain();
  } else if (deed < 17) {
    drain();
  } else if (deed == 17) {
    reclaim();
  }
}

void Month::change_ceiling() {
  const auto owner = static_cast<std::size_t>(from(1, static_cast<std::int64_t>(centre_.quotas.size()) - 1));
  queue::Ceiling ceiling = centre_.quotas.ceiling(owner);
  if (from(0, 1) == 0) ceiling.gpu = base::MilliGpu{from(20, 300) * placement::kWholeCard};
  if (from(0, 3) == 0) ceiling.runs = from(5, 60);
  lowered_[owner] = now_;
  shadow_.set_ceiling(owner, ceiling);
  scheduler_.set_ceiling(owner, ceiling);
}

// Told hours or days before: one to four machines in a row. What still runs then is stopped.
void Month::maintain() {
  const Instant starts = now_ + Span::minutes(from(60, 48 * 60));
  const Instant ends = starts + Span::minutes(from(30, 8 * 60));
  windows_until_ = std::max(windows_until_, ends);
  broken_slots_ = true;
  std::size_t slot = some_machine();
  for (std::int64_t i = from(1, 4); i > 0 && slot < centre_.slots.size(); --i) {
    events_.insert({starts, Kind::kOut, slot, serial_++});
    events_.insert({ends, Kind::kBack, slot, serial_++});
    for (const std::size_t end = scheduler_.forest().machine_of(slot).second; slot < end; ++slot) {
      shadow_.plan(slot, starts, ends);
      scheduler_.plan_maintenance(slot, starts, ends);
    }
  }
}

// What runs there goes on, and nothing new comes.
void Month::drain() {
  const std::size_t slot = some_machine();
  out_of_service(slot, false);
  events_.insert({now_ + Span::minutes(from(10, 12 * 60)), Kind::kBack, slot, serial_++});
}

// Interactive ones make way for an urgent one: it starts at once.
void Month::reclaim() {
  std::vector<placement::Victim> victims;
  for (const auto& [handle, entry] : entries_) {
    if (entry.spots.empty() || entry.work.job.priority == kUrgent || entry.work.job.replicas > 1) continue;
    victims.push_back(
        {handle, (now_ - entry.started).in_seconds(), {{entry.work.job.shape, entry.spots[0]}}});
  }
  Work urgent = draws_.work(centre_.accounts);
  urgent.job.held = false;
  urgent.job.priority = kUrgent;
  urgent.job.queued_at = now_;
  const auto answer = placement::reclaim(scheduler_.forest(), victims, urgent.job.shape, urgent.job.replicas,
                                         urgent.job.apart, {.most_looks = 50});
  if (!answer) return;
  for (const std::size_t victim : answer->victims) stop(entries_.find(static_cast<Handle>(victim)), true);
  story_.reclaimed += std::ssize(answer->victims);
  const std::uint64_t serial = serial_;
  submit(urgent);
  cycle();
  if (windows_until_ > now_) return;  // it might be over too late
  for (const auto& [handle, entry] : entries_) {
    if (entry.spots.empty() && entry.work.job.priority == kUrgent && entry.serial != serial) return;
    if (entry.serial == serial && entry.spots.empty() && !shadow_.over(urgent.job, urgent.job.amount) &&
        scheduler_.standing(handle) != Standing::kCeiling)
      fail("an urgent entry waits though others have made way");
  }
}

void Month::note(std::uint64_t word) {
  story_.log = (story_.log ^ word) * 0x100000001b3ULL;
}

void Month::cycle() {
  ++story_.events;
  for (const queue::Action& action : scheduler_.cycle(now_)) take(action);
  broken_slots_ = false;
  check();
}

void Month::take(const queue::Action& action) {
  note(static_cast<std::uint64_t>(action.kind));
  note(action.entry);
  note(static_cast<std::uint64_t>(action.start.us));
  const auto found = entries_.find(action.entry);
  if (found == entries_.end()) return fail("an action for nobody");
  Entry& entry = found->second;
  if (!entry.spots.empty()) return fail("an action for one that runs");
  const bool promised = entry.promised.has_value();
  switch (action.kind) {
    case queue::ActionKind::kStart:
      return start(action.entry, action);
    case queue::ActionKind::kPromise:
      ++story_.promises;
      if (action.start < now_) fail("a promise of the past");
      if (promised && action.start >= *entry.promised) fail("a promise put off");
      if (!promised) entry.promised_at = now_;
      entry.promised = action.start;
      return;
    case queue::ActionKind::kBroken:
      if (!promised) fail("no promise to break");
      entry.promised.reset();
      if (!broken_slots_ && !shape_.overruns) fail("a promise broken without a cause");
      return;
    case queue::ActionKind::kWithdrawn:
      if (!promised || !more_urgent(entry)) fail("a promise withdrawn without a cause");
      entry.promised.reset();
      return;
    case queue::ActionKind::kStop:
      return fail("stopped, where nobody takes back");
  }
}

bool Month::more_urgent(const Entry& than) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& other) {
    const Entry& entry = other.second;
    return entry.work.job.priority > than.work.job.priority && (entry.spots.empty() || entry.started == now_);
  });
}

void Month::start(Handle handle, const queue::Action& action) {
  Entry& entry = entries_.at(handle);
  const queue::Job& job = entry.work.job;
  for (const placement::Spot& spot : action.spots) note(spot.slot << 32 | spot.cards);
  ++story_.starts;
  if (job.held || job.not_before > now_) fail("one that is held, or pauses, has started");
  if (entry.promised) {
    if (now_ > *entry.promised) fail("a promise not kept");
    ++story_.kept;
  }
  const std::string wrong = shadow_.start(job, action.spots, now_);
  if (!wrong.empty()) fail(wrong);
  // What was promised before a ceiling was lowered is kept.
  if (const auto owner = shadow_.over(job))
    if (!entry.promised || entry.promised_at > lowered_[*owner])
      fail("beyond the ceiling of " + std::to_string(*owner));
  entry.promised.reset();
  entry.spots = action.spots;
  entry.started = now_;
  entry.serial = serial_++;
  Span length = entry.work.run_time;
  if (job.time_limit < placement::kForever) length = std::min(length, job.time_limit);
  if (shape_.overruns && from(0, 99) == 0)
    length = job.time_limit < placement::kForever ? job.time_limit + Span::minutes(from(1, 5)) : length;
  events_.insert({now_ + length, Kind::kEnd, handle, entry.serial});
}

}  // namespace dure::simulate
