// The same of clusters by their ids: plans, refusals with their counts, what would fit instead, the table of
// what is free, cards in MIG mode among them (decisions_test.cc says what for).
#include <gtest/gtest.h>

#include "placement/decisions_fixture.h"
#include "placement/inventory.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

const std::vector<std::string> kModels{"t4", "a100-40gb", "a30"};

model::Card card_at(Draws& draws, const model::Node& on, std::int64_t index, const std::string& model) {
  const bool mig = model != "t4" && draws.one_in(2);
  model::Card made =
      mig ? mig_card(on, index, model) : card(on, index, model, (model == "a30" ? 24 : 40) * kGiB);
  if (draws.one_in(9)) made.health = model::CardHealth::kUnhealthy;
  made.simulated = draws.one_in(2);
  return made;
}

Rows rows_of(Draws& draws) {
  Rows rows;
  const std::int64_t nodes = draws.roll(3, 9);
  for (std::int64_t n = 0; n < nodes; ++n) {
    const std::string pool = draws.one_in(4) ? "dedicated" : "shared";
    const std::int64_t cpu = draws.roll(8, 40) * 1'000;
    const std::int64_t memory = draws.roll(8, 64) * kGiB;
    rows.nodes.push_back(node("n" + std::to_string(n), pool, cpu, memory));
    if (draws.one_in(7)) rows.nodes.back().state = model::NodeState::kDraining;
    const auto first = static_cast<std::size_t>(draws.roll(0, 2));
    const std::int64_t cards = draws.roll(0, 5);
    for (std::int64_t c = 0; c < cards; ++c)
      rows.cards.push_back(card_at(draws, rows.nodes.back(), c, kModels[draws.one_in(4) ? 0 : first]));
  }
  if (draws.one_in(5)) rows.pool_modes["dedicated"] = draws.one_in(2) ? CardMode::kBlocks : CardMode::kWhole;
  return rows;
}

std::string model_asked(Draws& draws) {
  static const std::vector<std::string> kNames{"t4",
                                               "t4",
                                               "a100-40gb",
                                               "a100-40gb|t4",
                                               "a30",
                                               "t4|a30",
                                               "a30-mig-1g.6gb",
                                               "a100-40gb-mig-3g.20gb",
                                               "a100-40gb-mig-1g.10gb",
                                               "a30-mig-2g.12gb",
                                               "h100"};
  return kNames[static_cast<std::size_t>(draws.roll(0, static_cast<std::int64_t>(kNames.size()) - 1))];
}

Request request_drawn(Draws& draws) {
  const std::string model = model_asked(draws);
  const std::int64_t amount = draws.roll(1, 101);
  Request request = draws.one_in(3) ? cards_of(model, 1 + amount % 4) : blocks_of(model, amount);
  if (draws.one_in(10)) request = Request{};
  if (draws.one_in(2)) request.pool = draws.one_in(3) ? "dedicated" : "";
  if (request.blocks > 0 && draws.one_in(6)) request.card_memory = base::Bytes{draws.roll(1, 30) * kGiB};
  request.cpu_milli = draws.roll(0, 9) * 1'000;
  request.memory = {draws.roll(0, 16) * kGiB};
  request.replicas = draws.one_in(3) ? draws.roll(2, 5) : 1;
  request.apart = draws.one_in(4);
  return request;
}

void add(Digest& digest, const Inventory& table, Decided& decided) {
  for (const auto* rows : {&table.resources, &table.block_types})
    for (const InventoryRow& row : *rows) {
      digest.add(row.resource);
      digest.add(row.card_id.text);
      digest.add(std::int64_t{row.simulated});
      for (const std::int64_t amount :
           {row.total, row.request_max, row.available, row.used, row.out_of_service})
        digest.add(amount);
      decided.amount += row.resource == "memory" ? 0 : row.available;
    }
}

void ask(Cluster& cluster, const Request& request, std::int64_t number, Digest& digest, Decided& decided) {
  ++decided.asked;
  if (const auto never = possible(cluster, request)) digest.add(*never);
  const Answer answer = place(cluster, request);
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    digest.add(*refusal);
    const Fits fits = [&cluster](const Request& other) {
      return std::holds_alternative<Plan>(place(cluster, other));
    };
    if (request.blocks <= kBlocksOfCard) digest.add(what_fits(request, kModels, fits));
    return;
  }
  const Plan& plan = std::get<Plan>(answer);
  digest.add(plan);
  ++decided.granted;
  std::vector<model::ReplicaId> ids;
  for (const PlannedReplica& replica : plan.replicas) {
    ids.emplace_back("r" + std::to_string(number) + "-" + std::to_string(replica.number));
    digest.add(cluster.spot_of(replica.node_id, replica.shares).value_or(Spot{999, 0}));
  }
  ASSERT_TRUE(cluster.commit(plan, ids).ok());
}

TEST(Decisions, P2_P5_PlansRefusalsAndTheTable) {
  Digest digest;
  Decided decided;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Draws draws(seed);
    Cluster cluster = Cluster::from_rows(rows_of(draws));
    for (std::int64_t i = 0; i < 25; ++i) {
      if (draws.one_in(4)) {
        const std::int64_t gone = draws.roll(0, i);
        for (int replica = 0; replica < 5; ++replica)
          cluster.release(model::ReplicaId("r" + std::to_string(gone) + "-" + std::to_string(replica)));
      }
      ask(cluster, request_drawn(draws), i, digest, decided);
    }
    add(digest, inventory(cluster), decided);
    add(digest, inventory(cluster, "shared"), decided);
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{10000, 3343, 59907651, 0x813e8163472906b3ULL}));
}

}  // namespace
}  // namespace dure::placement
