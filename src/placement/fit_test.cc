// Whether and how often a request fits one node, counted by hand.
#include "placement/fit.h"

#include <gtest/gtest.h>

#include "placement/partition_fixture.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kMany = 50;

// One node with what is asked for on it.
NodeRoom node_with(const Rows& rows) {
  return Cluster::from_rows(rows).nodes().front();
}

// Two T4 and, last, an A100 in MIG mode.
Rows mixed_room() {
  Rows rows = room(1, 2);
  rows.cards.push_back(mig_card(rows.nodes.front(), 2, "a100-40gb"));
  return rows;
}

TEST(Fit, ACardInMigModeGivesNothingToWhoAsksForAnotherModel) {
  const NodeRoom node = node_with(mixed_room());
  const CardRoom& split = node.cards.back();
  ASSERT_TRUE(split.mig);
  EXPECT_EQ(count_instances(split, blocks_of("t4", 50), Lens::kEmpty, kMany), 0);
  EXPECT_EQ(count_instances(split, instance_of("a30", "1g.6gb"), Lens::kEmpty, kMany), 0);
  EXPECT_EQ(count_instances(split, instance_of("a100-40gb", "3g.20gb"), Lens::kEmpty, kMany), 2);
  EXPECT_EQ(count_fitting(node, blocks_of("t4", 50), Lens::kAsIs, kMany), 4);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kAsIs, kMany), 2);
  EXPECT_EQ(count_fitting(node, cards_of("a100-40gb", 1), Lens::kAsIs, kMany), 0);
  EXPECT_EQ(count_fitting(node, instance_of("a100-40gb", "3g.20gb"), Lens::kAsIs, kMany), 2);
}

TEST(Fit, ACardThatIsNotInMigModeGivesNoInstance) {
  const NodeRoom node = node_with(room(1, 1, "a100-40gb"));
  EXPECT_EQ(count_instances(node.cards.front(), instance_of("a100-40gb", "3g.20gb"), Lens::kAsIs, kMany), 0);
  EXPECT_EQ(count_fitting(node, instance_of("a100-40gb", "3g.20gb"), Lens::kAsIs, kMany), 0);
}

TEST(Fit, WholeCardsAreCountedAlsoWhereTheirMemoryIsNotKnown) {
  Rows rows = room(1, 3);
  for (model::Card& each : rows.cards) each.memory = {};
  const NodeRoom node = node_with(rows);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kAsIs, kMany), 3);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 2), Lens::kAsIs, kMany), 1);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 4), Lens::kAsIs, kMany), 0);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kAsIs, 2), 2);
}

TEST(Fit, WholeCardsAreThoseOfTheModelWithMost) {
  Rows rows = mixed_room();
  rows.cards.push_back(card(rows.nodes.front(), 3, "h100"));
  const NodeRoom node = node_with(rows);
  EXPECT_EQ(whole_cards(node, cards_of("t4|h100", 1), Lens::kAsIs), 2);
  EXPECT_EQ(whole_cards(node, cards_of("h100", 1), Lens::kAsIs), 1);
  EXPECT_EQ(whole_cards(node, instance_of("a100-40gb", "7g.40gb"), Lens::kAsIs), 1);
  EXPECT_EQ(whole_cards(node, cards_of("bow", 1), Lens::kAsIs), 0);
}

TEST(Fit, ReplicasAreBoundByCpuMemoryAndWhatIsAskedFor) {
  const NodeRoom node = node_with(room(1, 2));
  Request request = blocks_of("t4", 10);
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, kMany), 20);
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, 7), 7);
  request.cpu_milli = 8'000;
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, kMany), 7);
  request.memory = {64 * kGiB};
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, kMany), 2);
  request.apart = true;
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, kMany), 1);
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, 0), 0);
  request.pool = "dedicated";
  EXPECT_EQ(count_fitting(node, request, Lens::kAsIs, kMany), 0);
}

TEST(Fit, TheLensDecidesWhetherAnyServiceAndRoomAreLookedAt) {
  Rows rows = room(1, 2);
  rows.shares = {share(rows.cards[0], "r1", 30)};
  rows.cards[1].health = model::CardHealth::kUnhealthy;
  const NodeRoom node = node_with(rows);
  EXPECT_EQ(count_fitting(node, blocks_of("t4", 35), Lens::kAsIs, kMany), 2);
  EXPECT_EQ(count_fitting(node, blocks_of("t4", 35), Lens::kRepaired, kMany), 4);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kAsIs, kMany), 0);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kRepaired, kMany), 1);
  EXPECT_EQ(count_fitting(node, cards_of("t4", 1), Lens::kEmpty, kMany), 2);
  EXPECT_EQ(free_blocks(node.cards[0], Lens::kAsIs), 70);
  EXPECT_EQ(free_blocks(node.cards[0], Lens::kEmpty), 100);
}

TEST(Fit, FreeBlocksAreBoundByTheMemoryThatIsLeft) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 10)};
  rows.shares[0].memory = {12 * kGiB};
  EXPECT_EQ(free_blocks(node_with(rows).cards[0], Lens::kAsIs), 25);
  rows.shares[0].memory = {16 * kGiB};
  EXPECT_EQ(free_blocks(node_with(rows).cards[0], Lens::kAsIs), 0);
}

TEST(Fit, NoBlockOfACardWhoseMemoryIsOversubscribed) {
  CardRoom room;
  room.memory = {16 * kGiB};
  room.free_memory = {-1};
  EXPECT_EQ(free_blocks(room, Lens::kAsIs), 0);
  room.free_memory = {16 * kGiB / 4};
  EXPECT_EQ(free_blocks(room, Lens::kAsIs), 25);
  room.free = {-10};
  EXPECT_EQ(free_blocks(room, Lens::kAsIs), 0);
}

}  // namespace
}  // namespace dure::placement
