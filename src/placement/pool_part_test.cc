// Parts of a pool (G9): who asks for a pool, for any, or for a part comes to no other node.
#include "placement/pool_part.h"

#include <gtest/gtest.h>

#include <set>

#include "placement/cluster_fixture.h"
#include "placement/inventory.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

// A node of two cards in each of four pools.
Cluster parted() {
  Rows rows = room(4, 2);
  rows.nodes[0].pool = "shared";
  rows.nodes[1].pool = "shared@vision";
  rows.nodes[2].pool = "dedicated";
  rows.nodes[3].pool = "dedicated@vision";
  return Cluster::from_rows(rows);
}

Request of_pool(const std::string& pool, std::int64_t replicas) {
  Request request = cards_of("t4", 2);
  request.pool = pool;
  request.replicas = replicas;
  return request;
}

// The nodes of as many as there is room for; one more finds none.
std::set<std::string> all_nodes(const std::string& pool, std::int64_t nodes) {
  const Cluster cluster = parted();
  EXPECT_TRUE(possible(cluster, of_pool(pool, nodes + 1))) << pool;
  std::set<std::string> names;
  const auto answer = place(cluster, of_pool(pool, nodes));
  const auto* plan = std::get_if<Plan>(&answer);
  if (plan == nullptr) return names;
  for (const auto& replica : plan->replicas) names.insert(cluster.find(replica.node_id)->name);
  return names;
}

using Names = std::set<std::string>;

TEST(PoolPart, G9_WhoAsksComesToTheNodesOfItsPartAlone) {
  EXPECT_EQ(all_nodes("shared", 1), (Names{"n1"}));
  EXPECT_EQ(all_nodes("shared@vision", 1), (Names{"n2"}));
  EXPECT_EQ(all_nodes("", 2), (Names{"n1", "n3"}));
  EXPECT_EQ(all_nodes("@vision", 2), (Names{"n2", "n4"}));
}

TEST(PoolPart, G9_TheTableAndTheModelsAreOfThePart) {
  const Cluster cluster = parted();
  EXPECT_EQ(inventory(cluster).block_types.at(0).total, 400);
  EXPECT_EQ(inventory(cluster, "@vision").block_types.at(0).total, 400);
  EXPECT_EQ(inventory(cluster, "shared").block_types.at(0).total, 200);
  EXPECT_EQ(models(cluster, "@speech").size(), 0U);
}

TEST(PoolPart, G9_WhoseTheNodesAreIsNotSaid) {
  Rows rows = room(2, 1);
  rows.nodes[0].pool = "shared@vision";
  rows.nodes[1].pool = "dedicated";
  const Cluster cluster = Cluster::from_rows(rows);
  const auto closed = possible(cluster, blocks_of("t4", 10));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->reason, base::Reason("placement.pool_not_open").with("known", "dedicated"));
  Request elsewhere = blocks_of("t4", 10);
  elsewhere.pool = "nowhere";
  EXPECT_EQ(possible(cluster, elsewhere)->reason,
            base::Reason("placement.unknown_pool").with("pool", "nowhere").with("known", "dedicated"));
  rows.nodes[1].pool = "dedicated@speech";
  Request any = blocks_of("t4", 10);
  any.pool = "";
  EXPECT_EQ(possible(Cluster::from_rows(rows), any)->reason.code, "placement.pool_not_open");
}

TEST(PoolPart, G9_NamesAreTakenApart) {
  EXPECT_EQ(pool_of_part("shared", "vision"), "shared@vision");
  EXPECT_EQ(part_of("shared@vision"), "vision");
  EXPECT_EQ(part_of("shared"), "");
  EXPECT_EQ(whole_pool("shared@vision"), "shared");
  EXPECT_EQ(whole_pool("shared"), "shared");
}

}  // namespace
}  // namespace dure::placement
