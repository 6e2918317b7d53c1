// For tests: a month of a centre, event by event (month_test.cc tells of it): what happens in it in
// month_life_test.cc, what must hold at each event in month_check_test.cc.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "queue/scheduler.h"
#include "simulate/month_fixture.h"
#include "simulate/shadow_fixture.h"

namespace dure::simulate {

using base::Instant;
using base::Span;
using queue::Handle;
using queue::Standing;

constexpr Instant kBegin{1'800'000'000'000'000};
constexpr std::int64_t kUrgent = 9;
constexpr std::int64_t kUsual = 18;  // arrivals in a quiet hour

struct MonthShape {
  std::int64_t days = 30;
  queue::Setting queue;
  bool overruns = false;  // some go on for minutes after their limit
};

struct MonthStory {
  std::uint64_t log = 0xcbf29ce484222325ULL;  // FNV-1a of all actions
  std::int64_t events = 0, submitted = 0, starts = 0, promises = 0, kept = 0, reclaimed = 0, killed = 0,
               at_ceiling = 0;
  queue::SchedulerCounts counts;
};

class Month {
 public:
  Month(std::uint64_t seed, const MonthShape& shape)
      : shape_(shape),
        dice_(seed),
        draws_(&dice_),
        shadow_(centre_),
        scheduler_(forest(), centre_.quotas, centre_.shares, shape.queue) {}

  MonthStory live() {
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
  MonthShape shape_;
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
  MonthStory story_;
};

}  // namespace dure::simulate
