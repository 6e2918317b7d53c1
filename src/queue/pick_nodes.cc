#include "queue/pick_nodes.h"

#include <algorithm>
#include <limits>

#include "base/result.h"

namespace dure::queue {

std::optional<std::vector<std::size_t>> pick_nodes(std::span<const NodeOffer> offers, std::int64_t cards) {
  DURE_ASSERT(cards > 0);
  std::int64_t all = 0, largest = 0;
  for (const NodeOffer& offer : offers) {
    all += offer.cards;
    largest = std::max(largest, offer.cards);
  }
  if (all < cards) return std::nullopt;
  // More than this is never needed: without any one of its nodes a best choice has too few.
  const auto most = static_cast<std::size_t>(std::min(all, cards + largest - 1));
  constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> fewest(most + 1, kNone);  // collisions, for exactly so many cards
  fewest[0] = 0;
  std::vector<std::vector<bool>> taken(offers.size(), std::vector<bool>(most + 1));
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const auto step = static_cast<std::size_t>(offers[i].cards);
    if (step == 0) continue;
    for (std::size_t sum = most; sum >= step; --sum) {
      if (fewest[sum - step] == kNone || fewest[sum - step] + offers[i].collisions >= fewest[sum]) continue;
      fewest[sum] = fewest[sum - step] + offers[i].collisions;
      taken[i][sum] = true;
    }
  }
  const auto begin = fewest.begin() + static_cast<std::ptrdiff_t>(cards);
  auto sum = static_cast<std::size_t>(std::min_element(begin, fewest.end()) - fewest.begin());
  std::vector<std::size_t> picked;
  for (std::size_t i = offers.size(); i-- > 0;) {
    if (!taken[i][sum]) continue;
    picked.push_back(i);
    sum -= static_cast<std::size_t>(offers[i].cards);
  }
  std::reverse(picked.begin(), picked.end());
  return picked;
}

}  // namespace dure::queue
