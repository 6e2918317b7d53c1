#include "placement/alternatives.h"

#include <gtest/gtest.h>

#include "placement/naive_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

Fits fits_on(const Cluster& cluster) {
  return [&cluster](const Request& request) { return std::holds_alternative<Plan>(place(cluster, request)); };
}

// One card with 70 blocks taken, one whole; the machine has CPU and memory for both.
TEST(Alternatives, LessOfTheSameThatFits) {
  Rows rows = room(1, 2);
  rows.shares.push_back(share(rows.cards[0], "r", 70));
  const Cluster cluster = Cluster::from_rows(rows);
  const auto two_cards = what_fits(cards_of("t4", 2), {}, fits_on(cluster));
  ASSERT_EQ(two_cards.size(), 1u);
  EXPECT_EQ(two_cards[0], (Alternative{AlternativeKind::kCards, "t4", 1, {}}));
  Request gang = blocks_of("t4", 40);
  gang.replicas = 5;
  EXPECT_EQ(what_fits(gang, {}, fits_on(cluster)),
            (std::vector{Alternative{AlternativeKind::kReplicas, "t4", 2, {}}}));
}

TEST(Alternatives, P5_ThirtyBlocksWhereAWholeCardIsNot) {
  Rows rows = room(1, 1, "a100-40gb");
  rows.shares.push_back(share(rows.cards[0], "r", 70));
  EXPECT_EQ(what_fits(cards_of("a100-40gb", 1), {}, fits_on(Cluster::from_rows(rows))),
            (std::vector{Alternative{AlternativeKind::kBlocks, "a100-40gb", 30, {}}}));
}

TEST(Alternatives, AnotherModelInReachComesFirst) {
  Rows rows = room(1, 1, "a100-40gb");
  rows.shares.push_back(share(rows.cards[0], "r", 70));
  rows.cards.push_back(card(rows.nodes[0], 1, "h100"));
  const Cluster cluster = Cluster::from_rows(rows);
  const auto found = what_fits(cards_of("a100-40gb", 1), {"a100-40gb", "h100", "t4"}, fits_on(cluster));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], (Alternative{AlternativeKind::kModel, "h100", 0, {}}));
  EXPECT_EQ(found[1].kind, AlternativeKind::kBlocks);
}

TEST(Alternatives, MemoryByTheByteIsNotMadeLess) {
  Rows rows = room(1, 1);
  rows.shares.push_back(share(rows.cards[0], "r", 70));
  Request request = blocks_of("t4", 50);
  request.card_memory = base::Bytes{kGiB};
  EXPECT_TRUE(what_fits(request, {}, fits_on(Cluster::from_rows(rows))).empty());
}

TEST(Alternatives, LessIsLessAlsoOfWhatFits) {
  const Cluster cluster = Cluster::from_rows(room(1, 2));
  EXPECT_EQ(what_fits(blocks_of("t4", 50), {}, fits_on(cluster)),
            (std::vector{Alternative{AlternativeKind::kBlocks, "t4", 49, {}}}));
  EXPECT_EQ(what_fits(cards_of("t4", 1), {}, fits_on(cluster)),
            (std::vector{Alternative{AlternativeKind::kBlocks, "t4", 99, {}}}));
  EXPECT_EQ(what_fits(cards_of("t4", 2), {}, fits_on(cluster)),
            (std::vector{Alternative{AlternativeKind::kCards, "t4", 1, {}}}));
  Request gang = blocks_of("t4", 40);
  gang.replicas = 3;
  EXPECT_EQ(what_fits(gang, {}, fits_on(cluster)),
            (std::vector{Alternative{AlternativeKind::kReplicas, "t4", 2, {}}}));
}

// The largest of its kind, by trying each.
std::int64_t tried(std::int64_t most, const std::function<Request(std::int64_t)>& request, const Fits& fits) {
  std::int64_t found = 0;
  for (std::int64_t amount = 1; amount <= most; ++amount)
    if (fits(request(amount))) found = amount;
  return found;
}

std::int64_t amount_of(const std::vector<Alternative>& found, AlternativeKind kind) {
  for (const Alternative& each : found)
    if (each.kind == kind) return each.amount;
  return 0;
}

TEST(Alternatives, AreTheLargestThatFitByTryingEach) {
  Dice dice(5);
  int said = 0;
  for (int i = 0; i < 3000 && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const Cluster cluster = Cluster::from_rows(random_rows(dice));
    const Request request = random_request(dice);
    const Fits fits = fits_on(cluster);
    if (request.blocks > kBlocksOfCard || fits(request)) continue;
    const auto found = what_fits(request, {}, fits);
    said += found.empty() ? 0 : 1;
    EXPECT_EQ(amount_of(found, AlternativeKind::kReplicas), tried(
                                                                request.replicas - 1,
                                                                [&](std::int64_t replicas) {
                                                                  Request fewer = request;
                                                                  fewer.replicas = replicas;
                                                                  return fewer;
                                                                },
                                                                fits));
    if (request.replicas > 1) continue;
    EXPECT_EQ(amount_of(found, AlternativeKind::kCards),
              tried(
                  request.cards - 1, [&](std::int64_t cards) { return with_cards(request, cards); }, fits));
    if (request.blocks == 0 || request.card_memory) continue;
    EXPECT_EQ(
        amount_of(found, AlternativeKind::kBlocks),
        tried(
            request.blocks - 1, [&](std::int64_t blocks) { return with_blocks(request, blocks); }, fits));
  }
  EXPECT_GT(said, 300);
}

}  // namespace
}  // namespace dure::placement
