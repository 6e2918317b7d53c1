// The forest against a look at every slot: the same answer, through a long life of placing, giving back and
// failing.
#include "placement/forest.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace dure::placement {
namespace {

constexpr int kForests = 400;
constexpr int kSteps = 300;  // of each: 120,000 choices in all

// What of each model's cards has been asked for by name, in millionths.
class AskedOfAll {
 public:
  explicit AskedOfAll(const std::vector<Slot>& slots) {
    for (const Slot& slot : slots) cards_[slot.model] += slot.cards;
  }
  void note(const Shape& shape) {
    if (shape.cards == 0 || shape.models == 0) return;
    std::int64_t named = 0;
    for (const auto& [model, cards] : cards_) named += (shape.models >> model & 1) != 0 ? cards : 0;
    for (const auto& [model, cards] : cards_)
      if (named > 0 && (shape.models >> model & 1) != 0)
        millionths_[model] += shape.cards * shape.milli_gpu * 1000 / named;
  }
  // What the shape takes of a model, as if so much of it were stranded.
  std::int64_t toll(std::int64_t model, const Shape& shape, std::int64_t slope) const {
    const auto found = millionths_.find(model);
    return found == millionths_.end() ? 0 : found->second * shape.cards * shape.milli_gpu * slope / 1'000'000;
  }

 private:
  std::map<std::int64_t, std::int64_t> cards_, millionths_;
};

// What CPU a card wants beside it, in each pool: ten cores, but never more than three fifths of what is free
// for each idle card, in whole cores and at least one. It falls at once and rises by two cores or more.
class Slopes {
 public:
  std::int64_t at(std::int16_t pool) const {
    const auto found = cores_.find(pool);
    return (found == cores_.end() ? 10 : found->second) * 1'000;
  }
  void note(const Forest& forest, const std::vector<bool>& in_service, std::int16_t pool) {
    std::int64_t cpu_milli = 0, idle = 0;
    for (std::size_t i = 0; i < forest.slots().size(); ++i) {
      const Slot& slot = forest.slots()[i];
      if (slot.pool != pool || slot.cards == 0 || !in_service[i]) continue;
      idle += slot.idle();
      cpu_milli += forest.machine_of(i).first == i ? slot.cpu_milli : 0;
    }
    if (idle == 0) return;
    const std::int64_t beside = cpu_milli * 3 / 5 * 1'000 / idle;  // milli-CPU for each card
    const std::int64_t is = at(pool) / 1'000;
    const std::int64_t would_be = std::min<std::int64_t>(10, std::max<std::int64_t>(1, beside / 1'000));
    if (would_be < is || beside >= (is + 2) * 1'000) cores_[pool] = would_be;
  }

 private:
  std::map<std::int16_t, std::int64_t> cores_;
};

using Range = std::pair<std::size_t, std::size_t>;

// Written anew, from the rule's words: the first slot that raises what is stranded least.
std::optional<Spot> look_at_all(const std::vector<Slot>& slots, const std::vector<bool>& in_service,
                                const AskedOfAll& asked, const Slopes& slopes, const Shape& shape,
                                const Range& range) {
  const auto stranded = [&](const Slot& slot) {
    return std::max<std::int64_t>(0, slot.idle() * slopes.at(slot.pool) - slot.cpu_milli * kWholeCard);
  };
  // Machines without cards, where one of them will do, before all others.
  bool without_cards = false;
  for (std::size_t i = range.first; i < range.second; ++i)
    without_cards |= shape.cards == 0 && in_service[i] && slots[i].cards == 0 && fits(slots[i], shape);
  std::optional<Spot> best;
  std::int64_t least = 0;
  for (std::size_t i = range.first; i < range.second; ++i) {
    if (!in_service[i] || !fits(slots[i], shape) || (without_cards && slots[i].cards > 0)) continue;
    const auto cards = tightest_cards(slots[i], shape);
    Slot after = slots[i];
    take(after, shape, cards);
    const std::int64_t cost =
        stranded(after) - stranded(slots[i]) + asked.toll(slots[i].model, shape, slopes.at(slots[i].pool));
    if (best && cost >= least) continue;
    best = Spot{i, cards};
    least = cost;
  }
  return best;
}

// The words of Forest::Counts, card by card.
Forest::Counts count_all(const std::vector<Slot>& slots, const std::vector<bool>& in_service,
                         const Shape& shape) {
  Forest::Counts counts;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    if (!offered(slot, shape) || !model_fits(slot, shape)) continue;
    for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card) {
      const bool whole = shape.milli_gpu == kWholeCard;
      const bool room = slot.free[card] >= shape.milli_gpu &&
                        (whole || card_memory_of(slot, card, shape) <= slot.free_memory[card]);
      ++counts.looked_at;
      ++(!in_service[i]                        ? counts.out_of_service
         : !slot.open(card)                    ? counts.closed
         : !room                               ? counts.busy
         : whole && slot.whole() < shape.cards ? counts.too_few
                                               : counts.fit);
    }
  }
  return counts;
}

class Dealer {
 public:
  explicit Dealer(std::uint64_t seed) : random_(seed) {}

  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  std::vector<Slot> slots() {
    std::vector<Slot> made(static_cast<std::size_t>(from(1, 40)));
    for (Slot& slot : made) {
      slot.cpu_milli = from(1, 16) * 8'000;
      slot.memory = from(1, 16) * 32'768;
      slot.model = from(0, 3);
      slot.cards = from(0, 8);
      std::fill_n(slot.free.begin(), slot.cards, static_cast<std::int16_t>(kWholeCard));
      slot.pool = static_cast<std::int16_t>(from(0, 5) == 0);
      slot.forms = static_cast<std::uint8_t>(from(0, 5) == 0 ? from(1, 2) : kInAnyForm);
      if (from(0, 3) == 0) slot.closed = static_cast<std::uint32_t>(from(0, 7));
      if (from(0, 1) == 0) continue;
      slot.counts_card_memory = true;
      for (std::size_t i = 0; i < static_cast<std::size_t>(slot.cards); ++i)
        slot.card_memory[i] = slot.free_memory[i] = from(1, 9) * 1'111;
    }
    return made;
  }
  // Some neighbours are one machine.
  std::vector<Forest::Machine> join(std::vector<Slot>& slots) {
    std::vector<Forest::Machine> machines;
    for (std::size_t i = 0; i + 1 < slots.size(); ++i) {
      if (from(0, 3) > 0) continue;
      slots[i + 1].cpu_milli = slots[i].cpu_milli;
      slots[i + 1].memory = slots[i].memory;
      machines.emplace_back(i, i + 2);
      ++i;
    }
    return machines;
  }
  Shape shape() {
    Shape made{from(0, 12) * 1'000, from(0, 8) * 8'192, 0, 0, 0};
    const auto kind = from(0, 9);
    if (kind >= 2) made.cards = kind >= 8 ? from(2, 8) : 1;
    if (kind >= 2) made.milli_gpu = kind < 6 ? from(1, 99) * 10 : kWholeCard;
    if (made.cards > 0 && from(0, 2) == 0) made.models = static_cast<std::uint64_t>(from(1, 15));
    if (from(0, 3) == 0) made.pool = static_cast<std::int16_t>(from(0, 1));
    if (from(0, 3) == 0) made.forms = static_cast<std::uint8_t>(from(1, 2));
    if (made.cards == 1 && from(0, 4) == 0) made.card_memory = from(1, 9'999);
    return made;
  }

 private:
  std::mt19937_64 random_;
};

class Life {
 public:
  explicit Life(std::uint64_t seed)
      : dealer_(seed),
        slots_(dealer_.slots()),
        machines_(dealer_.join(slots_)),
        forest_(slots_),
        asked_(slots_),
        in_service_(slots_.size(), true) {
    forest_.join_machines(machines_);
    note_slopes(forest_);
  }

  void step() {
    const auto dice = dealer_.from(0, 9);
    if (dice == 0) return dealer_.from(0, 2) == 0 ? close_one() : turn_one();
    if (dice <= 3 && !held_.empty()) return end_one();
    const Shape shape = dealer_.shape();
    if (dice <= 6) {  // who does not ask pays all the same
      forest_.ask(shape);
      asked_.note(shape);
      note_slopes(forest_);
    }
    const Range range = dealer_.from(0, 4) == 0 ? some_of_them() : Range{0, slots_.size()};
    const auto spot = forest_.find_within(shape, range.first, range.second);
    ASSERT_EQ(spot, look_at_all(forest_.slots(), in_service_, asked_, slopes_, shape, range));
    look_where(shape);
    if (shape.cards > 0 && shape.card_memory == 0) {
      ASSERT_EQ(forest_.counts(shape), count_all(forest_.slots(), in_service_, shape));
    }
    for (const auto& [first, end] : machines_) {
      ASSERT_EQ(forest_.slots()[first].cpu_milli, forest_.slots()[end - 1].cpu_milli);
      ASSERT_EQ(forest_.slots()[first].memory, forest_.slots()[end - 1].memory);
    }
    if (!spot) return;
    ++placed;
    forest_.take(shape, *spot);
    held_.emplace_back(shape, *spot);
  }

  // When all that was placed has ended, everything is as it was.
  void end_all() {
    while (!held_.empty()) end_one();
    EXPECT_EQ(forest_.slots(), slots_);
  }

  int placed = 0;

 private:
  // Among some of the slots, drawn anew.
  void look_where(const Shape& shape) {
    std::vector<bool> may = in_service_;
    for (std::size_t slot = 0; slot < may.size(); ++slot) may[slot] = may[slot] && dealer_.from(0, 2) > 0;
    const auto found = forest_.find_where(shape, [&](std::size_t slot) { return may[slot]; });
    ASSERT_EQ(found, look_at_all(forest_.slots(), may, asked_, slopes_, shape, {0, slots_.size()}));
  }
  void note_slopes(const Forest& forest) {
    for (std::int16_t pool = 0; pool < 2; ++pool) slopes_.note(forest, in_service_, pool);
  }
  Range some_of_them() {
    const auto count = static_cast<std::int64_t>(slots_.size());
    const auto first = dealer_.from(0, count);
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(dealer_.from(first, count))};
  }
  void turn_one() {
    const auto slot =
        static_cast<std::size_t>(dealer_.from(0, static_cast<std::int64_t>(in_service_.size()) - 1));
    in_service_[slot] = !in_service_[slot];
    forest_.set_service(slot, in_service_[slot]);
  }
  // A card fails or is repaired; what is on it stays.
  void close_one() {
    const auto slot =
        static_cast<std::size_t>(dealer_.from(0, static_cast<std::int64_t>(in_service_.size()) - 1));
    if (slots_[slot].cards == 0) return;
    const auto card = static_cast<std::uint32_t>(dealer_.from(0, slots_[slot].cards - 1));
    Slot now = forest_.slots()[slot];
    slots_[slot].closed = now.closed ^= 1U << card;
    forest_.set(slot, now);
  }
  void end_one() {
    const auto which = static_cast<std::size_t>(dealer_.from(0, static_cast<std::int64_t>(held_.size()) - 1));
    forest_.give_back(held_[which].first, held_[which].second);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  Dealer dealer_;
  std::vector<Slot> slots_;
  std::vector<Forest::Machine> machines_;
  Forest forest_;
  AskedOfAll asked_;
  std::vector<bool> in_service_;
  Slopes slopes_;
  std::vector<std::pair<Shape, Spot>> held_;
};

TEST(Forest, ChoosesWhatALookAtEverySlotWould) {
  int placed = 0;
  for (int cluster = 0; cluster < kForests; ++cluster) {
    Life life(static_cast<std::uint64_t>(cluster) + 1);
    for (int step = 0; step < kSteps && !::testing::Test::HasFatalFailure(); ++step) life.step();
    ASSERT_FALSE(::testing::Test::HasFatalFailure()) << "cluster " << cluster;
    placed += life.placed;
    life.end_all();
  }
  EXPECT_GT(placed, kForests * kSteps / 10) << "something has to fit";
}

TEST(Forest, AmongEqualsTheFirstSlotIsTaken) {
  Slot slot{80'000, 1'000'000, 0, 8, {}};
  std::fill_n(slot.free.begin(), 8, static_cast<std::int16_t>(kWholeCard));
  Forest forest(std::vector<Slot>(5, slot));
  const Shape shape{10'000, 1'000, 1, 1000, 0};
  for (int i = 0; i < 8; ++i) {
    const auto spot = forest.find(shape);
    ASSERT_TRUE(spot);
    EXPECT_EQ(spot->slot, 0u);
    forest.take(shape, *spot);
  }
  EXPECT_EQ(forest.find(shape)->slot, 1u);
}

// Cards in which nobody can compute for lack of CPU keep less of it from those who want no card.
TEST(Forest, WhereProcessorIsScarceACardClaimsLessOfIt) {
  Slot slot{80'000, 1'000'000, 0, 8, {}};
  std::fill_n(slot.free.begin(), 8, static_cast<std::int16_t>(kWholeCard));
  Forest forest({slot, slot});
  const Shape any{0, 0, 1, 10, 0};
  EXPECT_EQ(forest.slope_at(0), 6'000);  // three fifths of ten cores a card
  forest.take({80'000, 0, 0, 0, 0}, {0, 0});
  EXPECT_EQ(forest.slope_at(0), 6'000) << "until somebody asks";
  forest.ask(any);
  EXPECT_EQ(forest.slope_at(0), 3'000);
  forest.give_back({20'000, 0, 0, 0, 0}, {0, 0});
  forest.ask(any);
  EXPECT_EQ(forest.slope_at(0), 3'000) << "it would be 3.75";
  forest.give_back({60'000, 0, 0, 0, 0}, {0, 0});
  forest.ask(any);
  EXPECT_EQ(forest.slope_at(0), 6'000);
}

TEST(Forest, ATaskWithMuchProcessorGoesWhereProcessorIsLeftOver) {
  Slot poor{32'000, 1'000'000, 0, 8, {}};
  std::fill_n(poor.free.begin(), 8, static_cast<std::int16_t>(kWholeCard));
  Slot rich = poor;
  rich.cpu_milli = 128'000;
  const Forest forest({poor, rich});
  EXPECT_EQ(forest.find({20'000, 0, 1, 1000, 0})->slot, 1u);
  EXPECT_EQ(forest.find({2'000, 0, 1, 1000, 0})->slot, 0u)
      << "little CPU for its card: where cards are stranded";
}

TEST(Forest, NothingFitsAnEmptyOne) {
  EXPECT_FALSE(Forest(std::vector<Slot>{}).find({1, 1, 0, 0, 0}));
}

}  // namespace
}  // namespace dure::placement
