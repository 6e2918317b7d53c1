#include "placement/refuse.h"

#include <algorithm>
#include <set>

#include "placement/count.h"
#include "placement/fit.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kMostNames = 20;

// One request that does not fit now, and what the index knows of it.
class Why {
 public:
  Why(const Cluster& cluster, const Request& request)
      : nodes_(cluster.nodes()),
        index_(cluster.index()),
        forest_(cluster.index().forest()),
        request_(request),
        shape_(cluster.index().shape_of(request)) {}

  Counts counts() const;
  base::Reason dominant(const Counts& counts) const;

 private:
  Shape cards_alone() const;
  Counts count_machines() const;
  Counts count_cards() const;
  Counts count_by_memory() const;
  std::int64_t cards_that_fit() const;
  std::int64_t replicas_now() const;
  bool would_fit_repaired(std::int64_t fit) const;
  std::int64_t most_cpu() const;
  bool has_out_of_service(const NodeRoom& node) const;
  base::Reason unavailable(const Counts& counts) const;
  base::Reason no_cpu() const;
  base::Reason no_memory() const;
  base::Reason no_blocks() const;
  base::Reason no_cards() const;

  const std::vector<NodeRoom>& nodes_;
  const Index& index_;
  const Forest& forest_;
  const Request& request_;
  std::optional<Shape> shape_;  // nothing: the board has no such card to give
};

Shape Why::cards_alone() const {
  Shape cards = *shape_;
  cards.cpu_milli = cards.memory = 0;
  return cards;
}

// A machine with several slots counts once.
Counts Why::count_machines() const {
  Counts counts;
  const ByCpu& by_cpu = index_.by_cpu();
  for (const std::size_t node : index_.impaired())
    if (in_pool(nodes_[node], request_) && !node_serves(nodes_[node], Lens::kAsIs)) ++counts.node_unavailable;
  const std::int64_t in_service = by_cpu.machines(*shape_);
  counts.looked_at = counts.node_unavailable + in_service;
  counts.node_cpu = by_cpu.short_of_cpu(*shape_);
  std::set<std::size_t> fitting;
  forest_.each_fit(*shape_, [&](std::size_t slot) { return fitting.insert(index_.node_of(slot)), true; });
  counts.fits = static_cast<std::int64_t>(fitting.size());
  counts.node_memory = in_service - counts.node_cpu - counts.fits;
  return counts;
}

std::int64_t Why::cards_that_fit() const {
  std::int64_t sum = 0;
  forest_.each_fit(*shape_,
                   [&](std::size_t slot) { return sum += forest_.cards_with_room(slot, *shape_), true; });
  return sum;
}

Counts Why::count_cards() const {
  const Forest::Counts cards = forest_.counts(cards_alone());
  Counts counts{cards.looked_at, cards.out_of_service, cards.closed, cards.busy};
  counts.node_cards = cards.too_few;
  counts.fits = cards.fit;
  if (shape_->cpu_milli == 0 && shape_->memory == 0) return counts;
  // No replica fits, or fewer than asked for: so few slots are looked at.
  counts.fits = cards_that_fit();
  counts.node_cpu = index_.by_cpu().short_of_cpu(*shape_);
  counts.node_memory = cards.fit - counts.node_cpu - counts.fits;
  return counts;
}

// Memory of a card by the byte is in no histogram: the slots whose cards would do are looked at.
Counts Why::count_by_memory() const {
  Shape usual = cards_alone();
  usual.card_memory = 0;
  usual.milli_gpu = kOneBlock;  // any at all: the same cards are looked at
  const Forest::Counts cards = forest_.counts(usual);
  Counts counts{cards.looked_at, cards.out_of_service, cards.closed};
  forest_.each_fit(cards_alone(), [&](std::size_t slot) {
    const Slot& each = forest_.slots()[slot];
    std::int64_t& obstacle = each.cpu_milli < shape_->cpu_milli ? counts.node_cpu
                             : each.memory < shape_->memory     ? counts.node_memory
                                                                : counts.fits;
    obstacle += forest_.cards_with_room(slot, *shape_);
    return true;
  });
  counts.busy = cards.busy + cards.fit - counts.node_cpu - counts.node_memory - counts.fits;
  return counts;
}

Counts Why::counts() const {
  if (!shape_) return {};
  if (shape_->cards == 0) return count_machines();
  return shape_->card_memory > 0 ? count_by_memory() : count_cards();
}

// Each machine that fits takes at least one: no more of them are looked at than replicas are asked for.
std::int64_t Why::replicas_now() const {
  if (!shape_) return 0;
  std::int64_t sum = 0;
  std::set<std::size_t> seen;
  forest_.each_fit(*shape_, [&](std::size_t slot) {
    if (!seen.insert(index_.node_of(slot)).second) return true;
    const std::int64_t most = request_.apart ? 1 : request_.replicas - sum;
    sum += count_on_machine(forest_, forest_.slots(), forest_.machine_of(slot), *shape_, most);
    return sum < request_.replicas;
  });
  return sum;
}

// Beside what fits now, what is out of service would hold the rest.
bool Why::would_fit_repaired(std::int64_t fit) const {
  for (const std::size_t node : index_.impaired()) {
    if (fit >= request_.replicas) break;
    fit += count_fitting(nodes_[node], request_, Lens::kRepaired, request_.replicas) -
           count_fitting(nodes_[node], request_, Lens::kAsIs, request_.replicas);
  }
  return fit >= request_.replicas;
}

bool Why::has_out_of_service(const NodeRoom& node) const {
  if (!in_pool(node, request_) || !form_given(node, request_)) return false;
  const bool serves = node_serves(node, Lens::kAsIs);
  if (!needs_card(request_)) return !serves;
  return std::any_of(node.cards.begin(), node.cards.end(), [&](const CardRoom& card) {
    return card_will_do(card, request_) && (!serves || !card_serves(card, Lens::kAsIs));
  });
}

// Names the first of them and counts all.
base::Reason Why::unavailable(const Counts& counts) const {
  std::string names;
  std::int64_t count = 0;
  for (const std::size_t node : index_.impaired()) {
    if (!has_out_of_service(nodes_[node]) || ++count > kMostNames) continue;
    names += (names.empty() ? "" : ", ") + nodes_[node].name;
  }
  if (count > kMostNames) names += ", …";
  return base::Reason("placement.node_unavailable")
      .with("nodes", names)
      .with("node_count", count)
      .with("cards_on_unavailable_nodes", needs_card(request_) ? counts.node_unavailable : 0)
      .with("unhealthy_cards", counts.unhealthy);
}

// Of the nodes whose cards would do.
std::int64_t Why::most_cpu() const {
  if (shape_->card_memory == 0) return index_.by_cpu().most_cpu(*shape_);
  std::int64_t most = 0;
  forest_.each_fit(cards_alone(), [&](std::size_t slot) {
    most = std::max(most, forest_.slots()[slot].cpu_milli);
    return true;
  });
  return most;
}

base::Reason Why::no_cpu() const {
  return base::Reason("placement.no_cpu")
      .with("need_cpu_milli", request_.cpu_milli)
      .with("largest_cpu_milli", most_cpu());
}

base::Reason Why::no_memory() const {
  return base::Reason("placement.no_memory")
      .with("need_bytes", request_.memory.value)
      .with("largest_bytes", forest_.most_memory(*shape_));
}

base::Reason Why::no_blocks() const {
  const Forest::Free free = shape_ ? forest_.free_blocks_of(*shape_) : Forest::Free{};
  if (free.largest >= request_.blocks)
    return base::Reason("placement.no_card_memory")
        .with("model", request_.model)
        .with("need_bytes", request_.card_memory.value_or(base::Bytes{}).value);
  return base::Reason(free.sum >= request_.blocks ? "placement.fragmented" : "placement.no_capacity")
      .with("model", request_.model)
      .with("need_blocks", request_.blocks)
      .with("free_blocks", free.sum)
      .with("largest_blocks", free.largest);
}

base::Reason Why::no_cards() const {
  const Forest::Free free = shape_ ? forest_.whole_cards_of(*shape_) : Forest::Free{};
  return base::Reason(free.sum >= request_.cards ? "placement.fragmented_cards" : "placement.no_cards")
      .with("model", request_.model)
      .with("need_cards", request_.cards)
      .with("free_cards", free.sum)
      .with("largest_cards", free.largest);
}

base::Reason Why::dominant(const Counts& counts) const {
  const std::int64_t fit = replicas_now();
  if (would_fit_repaired(fit)) return unavailable(counts);
  if (fit > 0) return incomplete_gang(request_, fit);
  if (counts.node_cpu > 0) return no_cpu();
  if (counts.node_memory > 0) return no_memory();
  return request_.cards > 0 ? no_cards() : no_blocks();
}

// An instance, and there are cards in MIG mode on which it could be made.
bool may_be_made(const Cluster& cluster, const Request& request) {
  if (!made_instance(request)) return false;
  const auto& kinds = cluster.index().kinds();
  return std::any_of(kinds.begin(), kinds.end(), [&](const Index::Kind& kind) {
    const NodeRoom& node = cluster.nodes()[kind.first];
    return in_pool(node, request) && form_given(node, request) &&
           std::any_of(node.cards.begin(), node.cards.end(),
                       [&](const CardRoom& card) { return card.mig && card_will_do(card, request); });
  });
}

}  // namespace

base::Reason incomplete_gang(const Request& request, std::int64_t fit) {
  return base::Reason("placement.gang_incomplete")
      .with("need_replicas", request.replicas)
      .with("fit_replicas", fit);
}

Refusal refuse_now(const Cluster& cluster, const Request& request) {
  if (may_be_made(cluster, request)) return refuse_instance(cluster, request);
  const Why why(cluster, request);
  const Counts counts = why.counts();
  return {RefusalKind::kNotNow, why.dominant(counts), counts};
}

}  // namespace dure::placement
