// Outlook against a look at every slot, while things come, end, and are reserved.
#include "queue/outlook.h"

#include <gtest/gtest.h>

#include <map>

#include "queue/test_dice.h"

namespace dure::queue {
namespace {

using placement::Placed;
using placement::Shape;
using placement::Slot;

constexpr int kOutlookCases = 300, kOutlookSteps = 60;

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

Shape draw_shape(EvenDice& dice) {
  return {dice.from(0, 3), 1, dice.from(1, 4), placement::kWholeCard};
}

base::Span draw_length(EvenDice& dice) {
  return dice.from(0, 3) == 0 ? placement::kForever : base::Span{dice.from(1, 20)};
}

void start(World& world, EvenDice& dice) {
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

void reserve(World& world, EvenDice& dice) {
  const Shape shape = draw_shape(dice);
  const base::Span length = draw_length(dice);
  const auto opening = world.horizon.earliest(shape, 1, false, world.now + base::Span{1}, length);
  if (!opening) return;
  const Placed part{shape, opening->spots[0]};
  world.horizon.reserve(world.next, {&part, 1}, opening->start, placement::end_of(opening->start, length));
  world.known[world.next++] = {part, false};
}

void end(World& world, EvenDice& dice) {
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
  for (std::uint64_t seed = 0; seed < kOutlookCases; ++seed) {
    EvenDice dice(seed);
    World world(static_cast<std::size_t>(dice.from(1, seed % 4 == 0 ? 80 : 6)));
    for (int step = 0; step < kOutlookSteps; ++step) {
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
  EXPECT_GT(found, kOutlookCases * kOutlookSteps / 10);
  EXPECT_GT(none, kOutlookCases * kOutlookSteps / 100);
}

TEST(Outlook, APartOfACardIsLookedForEverywhere) {
  World world(2);
  const Shape part{1, 1, 1, 500};
  EXPECT_EQ(world.outlook.first(part, world.now, base::Span{1}),
            world.horizon.earliest(part, 1, false, world.now, base::Span{1}));
}

}  // namespace
}  // namespace dure::queue
