#include "placement/board.h"

#include <gtest/gtest.h>

#include <bit>

#include "placement/slices.h"

namespace dure::placement {
namespace {

Slot machine_with(std::initializer_list<std::int16_t> free) {
  Slot slot{64'000, 256'000, 0, static_cast<std::int64_t>(free.size()), {}};
  std::copy(free.begin(), free.end(), slot.free.begin());
  return slot;
}

TEST(Slot, P1_KnowsWhatIsIdleWholeAndLargest) {
  const Slot slot = machine_with({1000, 400, 0, 1000});
  EXPECT_EQ(slot.idle(), 2400);
  EXPECT_EQ(slot.whole(), 2);
  EXPECT_EQ(slot.largest(), 1000);
  EXPECT_EQ(machine_with({}).largest(), 0);
}

TEST(Slot, OfACardInMigModeWhatIsIdleIsOfTheCard) {
  for (const MigModel& model : mig_models()) {
    Slot slot = empty_slices(model);
    EXPECT_EQ(slot.idle(), kWholeCard) << model.name;
    const Shape half{0, 0, 1, 500, 0, 0, kAnyPool, kInAnyForm, mig_number({&model, 0})};
    const std::int64_t slices = std::popcount(slices_of(half.mig, 0));
    take(slot, half, slices_of(half.mig, 0));
    EXPECT_EQ(slot.idle(), (kWholeCard * model.slots - 500 * slices) / model.slots) << model.name;
    slot.closed = (1U << slot.cards) - 1;
    EXPECT_EQ(slot.idle(), 0) << model.name;
  }
}

TEST(Slot, P1_APartFitsWhereOneCardHasIt) {
  const Shape part{1000, 1000, 1, 500, 0};
  EXPECT_TRUE(fits(machine_with({400, 500}), part));
  EXPECT_FALSE(fits(machine_with({400, 400}), part)) << "together they have it, no one has";
  EXPECT_FALSE(fits(machine_with({}), part));
}

TEST(Slot, WholeCardsAreThoseWithNothingOnThem) {
  const Shape two{1000, 1000, 2, 1000, 0};
  EXPECT_TRUE(fits(machine_with({1000, 0, 1000}), two));
  EXPECT_FALSE(fits(machine_with({1000, 990, 500}), two));
}

TEST(Slot, ProcessorMemoryAndModelAreLookedAt) {
  const Slot slot = machine_with({1000});
  EXPECT_FALSE(fits(slot, {64'001, 1000, 1, 100, 0}));
  EXPECT_FALSE(fits(slot, {1000, 256'001, 1, 100, 0}));
  EXPECT_FALSE(fits(slot, {1000, 1000, 1, 100, 0b10}));
  EXPECT_TRUE(fits(slot, {1000, 1000, 1, 100, 0b11}));
  EXPECT_TRUE(fits(slot, {64'000, 256'000, 0, 0, 0})) << "no card asked for";
}

TEST(Slot, APartGoesToTheTightestCardAndEqualsToTheFirst) {
  EXPECT_EQ(tightest_cards(machine_with({1000, 600, 500, 500}), {0, 0, 1, 450, 0}), 0b0100U);
  EXPECT_EQ(tightest_cards(machine_with({1000, 600, 500, 1000}), {0, 0, 2, 1000, 0}), 0b1001U);
  EXPECT_EQ(tightest_cards(machine_with({1000}), {1000, 0, 0, 0, 0}), 0U);
}

TEST(Slot, WhatIsTakenComesBackWhole) {
  const Slot before = machine_with({1000, 600, 1000});
  for (const Shape& shape :
       {Shape{2000, 512, 1, 350, 0}, Shape{9000, 512, 2, 1000, 0}, Shape{500, 1, 0, 0, 0}}) {
    Slot slot = before;
    const auto cards = tightest_cards(slot, shape);
    take(slot, shape, cards);
    EXPECT_EQ(slot.idle(), before.idle() - shape.total_milli_gpu());
    EXPECT_EQ(slot.cpu_milli, before.cpu_milli - shape.cpu_milli);
    give_back(slot, shape, cards);
    EXPECT_EQ(slot, before);
  }
}

}  // namespace
}  // namespace dure::placement
