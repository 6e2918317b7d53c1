// Every reason and every choice told again from the words of place.h and plan.h, without the code under test.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "placement/naive_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

constexpr int kReasonCases = 30'000;

std::vector<NaiveNode> by_name(std::vector<NaiveNode> nodes) {
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return nodes;
}

// Tells why, from the rows alone.
class Teller {
 public:
  Teller(const Rows& rows, const Request& request)
      : asked_(request), now_(by_name(naive(rows, false))), ever_(by_name(naive(rows, true))) {}

  Counts counts() const;
  base::Reason not_now() const;
  // Nothing where it could run some day.
  std::optional<base::Reason> never() const;
  // What a single replica takes; empty where nothing fits.
  std::vector<model::CardId> cards() const;
  std::string node() const;

 private:
  std::int64_t cores_of_card(const std::string& pool) const;
  std::int64_t raises(const NaiveNode& node, const std::string& model) const;
  using Nodes = std::vector<const NaiveNode*>;
  bool wants_card() const { return asked_.blocks > 0 || asked_.cards > 0; }
  bool in_pool(const NaiveNode& node) const { return asked_.pool.empty() || node.pool == asked_.pool; }
  bool form(const NaiveNode& node) const {
    if (asked_.blocks > 0) return node.mode != CardMode::kWhole;
    return asked_.cards == 0 || node.mode != CardMode::kBlocks;
  }
  Nodes eligible(const std::vector<NaiveNode>& all) const {
    Nodes nodes;
    for (const NaiveNode& node : all)
      if (in_pool(node) && form(node)) nodes.push_back(&node);
    return nodes;
  }
  std::int64_t whole(const NaiveNode& node) const {
    return std::count_if(node.cards.begin(), node.cards.end(), [&](const NaiveCard& card) {
      return card.model == asked_.model && card.empty && card.healthy;
    });
  }
  std::int64_t memory_of(const NaiveCard& card) const {
    return asked_.card_memory ? asked_.card_memory->value : card.size * asked_.blocks / 100;
  }
  bool card_does(const NaiveCard& card) const {
    if (asked_.cards > 0) return card.empty;
    return card.milli >= 10 * asked_.blocks && card.memory >= memory_of(card);
  }
  bool cpu_does(const NaiveNode& node) const { return asked_.cpu_milli == 0 || node.cpu >= asked_.cpu_milli; }
  bool memory_does(const NaiveNode& node) const {
    return asked_.memory.value == 0 || node.memory >= asked_.memory.value;
  }
  // One replica's cards, whatever the CPU and memory.
  bool cards_do(const NaiveNode& node) const {
    if (!wants_card()) return true;
    if (asked_.cards > 0) return whole(node) >= asked_.cards;
    return std::any_of(node.cards.begin(), node.cards.end(), [&](const NaiveCard& card) {
      return card.model == asked_.model && card.healthy && card_does(card);
    });
  }
  bool does(const NaiveNode& node) const {
    return node.ready && cards_do(node) && cpu_does(node) && memory_does(node);
  }
  // The most replicas, up to those asked for.
  std::int64_t most(std::vector<NaiveNode> nodes) const {
    std::int64_t fit = 0;
    while (fit < asked_.replicas && search(nodes, asked_, fit + 1)) ++fit;
    return fit;
  }
  std::int64_t largest(const Nodes& nodes, std::int64_t NaiveNode::*member) const {
    std::int64_t most = 0;
    for (const NaiveNode* node : nodes)
      if (node->ready && cards_do(*node)) most = std::max(most, node->*member);
    return most;
  }
  base::Reason out_of_service() const;
  base::Reason no_cards() const;
  base::Reason no_blocks() const;
  std::optional<base::Reason> unknown() const;
  std::optional<base::Reason> too_large() const;
  std::string models(const std::string& pool) const;

  const Request& asked_;
  std::vector<NaiveNode> now_, ever_;
};

Counts Teller::counts() const {
  Counts counts;
  const auto machine = [&](const NaiveNode& node) -> std::int64_t& {
    return !cpu_does(node) ? counts.node_cpu : !memory_does(node) ? counts.node_memory : counts.fits;
  };
  for (const NaiveNode* node : eligible(now_)) {
    if (!wants_card()) {
      ++counts.looked_at;
      ++(node->ready ? machine(*node) : counts.node_unavailable);
    }
    for (const NaiveCard& card : node->cards) {
      if (!wants_card() || card.model != asked_.model) continue;
      ++counts.looked_at;
      ++(!node->ready                  ? counts.node_unavailable
         : !card.healthy               ? counts.unhealthy
         : !card_does(card)            ? counts.busy
         : whole(*node) < asked_.cards ? counts.node_cards
                                       : machine(*node));
    }
  }
  return counts;
}

base::Reason Teller::out_of_service() const {
  std::string names;
  std::int64_t count = 0;
  for (const NaiveNode* node : eligible(now_)) {
    bool out = !wants_card() && !node->ready;
    for (const NaiveCard& card : node->cards)
      out = out || (wants_card() && card.model == asked_.model && (!node->ready || !card.healthy));
    if (!out) continue;
    names += (count++ == 0 ? "" : ", ") + node->name;
  }
  return base::Reason("placement.node_unavailable")
      .with("nodes", names)
      .with("node_count", count)
      .with("cards_on_unavailable_nodes", wants_card() ? counts().node_unavailable : 0)
      .with("unhealthy_cards", counts().unhealthy);
}

base::Reason Teller::no_cards() const {
  std::int64_t sum = 0, most = 0;
  for (const NaiveNode* node : eligible(now_))
    if (node->ready) sum += whole(*node), most = std::max(most, whole(*node));
  return base::Reason(sum >= asked_.cards ? "placement.fragmented_cards" : "placement.no_cards")
      .with("model", asked_.model)
      .with("need_cards", asked_.cards)
      .with("free_cards", sum)
      .with("largest_cards", most);
}

base::Reason Teller::no_blocks() const {
  std::int64_t sum = 0, most = 0;
  for (const NaiveNode* node : eligible(now_))
    for (const NaiveCard& card : node->cards) {
      if (!node->ready || !card.healthy || card.model != asked_.model) continue;
      std::int64_t blocks = 0;
      for (std::int64_t b = 1; b <= 100; ++b)
        if (10 * b <= card.milli && card.size * b / 100 <= card.memory) blocks = b;
      sum += blocks;
      most = std::max(most, blocks);
    }
  if (most >= asked_.blocks)
    return base::Reason("placement.no_card_memory")
        .with("model", asked_.model)
        .with("need_bytes", asked_.card_memory ? asked_.card_memory->value : 0);
  return base::Reason(sum >= asked_.blocks ? "placement.fragmented" : "placement.no_capacity")
      .with("model", asked_.model)
      .with("need_blocks", asked_.blocks)
      .with("free_blocks", sum)
      .with("largest_blocks", most);
}

base::Reason Teller::not_now() const {
  std::vector<NaiveNode> repaired = now_;
  for (NaiveNode& node : repaired) {
    node.ready = true;
    for (NaiveCard& card : node.cards) card.healthy = true;
  }
  if (search(repaired, asked_, asked_.replicas)) return out_of_service();
  if (const std::int64_t fit = most(now_); fit > 0)
    return base::Reason("placement.gang_incomplete")
        .with("need_replicas", asked_.replicas)
        .with("fit_replicas", fit);
  const auto nodes = eligible(now_);
  if (counts().node_cpu > 0)
    return base::Reason("placement.no_cpu")
        .with("need_cpu_milli", asked_.cpu_milli)
        .with("largest_cpu_milli", largest(nodes, &NaiveNode::cpu));
  if (counts().node_memory > 0)
    return base::Reason("placement.no_memory")
        .with("need_bytes", asked_.memory.value)
        .with("largest_bytes", largest(nodes, &NaiveNode::memory));
  return asked_.cards > 0 ? no_cards() : no_blocks();
}

std::string Teller::models(const std::string& pool) const {
  std::set<std::string> names;
  for (const NaiveNode& node : ever_)
    for (const NaiveCard& card : node.cards)
      if (pool.empty() || node.pool == pool) names.insert(card.model);
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::optional<base::Reason> Teller::unknown() const {
  std::set<std::string> pools;
  bool here = false, anywhere = false;
  for (const NaiveNode& node : ever_) {
    pools.insert(node.pool);
    for (const NaiveCard& card : node.cards) {
      anywhere = anywhere || card.model == asked_.model;
      here = here || (card.model == asked_.model && in_pool(node));
    }
  }
  if (!asked_.pool.empty() && !pools.contains(asked_.pool)) {
    std::string known;
    for (const auto& pool : pools) known += (known.empty() ? "" : ", ") + pool;
    return base::Reason("placement.unknown_pool").with("pool", asked_.pool).with("known", known);
  }
  if (asked_.model.empty() || here) return std::nullopt;
  if (!anywhere)
    return base::Reason("placement.unknown_model").with("model", asked_.model).with("known", models(""));
  return base::Reason("placement.model_not_in_pool")
      .with("model", asked_.model)
      .with("pool", asked_.pool)
      .with("known", models(asked_.pool));
}

std::optional<base::Reason> Teller::too_large() const {
  const auto nodes = eligible(ever_);
  std::int64_t cards = 0, card_memory = 0;
  for (const NaiveNode* node : nodes) {
    cards = std::max(cards, whole(*node));
    for (const NaiveCard& card : node->cards)
      if (card.model == asked_.model) card_memory = std::max(card_memory, card.size);
  }
  if (asked_.cards > cards)
    return base::Reason("placement.too_many_cards")
        .with("model", asked_.model)
        .with("asked_cards", asked_.cards)
        .with("largest_cards", cards);
  if (asked_.card_memory && asked_.card_memory->value > card_memory)
    return base::Reason("placement.too_much_card_memory")
        .with("model", asked_.model)
        .with("asked_bytes", asked_.card_memory->value)
        .with("largest_bytes", card_memory);
  const std::int64_t cpu = largest(nodes, &NaiveNode::cpu);
  const std::int64_t memory = largest(nodes, &NaiveNode::memory);
  if (asked_.cpu_milli > cpu)
    return base::Reason("placement.too_much_cpu")
        .with("asked_cpu_milli", asked_.cpu_milli)
        .with("largest_cpu_milli", cpu);
  if (asked_.memory.value > memory)
    return base::Reason("placement.too_much_memory")
        .with("asked_bytes", asked_.memory.value)
        .with("largest_bytes", memory);
  const std::int64_t replicas = most(ever_);
  if (replicas == asked_.replicas) return std::nullopt;
  if (replicas == 0)
    return base::Reason("placement.too_much_together")
        .with("asked_cpu_milli", asked_.cpu_milli)
        .with("asked_bytes", asked_.memory.value);
  return base::Reason(asked_.apart ? "placement.too_many_apart" : "placement.too_many_replicas")
      .with("asked_replicas", asked_.replicas)
      .with("largest_replicas", replicas);
}

std::optional<base::Reason> Teller::never() const {
  if (auto reason = unknown()) return reason;
  if (asked_.blocks > 100)
    return base::Reason("placement.blocks_out_of_range")
        .with("asked_blocks", asked_.blocks)
        .with("largest_blocks", 100);
  const auto nodes = eligible(ever_);
  const bool given = std::any_of(nodes.begin(), nodes.end(), [&](const NaiveNode* node) {
    return std::any_of(node->cards.begin(), node->cards.end(),
                       [&](const NaiveCard& card) { return card.model == asked_.model; });
  });
  if (wants_card() && !given)
    return base::Reason(asked_.cards > 0 ? "placement.blocks_only" : "placement.whole_cards_only")
        .with("model", asked_.model)
        .with("pool", asked_.pool);
  return too_large();
}

// What CPU a card of the pool claims: ten cores, but no more than three fifths of what is free for each idle
// one, in whole cores.
std::int64_t Teller::cores_of_card(const std::string& pool) const {
  std::int64_t cpu = 0, idle = 0;
  for (const NaiveNode& node : now_) {
    if (node.pool != pool || !node.ready || node.cards.empty()) continue;
    cpu += std::max<std::int64_t>(0, node.cpu);
    for (const NaiveCard& card : node.cards)
      idle += card.healthy ? std::clamp<std::int64_t>(card.milli, 0, 1000) : 0;
  }
  return idle == 0 ? 10 : std::clamp<std::int64_t>(cpu * 3 / 5 / idle, 1, 10);
}

// By how much it raises what is stranded on the node: cards of that model that are idle without CPU for them.
std::int64_t Teller::raises(const NaiveNode& node, const std::string& model) const {
  std::int64_t idle = 0;
  for (const NaiveCard& card : node.cards) idle += card.model == model && card.healthy ? card.milli : 0;
  const std::int64_t cpu = std::max<std::int64_t>(0, node.cpu);
  const auto stranded = [cores = cores_of_card(node.pool)](std::int64_t milli_gpu, std::int64_t milli_cpu) {
    return std::max<std::int64_t>(0, milli_gpu * cores - milli_cpu);
  };
  const std::int64_t taken = asked_.cards > 0 ? asked_.cards * 1000 : asked_.blocks * 10;
  return stranded(idle - taken, cpu - asked_.cpu_milli) - stranded(idle, cpu);
}

// The first node that raises it least; there the card left with least, or the first whole ones.
std::vector<model::CardId> Teller::cards() const {
  const NaiveNode* chosen = nullptr;
  for (const NaiveNode* node : eligible(now_))
    if (does(*node) && (chosen == nullptr || raises(*node, asked_.model) < raises(*chosen, asked_.model)))
      chosen = node;
  std::vector<model::CardId> taken;
  if (chosen == nullptr || !wants_card()) return taken;
  std::vector<NaiveCard> cards;
  for (const NaiveCard& card : chosen->cards)
    if (card.model == asked_.model && card.healthy && card_does(card)) cards.push_back(card);
  const auto left = [&](const NaiveCard& card) {
    if (asked_.cards > 0) return std::tuple(std::int64_t{0}, std::int64_t{0}, card.id.text);
    return std::tuple(card.milli, card.memory - memory_of(card), card.id.text);
  };
  std::sort(cards.begin(), cards.end(), [&](const auto& a, const auto& b) { return left(a) < left(b); });
  for (const NaiveCard& card : cards)
    if (static_cast<std::int64_t>(taken.size()) < std::max<std::int64_t>(1, asked_.cards))
      taken.push_back(card.id);
  return taken;
}

// Of a request without cards: machines without cards first, then the first that strands least by it.
std::string Teller::node() const {
  std::optional<std::pair<bool, std::int64_t>> least;
  std::string chosen;
  for (const NaiveNode* node : eligible(now_)) {
    if (!does(*node)) continue;
    std::optional<std::int64_t> raised;
    for (const NaiveCard& card : node->cards)
      raised = std::min(raised.value_or(INT64_MAX), raises(*node, card.model));
    const std::pair cost(!node->cards.empty(), raised.value_or(0));
    if (least && cost >= *least) continue;
    least = cost;
    chosen = node->name;
  }
  return chosen;
}

void expect_choice(const Teller& teller, const Cluster& cluster, const Plan& plan, const Request& request) {
  const PlannedReplica& replica = plan.replicas[0];
  std::vector<model::CardId> cards;
  cards.reserve(replica.shares.size());
  for (const PlannedShare& share : replica.shares) cards.push_back(share.card_id);
  if (request.blocks > 0 || request.cards > 0)
    EXPECT_EQ(cards, teller.cards());
  else
    EXPECT_EQ(cluster.find(replica.node_id)->name, teller.node());
}

TEST(ReasonProperty, EveryReasonAndChoiceIsWhatTheWordsSay) {
  Dice dice(20261129);
  int chosen = 0, not_now = 0, never = 0;
  std::set<std::string> codes;
  for (int i = 0; i < kReasonCases && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("case " + std::to_string(i));
    const Rows rows = random_rows(dice);
    const Request request = random_request(dice);
    const Cluster cluster = Cluster::from_rows(rows);
    const Teller teller(rows, request);
    const Answer answer = place(cluster, request);
    if (const Plan* plan = std::get_if<Plan>(&answer)) {
      if (request.replicas == 1) expect_choice(teller, cluster, *plan, request), ++chosen;
      continue;
    }
    const Refusal& refusal = std::get<Refusal>(answer);
    codes.insert(refusal.reason.code);
    if (refusal.kind == RefusalKind::kNotNow) {
      ++not_now;
      EXPECT_EQ(refusal.reason, teller.not_now());
      EXPECT_EQ(refusal.counts, teller.counts());
      EXPECT_FALSE(teller.never());
    } else {
      ++never;
      EXPECT_EQ(refusal.reason, teller.never());
    }
  }
  EXPECT_GT(chosen, kReasonCases / 10);
  EXPECT_GT(not_now, kReasonCases / 10);
  EXPECT_GT(never, kReasonCases / 10);
  EXPECT_GE(codes.size(), 17U);
}

}  // namespace
}  // namespace dure::placement
