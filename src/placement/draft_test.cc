// A draft: what is undone is as it was, sums are those of the slots, and what is offered fits and is the
// tightest.
#include "placement/draft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "placement/handover_fixture.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

class DrawnPlace {
 public:
  explicit DrawnPlace(std::uint64_t seed)
      : random_(seed), place(machines([this](auto first, auto last) { return from(first, last); })) {
    for (int i = 0; i < 15; ++i) {
      const Shape wanted = shape();
      const auto& slots = place.forest.slots();
      const auto slot = static_cast<std::size_t>(from(0, static_cast<std::int64_t>(slots.size()) - 1));
      if (!fits(slots[slot], wanted)) continue;
      const std::uint32_t cards = tightest_cards(slots[slot], wanted);
      place.forest.take(wanted, {slot, cards});
      place.tenants.add({place.next++, wanted, {slot, cards}, from(0, 5) > 0, from(0, 9)});
    }
  }
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  Shape shape() {
    Shape made = from(0, 3) == 0 ? whole(from(0, 2), from(1, 3)) : part(from(1, 9) * 100, from(1, 4));
    if (made.cards == 0) made.milli_gpu = 0;
    made.memory = from(0, 3) * 100;
    if (from(0, 4) == 0) made.models = static_cast<std::uint64_t>(from(1, 3));
    return made;
  }

 private:
  std::mt19937_64 random_;

 public:
  Place place;
};

void expect_sums(const Draft& draft, std::size_t guests) {
  std::int64_t cards = 0;
  std::int64_t nodes = 0;
  for (const Slot& slot : draft.slots()) {
    cards += slot.whole();
    nodes += slot.whole() == slot.cards ? 1 : 0;
  }
  EXPECT_EQ(draft.whole_cards(), cards);
  EXPECT_EQ(draft.whole_nodes(), nodes);
  std::size_t moved = 0;
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < guests; ++i) {
    if (!draft.guest(i).moved()) continue;
    ++moved;
    cost += draft.guest(i).tenant.cost;
  }
  EXPECT_EQ(draft.moved(), moved);
  EXPECT_EQ(draft.cost(), cost);
  EXPECT_EQ(draft.moves().size(), moved);
}

// Free on the card, or whole cards of the slot: the least of any spot that is not kept; -1 where none fits.
std::int64_t tightest(const Draft& draft, const Shape& shape, bool empty_ones) {
  std::int64_t least = -1;
  for (std::size_t slot = 0; slot < draft.slots().size(); ++slot) {
    const Slot& each = draft.slots()[slot];
    if (!shape.part_of_card() && draft.kept(slot) == (1U << each.cards) - 1) continue;
    for (std::uint32_t cards = 0; cards < 1U << each.cards; ++cards) {
      if ((cards & draft.kept(slot)) != 0 || !takes(each, shape, cards)) continue;
      std::int64_t room = each.whole();
      if (shape.part_of_card()) room = each.free[static_cast<std::size_t>(std::countr_zero(cards))];
      if (shape.part_of_card() && room == kWholeCard && !empty_ones) continue;
      if (least < 0 || room < least) least = room;
    }
  }
  return least;
}

void expect_offers(Draft& draft, const Shape& shape, bool empty_ones) {
  const auto spots = draft.spots_for(shape, empty_ones, 3);
  EXPECT_LE(spots.size(), 3U);
  std::int64_t before = tightest(draft, shape, empty_ones);
  ASSERT_EQ(spots.empty(), before < 0);
  for (const Spot& spot : spots) {
    const Slot& slot = draft.slots()[spot.slot];
    EXPECT_TRUE(takes(slot, shape, spot.cards));
    EXPECT_EQ(spot.cards & draft.kept(spot.slot), 0U);
    const std::int64_t room = shape.part_of_card()
                                  ? slot.free[static_cast<std::size_t>(std::countr_zero(spot.cards))]
                                  : slot.whole();
    EXPECT_TRUE(&spot == spots.data() ? room == before : room >= before);
    before = room;
  }
}

// Every card, or slot, that the shape could have if that one guest left, by a look at each of them.
std::vector<std::pair<std::size_t, Spot>> ways_for(const Draft& draft, const Shape& shape, std::size_t guest,
                                                   bool empty_ones) {
  std::vector<std::pair<std::size_t, Spot>> ways;
  const Draft::Guest& other = draft.guest(guest);
  const Slot& now = draft.slots()[other.spot.slot];
  Slot without = now;
  give_back(without, other.tenant.shape, other.spot.cards);
  const std::uint32_t all = (1U << now.cards) - 1;
  const std::uint32_t open = all & ~draft.kept(other.spot.slot);
  const auto takes_any = [&](const Slot& slot, std::uint32_t among) {
    for (std::uint32_t cards = 0; cards <= among; ++cards)
      if ((cards & ~among) == 0 && takes(slot, shape, cards)) return true;
    return false;
  };
  if (!shape.part_of_card()) {
    const bool stays = (other.spot.cards & ~open) != 0;
    if (open == 0 || stays || takes_any(now, open) || !takes_any(without, open)) return ways;
    without.closed |= ~open;
    ways.push_back({guest, {other.spot.slot, tightest_cards(without, shape)}});
    return ways;
  }
  for (std::size_t card = 0; card < static_cast<std::size_t>(now.cards); ++card) {
    const std::uint32_t one = 1U << card;
    if ((open & one) == 0 || now.free[card] == 0 || (now.free[card] == kWholeCard && !empty_ones)) continue;
    if (!takes(now, shape, one) && takes(without, shape, one))
      ways.push_back({guest, {other.spot.slot, one}});
  }
  return ways;
}

void expect_ways(Draft& draft, std::size_t guest, std::size_t guests, bool empty_ones) {
  const Shape& shape = draft.guest(guest).tenant.shape;
  const auto rank = [&](std::size_t number) {
    const Draft::Guest& who = draft.guest(number);
    return std::tuple(!who.moved(), who.tenant.shape.total_milli_gpu(), who.tenant.cost);
  };
  std::vector<std::pair<std::size_t, Spot>> expected;
  for (std::size_t other = 0; other < guests; ++other) {
    const Draft::Guest& who = draft.guest(other);
    const Shape& its = who.tenant.shape;
    const bool easier = its.total_milli_gpu() < shape.total_milli_gpu() || its.cpu_milli < shape.cpu_milli ||
                        its.memory < shape.memory || its.models != shape.models;
    if (who.off || !who.tenant.movable || !easier) continue;
    for (const auto& way : ways_for(draft, shape, other, empty_ones)) expected.push_back(way);
  }
  std::vector<std::pair<std::size_t, Spot>> found;
  const auto ways = draft.ejections_for(guest, empty_ones, 1000);
  found.reserve(ways.size());
  for (const Draft::Ejection& way : ways) found.emplace_back(way.guest, way.spot);
  EXPECT_TRUE(std::ranges::is_sorted(ways, {}, [&](const Draft::Ejection& way) { return rank(way.guest); }));
  const auto some = draft.ejections_for(guest, empty_ones, 2);
  EXPECT_EQ(some.size(), std::min<std::size_t>(2, ways.size()));
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(some[i].guest, ways[i].guest);
  const auto key = [](const auto& way) { return std::tuple(way.first, way.second.slot, way.second.cards); };
  std::ranges::sort(expected, {}, key);
  std::ranges::sort(found, {}, key);
  EXPECT_EQ(found, expected);
}

TEST(Draft, CountsUndoesAndOffersTheTightest) {
  for (int seed = 0; seed < 10'000; ++seed) {
    SCOPED_TRACE(seed);
    DrawnPlace drawn(static_cast<std::uint64_t>(seed));
    const std::size_t guests = drawn.place.next;
    if (guests == 0) continue;
    Draft draft(drawn.place.forest, drawn.place.tenants);
    std::size_t mark = 0;
    std::vector<Slot> marked = draft.slots();
    std::vector<Spot> spots(guests);
    for (int step = 0; step < 10; ++step) {
      if (step == 4) {
        mark = draft.mark();
        marked = draft.slots();
        for (std::size_t i = 0; i < guests; ++i)
          spots[i] = draft.guest(i).off ? Spot{99, 0} : draft.guest(i).spot;
      }
      const auto guest = static_cast<std::size_t>(drawn.from(0, static_cast<std::int64_t>(guests) - 1));
      if (drawn.from(0, 4) == 0) draft.keep(draft.guest(guest).spot.slot, 1U);
      if (!draft.guest(guest).off) draft.lift(guest);
      expect_offers(draft, draft.guest(guest).tenant.shape, step % 2 == 0);
      expect_ways(draft, guest, guests, step % 2 == 0);
      const auto offered = draft.spots_for(draft.guest(guest).tenant.shape, true, 2);
      if (!offered.empty() && drawn.from(0, 3) > 0) draft.put(guest, offered.back());
      expect_sums(draft, guests);
    }
    draft.undo_to(mark);
    EXPECT_EQ(draft.slots(), marked);
    for (std::size_t i = 0; i < guests; ++i)
      EXPECT_EQ(draft.guest(i).off ? (Spot{99, 0}) : draft.guest(i).spot, spots[i]);
    expect_sums(draft, guests);
    draft.undo_to(0);
    EXPECT_EQ(draft.slots(), drawn.place.forest.slots());
    EXPECT_EQ(draft.moved(), 0U);
  }
}

// Machines that have cards enough, but no CPU, as many as are looked at and more.
TEST(Draft, LooksAtSoManyOfAModelAndNoMore) {
  Place place(std::vector<Slot>(600, machine(1, 1)));
  place.put(part(300, 1), 0, 1);
  place.put(whole(1, 1), 1, 1);
  for (std::size_t slot = 2; slot < 600; ++slot) place.put(part(100, 0), slot, 1, false);
  Draft draft(place.forest, place.tenants);
  const auto looks_of = [&](const auto& ask) {
    const std::uint64_t before = draft.looks();
    ask();
    return draft.looks() - before;
  };
  EXPECT_EQ(looks_of([&] { EXPECT_TRUE(draft.spots_for(part(100, 2), true, 3).empty()); }), 256U);
  EXPECT_EQ(looks_of([&] { EXPECT_TRUE(draft.spots_for(Shape{2000, 0, 0, 0, 0}, true, 3).empty()); }), 256U);
  EXPECT_EQ(looks_of([&] { EXPECT_EQ(draft.spots_for(part(100, 0), true, 3).size(), 3U); }), 3U);
  EXPECT_EQ(looks_of([&] { EXPECT_EQ(draft.spots_for(Shape{}, true, 2).size(), 2U); }), 2U);
  EXPECT_EQ(looks_of([&] { EXPECT_TRUE(draft.ejections_for(0, true, 3).empty()); }), 256U);
  EXPECT_EQ(looks_of([&] { EXPECT_TRUE(draft.ejections_for(1, true, 3).empty()); }), 256U);
}

TEST(Draft, OffersNothingOnASlotOutOfService) {
  Place place({machine(1, 8)});
  place.forest.set_service(0, false);
  EXPECT_TRUE(Draft(place.forest, place.tenants).spots_for(part(100), true, 3).empty());
}

}  // namespace
}  // namespace dure::placement
