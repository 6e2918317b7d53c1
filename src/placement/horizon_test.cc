// When something fits at the earliest: against one who works out every instant anew.
#include "placement/horizon.h"

#include <gtest/gtest.h>

#include <random>

#include "placement/horizon_fixture.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

constexpr base::Instant kNow{10};
constexpr int kHorizonCases = 30'000;
constexpr int kLives = 300;

using Opening = Horizon::Opening;

base::Instant at(std::int64_t us) {
  return {us};
}

// The same in a unit of so many microseconds.
base::Instant in(std::int64_t unit, base::Instant instant) {
  return instant == kNever ? kNever : at(instant.us * unit);
}
base::Span in(std::int64_t unit, base::Span span) {
  return span == kForever ? kForever : base::Span{span.us * unit};
}

TEST(Horizon, AnswersFromThePresentWhereNothingIsKnown) {
  const std::vector<Slot> present{machine(1, 8), machine(4, 32)};
  const Horizon horizon(&present);
  EXPECT_EQ(horizon.earliest(whole(2), 1, false, kNow, kForever), (Opening{kNow, {{1, 0b11}}}));
  EXPECT_FALSE(horizon.earliest(whole(5), 1, false, kNow, kForever)) << "fits nowhere, whenever";
  EXPECT_FALSE(horizon.earliest(whole(2), 1, false, kNow, kForever, kNow)) << "before now";
  EXPECT_TRUE(horizon.reserved_slots().empty());
  EXPECT_FALSE(Horizon(&present).earliest(whole(4), 2, false, kNow, kForever));
}

TEST(Horizon, WaitsForTheRunThatEndsFirst) {
  std::vector<Slot> present{machine(2, 16), machine(2, 16)};
  const std::vector<Placed> a{{whole(2), {0, 0b11}}};
  const std::vector<Placed> b{{whole(2), {1, 0b11}}};
  for (const auto& hold : {a, b}) take(present[hold[0].spot.slot], hold[0].shape, hold[0].spot.cards);
  Horizon horizon(&present);
  horizon.run(1, a, at(40));
  horizon.run(2, b, at(30));
  EXPECT_EQ(horizon.earliest(whole(1), 1, false, kNow, {5}), (Opening{at(30), {{1, 0b01}}}));
  EXPECT_EQ(horizon.earliest(whole(2), 2, false, kNow, {5}), (Opening{at(40), {{0, 0b11}, {1, 0b11}}}));
  EXPECT_FALSE(horizon.earliest(whole(2), 2, false, kNow, {5}, at(40)));
  EXPECT_EQ(horizon.earliest(whole(2), 1, false, at(30), {5}), (Opening{at(40), {{0, 0b11}}}))
      << "a run that is past its end says nothing";
  horizon.set_now(kNow);
  EXPECT_EQ(horizon.earliest(whole(2), 1, false, at(35), {5}), (Opening{at(35), {{1, 0b11}}}))
      << "it will have ended by then";
}

// The classic: a short one goes before the wide one that waits for a reserved start, a long one does not.
TEST(Horizon, LetsTheShortPassBeforeAReservationAndNotTheLong) {
  std::vector<Slot> present{machine(2, 16)};
  const std::vector<Placed> running{{whole(1), {0, 0b01}}};
  take(present[0], running[0].shape, 0b01);
  Horizon horizon(&present);
  horizon.run(1, running, at(30));
  const auto wide = horizon.earliest(whole(2), 1, false, kNow, {10});
  ASSERT_EQ(wide, (Opening{at(30), {{0, 0b11}}}));
  horizon.reserve(2, std::vector<Placed>{{whole(2), wide->spots[0]}}, at(30), at(40));
  EXPECT_TRUE(horizon.reserved(0));
  EXPECT_EQ(horizon.earliest(whole(1), 1, false, kNow, {20}), (Opening{kNow, {{0, 0b10}}}));
  EXPECT_EQ(horizon.earliest(whole(1), 1, false, kNow, {21}), (Opening{at(40), {{0, 0b01}}}));
  EXPECT_TRUE(horizon.open(std::vector<Placed>{{whole(1), {0, 0b10}}}, kNow, {20}));
  EXPECT_FALSE(horizon.open(std::vector<Placed>{{whole(1), {0, 0b10}}}, kNow, {21}));
  EXPECT_FALSE(horizon.open(std::vector<Placed>{{whole(1), {0, 0b01}}}, kNow, {20})) << "it runs there";
  horizon.remove(2);
  EXPECT_FALSE(horizon.reserved(0));
  EXPECT_EQ(horizon.earliest(whole(1), 1, false, kNow, kForever), (Opening{kNow, {{0, 0b10}}}));
}

TEST(Timeline, AnEndBeyondAllInstantsIsNever) {
  const base::Span nearly{kNever.us - 500};
  EXPECT_EQ(end_of({1000}, nearly), kNever);
  EXPECT_EQ(end_of({499}, nearly).us, kNever.us - 1);
  EXPECT_EQ(end_of({-1000}, nearly).us, kNever.us - 1500);
  EXPECT_EQ(end_of({-1000}, kForever), kNever);
}

TEST(Horizon, RunsNothingInAMaintenanceWindowNorOnASlotOutOfService) {
  const std::vector<Slot> present{machine(1, 8)};
  Horizon horizon(&present);
  horizon.block(1, 0, at(20), at(30));
  const Shape cpu_only{1000, 0, 0, 0, 0};
  for (const Shape& shape : {cpu_only, whole(1)}) {
    EXPECT_EQ(horizon.earliest(shape, 1, false, kNow, {10})->start, kNow);
    EXPECT_EQ(horizon.earliest(shape, 1, false, kNow, {11})->start, at(30));
  }
  horizon.set_service(0, false);
  EXPECT_FALSE(horizon.earliest(cpu_only, 1, false, kNow, {1}));
  EXPECT_FALSE(horizon.open(std::vector<Placed>{{cpu_only, {0, 0}}}, kNow, {1}));
  horizon.set_service(0, true);
  EXPECT_TRUE(horizon.open(std::vector<Placed>{{cpu_only, {0, 0}}}, kNow, {1}));
}

// The longest length that ends, and the first that does not: no sum runs over.
TEST(Horizon, CountsVeryLongLengthsToTheEndOfTime) {
  const std::vector<Slot> present{machine(1, 8)};
  Horizon horizon(&present);
  horizon.reserve(1, std::vector<Placed>{{whole(1), {0, 1}}}, at(kNever.us - 1), kNever);
  for (const std::int64_t replicas : {1, 2}) {
    const Shape shape = replicas == 1 ? whole(1) : part(500);
    EXPECT_TRUE(horizon.earliest(shape, replicas, false, kNow, {kNever.us - 1 - kNow.us}));
    EXPECT_FALSE(horizon.earliest(shape, replicas, false, kNow, {kNever.us - kNow.us}));
    EXPECT_FALSE(horizon.earliest(shape, replicas, false, kNow, kForever));
  }
}

// A gang that has to wait through all of a long time in which one slot or the other is taken.
TEST(Horizon, FindsTheStartOfAGangThatIsFarBehindReservations) {
  const std::vector<Slot> present{machine(1, 8), machine(1, 8)};
  Horizon horizon(&present);
  const std::int64_t day = base::Span::days(1).us;
  for (std::size_t i = 0; i < 2000; ++i) {
    const base::Instant starts{static_cast<std::int64_t>(i) * day};
    horizon.reserve(i, std::vector<Placed>{{whole(1), {i % 2, 1}}}, starts, starts + base::Span::days(1));
  }
  EXPECT_EQ(horizon.earliest(whole(1), 2, false, kNow, {1}), (Opening{at(2000 * day), {{0, 1}, {1, 1}}}));
  EXPECT_EQ(horizon.earliest(whole(1), 1, false, kNow, base::Span::days(1))->start, at(day));
  EXPECT_FALSE(horizon.earliest(whole(1), 2, false, kNow, {1}, at(2000 * day)));
}

// Both horizons with the same random life behind them; now is 10, and holds end from 5 to 30.
class DrawnHorizon {
 public:
  explicit DrawnHorizon(std::uint64_t seed) : random_(seed) {
    for (std::int64_t i = from(1, 4); i > 0; --i) {
      naive.present.push_back(machine(from(1, 4), from(8, 32), from(0, 1)));
      naive.present.back().memory = from(6, 16) * 100;
      naive.in_service.push_back(from(0, 9) > 0);
      if (from(0, 1) == 0) count_memory(naive.present.back());
    }
    if (from(0, 2) == 0) naive.now = kNow;
    for (std::int64_t i = from(-2, 1); i > 0; --i) draw_parts(naive.present);  // untold
    for (std::int64_t i = from(0, 6); i > 0; --i) add_run();
    for (std::int64_t i = from(0, 4); i > 0; --i) add_reservation();
    for (std::int64_t i = from(-2, 2); i > 0; --i) add_block();
  }

  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  void count_memory(Slot& slot) {
    slot.counts_card_memory = true;
    for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards); ++i)
      slot.card_memory[i] = slot.free_memory[i] = from(90, 110);
  }
  base::Instant later(base::Instant than) {
    return from(0, 15) == 0 ? kNever : at(std::max(than.us + 1, from(5, 30)));
  }
  Shape shape() {
    Shape made = from(0, 2) == 0 ? part(from(1, 9) * 100, from(0, 5)) : whole(from(1, 3), from(0, 6));
    if (from(0, 7) == 0) made.cards = made.milli_gpu = 0;
    made.memory = from(0, 4) * 100;
    if (made.cards == 1 && from(0, 2) == 0) made.card_memory = from(1, 100);
    if (from(0, 4) == 0) made.models = static_cast<std::uint64_t>(from(1, 3));
    return made;
  }
  std::size_t slot() { return static_cast<std::size_t>(from(0, std::ssize(naive.present) - 1)); }
  base::Span length() { return from(0, 5) == 0 ? kForever : base::Span{from(1, 12)}; }
  // One to three that fit those slots beside each other, and take of them.
  std::vector<Placed> draw_parts(std::vector<Slot>& slots) {
    std::vector<Placed> parts;
    for (std::int64_t i = from(1, 3); i > 0; --i) {
      const Shape made = shape();
      const std::size_t on = slot();
      if (!fits(slots[on], made)) continue;
      parts.push_back({made, {on, tightest_cards(slots[on], made)}});
      take(slots[on], made, parts.back().spot.cards);
    }
    return parts;
  }
  void add_run() {
    const auto parts = draw_parts(naive.present);
    naive.holds.push_back({next_++, NaiveHold::Kind::kRun, parts, at(0), later(at(0))});
  }
  // Fits what the slots have when nothing runs, or what is left now: some collide with what is there.
  void add_reservation() {
    std::vector<Slot> slots = naive.present;
    if (from(0, 1) == 0)
      for (const NaiveHold& hold : naive.holds)
        if (hold.kind == NaiveHold::Kind::kRun)
          for (const Placed& part : hold.parts) NaiveHorizon::put(slots[part.spot.slot], part, 1);
    const base::Instant starts = at(from(5, 28));
    naive.holds.push_back({next_++, NaiveHold::Kind::kReservation, draw_parts(slots), starts, later(starts)});
  }
  void add_block() {
    const base::Instant starts = at(from(5, 28));
    naive.holds.push_back({next_++,
                           NaiveHold::Kind::kBlock,
                           {{{}, {slot(), 0}}},
                           starts,
                           later(starts),
                           from(0, 1) == 0 ? Heed::kAll : Heed::kWhatEnds});
  }
  static void tell(Horizon& horizon, const NaiveHold& hold, std::int64_t unit = 1) {
    const base::Instant starts = in(unit, hold.starts);
    const base::Instant ends = in(unit, hold.ends);
    switch (hold.kind) {
      case NaiveHold::Kind::kRun:
        return horizon.run(hold.key, hold.parts, ends);
      case NaiveHold::Kind::kReservation:
        return horizon.reserve(hold.key, hold.parts, starts, ends);
      case NaiveHold::Kind::kBlock:
        return horizon.block(hold.key, hold.parts[0].spot.slot, starts, ends, hold.heed);
    }
  }
  // One that was told of them in the order of the list, of a present that is the naive one's; its
  // microsecond lasts so many.
  Horizon told(std::int64_t unit = 1) const {
    Horizon horizon(&naive.present);
    for (const NaiveHold& hold : naive.holds) tell(horizon, hold, unit);
    for (std::size_t i = 0; i < naive.in_service.size(); ++i) horizon.set_service(i, naive.in_service[i]);
    if (naive.now) horizon.set_now(in(unit, *naive.now));
    return horizon;
  }

  NaiveHorizon naive;

 private:
  std::mt19937_64 random_;
  Horizon::Key next_ = 1;
};

TEST(Horizon, FindsTheEarliestStartAndThePlacesThatTryingEveryInstantFinds) {
  int later = 0;
  int never = 0;
  for (int seed = 0; seed < kHorizonCases; ++seed) {
    DrawnHorizon drawn(static_cast<std::uint64_t>(seed));
    const std::int64_t unit = seed % 2 == 0 ? 1 : base::Span::minutes(2).us;
    const Horizon horizon = drawn.told(unit);
    const Shape shape = drawn.shape();
    const std::int64_t replicas = drawn.from(1, 4);
    const bool apart = drawn.from(0, 2) == 0;
    const base::Instant from = drawn.naive.now ? at(drawn.from(10, 14)) : kNow;
    const base::Span length = drawn.length();
    const base::Instant before = drawn.from(0, 4) == 0 ? at(drawn.from(9, 32)) : kNever;
    auto expected = drawn.naive.earliest(shape, replicas, apart, from, length, before);
    never += expected ? 0 : 1;
    later += expected && expected->start > from ? 1 : 0;
    if (expected) expected->start = in(unit, expected->start);
    for (int again = 0; again < 2; ++again)
      ASSERT_EQ(horizon.earliest(shape, replicas, apart, in(unit, from), in(unit, length), in(unit, before)),
                expected)
          << "seed " << seed;
    if (!expected) continue;
    std::vector<Placed> parts;
    for (const Spot& spot : expected->spots) parts.push_back({shape, spot});
    Horizon then = horizon;
    then.set_now(in(unit, drawn.naive.now.value_or(from)));
    EXPECT_TRUE(then.open(parts, expected->start, in(unit, length))) << "seed " << seed;
  }
  EXPECT_GT(later, kHorizonCases / 10);
  EXPECT_GT(never, kHorizonCases / 10);
  EXPECT_LT(never, kHorizonCases * 6 / 10);
}

TEST(Horizon, LooksOnlyAtTheSlotsThatAreNamed) {
  for (int seed = 0; seed < kHorizonCases / 3; ++seed) {
    DrawnHorizon drawn(static_cast<std::uint64_t>(seed));
    std::vector<std::size_t> named{drawn.slot(), drawn.slot()};
    const Shape shape = drawn.shape();
    const base::Span length = drawn.length();
    const base::Instant before = drawn.from(0, 4) == 0 ? at(drawn.from(9, 32)) : kNever;
    ASSERT_EQ(drawn.told().earliest_on(named, shape, kNow, length, before),
              drawn.naive.earliest(shape, 1, false, kNow, length, before, &named))
        << "seed " << seed;
  }
}

TEST(Horizon, IsOpenWhereNothingCollidesAtAnyInstant) {
  int open = 0;
  for (int seed = 0; seed < kHorizonCases; ++seed) {
    DrawnHorizon drawn(static_cast<std::uint64_t>(seed));
    std::vector<Slot> slots = drawn.naive.present;
    const auto parts = drawn.draw_parts(slots);
    const base::Span length = drawn.length();
    const base::Instant from = drawn.naive.now ? at(drawn.from(10, 25)) : kNow;
    const bool expected = drawn.naive.open(parts, from, length);
    ASSERT_EQ(drawn.told().open(parts, from, length), expected) << "seed " << seed;
    open += expected && !parts.empty() ? 1 : 0;
  }
  EXPECT_GT(open, kHorizonCases / 10);
  EXPECT_LT(open, kHorizonCases * 9 / 10);
}

// What is asked at the end of a life, or at one moment of it.
void expect_same(const Horizon& lived, const Horizon& fresh, DrawnHorizon& drawn, int seed) {
  ASSERT_TRUE(std::ranges::equal(lived.reserved_slots(), fresh.reserved_slots())) << "seed " << seed;
  for (std::size_t i = 0; i < drawn.naive.present.size(); ++i)
    ASSERT_EQ(lived.reserved(i), std::ranges::count(lived.reserved_slots(), i) == 1) << "seed " << seed;
  for (int i = 0; i < 5; ++i) {
    const Shape shape = drawn.shape();
    const std::int64_t replicas = drawn.from(1, 4);
    const base::Span length = drawn.length();
    const auto opening = lived.earliest(shape, replicas, false, kNow, length);
    ASSERT_EQ(opening, fresh.earliest(shape, replicas, false, kNow, length)) << "seed " << seed;
    ASSERT_EQ(opening, drawn.naive.earliest(shape, replicas, false, kNow, length, kNever)) << "seed " << seed;
  }
}

TEST(Horizon, ForgetsWhatIsRemovedAndKeepsTheRest) {
  for (int seed = 0; seed < kLives; ++seed) {
    DrawnHorizon drawn(static_cast<std::uint64_t>(seed));
    Horizon lived = drawn.told();
    auto& holds = drawn.naive.holds;
    for (int turn = 0; turn < 60; ++turn) {
      if (std::ssize(holds) > drawn.from(0, 9)) {
        const auto gone = holds.begin() + drawn.from(0, std::ssize(holds) - 1);
        ASSERT_TRUE(lived.knows(gone->key));
        lived.remove(gone->key);
        ASSERT_FALSE(lived.knows(gone->key));
        if (gone->kind == NaiveHold::Kind::kRun)
          for (const Placed& part : gone->parts)
            give_back(drawn.naive.present[part.spot.slot], part.shape, part.spot.cards);
        holds.erase(gone);
      } else {
        const std::int64_t kind = drawn.from(0, 4);
        kind < 2 ? drawn.add_run() : kind < 4 ? drawn.add_reservation() : drawn.add_block();
        DrawnHorizon::tell(lived, holds.back());
      }
      if (turn % 10 == 9) expect_same(lived, drawn.told(), drawn, seed);
      if (HasFatalFailure()) return;
    }
    while (!holds.empty()) {
      lived.remove(holds.back().key);
      holds.pop_back();
    }
    expect_same(lived, Horizon(drawn.told()), drawn, seed);
    ASSERT_TRUE(lived.reserved_slots().empty());
  }
}

}  // namespace
}  // namespace dure::placement
