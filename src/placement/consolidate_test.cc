// Consolidation: what a plan says is what comes of it, each of its moves can be done in its turn, and it
// gains as much as the best of all plans, on small boards, nearly always.
#include "placement/consolidate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <iostream>
#include <random>
#include <tuple>

#include "placement/handover_fixture.h"
#include "placement/slices.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

constexpr Goal kCards{Goal::Kind::kCards, 0, 0};
constexpr Goal kNodes{Goal::Kind::kNodes, 0, 0};
constexpr Goal together(std::int64_t cards, std::uint64_t models = 0) {
  return {Goal::Kind::kTogether, cards, models};
}

std::int64_t whole_cards_in(const std::vector<Slot>& slots) {
  std::int64_t sum = 0;
  for (const Slot& slot : slots) sum += slot.whole();
  return sum;
}
std::int64_t whole_nodes(const std::vector<Slot>& slots) {
  return std::count_if(slots.begin(), slots.end(),
                       [](const Slot& slot) { return slot.whole() == slot.cards; });
}
bool has_together(const std::vector<Slot>& slots, const Goal& goal) {
  return std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) {
    return slot.whole() >= goal.cards && (goal.models == 0 || (goal.models >> slot.model & 1) != 0);
  });
}
// What the goal counts, of slots after moves.
std::int64_t gain_of(const std::vector<Slot>& before, const std::vector<Slot>& after, const Goal& goal) {
  if (goal.kind == Goal::Kind::kCards) return whole_cards_in(after) - whole_cards_in(before);
  if (goal.kind == Goal::Kind::kNodes) return whole_nodes(after) - whole_nodes(before);
  return !has_together(before, goal) && has_together(after, goal) ? 1 : 0;
}

// As the plan says, each start looked at.
std::vector<Slot> carry_out_plan(const std::vector<Slot>& slots, const Consolidation& plan) {
  const auto after = carry_out(slots, plan.moves, plan.handovers);
  EXPECT_TRUE(after);
  return after ? *after : slots;
}

TEST(Consolidate, EmptiesACardThatAnotherHasRoomFor) {
  Place place({machine(2, 16), machine(1, 16)});
  place.put(part(300), 0, 1);
  place.put(part(400), 1, 1);
  const auto plan = consolidate(place.forest, place.tenants, kCards);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->whole_cards_gained, 1);
  ASSERT_EQ(plan->moves.size(), 1U);
  EXPECT_EQ(plan->moves[0].to, (Spot{1, 1})) << "to the tighter card in use, not to the empty one";
  EXPECT_EQ(plan->handovers[0], Handover::kStartFirst);
  apply_moves(place.forest, place.tenants, plan->moves);
  EXPECT_FALSE(consolidate(place.forest, place.tenants, kCards)) << "nothing is left to be gained";
}

TEST(Consolidate, NothingGoesToAPromisedCardButWhatIsOnItMayLeave) {
  Place place({machine(1, 16), machine(1, 16)});
  place.put(part(300), 0, 1);
  place.put(part(200), 1, 1);
  const auto freely = consolidate(place.forest, place.tenants, kCards);
  ASSERT_TRUE(freely);
  EXPECT_EQ(freely->moves[0].tenant, 1U) << "the smaller one goes";
  const auto plan = consolidate(place.forest, place.tenants, kCards, {}, {{0, 1}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves[0].tenant, 0U) << "the card of the other is promised";
  EXPECT_FALSE(consolidate(place.forest, place.tenants, kCards, {}, {{0, 1}, {1, 1}}));
}

TEST(Consolidate, MovesTheCheaperOfTwo) {
  Forest forest({machine(1, 16), machine(1, 16)});
  Tenants tenants(2);
  for (const std::size_t slot : {0U, 1U}) {
    forest.take(part(300), {slot, 1});
    tenants.add({slot, part(300), {slot, 1}, true, slot == 0 ? 900 : 20});
  }
  const auto plan = consolidate(forest, tenants, kCards);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves[0].tenant, 1U);
  EXPECT_EQ(plan->cost, 20);
}

TEST(Consolidate, LetsAnotherMakeWay) {
  Place place({machine(1, 16), machine(1, 16), machine(1, 16)});
  place.put(part(400), 0, 1);
  place.put(part(400), 1, 1);
  place.put(part(300), 1, 1);
  place.put(part(650), 2, 1, false);
  const auto plan = consolidate(place.forest, place.tenants, kCards);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->whole_cards_gained, 1);
  ASSERT_EQ(plan->moves.size(), 2U);
  EXPECT_EQ(plan->moves[0].tenant, 2U) << "first it makes way";
  EXPECT_EQ(plan->moves[1].tenant, 0U);
  EXPECT_FALSE(consolidate(place.forest, place.tenants, kCards, {.most_moves = 1}));
}

TEST(Consolidate, FreesANodeOfWholeCardsAndParts) {
  Place place({machine(4, 16), machine(4, 16)});
  place.put(whole(2), 0, 3);
  place.put(part(500), 0, 4);
  place.put(whole(1), 1, 1, false);
  place.put(part(500), 1, 2, false);
  EXPECT_EQ(consolidate(place.forest, place.tenants, kCards)->moves.size(), 1U);
  const auto plan = consolidate(place.forest, place.tenants, kNodes);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves.size(), 2U);
  EXPECT_EQ(plan->whole_nodes_gained, 1);
  EXPECT_EQ(plan->whole_cards_gained, 1);
}

TEST(Consolidate, GathersCardsForARequestThatWants4Together) {
  Place place({machine(4, 32), machine(4, 32, 1), machine(2, 32)});
  place.put(part(300), 0, 1);
  place.put(part(300), 1, 1);
  place.put(whole(1), 1, 2);
  place.put(part(300), 2, 1);
  const auto plan = consolidate(place.forest, place.tenants, together(4));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves.size(), 1U);
  EXPECT_EQ(plan->moves[0].from.slot, 0U);
  const auto of_model = consolidate(place.forest, place.tenants, together(4, 2));
  ASSERT_TRUE(of_model);
  EXPECT_EQ(of_model->moves.size(), 2U);
  EXPECT_TRUE(has_together(carry_out_plan(place.forest.slots(), *of_model), together(4, 2)));
  EXPECT_FALSE(consolidate(place.forest, place.tenants, together(5))) << "no slot has so many";
  EXPECT_FALSE(consolidate(place.forest, place.tenants, together(3))) << "they are there";
}

// The larger tenant finds its six tightest cards on the one machine that has CPU for the smaller, which makes
// it move on: a tenant that moves anyway makes way without another move.
TEST(Consolidate, WhoMovesAnywayMayMakeWayWithinTheMovesThatThereMayBe) {
  Place place({machine(2, 32), machine(6, 18), machine(1, 3)});
  place.put(part(500, 1), 0, 1);
  place.put(part(400, 4), 0, 2);
  for (std::uint32_t card = 0; card < 6; ++card) place.put(part(410 + 10 * card, 2), 1, 1U << card, false);
  place.put(part(300, 2), 2, 1, false);
  place.forest.take({2'000, 0, 0, 0, 0}, {1, 0});
  const auto plan = consolidate(place.forest, place.tenants, together(2), {.most_moves = 2});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves.size(), 2U);
  EXPECT_TRUE(has_together(carry_out_plan(place.forest.slots(), *plan), together(2)));
}

TEST(Consolidate, SlicesOfACardInMigModeAreNotCardsTogether) {
  Slot slices = empty_slices(*find_mig_model("a30"));
  for (const MigModel& model : mig_models())
    if (mig_kind(model) == 1) slices = empty_slices(model);
  ASSERT_EQ(slices.mig, 1);
  Place place({machine(4, 32), machine(4, 32), slices});
  place.put(part(300), 0, 1);
  place.put(part(300), 1, 1);
  EXPECT_TRUE(consolidate(place.forest, place.tenants, together(4)));
  Place after({slices, machine(1, 32), machine(1, 32)});
  after.put(part(300), 1, 1);
  after.put(part(300), 2, 1);
  EXPECT_TRUE(consolidate(after.forest, after.tenants, kCards));
  EXPECT_EQ(consolidate(after.forest, after.tenants, kNodes)->whole_nodes_gained, 1);
}

TEST(Consolidate, MovesNothingThatMustStayAndNothingWithoutCpuOrModel) {
  Place fixed({machine(1, 16), machine(1, 16)});
  fixed.put(part(300), 0, 1, false);
  fixed.put(part(400), 1, 1, false);
  EXPECT_FALSE(consolidate(fixed.forest, fixed.tenants, kCards));
  Place poor({machine(1, 8), machine(1, 8)});
  poor.put(part(300, 8), 0, 1);
  poor.put(part(400, 8), 1, 1);
  EXPECT_FALSE(consolidate(poor.forest, poor.tenants, kCards));
  Place named({machine(1, 16, 0), machine(1, 16, 1)});
  for (const std::size_t slot : {0U, 1U}) {
    Shape shape = part(300);
    shape.models = 1U << slot;
    named.put(shape, slot, 1);
  }
  EXPECT_FALSE(consolidate(named.forest, named.tenants, kCards));
  EXPECT_FALSE(consolidate(Forest({}), Tenants(0), kCards));
}

TEST(Consolidate, NeitherFillsNorFreesASlotOutOfService) {
  Place place({machine(1, 16), machine(1, 16)});
  place.put(part(300), 0, 1);
  place.put(part(400), 1, 1);
  place.forest.set_service(0, false);
  EXPECT_FALSE(consolidate(place.forest, place.tenants, kCards));
}

TEST(Consolidate, LooksBeyondASlotOutOfService) {
  Place place({machine(1, 16), machine(1, 16), machine(1, 16)});
  place.put(part(300), 1, 1);
  place.put(part(400), 2, 1);
  place.forest.set_service(0, false);
  EXPECT_TRUE(consolidate(place.forest, place.tenants, kCards));
}

TEST(Consolidate, CountsOnNoCardWhoseHolderIsNotKnown) {
  Place place({machine(4, 16), machine(1, 16)});
  for (const std::uint32_t card : {2U, 4U}) place.forest.take(part(500), {0, card});  // of nobody's
  place.put(part(300), 0, 8);
  place.put(part(400), 1, 1, false);
  const auto plan = consolidate(place.forest, place.tenants, together(2));
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->moves.size(), 1U);
  EXPECT_EQ(plan->moves[0].from, (Spot{0, 8}));
}

TEST(Consolidate, TakesNoMoreThanItMay) {
  std::vector<Slot> slots(20, machine(1, 16));
  Place place(slots);
  for (std::size_t slot = 0; slot < slots.size(); ++slot) place.put(part(100), slot, 1);
  for (const std::size_t most : {0U, 1U, 7U, 18U, 40U}) {
    const auto plan = consolidate(place.forest, place.tenants, kCards, {.most_moves = most});
    ASSERT_EQ(plan.has_value(), most > 0);
    const std::int64_t gained = plan ? plan->whole_cards_gained : 0;
    EXPECT_EQ(gained, std::min<std::int64_t>(18, static_cast<std::int64_t>(most)));
  }
  EXPECT_FALSE(consolidate(place.forest, place.tenants, kCards, {.most_moves = 5, .most_looks = 0}));
}

// A board at random: at most three slots of two or three cards, at most seven tenants; `times` as many of
// both.
class DrawnGoal {
 public:
  explicit DrawnGoal(std::uint64_t seed, std::int64_t times = 1) : random_(seed), place(slots(times)) {
    step_ = from(0, 1) == 0 ? 50 : 100;
    const std::int64_t tenants = from(3, 7) * times;
    for (std::int64_t i = 0; i < 3 * tenants && static_cast<std::int64_t>(place.next) < tenants; ++i)
      put_anywhere();
    most_moves = static_cast<std::size_t>(from(1, 3) * times);
    const std::int64_t kind = from(0, 2);
    goal = kind == 0   ? kCards
           : kind == 1 ? kNodes
                       : together(from(2, 3), static_cast<std::uint64_t>(from(0, 3)));
  }

 private:
  std::mt19937_64 random_;
  std::int64_t step_ = 0;

 public:
  Place place;
  std::size_t most_moves = 0;
  Goal goal;

 private:
  std::int64_t from(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>(first, last)(random_);
  }
  std::vector<Slot> slots(std::int64_t times) {
    std::vector<Slot> made;
    const bool scarce = from(0, 2) == 0;
    for (std::int64_t i = from(2, 3) * times; i > 0; --i) {
      made.push_back(machine(from(2, 3), scarce ? from(2, 12) : from(10, 30), from(0, 3) == 0 ? 1 : 0));
      made.back().memory = from(2, 9) * 100;
    }
    return made;
  }
  void put_anywhere() {
    const std::int64_t kind = from(0, 9);
    Shape shape = kind == 0   ? Shape{from(1, 6) * 1000, 0, 0, 0, 0}
                  : kind <= 2 ? whole(from(1, 2), from(1, 4))
                              : part(from(1, 15) * step_, from(1, 4));
    if (shape.milli_gpu > 0 && shape.milli_gpu >= kWholeCard) shape.milli_gpu = kWholeCard;
    shape.memory = from(0, 2) * 100;
    if (from(0, 5) == 0) shape.models = static_cast<std::uint64_t>(from(1, 3));
    const auto slot =
        static_cast<std::size_t>(from(0, static_cast<std::int64_t>(place.forest.slots().size()) - 1));
    const auto cards = static_cast<std::uint32_t>(from(0, 7));
    if (!takes(place.forest.slots()[slot], shape, cards)) return;
    place.forest.take(shape, {slot, cards});
    place.tenants.add({place.next++, shape, {slot, cards}, from(0, 6) > 0, from(0, 50)});
  }
};

// The best of all plans: any so many tenants leave, and each goes to any cards that take it. Those of an
// empty card count as well: no rule of the code under test is taken for granted.
class Exhaustive {
 public:
  explicit Exhaustive(const DrawnGoal& drawn)
      : before_(drawn.place.forest.slots()), goal_(drawn.goal), slots_(before_) {
    for (std::size_t slot = 0; slot < before_.size(); ++slot)
      for (const Tenant& tenant : drawn.place.tenants.on(slot))
        if (tenant.movable) tenants_.push_back(tenant);
    choose(0, drawn.most_moves);
  }
  std::int64_t gain = 0;
  std::size_t moves = 0;
  std::int64_t cost = 0;

 private:
  void choose(std::size_t next, std::size_t left) {
    if (!leaving_.empty()) settle(0);
    if (left == 0) return;
    for (std::size_t i = next; i < tenants_.size(); ++i) {
      leaving_.push_back(&tenants_[i]);
      give_back(slots_[tenants_[i].spot.slot], tenants_[i].shape, tenants_[i].spot.cards);
      choose(i + 1, left - 1);
      take(slots_[tenants_[i].spot.slot], tenants_[i].shape, tenants_[i].spot.cards);
      leaving_.pop_back();
    }
  }
  void settle(std::size_t next) {
    if (next == leaving_.size()) return count();
    const Shape& shape = leaving_[next]->shape;
    for (Slot& slot : slots_)
      for (std::uint32_t cards = 0; cards < 8; ++cards) {
        if (std::popcount(cards) != shape.cards || !takes(slot, shape, cards)) continue;
        take(slot, shape, cards);
        settle(next + 1);
        give_back(slot, shape, cards);
      }
  }
  void count() {
    const std::int64_t now = gain_of(before_, slots_, goal_);
    if (now <= 0 || whole_cards_in(slots_) < whole_cards_in(before_)) return;
    std::int64_t sum = 0;
    for (const Tenant* tenant : leaving_) sum += tenant->cost;
    if (std::tuple(-now, leaving_.size(), sum) >= std::tuple(-gain, moves, cost)) return;
    gain = now;
    moves = leaving_.size();
    cost = sum;
  }

  const std::vector<Slot> before_;
  const Goal goal_;
  std::vector<Slot> slots_;
  std::vector<Tenant> tenants_;
  std::vector<const Tenant*> leaving_;
};

void expect_as_said(const DrawnGoal& drawn, const Consolidation& plan) {
  const std::vector<Slot>& before = drawn.place.forest.slots();
  const std::vector<Slot> after = carry_out_plan(before, plan);
  EXPECT_EQ(plan.whole_cards_gained, whole_cards_in(after) - whole_cards_in(before));
  EXPECT_EQ(plan.whole_nodes_gained, whole_nodes(after) - whole_nodes(before));
  EXPECT_GE(plan.whole_cards_gained, 0);
  EXPECT_GT(gain_of(before, after, drawn.goal), 0);
  EXPECT_LE(plan.moves.size(), drawn.most_moves);
  std::int64_t cost = 0;
  for (const Move& move : plan.moves) {
    const auto here = drawn.place.tenants.on(move.from.slot);
    const auto found =
        std::find_if(here.begin(), here.end(), [&](auto& each) { return each.id == move.tenant; });
    ASSERT_TRUE(found != here.end() && found->movable && found->spot == move.from);
    EXPECT_NE(move.from, move.to);
    cost += found->cost;
  }
  EXPECT_EQ(plan.cost, cost);
}

bool same(const Consolidation& a, const Consolidation& b) {
  return a.handovers == b.handovers && std::equal(a.moves.begin(), a.moves.end(), b.moves.begin(),
                                                  b.moves.end(), [](const Move& one, const Move& other) {
                                                    return one.tenant == other.tenant && one.to == other.to;
                                                  });
}

// On boards too large to try all plans: each move of a plan is needed.
TEST(Consolidate, MovesNobodyWithoutNeed) {
  int plans = 0;
  for (int seed = 0; seed < 2'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const DrawnGoal drawn(static_cast<std::uint64_t>(seed), 4);
    const std::vector<Slot>& before = drawn.place.forest.slots();
    const auto plan = consolidate(drawn.place.forest, drawn.place.tenants, drawn.goal,
                                  {.most_moves = drawn.most_moves, .most_looks = 20'000});
    if (!plan) continue;
    ++plans;
    expect_as_said(drawn, *plan);
    const std::vector<Slot> after = carry_out_plan(before, *plan);
    for (const Move& move : plan->moves) {
      std::vector<Slot> without = after;
      give_back(without[move.to.slot], move.shape, move.to.cards);
      if (!takes(without[move.from.slot], move.shape, move.from.cards)) continue;
      take(without[move.from.slot], move.shape, move.from.cards);
      EXPECT_TRUE(gain_of(before, without, drawn.goal) < gain_of(before, after, drawn.goal) ||
                  whole_cards_in(without) < whole_cards_in(before))
          << "tenant " << move.tenant << " could have stayed";
    }
  }
  EXPECT_GT(plans, 1'000);
}

// On some 10,000 of the boards the best plan gains. In how many of those ours gains as much is printed: 99 in
// 100.
TEST(Consolidate, GainsAsMuchAsTheBestOfAllPlansNearlyAlways) {
  constexpr int kBoards = 30'000;
  std::array<int, 3> gainful{};
  std::array<int, 3> gained{};
  int fewest = 0;
  int cheapest = 0;
  for (int seed = 0; seed < kBoards; ++seed) {
    const DrawnGoal drawn(static_cast<std::uint64_t>(seed));
    SCOPED_TRACE("seed " + std::to_string(seed));
    const ConsolidationEffort effort{.most_moves = drawn.most_moves};
    const auto plan = consolidate(drawn.place.forest, drawn.place.tenants, drawn.goal, effort);
    const Exhaustive best(drawn);
    if (plan) {
      expect_as_said(drawn, *plan);
      const auto again = consolidate(drawn.place.forest, drawn.place.tenants, drawn.goal, effort);
      ASSERT_TRUE(again && same(*plan, *again));
    }
    if (best.gain == 0) {
      EXPECT_FALSE(plan);
      continue;
    }
    const auto kind = static_cast<std::size_t>(drawn.goal.kind);
    ++gainful[kind];
    if (!plan) continue;
    const std::int64_t gain =
        gain_of(drawn.place.forest.slots(), carry_out_plan(drawn.place.forest.slots(), *plan), drawn.goal);
    EXPECT_LE(gain, best.gain);
    gained[kind] += gain == best.gain ? 1 : 0;
    fewest += gain == best.gain && plan->moves.size() == best.moves ? 1 : 0;
    cheapest += gain == best.gain && plan->moves.size() == best.moves && plan->cost == best.cost ? 1 : 0;
  }
  for (std::size_t kind = 0; kind < gainful.size(); ++kind) {
    std::cout << "goal " << kind << ": as much as the best in " << gained[kind] << " of " << gainful[kind]
              << '\n';
    EXPECT_GE(gained[kind] * 100, gainful[kind] * 95);
  }
  std::cout << "with as few moves " << fewest << ", at as little cost " << cheapest << '\n';
}

}  // namespace
}  // namespace dure::placement
