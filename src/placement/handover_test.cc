// The order of moves: each can be done in its turn, and starts before its stop wherever an order allows it.
#include "placement/handover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <numeric>
#include <random>

#include "placement/handover_fixture.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

// Slots with that on them already.
std::vector<Slot> with(std::vector<Slot> slots, const std::vector<Move>& moves) {
  for (const Move& move : moves) take(slots[move.from.slot], move.shape, move.from.cards);
  return slots;
}

TEST(Handover, StartsFirstWhatMakesWay) {
  std::vector<Move> moves{{1, part(400), {0, 1}, {1, 1}}, {2, part(700), {1, 1}, {2, 1}}};
  const auto slots = with({machine(1, 8), machine(1, 8), machine(1, 8)}, moves);
  EXPECT_EQ(order_moves(slots, moves), (std::vector{Handover::kStartFirst, Handover::kStartFirst}));
  EXPECT_EQ(moves.front().tenant, 2U);
}

TEST(Handover, StopsFirstWhatNeedsItsOwnCpuOnTheSameNode) {
  std::vector<Move> moves{{1, part(400, 8), {0, 1}, {0, 2}}};
  EXPECT_EQ(order_moves(with({machine(2, 12)}, moves), moves), std::vector{Handover::kStopFirst});
}

TEST(Handover, StopsTogetherThoseThatWaitForOneAnother) {
  const std::vector<Slot> empty(3, machine(1, 8));
  std::vector<Move> two{{1, part(800), {0, 1}, {1, 1}}, {2, part(700), {1, 1}, {0, 1}}};
  EXPECT_EQ(order_moves(with(empty, two), two), (std::vector{Handover::kWithNext, Handover::kStopFirst}));
  std::vector<Move> three = two;
  three[1].to = {2, 1};
  three.push_back({3, part(600), {2, 1}, {0, 1}});
  EXPECT_EQ(order_moves(with(empty, three), three),
            (std::vector{Handover::kWithNext, Handover::kWithNext, Handover::kStopFirst}));
  std::vector<Move> none;
  EXPECT_TRUE(order_moves(empty, none).empty());
}

// Of two that go to one card only the right one may go first: the other would shut in who has to leave it.
TEST(Handover, FindsTheOrderThatTheFirstTryMisses) {
  std::vector<Move> moves{
      {1, part(300), {2, 1}, {0, 1}}, {2, part(300), {1, 1}, {0, 1}}, {3, part(600), {0, 1}, {1, 1}}};
  auto slots = with(std::vector<Slot>(3, machine(1, 8)), moves);
  take(slots[1], part(400), 1);
  EXPECT_EQ(order_moves(slots, moves), std::vector(3, Handover::kStartFirst));
  EXPECT_EQ(moves.front().tenant, 2U);
}

// Boards at random, and two placements of the same tenants on them.
class DrawnMoves {
 public:
  explicit DrawnMoves(std::uint64_t seed) : random_(seed) {
    for (std::int64_t i = from(2, 3); i > 0; --i) slots.push_back(machine(from(1, 3), from(3, 12)));
    std::vector<Slot> before = slots;
    std::vector<Slot> after = slots;
    for (int i = 0; i < 40 && moves.size() < 5; ++i) {
      const Shape shape =
          from(0, 4) == 0 ? whole(from(1, 2), from(1, 3)) : part(from(2, 9) * 100, from(1, 3));
      const Spot here{index(), static_cast<std::uint32_t>(from(1, 7))};
      const Spot there{index(), static_cast<std::uint32_t>(from(1, 7))};
      if (here == there || !takes(before[here.slot], shape, here.cards) ||
          !takes(after[there.slot], shape, there.cards))
        continue;
      take(before[here.slot], shape, here.cards);
      take(after[there.slot], shape, there.cards);
      moves.push_back({moves.size(), shape, here, there});
    }
    slots = before;
  }
  std::vector<Slot> slots;
  std::vector<Move> moves;

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  std::size_t index() {
    return static_cast<std::size_t>(from(0, static_cast<std::int64_t>(slots.size()) - 1));
  }
  std::mt19937_64 random_;
};

// Whether in some order all of them start first, by trying every order.
bool all_can_start_first(const DrawnMoves& drawn) {
  std::vector<std::size_t> order(drawn.moves.size());
  std::iota(order.begin(), order.end(), 0U);
  do {
    std::vector<Move> moves;
    moves.reserve(order.size());
    for (const std::size_t i : order) moves.push_back(drawn.moves[i]);
    if (carry_out(drawn.slots, moves, std::vector(moves.size(), Handover::kStartFirst))) return true;
  } while (std::next_permutation(order.begin(), order.end()));
  return false;
}

TEST(Handover, CanBeDoneAsItSaysAndStartsFirstNearlyWhereverThatIsPossible) {
  constexpr int kDraws = 20'000;
  int possible = 0;
  int found = 0;
  int together = 0;
  for (int seed = 0; seed < kDraws; ++seed) {
    const DrawnMoves drawn(static_cast<std::uint64_t>(seed));
    std::vector<Move> moves = drawn.moves;
    const std::vector<Handover> handovers = order_moves(drawn.slots, moves);
    const auto after = carry_out(drawn.slots, moves, handovers);
    ASSERT_TRUE(after) << "seed " << seed;
    std::vector<Slot> at_once = drawn.slots;
    for (const Move& move : drawn.moves) give_back(at_once[move.from.slot], move.shape, move.from.cards);
    for (const Move& move : drawn.moves) take(at_once[move.to.slot], move.shape, move.to.cards);
    EXPECT_EQ(*after, at_once) << "seed " << seed;
    together += std::count(handovers.begin(), handovers.end(), Handover::kWithNext) > 0 ? 1 : 0;
    if (!all_can_start_first(drawn)) continue;
    ++possible;
    found += handovers == std::vector(moves.size(), Handover::kStartFirst) ? 1 : 0;
  }
  std::cout << "all start first in " << found << " of " << possible << "; some wait for one another in "
            << together << '\n';
  EXPECT_GT(possible, kDraws / 20);
  EXPECT_GT(together, kDraws / 20);
  EXPECT_GE(found * 1000, possible * 995);
}

}  // namespace
}  // namespace dure::placement
