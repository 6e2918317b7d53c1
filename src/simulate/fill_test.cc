#include "simulate/fill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace dure::simulate {
namespace {

using placement::Shape;
using placement::Slot;

Slot machine(std::int64_t cpu_cores, std::int64_t cards, std::int64_t model = 0) {
  Slot slot{cpu_cores * 1'000, 1'000'000, model, cards, {}};
  std::fill_n(slot.free.begin(), cards, static_cast<std::int16_t>(placement::kWholeCard));
  return slot;
}

// 20 machines and pods of several kinds that ask for `share` per cent of their cards.
Trace trace_asking(std::int64_t share_percent) {
  Trace trace;
  for (int i = 0; i < 20; ++i)
    trace.slots.push_back(machine(i % 3 == 0 ? 32 : 96, i % 4 == 0 ? 2 : 8, i % 2));
  std::int64_t left = trace.milli_gpu() * share_percent / 100;
  static constexpr Shape kShapes[] = {{4'000, 8'192, 1, 300, 0},    {2'000, 4'096, 1, 810, 0},
                                      {12'000, 16'384, 1, 1000, 0}, {24'000, 8'192, 2, 1000, 0},
                                      {1'000, 1'024, 0, 0, 0},      {8'000, 8'192, 1, 500, 0b10}};
  for (int i = 0; left > 0; ++i) {
    const Shape& shape = kShapes[i % 6];
    left -= shape.total_milli_gpu();
    trace.pods.push_back({"pod-" + std::to_string(1000 + i), shape});
  }
  return trace;
}

std::int64_t asked(const Trace& trace, const std::vector<std::size_t>& order) {
  std::int64_t sum = 0;
  for (const std::size_t i : order) sum += trace.pods[i].shape.total_milli_gpu();
  return sum;
}

TEST(Arrivals, FollowFromTheSeedAlone) {
  const Trace trace = trace_asking(95);
  EXPECT_EQ(arrivals(trace, {42, 1300}), arrivals(trace, {42, 1300}));
  EXPECT_NE(arrivals(trace, {42, 1300}), arrivals(trace, {43, 1300}));
  Trace turned = trace;
  std::reverse(turned.pods.begin(), turned.pods.end());
  const auto by_name = [](const Trace& from, const std::vector<std::size_t>& order) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < from.pods.size(); ++i) names.push_back(from.pods[order[i]].name);
    return names;
  };
  EXPECT_EQ(by_name(trace, arrivals(trace, {42, 1300})), by_name(turned, arrivals(turned, {42, 1300})))
      << "the order of the file does not matter to the pods that it has";
}

TEST(Arrivals, FirstEveryPodOnceThenDrawnOnesUpToWhatIsWanted) {
  const Trace trace = trace_asking(95);
  const auto order = arrivals(trace, {7, 1300});
  ASSERT_GT(order.size(), trace.pods.size());
  const std::set<std::size_t> first(order.begin(),
                                    order.begin() + static_cast<std::ptrdiff_t>(trace.pods.size()));
  EXPECT_EQ(first.size(), trace.pods.size());
  const std::int64_t wanted = trace.milli_gpu() * 13 / 10;
  EXPECT_LE(asked(trace, order), wanted);
  EXPECT_GT(asked(trace, order), wanted - 2000) << "the next would have passed it";
}

TEST(Arrivals, WhereMoreIsAskedForThanWantedPodsAreLeftOut) {
  const Trace trace = trace_asking(180);
  const auto order = arrivals(trace, {7, 1300});
  EXPECT_LT(order.size(), trace.pods.size());
  EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), order.size());
  EXPECT_LE(asked(trace, order), trace.milli_gpu() * 13 / 10);
}

TEST(Arrivals, WithoutACardAskedForThereIsNothingToMakeMoreOf) {
  Trace trace = trace_asking(95);
  trace.pods = {{"a", {1'000, 1, 0, 0, 0}}, {"b", {1'000, 1, 0, 0, 0}}};
  EXPECT_EQ(arrivals(trace, {1, 1300}).size(), 2u);
}

Filled filled(const Trace& trace, std::string_view rule, const Filling& filling) {
  auto fill = Fill::prepare(trace, rule, filling);
  EXPECT_TRUE(fill.ok());
  return fill->run();
}

TEST(Fill, FiguresAreThoseOfTheProtocol) {
  Trace trace;
  trace.slots = {machine(96, 2)};
  trace.pods = {{"a", {1'000, 1, 1, 1000, 0}}, {"b", {1'000, 1, 1, 1000, 0}}};
  const Filled all = filled(trace, "dure", {1, 2000});
  EXPECT_EQ(all.arrived, 4);
  EXPECT_EQ(all.failed, 2);
  EXPECT_EQ(all.at(50), 50.0);
  EXPECT_EQ(all.at(100), 100.0);
  EXPECT_EQ(all.at(200), 100.0) << "what is dropped has arrived as well";
  EXPECT_EQ(all.at(75), std::nullopt);
  EXPECT_EQ(all.at(999), std::nullopt);
}

TEST(Fill, APointIsTheMeanOfTheMomentsThatRoundToIt) {
  Trace trace;
  trace.slots = {machine(96, 1)};
  for (const char* name : {"a", "b", "c"}) trace.pods.push_back({name, {1'000, 1, 1, 4, 0}});
  const Filled all = filled(trace, "dure", {1, 12});
  ASSERT_EQ(all.arrived, 3);
  EXPECT_DOUBLE_EQ(*all.at(1), (0.8 + 1.2) / 2);
  EXPECT_DOUBLE_EQ(*all.at(0), 0.4);
}

TEST(Fill, EveryRulePlacesTheSameAgainAndNeverMoreThanThereIs) {
  const Trace trace = trace_asking(95);
  for (const auto rule : rule_names()) {
    const Filled once = filled(trace, rule, {42, 1300});
    const Filled again = filled(trace, rule, {42, 1300});
    EXPECT_EQ(once.allocated_pct, again.allocated_pct) << rule;
    EXPECT_GT(*once.allocated_pct.back(), 70) << rule;
    EXPECT_LE(*once.allocated_pct.back(), 100) << rule;
    EXPECT_GT(once.failed, 0) << rule << ": more is asked for than there is";
  }
}

TEST(Fill, AnUnknownRuleIsRefusedWithThoseThatAreKnown) {
  const Trace trace = trace_asking(95);
  const auto refused = Fill::prepare(trace, "best", {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().reason.code, "simulate.rule_unknown");
  EXPECT_NE(std::get<std::string>(*refused.failure().reason.find("known")).find("bestfit"),
            std::string::npos);
}

// A trace on which ten per cent more cards are asked for than there are, and CPU is left over: moves gather
// what is free on cards.
Filled filled_with(std::int64_t placements_per_move, std::uint64_t seed) {
  Trace trace = trace_asking(95);
  for (Slot& slot : trace.slots) slot.cpu_milli *= 4;
  auto fill = Fill::prepare(trace, "dure", {seed, 1100, placements_per_move});
  DURE_ASSERT(fill.ok());
  return fill->run();
}

TEST(Fill, MovesMakeRoomWithinTheirBudget) {
  std::int64_t fewer_failed = 0, moves = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Filled still = filled_with(0, seed);
    EXPECT_EQ(still.moves, 0);
    for (const std::int64_t placements : {1, 10}) {
      const Filled moving = filled_with(placements, seed);
      EXPECT_LE(moving.moves * placements, moving.arrived - moving.failed);
      EXPECT_EQ(moving.arrived, still.arrived);
      if (placements == 1) fewer_failed += still.failed - moving.failed;
      moves += moving.moves;
    }
  }
  EXPECT_GT(moves, 0);
  EXPECT_GT(fewer_failed, 0);
}

TEST(ArrivedUntil, EndsWhereTheNextWouldRoundToMore) {
  const Trace trace = trace_asking(95);
  const auto sum = [](const std::vector<Shape>& shapes) {
    std::int64_t total = 0;
    for (const Shape& shape : shapes) total += shape.total_milli_gpu();
    return total;
  };
  const auto at_50 = arrived_until(trace, {7, 1300}, 50);
  EXPECT_LE(2 * sum(at_50), trace.milli_gpu() * 101 / 100);
  EXPECT_GT(2 * sum(at_50), trace.milli_gpu() * 95 / 100);
  EXPECT_EQ(arrived_until(trace, {7, 1300}, 1000).size(), arrivals(trace, {7, 1300}).size());
  EXPECT_TRUE(arrived_until(trace, {7, 1300}, 0).size() < at_50.size());
}

}  // namespace
}  // namespace dure::simulate
