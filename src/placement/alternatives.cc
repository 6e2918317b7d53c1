#include "placement/alternatives.h"

#include "base/quantity.h"
#include "placement/fit.h"

namespace dure::placement {
namespace {

// Of `most` and below the largest that will do; 0 where none does.
std::int64_t largest(std::int64_t most, const std::function<bool(std::int64_t)>& does) {
  std::int64_t yes = 0, no = most + 1;
  while (no - yes > 1) {
    const std::int64_t middle = yes + (no - yes) / 2;
    (does(middle) ? yes : no) = middle;
  }
  return yes;
}

Request scaled(Request request, std::int64_t part, std::int64_t of) {
  request.cpu_milli = base::multiply_divide(request.cpu_milli, part, of);
  request.memory.value = base::multiply_divide(request.memory.value, part, of);
  return request;
}

std::optional<Alternative> other_model(const Request& request, const std::vector<std::string>& reach,
                                       const Fits& fits) {
  for (const std::string& model : reach) {
    Request other = request;
    other.model = model;
    if (!model_will_do(request, model) && fits(other))
      return Alternative{AlternativeKind::kModel, model, 0, {}};
  }
  return std::nullopt;
}

}  // namespace

Request with_blocks(const Request& request, std::int64_t blocks) {
  const std::int64_t asked = request.cards > 0 ? request.cards * kBlocksOfCard : request.blocks;
  Request part = scaled(request, blocks, asked);
  part.cards = 0;
  part.blocks = blocks;
  return part;
}

Request with_cards(const Request& request, std::int64_t cards) {
  Request part = scaled(request, cards, request.cards);
  part.cards = cards;
  return part;
}

std::vector<Alternative> what_fits(const Request& request, const std::vector<std::string>& reach,
                                   const Fits& fits) {
  std::vector<Alternative> found;
  const auto add = [&](AlternativeKind kind, const std::string& model, std::int64_t amount) {
    if (amount > 0) found.push_back({kind, model, amount, {}});
  };
  if (needs_card(request))
    if (auto other = other_model(request, reach, fits)) found.push_back(*std::move(other));
  add(AlternativeKind::kReplicas, request.model, largest(request.replicas - 1, [&](std::int64_t replicas) {
        Request fewer = request;
        fewer.replicas = replicas;
        return fits(fewer);
      }));
  if (request.replicas != 1 || !needs_card(request)) return found;
  if (request.cards > 1)
    add(AlternativeKind::kCards, request.model,
        largest(request.cards - 1, [&](std::int64_t cards) { return fits(with_cards(request, cards)); }));
  // Memory by the byte says itself how much is wanted: fewer blocks would not do.
  if (request.card_memory || (request.cards > 1 && !found.empty())) return found;
  const std::int64_t most = request.cards > 0 ? kBlocksOfCard - 1 : request.blocks - 1;
  add(AlternativeKind::kBlocks, request.model,
      largest(most, [&](std::int64_t blocks) { return fits(with_blocks(request, blocks)); }));
  return found;
}

}  // namespace dure::placement
