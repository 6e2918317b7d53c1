#include "placement/index.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <tuple>

#include "placement/cluster.h"
#include "placement/fit.h"
#include "placement/pool_part.h"
#include "placement/slices.h"

namespace dure::placement {
namespace {

// The model of a slot without cards. With more models than a board can tell apart the last ones share it, and
// their cards are not given out.
constexpr std::int64_t kNoModel = kMostModels - 1;

std::uint8_t forms_of(CardMode mode) {
  if (mode == CardMode::kBlocks) return kInBlocks;
  return mode == CardMode::kWhole ? kInCards : kInAnyForm;
}

// By all that makes a kind.
struct KindBefore {
  bool operator()(const NodeRoom* a, const NodeRoom* b) const {
    const auto sizes = [](const NodeRoom& node) {
      return std::tie(node.pool, node.mode, node.cpu_milli, node.memory);
    };
    if (sizes(*a) != sizes(*b)) return sizes(*a) < sizes(*b);
    return std::lexicographical_compare(a->cards.begin(), a->cards.end(), b->cards.begin(), b->cards.end(),
                                        [](const CardRoom& c, const CardRoom& d) {
                                          return std::tie(c.model, c.memory, c.mig) <
                                                 std::tie(d.model, d.memory, d.mig);
                                        });
  }
};

}  // namespace

Index::Model Index::model_of(const CardRoom& card) {
  return {card.model, card.mig};
}

std::int64_t Index::number_of(const Model& model) {
  const auto number = std::min<std::int64_t>(static_cast<std::int64_t>(models_.size()), kNoModel);
  return models_.emplace(model, number).first->second;
}

Index::Index() : Index(std::vector<NodeRoom>{}) {}

Index::Index(const std::vector<NodeRoom>& nodes) : forest_(std::vector<Slot>{}) {
  std::vector<Slot> slots;
  number_pools(nodes);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const CardRoom& card : nodes[i].cards) number_of(model_of(card));
    first_.push_back(slots.size());
    add_node(nodes, i, slots);
  }
  first_.push_back(slots.size());
  forest_ = Forest(std::move(slots));
  for (std::size_t slot = 0; slot < places_.size(); ++slot)
    if (!node_serves(nodes[places_[slot].node], Lens::kAsIs)) forest_.set_service(slot, false);
  std::vector<Forest::Machine> machines;
  for (std::size_t i = 0; i < nodes.size(); ++i) machines.emplace_back(first_[i], first_[i + 1]);
  forest_.join_machines(machines);
  add_counts(nodes);
  add_kinds(nodes);
  topology_ = topology_of(nodes);
}

void Index::number_pools(const std::vector<NodeRoom>& nodes) {
  std::map<std::string, std::vector<const NodeRoom*>, std::less<>> by_part;
  for (const NodeRoom& node : nodes) by_part[std::string(part_of(node.pool))].push_back(&node);
  for (const auto& [part, its] : by_part) {
    const auto first = static_cast<std::int16_t>(pools_.size());
    for (const NodeRoom* node : its) pools_.emplace(node->pool, static_cast<std::int16_t>(pools_.size()));
    parts_[part] = {first, static_cast<std::int16_t>(static_cast<std::int16_t>(pools_.size()) - first)};
  }
}

// Writes where the shape may go; false where there is nothing such.
bool Index::find_pool(const std::string& asked, Shape& shape) const {
  if (!asks_any_pool(asked)) {
    const auto pool = pools_.find(asked);
    if (pool == pools_.end()) return false;
    shape.pool = pool->second;
    return true;
  }
  const auto part = parts_.find(part_of(asked));
  const bool all = asked.empty() && (parts_.empty() || (parts_.size() == 1 && part != parts_.end()));
  if (all) return true;
  if (part == parts_.end()) return false;
  shape.pool = part->second.first;
  shape.pools = part->second.count;
  return true;
}

void Index::add_counts(const std::vector<NodeRoom>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::vector<CardRoom>& cards = nodes[i].cards;
    const bool serves = node_serves(nodes[i], Lens::kAsIs);
    if (!serves || !std::all_of(cards.begin(), cards.end(),
                                [](const CardRoom& card) { return card_serves(card, Lens::kAsIs); }))
      impaired_.insert(i);
    if (!serves) continue;
    const Slot& any = forest_.slots()[first_[i]];
    by_cpu_.add_machine(any.pool, any.cpu_milli);
    for (std::size_t slot = first_[i]; slot < first_[i + 1]; ++slot) by_cpu_.add(forest_.slots()[slot]);
  }
}

void Index::add_kinds(const std::vector<NodeRoom>& nodes) {
  std::map<const NodeRoom*, std::size_t, KindBefore> numbers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto [found, fresh] = numbers.emplace(&nodes[i], kinds_.size());
    if (fresh) kinds_.push_back({i, 0});
    ++kinds_[found->second].nodes;
  }
}

Topology Index::topology_of(const std::vector<NodeRoom>& nodes) const {
  std::vector<std::vector<std::string>> names;
  names.reserve(nodes.size());
  for (const NodeRoom& node : nodes) names.push_back({node.leaf, node.island});
  std::vector<Path> paths = paths_of(names);
  for (std::size_t node = 0; node < nodes.size(); ++node)
    paths[node].push_back(static_cast<std::int64_t>(node));
  std::vector<Path> of_slots;
  of_slots.reserve(places_.size());
  for (const Place& place : places_) of_slots.push_back(paths[place.node]);
  return Topology(of_slots);
}

void Index::add_node(const std::vector<NodeRoom>& nodes, std::size_t node, std::vector<Slot>& slots) {
  std::map<std::int64_t, Place> by_model;
  for (std::size_t i = 0; i < nodes[node].cards.size(); ++i) {
    const CardRoom& card = nodes[node].cards[i];
    const std::int64_t model = models_.at(model_of(card));
    if (model == kNoModel) continue;
    if (card.mig) {
      if (card.partition.model() != nullptr) add_slot(nodes[node], {node, {i}}, slots);
      continue;
    }
    Place& place = by_model[model];
    place.node = node;
    place.cards.push_back(i);
    if (static_cast<std::int64_t>(place.cards.size()) < kMostCardsOfSlot) continue;
    add_slot(nodes[node], std::move(place), slots);
    by_model.erase(model);
  }
  for (auto& [model, place] : by_model) add_slot(nodes[node], std::move(place), slots);
  if (first_.back() == slots.size()) add_slot(nodes[node], {node, {}}, slots);
}

void Index::add_slot(const NodeRoom& node, Place place, std::vector<Slot>& slots) {
  slots.push_back(slot_of(node, place));
  places_.push_back(std::move(place));
}

Slot Index::slot_of(const NodeRoom& node, const Place& place) const {
  const CardRoom* first = place.cards.empty() ? nullptr : &node.cards[place.cards.front()];
  const bool mig = first != nullptr && first->mig;
  Slot slot = mig ? first->partition.slices() : Slot{};
  slot.cpu_milli = std::max<std::int64_t>(0, node.free_cpu_milli);
  slot.memory = std::max<std::int64_t>(0, node.free_memory.value);
  slot.model = first == nullptr ? kNoModel : models_.at(model_of(*first));
  slot.pool = pools_.at(node.pool);
  slot.forms = forms_of(node.mode);
  if (mig) {
    if (!card_serves(*first, Lens::kAsIs)) slot.closed = (1U << slot.cards) - 1;
    return slot;
  }
  slot.cards = static_cast<std::int64_t>(place.cards.size());
  slot.counts_card_memory = true;
  for (std::size_t i = 0; i < place.cards.size(); ++i) {
    const CardRoom& card = node.cards[place.cards[i]];
    if (!card_serves(card, Lens::kAsIs)) slot.closed |= 1U << i;
    slot.free[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(card.free.value, 0, kWholeCard));
    // A card whose memory is not known can be given out, but not by the byte.
    slot.card_memory[i] = std::max<std::int64_t>(1, card.memory.value);
    slot.free_memory[i] =
        std::max<std::int64_t>(0, card.free_memory.value + slot.card_memory[i] - card.memory.value);
  }
  return slot;
}

void Index::refresh(const std::vector<NodeRoom>& nodes, std::size_t node) {
  const bool serves = forest_.in_service(first_[node]);
  const std::int64_t cpu_milli = forest_.slots()[first_[node]].cpu_milli;
  for (std::size_t slot = first_[node]; slot < first_[node + 1]; ++slot) {
    if (serves) by_cpu_.remove(forest_.slots()[slot]);
    forest_.set(slot, slot_of(nodes[node], places_[slot]));
    if (serves) by_cpu_.add(forest_.slots()[slot]);
  }
  const Slot& any = forest_.slots()[first_[node]];
  if (!serves || any.cpu_milli == cpu_milli) return;
  by_cpu_.remove_machine(any.pool, cpu_milli);
  by_cpu_.add_machine(any.pool, any.cpu_milli);
}

std::optional<Shape> Index::shape_of(const Request& request) const {
  Shape shape;
  shape.cpu_milli = request.cpu_milli;
  shape.memory = request.memory.value;
  if (!find_pool(request.pool, shape)) return std::nullopt;
  if (!needs_card(request)) return shape;
  const auto instance = made_instance(request);
  for (const auto& [model, number] : models_) {
    const bool makes_it = model.second && instance && model.first == instance->model->name;
    const bool has_it = !model.second && model_will_do(request, model.first);
    if (number != kNoModel && (makes_it || has_it)) shape.models |= std::uint64_t{1} << number;
    if (number != kNoModel && makes_it) shape.mig = mig_number(*instance);
  }
  if (shape.models == 0) return std::nullopt;
  shape.cards = request.cards > 0 ? request.cards : 1;
  shape.milli_gpu = request.cards > 0 ? kWholeCard : base::MilliGpu::blocks(request.blocks).value;
  shape.forms = request.cards > 0 ? kInCards : kInBlocks;
  // 0 is the board's word for the usual: who asks for none gets next to none.
  if (request.card_memory) shape.card_memory = std::max<std::int64_t>(1, request.card_memory->value);
  return shape;
}

// The share's cards, or slices, of that slot; 0 where it is not of the slot, or is none of its instances.
std::uint32_t Index::mask_on(const NodeRoom& node, const Place& place, const PlannedShare& share) const {
  for (std::size_t i = 0; i < place.cards.size(); ++i) {
    const CardRoom& card = node.cards[place.cards[i]];
    if (card.id != share.card_id) continue;
    if (!card.mig) return share.mig_start < 0 ? 1U << i : 0;
    const auto profile = card.partition.model()->find(share.mig_profile);
    if (!profile || !may_begin(card.partition.model()->profiles[*profile], share.mig_start)) return 0;
    return slices_of(mig_number({card.partition.model(), *profile}),
                     static_cast<std::size_t>(share.mig_start));
  }
  return 0;
}

std::optional<Spot> Index::spot_of(const std::vector<NodeRoom>& nodes, std::size_t node,
                                   const std::vector<PlannedShare>& shares) const {
  for (std::size_t slot = first_[node]; slot < first_[node + 1]; ++slot) {
    Spot spot{slot, 0};
    std::size_t found = 0;
    for (const PlannedShare& share : shares) {
      const std::uint32_t mask = mask_on(nodes[node], places_[slot], share);
      spot.cards |= mask;
      found += mask != 0 ? 1 : 0;
    }
    if (found == shares.size()) return spot;
  }
  return std::nullopt;
}

PlannedShare Index::planned_instance(const CardRoom& card, const Request& request, const Spot& spot) const {
  const MigName name = *made_instance(request);
  const auto part = request.cards > 0 ? base::MilliGpu::cards(1) : base::MilliGpu::blocks(request.blocks);
  const MigProfile& profile = name.model->profiles[name.profile];
  return {card.id,
          milli_gpu_of(name, part),
          request.cards > 0 ? profile.memory : memory_of_blocks(profile.memory, request.blocks),
          std::string(profile.name),
          std::countr_zero(spot.cards),
          part};
}

PlannedReplica Index::planned(const std::vector<NodeRoom>& nodes, const Request& request,
                              const Spot& spot) const {
  const Place& place = places_[spot.slot];
  const NodeRoom& node = nodes[place.node];
  PlannedReplica replica{0, node.id, request.cpu_milli, request.memory, {}};
  if (spot.cards != 0 && forest_.slots()[spot.slot].mig > 0) {
    replica.shares.push_back(planned_instance(node.cards[place.cards.front()], request, spot));
    return replica;
  }
  for (std::size_t i = 0; spot.cards >> i != 0; ++i) {
    if ((spot.cards >> i & 1) == 0) continue;
    const CardRoom& card = node.cards[place.cards[i]];
    const auto amount = request.cards > 0 ? base::MilliGpu::cards(1) : base::MilliGpu::blocks(request.blocks);
    replica.shares.push_back({card.id, amount, card_memory_of(card, request)});
  }
  return replica;
}

}  // namespace dure::placement
