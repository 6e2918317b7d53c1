#include "placement/gang.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "placement/cluster_fixture.h"
#include "placement/gang_fixture.h"
#include "placement/place.h"
#include "placement/tenants_fixture.h"

namespace dure::placement {
namespace {

// Machines of eight cards at these paths.
struct Hall {
  Forest forest;
  Topology topology;

  explicit Hall(const std::vector<Path>& paths)
      : forest(std::vector<Slot>(paths.size(), machine(8, 64))), topology(paths) {}
  void fill(std::size_t slot, std::int64_t cards = 8) {
    const Shape shape = whole(cards);
    forest.take(shape, {slot, tightest_cards(forest.slots()[slot], shape)});
  }
  // The slots of the replicas, sorted; empty where there is no room.
  std::vector<std::size_t> slots_for(std::int64_t replicas, const Shape& shape = whole(8),
                                     bool apart = false) {
    const auto spots = place_gang(forest, topology, shape, replicas, apart);
    std::vector<std::size_t> slots;
    if (spots)
      for (const Spot& spot : *spots) slots.push_back(spot.slot);
    std::sort(slots.begin(), slots.end());
    return slots;
  }
};

using Slots = std::vector<std::size_t>;

Hall two_leaves() {
  return Hall({{0}, {0}, {0}, {0}, {1}, {1}, {1}, {1}});
}

TEST(Gang, P39_GoesBelowTheLeafThatHasJustEnough) {
  Hall hall = two_leaves();
  hall.fill(2);
  EXPECT_EQ(hall.slots_for(4), (Slots{4, 5, 6, 7}));
  EXPECT_EQ(hall.slots_for(3), (Slots{0, 1, 3})) << "and leaves the whole leaf alone";
  EXPECT_EQ(hall.slots_for(5).size(), 5U) << "over both";
  EXPECT_EQ(hall.slots_for(7), (Slots{0, 1, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(hall.slots_for(8).empty()) << "all or none";
}

TEST(Gang, P39_GoesToTheFirstOfEquals) {
  EXPECT_EQ(two_leaves().slots_for(4), (Slots{0, 1, 2, 3}));
}

TEST(Gang, P39_GoesIntoAnIslandBeforeItGoesBelowALeaf) {
  // Two islands of two and a machine by itself below the first leaf, three machines below the second.
  Hall hall({{0, kNowhere}, {0, 0}, {0, 0}, {0, 1}, {0, 1}, {1, kNowhere}, {1, kNowhere}, {1, kNowhere}});
  EXPECT_EQ(hall.slots_for(2), (Slots{1, 2}));
  EXPECT_EQ(hall.slots_for(3), (Slots{5, 6, 7})) << "no island has three; that leaf has just three";
  EXPECT_EQ(hall.slots_for(4).size(), 4U);
  EXPECT_LT(hall.slots_for(4).back(), 5U) << "below the first leaf";
  hall.fill(1);
  EXPECT_EQ(hall.slots_for(2), (Slots{3, 4}));
}

TEST(Gang, P39_StaysOnOneMachineWhereMachinesAreDomains) {
  Hall hall({{0, 0}, {0, 1}, {0, 2}});
  hall.fill(0, 2);
  hall.fill(1, 4);
  EXPECT_EQ(hall.slots_for(2, whole(2)), (Slots{1, 1}));
  EXPECT_EQ(hall.slots_for(2, whole(2), true).size(), 2U);
  EXPECT_NE(hall.slots_for(2, whole(2), true), (Slots{1, 1})) << "unless its replicas go apart";
}

TEST(Gang, P38_ReplicasApartCountOneForEachMachine) {
  Hall hall({{0}, {0}, {1}, {1}, {1}});
  EXPECT_EQ(hall.slots_for(3, whole(1), true), (Slots{2, 3, 4}));
  EXPECT_TRUE(hall.slots_for(6, whole(1), true).empty());
  EXPECT_EQ(hall.slots_for(6, whole(1)).size(), 6U);
}

TEST(Gang, P39_IsOfOneModelWhereOneWillDo) {
  Forest forest({machine(8, 64, 0), machine(8, 64, 1), machine(8, 64, 0), machine(8, 64, 1)});
  const Topology topology({{0}, {0}, {1}, {2}});
  Shape either = whole(8);
  either.models = 0b11;
  const auto spots = place_gang(forest, topology, either, 2, false);
  ASSERT_TRUE(spots.has_value());
  EXPECT_EQ((std::set<std::size_t>{(*spots)[0].slot, (*spots)[1].slot}), (std::set<std::size_t>{0, 2}))
      << "rather over two leaves than of two models below one";
  const auto mixed = place_gang(forest, topology, either, 3, false);
  ASSERT_TRUE(mixed.has_value()) << "no model has three";
  EXPECT_FALSE(place_gang(forest, topology, either, 5, false).has_value());
}

TEST(Gang, P39_TakesTheModelThatIsNearTogether) {
  Forest forest({machine(8, 64, 0), machine(8, 64, 1), machine(8, 64, 1), machine(8, 64, 0)});
  const auto spots = place_gang(forest, Topology({{0}, {1}, {1}, {2}}), whole(8), 2, false);
  ASSERT_TRUE(spots.has_value());
  EXPECT_EQ((*spots)[0].slot + (*spots)[1].slot, 3U);
  EXPECT_EQ(forest.slots()[(*spots)[0].slot].model, 1);
}

// The same through the rows of the store.
Rows rows_at(const std::vector<std::pair<std::string, std::string>>& places) {
  Rows rows = room(static_cast<std::int64_t>(places.size()), 2);
  for (std::size_t i = 0; i < places.size(); ++i) {
    rows.nodes[i].fabric_leaf = places[i].first;
    rows.nodes[i].nvlink_island = places[i].second;
  }
  return rows;
}

std::set<std::string> nodes_for(const Cluster& cluster, std::int64_t replicas) {
  Request request = cards_of("t4", 2);
  request.replicas = replicas;
  const Answer answer = place(cluster, request);
  std::set<std::string> names;
  if (const Plan* plan = std::get_if<Plan>(&answer))
    for (const PlannedReplica& replica : plan->replicas) names.insert(cluster.find(replica.node_id)->name);
  return names;
}

using NameSet = std::set<std::string>;

TEST(Gang, P39_OfAClusterFollowsLeavesAndIslandsOfItsNodes) {
  Cluster cluster =
      Cluster::from_rows(rows_at({{"b", ""}, {"a", "y"}, {"b", ""}, {"a", "x"}, {"a", "x"}, {"", ""}}));
  EXPECT_EQ(nodes_for(cluster, 2), (NameSet{"n4", "n5"})) << "an island";
  EXPECT_EQ(nodes_for(cluster, 3), (NameSet{"n2", "n4", "n5"})) << "a leaf";
  EXPECT_EQ(nodes_for(cluster, 6).size(), 6U) << "everywhere";
  // A node that is plugged in elsewhere, without its cards being touched.
  model::Node moved = node("n5");
  moved.fabric_leaf = "b";
  cluster.set_node(moved);
  EXPECT_EQ(nodes_for(cluster, 3), (NameSet{"n1", "n3", "n5"}));
  EXPECT_EQ(nodes_for(cluster, 1), (NameSet{"n6"}))
      << "a single one goes by the rule, the first among equals";
}

TEST(Gang, P39_NodesThatDoNotSayWhereTheyStandComeByName) {
  EXPECT_EQ(nodes_for(Cluster::from_rows(rows_at({{"", ""}, {"", ""}, {"", ""}})), 2), (NameSet{"n1", "n2"}));
}

struct Question {
  Grounds grounds;
  Shape shape;
  std::int64_t replicas = 1;
  bool apart = false;

  explicit Question(std::uint64_t seed) : grounds{Forest({}), {}} {
    std::mt19937_64 random(seed);
    const auto from = [&](std::int64_t first, std::int64_t last) {
      return std::uniform_int_distribution<std::int64_t>(first, last)(random);
    };
    grounds = some_grounds(from);
    shape = some_shape(from);
    replicas = from(1, from(0, 1) == 0 ? 3 : 8);
    apart = from(0, 3) == 0;
  }
  Domain all() const { return {0, grounds.forest.slots().size()}; }
  std::int64_t most(const Domain& domain, const Shape& of) const {
    return most_within(grounds.forest, domain, of, apart);
  }
};

struct Expected {
  Domain domain;
  Shape shape;
  bool narrow = false;
};

// The rule in its own words: level by level from the narrowest, the domain with the least room left over.
Expected expected_of(const Question& asked, const std::vector<Shape>& shapes) {
  const Topology& topology = asked.grounds.topology;
  for (std::size_t level = topology.levels() + 1; level-- > 0;) {
    const auto domains = level == 0 ? std::vector<Domain>{asked.all()} : topology.domains(level - 1);
    std::optional<std::pair<std::int64_t, Expected>> best;
    for (const Domain& domain : domains)
      for (const Shape& shape : shapes) {
        const std::int64_t left = asked.most(domain, shape) - asked.replicas;
        if (left >= 0 && (!best || left < best->first)) best = {left, {domain, shape, level > 0}};
      }
    if (best) return best->second;
  }
  ADD_FAILURE() << "no room";
  return {};
}

// One shape for each model that has room by itself, or else the shape as it is.
std::vector<Shape> shapes_for(const Question& asked) {
  if (asked.shape.cards == 0) return {asked.shape};
  std::vector<Shape> shapes;
  for (std::uint64_t model = 1; model <= 4; model *= 2) {
    Shape single = asked.shape;
    single.models = model;
    if (asked.shape.models != 0 && (asked.shape.models & model) == 0) continue;
    if (asked.most(asked.all(), single) >= asked.replicas) shapes.push_back(single);
  }
  if (shapes.empty()) shapes.push_back(asked.shape);
  return shapes;
}

void expect_spots(const Question& asked, const Expected& expected, const std::vector<Spot>& spots) {
  ASSERT_EQ(static_cast<std::int64_t>(spots.size()), asked.replicas);
  Forest rest = asked.grounds.forest;
  std::set<std::size_t> machines;
  for (const Spot& spot : spots) {
    ASSERT_TRUE(spot.slot >= expected.domain.first && spot.slot < expected.domain.end);
    Slot only = rest.slots()[spot.slot];
    only.closed |= ~spot.cards;
    ASSERT_TRUE(rest.in_service(spot.slot) && fits(only, expected.shape));
    if (!asked.apart) {
      ASSERT_EQ(rest.find_within(expected.shape, expected.domain.first, expected.domain.end), spot);
    }
    ASSERT_TRUE(machines.insert(rest.machine_of(spot.slot).first).second || !asked.apart);
    rest.take(asked.shape, spot);
  }
}

void expect_as_it_was(const Forest& forest, const Forest& before, const Shape& shape) {
  ASSERT_EQ(forest.slots(), before.slots());
  for (std::size_t slot = 0; slot < forest.slots().size(); ++slot) {
    ASSERT_EQ(forest.in_service(slot), before.in_service(slot));
    ASSERT_EQ(forest.find_within(shape, slot, forest.slots().size()),
              before.find_within(shape, slot, forest.slots().size()));
  }
}

struct GangTally {
  int in_domains = 0;
  int anywhere = 0;
  int none = 0;
  int mixed = 0;
};

void check_gang(const Question& asked, GangTally& tally) {
  Forest forest = asked.grounds.forest;
  const auto spots = place_gang(forest, asked.grounds.topology, asked.shape, asked.replicas, asked.apart);
  expect_as_it_was(forest, asked.grounds.forest, asked.shape);
  EXPECT_EQ(spots, place_gang(forest, asked.grounds.topology, asked.shape, asked.replicas, asked.apart));
  ASSERT_EQ(spots.has_value(), asked.most(asked.all(), asked.shape) >= asked.replicas);
  if (!spots) {
    ++tally.none;
    return;
  }
  const auto shapes = shapes_for(asked);
  const Expected expected = expected_of(asked, shapes);
  expect_spots(asked, expected, *spots);
  ++(expected.narrow ? tally.in_domains : tally.anywhere);
  if (asked.shape.cards > 0 && std::popcount(expected.shape.models) != 1) ++tally.mixed;
}

TEST(Gang, P39_GoesIntoTheSmallestDomainThatTryingEverythingFinds) {
  GangTally tally;
  for (std::uint64_t seed = 0; seed < 20'000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    check_gang(Question(seed), tally);
  }
  EXPECT_GT(tally.in_domains, 3'000);
  EXPECT_GT(tally.anywhere, 1'000);
  EXPECT_GT(tally.none, 3'000);
  EXPECT_GT(tally.mixed, 200);
}

}  // namespace
}  // namespace dure::placement
