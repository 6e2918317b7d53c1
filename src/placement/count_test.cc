#include "placement/count.h"

#include <gtest/gtest.h>

#include <random>

#include "placement/gang_fixture.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kNoBound = 1'000'000;

std::int64_t count_on_first(const Forest& forest, const Shape& shape, std::int64_t most = kNoBound) {
  return count_on_machine(forest, forest.slots(), forest.machine_of(0), shape, most);
}

TEST(Count, OfPartsIsThatOfEachCard) {
  Forest forest({machine(2, 64)});
  forest.take(part(500), {0, 0b01});
  EXPECT_EQ(count_on_first(forest, part(400)), 3) << "one on what is left of a card, two on the other";
  EXPECT_EQ(count_on_first(forest, part(400), 2), 2);
}

TEST(Count, OfWholeCardsLeavesOutWhatIsLeftOver) {
  const Forest forest({machine(8, 64)});
  EXPECT_EQ(count_on_first(forest, whole(3)), 2);
}

TEST(Count, IsBoundByCpuAndMemoryOfTheMachineThatItsSlotsShare) {
  Forest forest({machine(4, 6, 0), machine(4, 6, 1)});
  forest.join_machines({{0, 2}});
  EXPECT_EQ(count_on_first(forest, whole(1, 1)), 6);
  EXPECT_EQ(count_on_first(forest, whole(1, 0)), 8);
  forest.set_service(1, false);
  EXPECT_EQ(count_on_first(forest, whole(1, 1)), 4);
}

TEST(Count, OfWhatWantsNothingIsAsManyAsAreAskedFor) {
  EXPECT_EQ(count_on_first(Forest({machine(1, 1)}), Shape{}), kNoBound);
}

TEST(Count, IsTheMostThatTryingEverythingFinds) {
  std::mt19937_64 random(17);
  const auto from = [&](std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random);
  };
  for (int i = 0; i < 10'000 && !HasFailure(); ++i) {
    const Grounds grounds = some_grounds(from);
    const Shape shape = some_shape(from);
    const Forest& forest = grounds.forest;
    for (std::size_t slot = 0; slot < forest.slots().size(); slot = forest.machine_of(slot).second)
      ASSERT_EQ(count_on_machine(forest, forest.slots(), forest.machine_of(slot), shape, kNoBound),
                NaiveMachine(forest, forest.machine_of(slot), shape).most())
          << "case " << i << " slot " << slot;
  }
}

}  // namespace
}  // namespace dure::placement
