// A month of a centre: everything that happens to one, event by event, and what must hold at each.
//
// Machines fail and come back, drain, are maintained; runs are stopped for urgent ones and by failures and
// try again; operators hold, raise, withdraw and change ceilings. What is true is told by a shadow
// (shadow_fixture.h) that sees the actions alone. With DURE_TEST_TIER=full whole months of more seeds, else
// some days.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string_view>
#include <tuple>

#include "placement/reclaim.h"
#include "queue/scheduler.h"
#include "simulate/month_fixture.h"
#include "simulate/shadow_fixture.h"

namespace dure::simulate {
namespace {

using base::Instant;
using base::Span;
using queue::Handle;
using queue::Standing;

constexpr Instant kBegin{1'800'000'000'000'000};
constexpr std::int64_t kUrgent = 9;
constexpr std::int64_t kUsual = 18;  // arrivals in a quiet hour

struct Shape {
  std::int64_t days = 30;
  queue::Setting queue;
  bool overruns = false;  // some go on for minutes after their limit
};

struct Story {
  std::uint64_t log = 0xcbf29ce484222325ULL;  // FNV-1a of all actions
  std::int64_t events = 0, submitted = 0, starts = 0, promises = 0, kept = 0, reclaimed = 0, killed = 0,
               at_ceiling = 0;
  queue::SchedulerCounts counts;
};

class Month {
 public:
  Month(std::uint64_t seed, const Shape& shape)
      : shape_(shape),
        dice_(seed),
        draws_(&dice_),
        shadow_(centre_),
        scheduler_(forest(), centre_.quotas, centre_.shares, shape.queue) {}

  Story live() {
    plan();
    std::int64_t still = 0;
    while (!::testing::Test::HasFailure()) {
      const auto at = next();
      if (!at) break;
      still = *at > now_ ? 0 : still + 1;
      if (still > 50) return fail("time stands still"), story_;
      now_ = std::max(now_, *at);
      while (!events_.empty() && events_.begin()->at <= now_) {
        const Event event = *events_.begin();
        events_.erase(events_.begin());
        happen(event);
      }
      cycle();
    }
    if (!::testing::Test::HasFailure()) check_end();
    story_.counts = scheduler_.counts();
    return story_;
  }

 private:
  enum class Kind { kEnd, kBack, kOut, kFailure, kRelease, kOperator, kSubmit, kLastDay };
  struct Event {
    Instant at;
    Kind kind = Kind::kEnd;
    std::size_t which = 0;
    std::uint64_t serial = 0;  // kEnd, kRelease: of the start, or the submission
    auto operator<=>(const Event&) const = default;
  };
  struct Entry {
    Work work;
    std::uint64_t serial = 0;
    Instant started;
    std::vector<placement::Spot> spots;  // none: it waits
    std::optional<Instant> promised;
    Instant promised_at;
  };
  using Entries = std::map<Handle, Entry>;

  placement::Forest forest() const {
    placement::Forest made(centre_.slots);
    made.join_machines(centre_.machines);
    return made;
  }
  void fail(const std::string& what) const {
    ADD_FAILURE() << what << ", " << (now_ - kBegin).us / 1'000'000 << " s, event " << story_.events;
  }
  std::int64_t from(std::int64_t first, std::int64_t last) const { return draws_.from(first, last); }
  // By its first slot.
  std::size_t some_machine() const {
    const auto slot = static_cast<std::size_t>(from(0, std::ssize(centre_.slots) - 1));
    return scheduler_.forest().machine_of(slot).first;
  }
  Entries::iterator some_entry() {
    if (entries_.empty()) return entries_.end();
    const auto found = entries_.lower_bound(static_cast<Handle>(from(0, entries_.rbegin()->first)));
    return found;
  }

  void plan();
  std::optional<Instant> next() const;
  void happen(const Event& event);
  void submit(Work work);
  void stop(Entries::iterator entry, bool again);
  void stop_all_on(std::size_t slot);
  void out_of_service(std::size_t slot, bool stops);
  void set_service(std::size_t slot, bool in_service);
  void last_day();
  // By an operator:
  void act();
  void maintain();
  void drain();
  void reclaim();
  void change_ceiling();
  template <class Change>
  void change(Entries::iterator entry, const Change& by);

  void cycle();
  void take(const queue::Action& action);
  void start(Handle handle, const queue::Action& action);
  bool more_urgent(const Entry& than) const;
  void note(std::uint64_t word);
  void check();
  void check_standing(Handle handle, const Entry& entry);
  void check_ceilings();
  void check_end();

  Centre centre_;
  Shape shape_;
  Dice dice_;
  Draws draws_;
  Shadow shadow_;
  queue::Scheduler scheduler_;
  Entries entries_;
  std::set<Event> events_;
  std::map<std::size_t, std::int64_t> out_;  // slots out of service, by how many causes
  std::map<std::size_t, Instant> lowered_;   // ceilings, when last
  Instant now_ = kBegin, windows_until_ = kBegin;
  std::uint64_t serial_ = 0;
  bool broken_slots_ = false;  // since the last cycle: out of service, or planned to be
  bool last_day_ = false;
  Story story_;
};

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

// At every event what is promised is to come; now and then everything.
void Month::check() {
  if (story_.events % 16 != 0 && !last_day_) return;
  const std::string differs = shadow_.differs(scheduler_.forest().slots());
  if (!differs.empty()) fail(differs + " is not what was taken");
  queue::SchedulerCounts counts;
  for (const auto& [handle, entry] : entries_) {
    check_standing(handle, entry);
    ++(entry.spots.empty() ? counts.waiting : counts.running);
    counts.promised += entry.promised ? 1 : 0;
  }
  const queue::SchedulerCounts& told = scheduler_.counts();
  if (told.waiting != counts.waiting || told.running != counts.running || told.promised != counts.promised)
    fail("the counts are not those of the entries");
  if (!shape_.overruns && told.broken > 0) fail("everything was over in time");
  check_ceilings();
}

void Month::check_standing(Handle handle, const Entry& entry) {
  const Standing standing = scheduler_.standing(handle);
  const queue::Job& job = entry.work.job;
  const auto is = [&](Standing what, bool so) {
    if ((standing == what) != so) fail("entry " + std::to_string(handle) + " does not stand where it should");
  };
  is(Standing::kGone, false);
  is(Standing::kRunning, !entry.spots.empty());
  if (!entry.spots.empty()) return;
  is(Standing::kHeld, job.held);
  is(Standing::kPaused, !job.held && job.not_before > now_);
  is(Standing::kPromised, entry.promised.has_value());
  if (entry.promised != scheduler_.promised_start(handle)) fail("another promise than was told");
  if (entry.promised && *entry.promised <= now_) fail("a promise is due and not kept");
}

// Who is said to stand at a ceiling does: what is held and promised there, and those like it that were let in
// before it, leave it no room.
void Month::check_ceilings() {
  using Like = std::tuple<std::int16_t, std::uint64_t, bool, std::int64_t, std::int64_t, std::int64_t>;
  const auto like = [](const queue::Job& job) {
    return Like{job.shape.pool,       job.shape.cards > 0 ? job.shape.models : 0,
                job.shape.cards > 0,  job.amount.gpu.value,
                job.amount.cpu_milli, job.amount.memory.value};
  };
  std::multimap<Like, const queue::Job*> behind;
  std::vector<const queue::Job*> promised;
  std::vector<Handle> at_ceiling;
  for (const auto& [handle, entry] : entries_) {
    const Standing standing = scheduler_.standing(handle);
    if (standing == Standing::kBehind) behind.emplace(like(entry.work.job), &entry.work.job);
    if (standing == Standing::kPromised) promised.push_back(&entry.work.job);
    if (standing == Standing::kCeiling) at_ceiling.push_back(handle);
  }
  story_.at_ceiling += std::ssize(at_ceiling);
  for (const Handle handle : at_ceiling) {
    const queue::Job& job = entries_.at(handle).work.job;
    const std::size_t owner = scheduler_.ceiling_owner(handle);
    queue::Amount beside = job.amount;
    for (const queue::Job* other : promised)
      if (shadow_.below(other->owner, owner)) beside = beside + other->amount;
    const auto [first, last] = behind.equal_range(like(job));
    for (auto other = first; other != last; ++other)
      if (shadow_.below(other->second->owner, owner)) beside = beside + other->second->amount;
    if (!shadow_.below(job.owner, owner) || !shadow_.over_at(owner, job.amount, beside))
      fail("entry " + std::to_string(handle) + " is said to stand at a ceiling that has room");
  }
}

// Nothing waits for ever, and everything is as it was.
void Month::check_end() {
  for (const auto& [handle, entry] : entries_)
    fail("entry " + std::to_string(handle) + " never ends, standing " +
         std::to_string(static_cast<int>(scheduler_.standing(handle))));
  EXPECT_EQ(scheduler_.forest().slots(), centre_.slots);
  for (std::size_t owner = 0; owner < centre_.quotas.size(); ++owner) {
    EXPECT_EQ(scheduler_.quotas().held(owner), queue::Amount{});
    EXPECT_EQ(scheduler_.shares().held(owner).value, 0);
  }
  EXPECT_EQ(scheduler_.counts().waiting + scheduler_.counts().running + scheduler_.counts().promised, 0);
  EXPECT_TRUE(scheduler_.order().empty());
}

bool full() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full";
}

Shape shape_of(std::uint64_t seed) {
  Shape shape;
  shape.days = full() ? 30 : 9;
  shape.queue.fair_share = seed % 2 == 0;
  shape.queue.ageing = Span::hours(seed % 3 == 0 ? 24 : 24 * 7);
  shape.queue.backfill = seed % 5 > 0;
  shape.overruns = seed % 4 == 3;
  return shape;
}

TEST(Month, P5_P26_F13_F14_WhatHoldsHoldsAtEveryEvent) {
  const std::uint64_t seeds = full() ? 10 : 3;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Story story = Month(seed, shape_of(seed)).live();
    ASSERT_FALSE(HasFailure());
    EXPECT_GT(story.kept, story.submitted / 50);
    EXPECT_GT(story.reclaimed + story.killed, 10);
    EXPECT_GT(story.at_ceiling, 0);
    EXPECT_GT(story.counts.failed, 0);
    EXPECT_GT(story.counts.withdrawn, 0);
  }
}

TEST(Month, TheSameSeedIsTheSameMonth) {
  Shape shape = shape_of(2);
  shape.days = 2;
  EXPECT_EQ(Month(2, shape).live().log, Month(2, shape).live().log);
  EXPECT_NE(Month(2, shape).live().log, Month(4, shape).live().log);
}

}  // namespace
}  // namespace dure::simulate
