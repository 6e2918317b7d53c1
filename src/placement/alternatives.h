// What would fit in place of a request that does not: less of the same, or the same of another model.
//
// Pure: whether something fits is asked of the caller, who knows what else stands in the way (what is
// promised to others, ceilings). A part of a request takes CPU and memory in proportion, rounded down, so
// that what is smaller never asks for more; the largest that fits is found by halving.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "placement/request.h"

namespace dure::placement {

// kModel: the same of another model. kTimeLimit: as it is, if it is over by `at`. kReplicas, kCards, kBlocks:
// so many of them. All of these fit now. kCardFrees: one whole card of the model is free at about `at`.
// kStarts: as it is, at about `at`.
enum class AlternativeKind { kModel, kTimeLimit, kReplicas, kCards, kBlocks, kCardFrees, kStarts };

struct Alternative {
  AlternativeKind kind = AlternativeKind::kStarts;
  std::string model;                // kModel: the other; kCards, kBlocks, kCardFrees: as asked for
  std::int64_t amount = 0;          // of replicas, cards or blocks
  std::optional<base::Instant> at;  // kTimeLimit, kCardFrees, kStarts
  bool operator==(const Alternative&) const = default;
};

using Fits = std::function<bool(const Request&)>;

// So many blocks in place of what a single replica asks for. REQUIRES: the request asks for cards or blocks.
Request with_blocks(const Request& request, std::int64_t blocks);
// REQUIRES: 0 < cards <= request.cards.
Request with_cards(const Request& request, std::int64_t cards);

// What fits now: another model of `reach` (the first that does), fewer replicas, fewer cards, fewer blocks,
// in this order, each at most once and the largest of its kind. Fewer cards and blocks only of one replica.
// REQUIRES: `fits` says no to nothing that is less than what it says yes to.
std::vector<Alternative> what_fits(const Request& request, const std::vector<std::string>& reach,
                                   const Fits& fits);

}  // namespace dure::placement
