// What a consolidation could free, against a look at every set of cards of a slot.
#include "placement/clearing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <set>
#include <tuple>

#include "placement/decisions_fixture.h"
#include "placement/draft.h"

namespace dure::placement {
namespace {

using Price = std::tuple<std::size_t, std::int64_t, std::int64_t>;  // moves, cost, milli-GPU

Price price_of(const Clearing& clearing) {
  return {clearing.moves, clearing.cost, clearing.milli_gpu};
}

// A slot with its tenants, by a look at each of them.
class Look {
 public:
  Look(const Draft& draft, std::size_t slot) : draft_(draft), slot_(slot) {
    const Slot& each = draft.slots()[slot];
    for (std::size_t card = 0; card < static_cast<std::size_t>(each.cards); ++card)
      (each.free[card] == kWholeCard ? empty : used) |= 1U << card;
  }
  // To clear just these: nothing where one of them is empty, somebody must stay, or one of whole cards would
  // keep some of his.
  std::optional<Price> price(std::uint32_t cards) const {
    if (cards == 0 || (cards & empty) != 0) return std::nullopt;
    Price sum{0, 0, 0};
    for (const std::size_t number : draft_.on(slot_)) {
      const Draft::Guest& guest = draft_.guest(number);
      if ((guest.spot.cards & cards) == 0) continue;
      if (!guest.tenant.movable || (guest.spot.cards & ~cards) != 0) return std::nullopt;
      std::get<2>(sum) += guest.tenant.shape.cards * guest.tenant.shape.milli_gpu;
      if (guest.spot != guest.tenant.spot) continue;
      std::get<0>(sum) += 1;
      std::get<1>(sum) += guest.tenant.cost;
    }
    return sum;
  }
  // The lowest price of any set with at least so many cards, none of them among `without`.
  std::optional<Price> lowest(std::int64_t wanted, std::uint32_t without) const {
    std::optional<Price> least;
    for (std::uint32_t cards = 1; cards <= used; ++cards) {
      if ((cards & ~used) != 0 || (cards & without) != 0 || std::popcount(cards) < wanted) continue;
      const auto its = price(cards);
      if (its && (!least || *its < *least)) least = its;
    }
    return least;
  }
  // The cards that become empty together with that one.
  std::uint32_t unit_of(std::size_t card) const {
    for (const std::size_t number : draft_.on(slot_))
      if ((draft_.guest(number).spot.cards >> card & 1) != 0) return draft_.guest(number).spot.cards;
    return 0;
  }
  bool of_a_whole(std::uint32_t cards) const {
    return std::ranges::any_of(draft_.on(slot_), [&](std::size_t number) {
      const Draft::Guest& guest = draft_.guest(number);
      return guest.spot.cards == cards && !guest.tenant.shape.part_of_card();
    });
  }

  std::uint32_t empty = 0;
  std::uint32_t used = 0;

 private:
  const Draft& draft_;
  std::size_t slot_;
};

// Six slots with tenants of whole cards, of parts and of none; some have been moved.
struct DrawnTenants {
  Draws draws;
  Place place;

  explicit DrawnTenants(std::uint64_t seed) : draws(seed), place(slots()) {
    for (int i = 0; i < 26; ++i) put();
  }
  std::vector<Slot> slots() {
    std::vector<Slot> made;
    for (int i = 0; i < 6; ++i) {
      const std::int64_t cards = draws.roll(0, 6);
      const std::int64_t model = draws.roll(0, 1);
      made.push_back(machine(cards, 60, model));
    }
    return made;
  }
  Shape shape() {
    const std::int64_t kind = draws.roll(0, 9);
    if (kind == 0) return {1'000, 0, 0, 0, 0};
    return kind < 4 ? whole(draws.roll(1, 3)) : part(draws.roll(1, 9) * 100);
  }
  void put() {
    const Shape its = shape();
    const auto slot = static_cast<std::size_t>(draws.roll(0, 5));
    const Slot& now = place.forest.slots()[slot];
    if (!fits(now, its)) return;
    const Spot spot{slot, tightest_cards(now, its)};
    place.forest.take(its, spot);
    const bool movable = !draws.one_in(6);
    place.tenants.add({place.next++, its, spot, movable, draws.roll(0, 20)});
  }
  // Some of them somewhere else.
  void move_some(Draft& draft) {
    for (std::size_t guest = 0; guest < place.next; ++guest) {
      if (!draft.guest(guest).tenant.movable || !draws.one_in(4)) continue;
      draft.lift(guest);
      const auto spots = draft.spots_for(draft.guest(guest).tenant.shape, true, 4);
      draft.put(guest, spots.back());
    }
  }
};

constexpr int kScenes = 3'000;

// Until one fails.
template <class Body>
void for_scenes(Body body) {
  for (std::uint64_t seed = 0; seed < kScenes && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    DrawnTenants scene(seed);
    Draft draft(scene.place.forest, scene.place.tenants);
    scene.move_some(draft);
    body(draft, scene.draws);
  }
}

TEST(Clearing, OfCardsIsEachThatPartsMayLeave) {
  int found = 0;
  for_scenes([&](const Draft& draft, Draws&) {
    const auto list = clearings(draft, {Goal::Kind::kCards, 0, 0});
    auto next = list.begin();
    for (std::size_t slot = 0; slot < 6; ++slot) {
      const Look look(draft, slot);
      for (std::size_t card = 0; card < 6; ++card) {
        const std::uint32_t one = 1U << card;
        const auto price = look.price(one);
        if (!price || (look.used & one) == 0 || look.of_a_whole(one)) continue;
        ASSERT_NE(next, list.end());
        EXPECT_EQ(std::tuple(next->slot, next->cards, next->keep), std::tuple(slot, one, one));
        EXPECT_EQ(price_of(*next), *price);
        ++next;
        ++found;
      }
    }
    EXPECT_EQ(next, list.end());
  });
  EXPECT_GT(found, kScenes);
}

TEST(Clearing, OfNodesIsEachThatAllMayLeave) {
  int found = 0;
  for_scenes([&](const Draft& draft, Draws&) {
    const auto list = clearings(draft, {Goal::Kind::kNodes, 0, 0});
    auto next = list.begin();
    for (std::size_t slot = 0; slot < 6; ++slot) {
      const Look look(draft, slot);
      const auto price = look.price(look.used);
      if (!price) continue;
      ASSERT_NE(next, list.end());
      EXPECT_EQ(std::tuple(next->slot, next->cards, next->keep),
                std::tuple(slot, look.used, look.used | look.empty));
      EXPECT_EQ(price_of(*next), *price);
      ++next;
      ++found;
    }
    EXPECT_EQ(next, list.end());
  });
  EXPECT_GT(found, kScenes);
}

// Of one slot: the best of all sets, then the best without each of the units of it.
void expect_together(const Draft& draft, std::size_t slot, std::int64_t cards,
                     const std::vector<Clearing>& list) {
  const Look look(draft, slot);
  const std::int64_t wanted = cards - std::popcount(look.empty);
  std::multiset<Price> expected;
  if (const auto best = wanted > 0 ? look.lowest(wanted, 0) : std::nullopt) {
    ASSERT_FALSE(list.empty());
    EXPECT_EQ(price_of(list.front()), *best);
    expected.insert(*best);
    for (std::uint32_t left = list.front().cards; left != 0;) {
      const std::uint32_t unit = look.unit_of(static_cast<std::size_t>(std::countr_zero(left)));
      if (const auto other = look.lowest(wanted, unit)) expected.insert(*other);
      left &= ~unit;
    }
  }
  std::multiset<Price> said;
  for (const Clearing& each : list) {
    EXPECT_EQ(look.price(each.cards), price_of(each));
    EXPECT_GE(std::popcount(each.cards), wanted);
    EXPECT_EQ(each.keep, each.cards | look.empty);
    said.insert(price_of(each));
  }
  EXPECT_EQ(said, expected);
}

TEST(Clearing, OfCardsTogetherIsTheBestAndTheBestWithoutEachOfItsUnits) {
  int found = 0;
  for_scenes([&](const Draft& draft, Draws& draws) {
    const std::int64_t cards = draws.roll(1, 6);
    const auto models = static_cast<std::uint64_t>(draws.roll(0, 3));
    const auto list = clearings(draft, {Goal::Kind::kTogether, cards, models});
    EXPECT_TRUE(std::ranges::is_sorted(list, {}, &Clearing::slot));
    for (std::size_t slot = 0; slot < 6; ++slot) {
      std::vector<Clearing> here;
      std::ranges::copy_if(list, std::back_inserter(here),
                           [&](const auto& each) { return each.slot == slot; });
      found += static_cast<int>(here.size());
      const Slot& each = draft.slots()[slot];
      if (models != 0 && (models >> each.model & 1) == 0)
        EXPECT_TRUE(here.empty());
      else
        expect_together(draft, slot, cards, here);
    }
  });
  EXPECT_GT(found, 2 * kScenes);
}

// No array ends at the largest slot there is.
TEST(Clearing, OfAsManyCardsAsASlotMayHave) {
  Place place({machine(kMostCardsOfSlot, 60)});
  for (std::int64_t card = 0; card < kMostCardsOfSlot; ++card) place.put(part(100), 0, 1U << card);
  const auto list =
      clearings(Draft(place.forest, place.tenants), {Goal::Kind::kTogether, kMostCardsOfSlot, 0});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].cards, 0xffffU);
  EXPECT_EQ(list[0].moves, 16U);
}

}  // namespace
}  // namespace dure::placement
