#include "placement/fit.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "placement/pool_part.h"
#include "placement/slices.h"

namespace dure::placement {

bool in_pool(const NodeRoom& node, const Request& request) {
  return pool_will_do(request.pool, node.pool);
}

bool form_given(const NodeRoom& node, const Request& request) {
  if (request.blocks > 0) return node.mode != CardMode::kWhole;
  if (request.cards > 0) return node.mode != CardMode::kBlocks;
  return true;
}

bool needs_card(const Request& request) {
  return request.blocks > 0 || request.cards > 0;
}

bool node_serves(const NodeRoom& node, Lens lens) {
  return lens != Lens::kAsIs || node.state == model::NodeState::kReady;
}

bool card_serves(const CardRoom& card, Lens lens) {
  return lens != Lens::kAsIs || card.health == model::CardHealth::kHealthy;
}

base::MilliGpu free_of(const CardRoom& card, Lens lens) {
  return lens == Lens::kEmpty ? base::MilliGpu::cards(1) : card.free;
}

base::Bytes free_memory_of(const CardRoom& card, Lens lens) {
  return lens == Lens::kEmpty ? card.memory : card.free_memory;
}

std::int64_t free_cpu_of(const NodeRoom& node, Lens lens) {
  return lens == Lens::kEmpty ? node.cpu_milli : node.free_cpu_milli;
}

base::Bytes free_memory_of(const NodeRoom& node, Lens lens) {
  return lens == Lens::kEmpty ? node.memory : node.free_memory;
}

bool whole(const CardRoom& card, Lens lens) {
  return lens == Lens::kEmpty || card.holders == 0;
}

base::Bytes card_memory_of(const CardRoom& card, const Request& request) {
  if (request.cards > 0) return card.memory;
  return request.card_memory.value_or(memory_of_blocks(card.memory, request.blocks));
}

bool card_will_do(const CardRoom& card, const Request& request) {
  if (!card.mig) return model_will_do(request, card.model);
  const auto name = named_instance(request);
  return name && name->model == card.partition.model();
}

std::int64_t count_instances(const CardRoom& card, const MigName& name, base::MilliGpu part, Lens lens,
                             std::int64_t upper) {
  if (!card_serves(card, lens)) return 0;
  Shape shape;
  shape.cards = 1;
  shape.milli_gpu = part.value;
  shape.mig = mig_number(name);
  const Slot slot = lens == Lens::kEmpty ? empty_slices(*name.model) : card.partition.slices();
  return count_slices(slot, shape, upper);
}

std::int64_t largest_blocks(const CardRoom& card, const MigName& name) {
  std::int64_t blocks = 0;
  while (blocks < kBlocksOfCard &&
         count_instances(card, name, base::MilliGpu::blocks(blocks + 1), Lens::kAsIs, 1) > 0)
    ++blocks;
  return blocks;
}

std::int64_t count_instances(const CardRoom& card, const Request& request, Lens lens, std::int64_t upper) {
  if (!card.mig) return 0;
  const auto name = made_instance(request);
  if (!name || name->model != card.partition.model()) return 0;
  const auto part = request.cards > 0 ? base::MilliGpu::cards(1) : base::MilliGpu::blocks(request.blocks);
  return count_instances(card, *name, part, lens, upper);
}

bool card_fits(const CardRoom& card, const Request& request, Lens lens) {
  if (card.mig) return count_instances(card, request, lens, 1) > 0;
  if (!model_will_do(request, card.model) || !card_serves(card, lens)) return false;
  if (request.cards > 0) return whole(card, lens);
  return base::MilliGpu::blocks(request.blocks) <= free_of(card, lens) &&
         card_memory_of(card, request) <= free_memory_of(card, lens);
}

bool cpu_fits(const NodeRoom& node, const Request& request, Lens lens) {
  return request.cpu_milli == 0 || request.cpu_milli <= free_cpu_of(node, lens);
}

bool memory_fits(const NodeRoom& node, const Request& request, Lens lens) {
  return request.memory.value == 0 || request.memory <= free_memory_of(node, lens);
}

namespace {

using ByModel = std::map<std::string_view, std::int64_t>;

ByModel whole_cards_by_model(const NodeRoom& node, const Request& request, Lens lens) {
  ByModel counts;
  for (const CardRoom& card : node.cards)
    if (!card.mig && model_will_do(request, card.model) && card_serves(card, lens) && whole(card, lens))
      ++counts[card.model];
  return counts;
}

}  // namespace

std::int64_t whole_cards(const NodeRoom& node, const Request& request, Lens lens) {
  std::int64_t most = 0;
  for (const auto& [model, count] : whole_cards_by_model(node, request, lens)) most = std::max(most, count);
  if (request.cards != 1) return most;
  for (const CardRoom& card : node.cards) most = std::max(most, count_instances(card, request, lens, 1));
  return most;
}

std::int64_t free_blocks(const CardRoom& card, Lens lens) {
  std::int64_t blocks = std::clamp<std::int64_t>(free_of(card, lens).value / 10, 0, 100);
  while (blocks > 0 && memory_of_blocks(card.memory, blocks) > free_memory_of(card, lens)) --blocks;
  return blocks;
}

namespace {

// floor(have / need), at least 0 and at most `upper`; a need of 0 sets no bound.
std::int64_t times_at_most(std::int64_t have, std::int64_t need, std::int64_t upper) {
  if (need == 0) return upper;
  return std::clamp<std::int64_t>(have / need, 0, upper);
}

std::int64_t count_by_whole_cards(const NodeRoom& node, const Request& request, Lens lens,
                                  std::int64_t upper) {
  std::int64_t sum = 0;
  for (const auto& [model, count] : whole_cards_by_model(node, request, lens)) sum += count / request.cards;
  for (const CardRoom& card : node.cards) sum += count_instances(card, request, lens, upper);
  return std::min(sum, upper);
}

std::int64_t count_by_cards(const NodeRoom& node, const Request& request, Lens lens, std::int64_t upper) {
  if (request.cards > 0) return count_by_whole_cards(node, request, lens, upper);
  std::int64_t count = 0;
  for (const CardRoom& card : node.cards) {
    if (card.mig) count += count_instances(card, request, lens, upper);
    if (card.mig || !card_fits(card, request, lens)) continue;
    const std::int64_t by_compute = times_at_most(free_of(card, lens).value, request.blocks * 10, upper);
    count += times_at_most(free_memory_of(card, lens).value, card_memory_of(card, request).value, by_compute);
  }
  return std::min(count, upper);
}

}  // namespace

std::int64_t count_fitting(const NodeRoom& node, const Request& request, Lens lens, std::int64_t upper) {
  if (!in_pool(node, request) || !form_given(node, request) || !node_serves(node, lens)) return 0;
  std::int64_t count = request.apart ? std::min<std::int64_t>(1, upper) : upper;
  if (needs_card(request)) count = count_by_cards(node, request, lens, count);
  count = times_at_most(free_cpu_of(node, lens), request.cpu_milli, count);
  return times_at_most(free_memory_of(node, lens).value, request.memory.value, count);
}

}  // namespace dure::placement
