// A draft: what is undone is as it was, sums are those of the slots, and what is offered fits and is the
// tightest.
#include "placement/draft.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "placement/handover_fixture.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

class Drawn {
 public:
  explicit Drawn(std::uint64_t seed)
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

void expect_ways(Draft& draft, std::size_t guest) {
  const Shape& shape = draft.guest(guest).tenant.shape;
  for (const Draft::Ejection& way : draft.ejections_for(guest, true, 8)) {
    const Draft::Guest& other = draft.guest(way.guest);
    EXPECT_TRUE(other.tenant.movable && !other.off && other.spot.slot == way.spot.slot);
    EXPECT_FALSE(takes(draft.slots()[way.spot.slot], shape, way.spot.cards));
    Slot slot = draft.slots()[way.spot.slot];
    give_back(slot, other.tenant.shape, other.spot.cards);
    EXPECT_TRUE(takes(slot, shape, way.spot.cards));
    EXPECT_EQ(way.spot.cards & draft.kept(way.spot.slot), 0U);
  }
}

TEST(Draft, CountsUndoesAndOffersTheTightest) {
  for (int seed = 0; seed < 10'000; ++seed) {
    SCOPED_TRACE(seed);
    Drawn drawn(static_cast<std::uint64_t>(seed));
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
      expect_ways(draft, guest);
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

TEST(Draft, OffersNothingOnASlotOutOfService) {
  Place place({machine(1, 8)});
  place.forest.set_service(0, false);
  EXPECT_TRUE(Draft(place.forest, place.tenants).spots_for(part(100), true, 3).empty());
}

}  // namespace
}  // namespace dure::placement
