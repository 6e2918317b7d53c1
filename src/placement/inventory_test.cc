#include "placement/inventory.h"

#include <gtest/gtest.h>

#include "placement/cluster_fixture.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kMiB = 1LL << 20;

struct Line {
  std::string resource;
  std::int64_t total, request_max, available;
  bool operator==(const Line&) const = default;
};

std::vector<Line> lines(const std::vector<InventoryRow>& rows) {
  std::vector<Line> made;
  made.reserve(rows.size());
  for (const InventoryRow& row : rows)
    made.push_back({row.resource, row.total, row.request_max, row.available});
  return made;
}

void PrintTo(const Line& line, std::ostream* out) {
  *out << line.resource << " " << line.total << "/" << line.request_max << "/" << line.available;
}

// Part 4, line 1, with the CPU and memory of the slide: one node, two T4 in block mode, 3 blocks used.
TEST(Inventory, P2_TheTableOfTheSlide) {
  Rows rows;
  rows.nodes = {node("n1", "shared", 56'000, 128'313 * kMiB)};
  rows.cards = {card(rows.nodes[0], 0, "t4"), card(rows.nodes[0], 1, "t4")};
  rows.pool_modes["shared"] = CardMode::kBlocks;
  rows.shares = {share(rows.cards[0], "r1", 3)};
  rows.holds = {{model::ReplicaId("r1"), rows.nodes[0].id, 2'950, {1'364 * kMiB}, {}}};

  const Inventory table = inventory(Cluster::from_rows(rows));

  EXPECT_EQ(lines(table.resources), (std::vector<Line>{
                                        {"cpu", 56'000, 53'050, 53'050},
                                        {"memory", 128'313 * kMiB, 126'949 * kMiB, 126'949 * kMiB},
                                        {"t4", 0, 0, 0},
                                        {"t4-block-0", 100, 97, 97},
                                        {"t4-block-1", 100, 100, 100},
                                    }));
  EXPECT_EQ(lines(table.block_types), (std::vector<Line>{{"t4-block", 200, 100, 197}}));
}

// Part 4, line 2: the whole cluster in one table; each model a resource of its own (H8, P2, P21).
TEST(Inventory, P2_EveryModelOfEveryNode) {
  Rows rows;
  rows.nodes = {node("b"), node("a")};
  rows.cards = {card(rows.nodes[0], 0, "a100-40gb"), card(rows.nodes[1], 0, "t4"),
                card(rows.nodes[1], 1, "bow")};
  rows.pool_modes["shared"] = CardMode::kBlocks;
  const Inventory table = inventory(Cluster::from_rows(rows));
  EXPECT_EQ(lines(table.block_types), (std::vector<Line>{{"a100-40gb-block", 100, 100, 100},
                                                         {"bow-block", 100, 100, 100},
                                                         {"t4-block", 100, 100, 100}}));
  EXPECT_EQ(table.resources[3].node_name, "b");
  EXPECT_TRUE(table.block_types[0].simulated);
}

// Two models on one node, one after the other and in between.
TEST(Inventory, P2_WholeCardsOfEachModelAreCountedApart) {
  Rows rows;
  rows.nodes = {node("n1"), node("n2")};
  rows.cards = {card(rows.nodes[0], 0, "a100-40gb"), card(rows.nodes[0], 1, "t4"),
                card(rows.nodes[0], 2, "a100-40gb"), card(rows.nodes[0], 3, "t4"),
                card(rows.nodes[1], 0, "t4")};
  rows.shares = {share(rows.cards[3], "r1", 100)};
  const Inventory table = inventory(Cluster::from_rows(rows));
  const auto row = [&](const std::string& name) {
    for (const Line& line : lines(table.resources))
      if (line.resource == name) return line;
    return Line{};
  };
  EXPECT_EQ(row("a100-40gb"), (Line{"a100-40gb", 2, 2, 2}));
  EXPECT_EQ(row("t4"), (Line{"t4", 3, 1, 2}));
}

// Part 4, line 20: what is given back reappears.
TEST(Inventory, P2_ReleasedBlocksReappear) {
  Rows rows = room(1, 1);
  rows.shares = {share(rows.cards[0], "r1", 40)};
  Cluster cluster = Cluster::from_rows(rows);
  EXPECT_EQ(inventory(cluster).block_types[0].available, 60);
  ASSERT_TRUE(cluster.release(model::ReplicaId("r1")));
  EXPECT_EQ(inventory(cluster).block_types[0].available, 100);
}

TEST(Inventory, P2_WholeCardsCountPerNodeAndLeaveBlockMode) {
  Rows rows = room(2, 2);
  rows.shares = {share(rows.cards[0], "r1", 10), share(rows.cards[3], "r2", 100)};
  const Inventory table = inventory(Cluster::from_rows(rows));
  // Card 0 is in block mode, card 3 is taken whole, 1 and 2 are free on different nodes.
  EXPECT_EQ(lines({table.resources[2]}), (std::vector<Line>{{"t4", 3, 1, 2}}));
  EXPECT_EQ(lines(table.block_types), (std::vector<Line>{{"t4-block", 400, 100, 290}}));
}

TEST(Inventory, P2_WhatIsOutOfServiceIsNotAvailableAndNotUsed) {
  Rows rows = room(2, 2);
  rows.nodes[1].state = model::NodeState::kDraining;
  rows.cards[0].health = model::CardHealth::kUnhealthy;
  rows.shares = {share(rows.cards[2], "r1", 25)};
  const Inventory table = inventory(Cluster::from_rows(rows));
  const InventoryRow& blocks = table.block_types[0];
  EXPECT_EQ(blocks.total, 400);
  EXPECT_EQ(blocks.available, 100);
  EXPECT_EQ(blocks.used, 25);
  EXPECT_EQ(blocks.out_of_service, 275);
  for (const InventoryRow& row : table.resources)
    EXPECT_EQ(row.total, row.available + row.used + row.out_of_service) << row.resource;
}

TEST(Inventory, P18_APoolOfWholeCardsShowsNoBlocks) {
  Rows rows = room(1, 2);
  rows.pool_modes["shared"] = CardMode::kWhole;
  const Inventory table = inventory(Cluster::from_rows(rows), "shared");
  EXPECT_EQ(lines({table.resources[2]}), (std::vector<Line>{{"t4", 2, 2, 2}}));
  EXPECT_EQ(lines(table.block_types), (std::vector<Line>{{"t4-block", 0, 0, 0}}));
  EXPECT_EQ(inventory(Cluster::from_rows(rows), "other").resources[0].total, 0);
}

}  // namespace
}  // namespace dure::placement
