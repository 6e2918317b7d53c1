// Making room by moves: what is proposed can be done, and where one move is enough it is found.
#include "placement/room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

constexpr int kRoomClusters = 3000;

TEST(Room, MovesAPartSoThatAWholeCardIsFree) {
  Place place({machine(1, 16), machine(1, 16)});
  place.put(part(300), 0, 1);
  place.put(part(400), 1, 1);
  const auto room = make_room(place.forest, place.tenants, whole(1));
  ASSERT_TRUE(room);
  ASSERT_EQ(room->moves.size(), 1U);
  EXPECT_EQ(room->moves[0].tenant, 0U) << "the smaller of the two";
  EXPECT_EQ(room->moves[0].to.slot, 1U);
  EXPECT_EQ(room->spot.slot, 0U);
}

TEST(Room, IsMadeOnTheFirstSlotAmongEquals) {
  Place place({machine(1, 16), machine(1, 16), machine(1, 16)});
  for (std::size_t slot = 0; slot < 3; ++slot) place.put(part(300), slot, 1);
  EXPECT_EQ(make_room(place.forest, place.tenants, whole(1))->spot.slot, 0U);
}

TEST(Room, MovesTwoWhereOneIsNotEnough) {
  Place place({machine(2, 32), machine(2, 32)});
  place.put(part(300), 0, 1);
  place.put(part(300), 0, 2);
  place.put(part(400), 1, 1);
  place.put(part(400), 1, 2);
  EXPECT_FALSE(make_room(place.forest, place.tenants, whole(2), {.most_moves = 1}));
  const auto room = make_room(place.forest, place.tenants, whole(2));
  ASSERT_TRUE(room);
  EXPECT_EQ(room->moves.size(), 2U);
  EXPECT_EQ(room->spot, (Spot{0, 3}));
}

// The 600 can go only where the 300 is, and the 300 then fits beside what came. Where the 250 is it could go
// as well, but the 250 has to stay with its model.
TEST(Room, LetsOneGoWhereAnotherIs) {
  Place place({machine(1, 16), machine(1, 8), machine(1, 3, 1)});
  Shape named = part(250, 2);
  named.models = 2;
  place.put(named, 2, 1);
  place.put(part(200), 2, 1, false);
  place.put(part(600), 0, 1);
  place.put(part(300), 1, 1);
  place.put(part(200), 1, 1, false);
  EXPECT_FALSE(make_room(place.forest, place.tenants, part(600, 15), {.most_moves = 1}));
  const auto room = make_room(place.forest, place.tenants, part(600, 15));
  ASSERT_TRUE(room);
  ASSERT_EQ(room->moves.size(), 2U);
  EXPECT_EQ(room->moves[0].to.slot, 1U);
  EXPECT_EQ(room->moves[1].to.slot, 0U);
  apply_moves(place.forest, place.tenants, room->moves);
  place.put(part(600, 15), room->spot.slot, room->spot.cards);
}

TEST(Room, ClearsACardOfSeveralParts) {
  Place place({machine(1, 32), machine(2, 32), machine(1, 32), machine(1, 32), machine(1, 32)});
  place.forest.set_service(0, false);
  for (int i = 0; i < 3; ++i) place.put(part(200), 1, 1);
  place.put(part(900), 1, 2);
  for (std::size_t slot = 2; slot < 5; ++slot) place.put(part(750), slot, 1, false);
  EXPECT_FALSE(make_room(place.forest, place.tenants, whole(1), {.most_moves = 2}));
  const auto room = make_room(place.forest, place.tenants, whole(1), {.most_moves = 3});
  ASSERT_TRUE(room);
  EXPECT_EQ(room->moves.size(), 3U);
  EXPECT_EQ(room->spot, (Spot{1, 1}));
}

TEST(Room, MovesNothingThatMustStayAndNothingThatHasNowhereToGo) {
  Place fixed({machine(1, 16), machine(1, 16)});
  fixed.put(part(300), 0, 1, false);
  fixed.put(part(400), 1, 1, false);
  EXPECT_FALSE(make_room(fixed.forest, fixed.tenants, whole(1)));
  Place full({machine(1, 16), machine(1, 16)});
  full.put(part(600), 0, 1);
  full.put(part(600), 1, 1);
  EXPECT_FALSE(make_room(full.forest, full.tenants, whole(1)));
}

TEST(Room, IsNotMadeOnAMachineOutOfServiceNorOfAnotherModel) {
  Place place({machine(1, 16, 0), machine(1, 16, 1)});
  place.put(part(300), 0, 1);
  place.put(part(300), 1, 1);
  Shape named = whole(1);
  named.models = 2;
  const auto room = make_room(place.forest, place.tenants, named);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->spot.slot, 1U);
  place.forest.set_service(1, false);
  EXPECT_FALSE(make_room(place.forest, place.tenants, named));
}

// The first two that come to mind cannot go anywhere.
TEST(Room, IsLookedForAsLongAsThereAreTriesLeft) {
  Place place({machine(1, 4, 0), machine(1, 4, 0), machine(1, 8, 1), machine(1, 8, 1)});
  Shape named = part(300, 3);
  named.models = 1;
  place.put(named, 0, 1);
  place.put(named, 1, 1);
  place.put(part(400, 1), 2, 1);
  place.put(part(400, 6), 3, 1, false);
  for (const std::size_t tries : {0U, 1U, 2U})
    EXPECT_FALSE(make_room(place.forest, place.tenants, whole(1, 4), {.most_moves = 1, .most_tries = tries}))
        << tries;
  EXPECT_FALSE(make_room(place.forest, place.tenants, whole(1, 4), {.most_moves = 0}));
  const auto room = make_room(place.forest, place.tenants, whole(1, 4), {.most_moves = 1, .most_tries = 3});
  ASSERT_TRUE(room);
  EXPECT_EQ(room->spot.slot, 2U);
}

TEST(Room, IsNotMadeForWhatWantsNoCard) {
  Place place({machine(1, 1), machine(1, 1)});
  place.put(part(300, 1), 0, 1);
  place.put(part(300, 1), 1, 1);
  EXPECT_FALSE(make_room(place.forest, place.tenants, Shape{1000, 0, 0, 0, 0}));
}

// A cluster at random, filled by the rule until a shape fits nowhere.
class Full {
 public:
  explicit Full(std::uint64_t seed)
      : random_(seed), place(machines([this](auto first, auto last) { return from(first, last); })) {
    for (int i = 0; i < 60; ++i) {
      const Shape shape = draw();
      const auto spot = place.forest.find(shape);
      if (!spot && shape.cards > 0) {
        refused = shape;
        return;
      }
      if (spot) place.put(shape, spot->slot, spot->cards, from(0, 4) > 0);
    }
  }

  std::mt19937_64 random_;
  Place place;
  std::optional<Shape> refused;

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  Shape draw() {
    Shape shape = from(0, 3) == 0 ? whole(from(1, 3), from(1, 8)) : part(from(1, 9) * 100, from(1, 8));
    shape.memory = from(0, 3) * 100;
    if (from(0, 3) == 0) shape.models = static_cast<std::uint64_t>(from(1, 2));
    return shape;
  }
};

// Every tenant that may move, taken off; the shape on any cards of its slot; the tenant anywhere.
bool one_move_helps(const Place& place, const Shape& shape) {
  const auto& slots = place.forest.slots();
  for (std::size_t slot = 0; slot < slots.size(); ++slot)
    for (const Tenant& tenant : place.tenants.on(slot)) {
      if (!tenant.movable) continue;
      std::vector<Slot> without = slots;
      give_back(without[slot], tenant.shape, tenant.spot.cards);
      if (!fits(without[slot], shape)) continue;
      for (std::uint32_t cards = 1; cards >> slots[slot].cards == 0; ++cards) {
        std::vector<Slot> then = without;
        bool good = static_cast<std::int64_t>(__builtin_popcount(cards)) == shape.cards;
        for (std::size_t i = 0; cards >> i != 0; ++i)
          good = good && ((cards >> i & 1) == 0 || then[slot].free[i] >= shape.milli_gpu);
        if (!good) continue;
        take(then[slot], shape, cards);
        if (std::any_of(then.begin(), then.end(), [&](const Slot& each) { return fits(each, tenant.shape); }))
          return true;
      }
    }
  return false;
}

TEST(Room, OfOneMoveIsFoundWhereThereIsAnyAndCanBeTaken) {
  int made = 0, refused = 0;
  for (int seed = 0; seed < kRoomClusters; ++seed) {
    Full full(static_cast<std::uint64_t>(seed));
    if (!full.refused) continue;
    ++refused;
    const auto before = full.place.forest.slots();
    const bool helps = one_move_helps(full.place, *full.refused);
    const auto one = make_room(full.place.forest, full.place.tenants, *full.refused, {.most_moves = 1});
    EXPECT_EQ(one.has_value(), helps) << "seed " << seed;
    const auto room = make_room(full.place.forest, full.place.tenants, *full.refused);
    EXPECT_EQ(full.place.forest.slots(), before) << "seed " << seed;
    EXPECT_EQ(room && room->moves.size() == 1, helps) << "seed " << seed;
    if (!room) continue;
    ++made;
    apply_moves(full.place.forest, full.place.tenants, room->moves);
    full.place.put(*full.refused, room->spot.slot, room->spot.cards);  // asserts that it fits
  }
  EXPECT_GT(refused, kRoomClusters / 2);
  EXPECT_GT(made, refused / 10);
}

}  // namespace
}  // namespace dure::placement
