// place() against an exhaustive search on small clusters, and what must hold for any of its plans.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "placement/cluster_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

constexpr int kCases = 30'000;

// A card and a node as the exhaustive search sees them: written anew, without the code under test.
struct NaiveCard {
  std::string model;
  std::int64_t milli, memory, size;
  bool empty, healthy;
};
struct NaiveNode {
  std::string pool;
  CardMode mode;
  bool ready;
  std::int64_t cpu, memory;
  std::vector<NaiveCard> cards;
  bool used = false;
};

std::vector<NaiveNode> naive(const Rows& rows, bool as_new) {
  std::vector<NaiveNode> nodes;
  for (const model::Node& row : rows.nodes) {
    NaiveNode made{row.pool,      CardMode::kMixed, as_new || row.state == model::NodeState::kReady,
                   row.cpu_milli, row.memory.value, {}};
    if (rows.pool_modes.contains(row.pool)) made.mode = rows.pool_modes.at(row.pool);
    if (!as_new)
      for (const Hold& hold : rows.holds)
        if (hold.node_id == row.id) made.cpu -= hold.cpu_milli, made.memory -= hold.memory.value;
    for (const model::Card& card_row : rows.cards) {
      if (card_row.node_id != row.id) continue;
      NaiveCard made_card{
          card_row.model,        1000, card_row.memory.value,
          card_row.memory.value, true, as_new || card_row.health == model::CardHealth::kHealthy};
      if (!as_new)
        for (const model::Share& held : rows.shares)
          if (held.card_id == card_row.id) {
            made_card.milli -= held.milli_gpu.value;
            made_card.memory -= held.memory.value;
            made_card.empty = false;
          }
      made.cards.push_back(made_card);
    }
    nodes.push_back(made);
  }
  return nodes;
}

bool search(std::vector<NaiveNode>& nodes, const Request& request, std::int64_t replicas);

// Tries every subset of `left` whole cards from index `from` on.
bool search_whole(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                  std::int64_t replicas, std::size_t from, std::int64_t left) {
  if (left == 0) return search(nodes, request, replicas - 1);
  for (std::size_t i = from; i < node.cards.size(); ++i) {
    NaiveCard& card = node.cards[i];
    if (card.model != request.model || !card.empty || !card.healthy) continue;
    card.empty = false;
    const bool found = search_whole(nodes, node, request, replicas, i + 1, left - 1);
    card.empty = true;
    if (found) return true;
  }
  return false;
}

bool search_blocks(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                   std::int64_t replicas) {
  for (NaiveCard& card : node.cards) {
    const std::int64_t memory =
        request.card_memory ? request.card_memory->value : card.size * request.blocks / 100;
    if (card.model != request.model || !card.healthy || card.milli < request.blocks * 10 ||
        card.memory < memory)
      continue;
    card.milli -= request.blocks * 10;
    card.memory -= memory;
    const bool found = search(nodes, request, replicas - 1);
    card.milli += request.blocks * 10;
    card.memory += memory;
    if (found) return true;
  }
  return false;
}

bool search_node(std::vector<NaiveNode>& nodes, NaiveNode& node, const Request& request,
                 std::int64_t replicas) {
  if (request.blocks > 0)
    return node.mode != CardMode::kWhole && search_blocks(nodes, node, request, replicas);
  if (request.cards > 0)
    return node.mode != CardMode::kBlocks && search_whole(nodes, node, request, replicas, 0, request.cards);
  return search(nodes, request, replicas - 1);
}

// Whether the replicas fit, by trying everything.
bool search(std::vector<NaiveNode>& nodes, const Request& request, std::int64_t replicas) {
  if (replicas == 0) return true;
  for (NaiveNode& node : nodes) {
    if (!node.ready || (!request.pool.empty() && node.pool != request.pool)) continue;
    if (request.cpu_milli > 0 && node.cpu < request.cpu_milli) continue;
    if (request.memory.value > 0 && node.memory < request.memory.value) continue;
    if (request.apart && node.used) continue;
    const bool used = node.used;
    node.cpu -= request.cpu_milli;
    node.memory -= request.memory.value;
    node.used = true;
    const bool found = search_node(nodes, node, request, replicas);
    node.cpu += request.cpu_milli;
    node.memory += request.memory.value;
    node.used = used;
    if (found) return true;
  }
  return false;
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

// Fills a card with shares that fit, and holds for their replicas.
void fill(Dice& dice, Rows& rows, const model::Card& on, int& replica) {
  std::int64_t free = 100;
  while (free > 0 && !dice.one_in(3)) {
    const std::int64_t blocks = dice.one_in(5) ? free : dice.roll(1, free);
    const std::string id = "r" + std::to_string(replica++);
    rows.shares.push_back(share(on, id, blocks));
    rows.holds.push_back(
        {model::ReplicaId(id), on.node_id, dice.roll(0, 3) * 1000, {dice.roll(0, 3) * kGiB}, {}});
    free -= blocks;
  }
}

Rows random_rows(Dice& dice) {
  static const std::array<std::string, 2> kModels{"t4", "a100-40gb"};
  static const std::array<std::string, 2> kPools{"shared", "dedicated"};
  Rows rows;
  int replica = 0;
  for (std::int64_t n = dice.roll(1, 3); n > 0; --n) {
    rows.nodes.push_back(node("n" + std::to_string(n), kPools[dice.one_in(4)], dice.roll(12, 24) * 1000,
                              dice.roll(12, 24) * kGiB));
    if (dice.one_in(6)) rows.nodes.back().state = model::NodeState::kLost;
    for (std::int64_t c = dice.roll(0, 3); c > 0; --c) {
      rows.cards.push_back(card(rows.nodes.back(), c, kModels[dice.one_in(3)], dice.roll(8, 9) * kGiB + c));
      if (dice.one_in(8)) rows.cards.back().health = model::CardHealth::kUnhealthy;
      fill(dice, rows, model::Card(rows.cards.back()), replica);
    }
  }
  if (dice.one_in(5)) rows.pool_modes["shared"] = dice.one_in(2) ? CardMode::kBlocks : CardMode::kWhole;
  return rows;
}

Request random_request(Dice& dice) {
  Request request = dice.one_in(3) ? cards_of("t4", dice.roll(1, 3)) : blocks_of("t4", dice.roll(1, 102));
  if (dice.one_in(8)) request = Request{};
  if (dice.one_in(3)) request.pool = "";
  if (request.blocks > 0 && dice.one_in(6)) request.card_memory = base::Bytes{dice.roll(1, 10) * kGiB};
  request.cpu_milli = dice.roll(0, 8) * 1000;
  request.memory = {dice.roll(0, 8) * kGiB};
  request.replicas = dice.one_in(3) ? dice.roll(2, 4) : 1;
  request.apart = dice.one_in(4);
  return request;
}

std::vector<model::ReplicaId> fresh_ids(const Plan& plan) {
  std::vector<model::ReplicaId> ids;
  ids.reserve(plan.replicas.size());
  for (const PlannedReplica& replica : plan.replicas)
    ids.emplace_back("new" + std::to_string(replica.number));
  return ids;
}

void expect_sound(const Cluster& cluster, const Plan& plan, const Request& request) {
  ASSERT_EQ(static_cast<std::int64_t>(plan.replicas.size()), request.replicas);
  for (const PlannedReplica& replica : plan.replicas) {
    std::int64_t milli = 0;
    for (const PlannedShare& part : replica.shares) milli += part.milli_gpu.value;
    EXPECT_EQ(milli, milli_gpu_per_replica(request).value);
    EXPECT_TRUE(request.pool.empty() || cluster.find(replica.node_id)->pool == request.pool);
  }
  Cluster after = cluster;
  ASSERT_TRUE(after.commit(plan, fresh_ids(plan)).ok()) << "a plan commits on its own snapshot";
  EXPECT_TRUE(after.faults().empty()) << "never oversubscribed";
  for (const model::ReplicaId& id : fresh_ids(plan)) after.release(id);
  EXPECT_EQ(after.nodes(), cluster.nodes());
}

TEST(PlaceProperty, P1_P2_AgreesWithTryingEverything) {
  Dice dice(20260901);
  int plans = 0, not_now = 0, not_ever = 0, not_allowed = 0;
  for (int i = 0; i < kCases; ++i) {
    const Rows rows = random_rows(dice);
    const Request request = random_request(dice);
    const Cluster cluster = Cluster::from_rows(rows);
    auto now = naive(rows, false), ever = naive(rows, true);
    const Answer answer = place(cluster, request);
    if (const Plan* plan = std::get_if<Plan>(&answer)) {
      ++plans;
      EXPECT_TRUE(search(now, request, request.replicas)) << "case " << i;
      expect_sound(cluster, *plan, request);
      continue;
    }
    const Refusal& refusal = std::get<Refusal>(answer);
    EXPECT_FALSE(search(now, request, request.replicas)) << "case " << i;
    EXPECT_EQ(search(ever, request, request.replicas), refusal.kind == RefusalKind::kNotNow)
        << "case " << i << " " << refusal.reason.code;
    ++(refusal.kind == RefusalKind::kNotNow    ? not_now
       : refusal.kind == RefusalKind::kNotEver ? not_ever
                                               : not_allowed);
  }
  EXPECT_GT(plans, kCases / 10);
  EXPECT_GT(not_now, kCases / 10);
  EXPECT_GT(not_ever, kCases / 10);
  EXPECT_GT(not_allowed, kCases / 200);
}

TEST(PlaceProperty, TheOrderOfTheRowsDoesNotMatter) {
  Dice dice(7);
  for (int i = 0; i < 3'000; ++i) {
    Rows rows = random_rows(dice);
    const Request request = random_request(dice);
    const Answer first = place(Cluster::from_rows(rows), request);
    std::shuffle(rows.nodes.begin(), rows.nodes.end(), dice.engine());
    std::shuffle(rows.cards.begin(), rows.cards.end(), dice.engine());
    std::shuffle(rows.shares.begin(), rows.shares.end(), dice.engine());
    std::shuffle(rows.holds.begin(), rows.holds.end(), dice.engine());
    EXPECT_EQ(place(Cluster::from_rows(rows), request), first) << "case " << i;
  }
}

// The reason of the day tells the truth: what it calls out of service would do if it were back.
TEST(PlaceProperty, TheReasonHolds) {
  Dice dice(11);
  int unavailable = 0, fragmented = 0, others = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Cluster cluster = Cluster::from_rows(random_rows(dice));
    const Request request = random_request(dice);
    const Answer answer = place(cluster, request);
    const Refusal* refusal = std::get_if<Refusal>(&answer);
    if (refusal == nullptr || refusal->kind != RefusalKind::kNotNow) continue;
    const bool fits_repaired = std::holds_alternative<Plan>(place(cluster.repaired(), request));
    EXPECT_EQ(refusal->reason.code == "placement.node_unavailable", fits_repaired) << "case " << i;
    ++(fits_repaired ? unavailable : refusal->reason.code == "placement.fragmented" ? fragmented : others);
    const Counts& c = refusal->counts;
    EXPECT_EQ(c.looked_at,
              c.node_unavailable + c.unhealthy + c.busy + c.node_cpu + c.node_memory + c.node_cards + c.fits);
  }
  EXPECT_GT(unavailable, 100);
  EXPECT_GT(fragmented, 10);
  EXPECT_GT(others, 100);
}

}  // namespace
}  // namespace dure::placement
