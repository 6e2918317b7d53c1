// Gathering what is free: each step gains what it says, is the best there is, and can be done.
#include "placement/tighten.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

constexpr int kTightenClusters = 2000;

std::int64_t squares(const Forest& forest) {
  std::int64_t sum = 0;
  for (const Slot& slot : forest.slots())
    for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card)
      sum += std::int64_t{slot.free[card]} * slot.free[card];
  return sum;
}

TEST(Tighten, EmptiesACardThatAnotherHasRoomFor) {
  Place place({machine(1, 16), machine(1, 16)});
  place.put(part(300), 0, 1);
  place.put(part(400), 1, 1);
  for (const std::size_t looks : {0U, 1U})  // the first look is at its own card
    EXPECT_FALSE(tighten(place.forest, place.tenants, looks));
  const auto step = tighten(place.forest, place.tenants, 2);
  ASSERT_TRUE(step);
  ASSERT_EQ(step->moves.size(), 1U);
  apply_moves(place.forest, place.tenants, step->moves);
  EXPECT_EQ(place.forest.slots()[0].whole() + place.forest.slots()[1].whole(), 1);
  EXPECT_FALSE(tighten(place.forest, place.tenants)) << "nothing is left to be gathered";
}

TEST(Tighten, LetsTwoChangePlacesWhereNoneCanMove) {
  Place place({machine(2, 32)});
  place.put(part(470), 0, 1);
  place.put(part(320), 0, 1);
  place.put(part(470), 0, 2);
  place.put(part(320), 0, 2);
  const auto step = tighten(place.forest, place.tenants);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->moves.size(), 2U);
  EXPECT_EQ(step->gain, 60 * 60 + 360 * 360 - 2 * 210 * 210);
  apply_moves(place.forest, place.tenants, step->moves);
  EXPECT_EQ(place.forest.slots()[0].largest(), 360);
}

TEST(Tighten, MovesNothingThatMustStayAndNothingWithoutCpu) {
  Place fixed({machine(1, 16), machine(1, 16)});
  fixed.put(part(300), 0, 1, false);
  fixed.put(part(400), 1, 1, false);
  EXPECT_FALSE(tighten(fixed.forest, fixed.tenants));
  Place poor({machine(1, 8), machine(1, 8)});
  poor.put(part(300, 8), 0, 1);
  poor.put(part(400, 8), 1, 1);
  EXPECT_FALSE(tighten(poor.forest, poor.tenants));
  EXPECT_FALSE(tighten(Forest({}), Tenants(0)));
}

TEST(Tighten, KeepsToTheModelsThatAreNamed) {
  Place place({machine(1, 16, 0), machine(1, 16, 1)});
  Shape named = part(300);
  named.models = 1;
  place.put(named, 0, 1);
  named.models = 2;
  place.put(named, 1, 1);
  EXPECT_FALSE(tighten(place.forest, place.tenants));
}

class DrawnTrades {
 public:
  explicit DrawnTrades(std::uint64_t seed) : random_(seed), place(slots()) {
    for (int i = 0; i < 25; ++i) {
      Shape shape = from(0, 5) == 0 ? Shape{from(1, 8) * 1000, 0, from(1, 2), kWholeCard, 0}
                                    : part(from(1, 9) * 100 + from(0, 1), from(1, 8));
      shape.memory = from(0, 3) * 100;
      if (from(0, 4) == 0) shape.models = static_cast<std::uint64_t>(from(1, 3));
      if (shape.part_of_card() && from(0, 3) == 0) shape.card_memory = from(1, 700);
      put_anywhere(shape, from(0, 5) > 0);
    }
  }

  std::mt19937_64 random_;
  Place place;

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  // On some the memory of cards counts, and of some a card is out of service.
  std::vector<Slot> slots() {
    auto made = machines([this](auto first, auto last) { return from(first, last); });
    for (Slot& slot : made) {
      if (from(0, 5) == 0) slot.closed = static_cast<std::uint32_t>(from(0, 15));
      if (from(0, 2) > 0) continue;
      slot.counts_card_memory = true;
      for (std::size_t card = 0; card < static_cast<std::size_t>(slot.cards); ++card)
        slot.card_memory[card] = slot.free_memory[card] = from(8, 12) * 100;
    }
    return made;
  }
  void put_anywhere(const Shape& shape, bool movable) {
    const auto& slots = place.forest.slots();
    const auto slot = static_cast<std::size_t>(from(0, static_cast<std::int64_t>(slots.size()) - 1));
    if (fits(slots[slot], shape)) place.put(shape, slot, tightest_cards(slots[slot], shape), movable);
  }
};

// Every move of a part to another card, and every exchange of two, tried on copies of the slots.
std::int64_t best_by_trying(const Place& place) {
  std::vector<Tenant> all;
  for (std::size_t slot = 0; slot < place.forest.slots().size(); ++slot)
    for (const Tenant& tenant : place.tenants.on(slot))
      if (tenant.movable && tenant.shape.part_of_card()) all.push_back(tenant);
  const std::int64_t before = squares(place.forest);
  std::int64_t best = 0;
  const auto try_on = [&](const std::vector<std::pair<Tenant, Spot>>& moves) {
    std::vector<Slot> slots = place.forest.slots();
    for (const auto& [tenant, to] : moves)
      give_back(slots[tenant.spot.slot], tenant.shape, tenant.spot.cards);
    for (const auto& [tenant, to] : moves) {
      Slot only = slots[to.slot];
      only.closed |= ~to.cards;
      if (!fits(only, tenant.shape)) return;
      take(slots[to.slot], tenant.shape, to.cards);
    }
    const std::int64_t gain = squares(Forest(slots)) - before;
    best = std::max(best, gain / static_cast<std::int64_t>(moves.size()));
  };
  for (const Tenant& one : all) {
    for (std::size_t slot = 0; slot < place.forest.slots().size(); ++slot)
      for (std::size_t card = 0; card < static_cast<std::size_t>(place.forest.slots()[slot].cards); ++card)
        if (place.forest.slots()[slot].free[card] < kWholeCard && Spot{slot, 1U << card} != one.spot)
          try_on({{one, {slot, 1U << card}}});
    for (const Tenant& other : all)
      if (one.id != other.id && one.spot != other.spot) try_on({{one, other.spot}, {other, one.spot}});
  }
  return best;
}

TEST(Tighten, GainsWhatItSaysAndTheMostThereIsForEachMove) {
  int steps = 0;
  for (int seed = 0; seed < kTightenClusters; ++seed) {
    DrawnTrades drawn(static_cast<std::uint64_t>(seed));
    Place& place = drawn.place;
    for (int round = 0; round < 3; ++round) {
      const std::int64_t best = best_by_trying(place);
      const auto step = tighten(place.forest, place.tenants);
      ASSERT_EQ(step.has_value(), best > 0) << "seed " << seed;
      if (!step) break;
      ++steps;
      EXPECT_EQ(step->gain / static_cast<std::int64_t>(step->moves.size()), best) << "seed " << seed;
      const std::int64_t before = squares(place.forest);
      apply_moves(place.forest, place.tenants, step->moves);
      EXPECT_EQ(squares(place.forest) - before, step->gain) << "seed " << seed;
    }
  }
  EXPECT_GT(steps, kTightenClusters / 4);
}

}  // namespace
}  // namespace dure::placement
