// Outlook against a look at every slot, while things come, end, and are reserved.
#include "queue/outlook.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace dure::queue {
namespace {

using placement::Placed;
using placement::Shape;
using placement::Slot;

constexpr int kCases = 300, kSteps = 60;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }

 private:
  std::mt19937_64 random_;
};

// Slots of four cards, and what is on them.
struct World {
  std::vector<Slot> slots;
  placement::Horizon horizon;
  Outlook outlook;
  std::map<std::uint64_t, std::pair<Placed, bool>> known;  // and whether it runs
  std::uint64_t next = 1;
  base::Instant now;

  explicit World(std::size_t count) : slots(count, slot()), horizon(&slots), outlook(&horizon, count) {
    horizon.set_now(now);
  }
  static Slot slot() {
    Slot made;
    made.cpu_milli = 6;
    made.memory = 100;
    made.cards = 4;
    std::fill_n(made.free.begin(), 4, static_cast<std::int16_t>(placement::kWholeCard));
    return made;
  }
};

Shape draw_shape(Dice& dice) {
  return {dice.from(0, 3), 1, dice.from(1, 4), placement::kWholeCard};
}

base::Span draw_length(Dice& dice) {
  return dice.from(0, 3) == 0 ? placement::kForever : base::Span{dice.from(1, 20)};
}

void start(World& world, Dice& dice) {
  const Shape shape = draw_shape(dice);
  const auto slot = static_cast<std::size_t>(dice.from(0, std::ssize(world.slots) - 1));
  const base::Span length = draw_length(dice);
  const auto opening =
      world.horizon.earliest_on({&slot, 1}, shape, world.now, length, world.now + base::Span{1});
  if (!opening) return;
  const Placed part{shape, opening->spots[0]};
  placement::take(world.slots[slot], shape, part.spot.cards);
  const auto ends = placement::end_of(world.now, length);
  if (ends < placement::kNever) world.horizon.run(world.next, {&part, 1}, ends);
  world.known[world.next++] = {part, true};
}

void reserve(World& world, Dice& dice) {
  const Shape shape = draw_shape(dice);
  const base::Span length = draw_length(dice);
  const auto opening = world.horizon.earliest(shape, 1, false, world.now + base::Span{1}, length);
  if (!opening) return;
  const Placed part{shape, opening->spots[0]};
  world.horizon.reserve(world.next, {&part, 1}, opening->start, placement::end_of(opening->start, length));
  world.known[world.next++] = {part, false};
}

void end(World& world, Dice& dice) {
  if (world.known.empty()) return;
  const auto which = std::next(world.known.begin(), dice.from(0, std::ssize(world.known) - 1));
  const auto& [part, runs] = which->second;
  if (runs) placement::give_back(world.slots[part.spot.slot], part.shape, part.spot.cards);
  if (world.horizon.knows(which->first)) world.horizon.remove(which->first);
  world.outlook.freed(part.spot.slot);
  world.known.erase(which);
}

TEST(OutlookProperty, FindsWhatALookAtEverySlotFinds) {
  int found = 0, none = 0;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    Dice dice(seed);
    World world(static_cast<std::size_t>(dice.from(1, seed % 4 == 0 ? 80 : 6)));
    for (int step = 0; step < kSteps; ++step) {
      const std::int64_t what = dice.from(0, 9);
      if (what < 5) start(world, dice);
      if (what == 5) reserve(world, dice);
      if (what == 6 || what == 7) end(world, dice);
      if (what == 8) world.horizon.set_now(world.now = world.now + base::Span{dice.from(0, 3)});
      const Shape shape = draw_shape(dice);
      const base::Span length = draw_length(dice);
      const auto all = world.horizon.earliest(shape, 1, false, world.now, length);
      ASSERT_EQ(world.outlook.first(shape, world.now, length), all) << "seed " << seed << ", step " << step;
      ++(all ? found : none);
    }
  }
  EXPECT_GT(found, kCases * kSteps / 10);
  EXPECT_GT(none, kCases * kSteps / 100);
}

TEST(Outlook, APartOfACardIsLookedForEverywhere) {
  World world(2);
  const Shape part{1, 1, 1, 500};
  EXPECT_EQ(world.outlook.first(part, world.now, base::Span{1}),
            world.horizon.earliest(part, 1, false, world.now, base::Span{1}));
}

}  // namespace
}  // namespace dure::queue
