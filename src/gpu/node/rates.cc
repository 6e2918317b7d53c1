#include "gpu/node/rates.h"

#include <algorithm>
#include <optional>

namespace dure::gpu {
namespace {

constexpr std::uint64_t kCard = 1000;

struct Portion {
  std::uint64_t weight = 0;
  std::uint64_t most = 0;  // it takes no more
  std::uint64_t has = 0;
};

// Divides `amount` by weight; what somebody cannot take goes to the others. Max-min fair by weight.
void divide(std::vector<Portion>& portions, std::uint64_t amount) {
  for (std::size_t round = 0; round <= portions.size() && amount > 0; ++round) {
    std::uint64_t weights = 0;
    for (const Portion& portion : portions)
      if (portion.has < portion.most) weights += portion.weight;
    if (weights == 0) return;
    std::uint64_t given = 0;
    for (Portion& portion : portions) {
      if (portion.has >= portion.most) continue;
      const std::uint64_t part = std::min(amount * portion.weight / weights, portion.most - portion.has);
      portion.has += part;
      given += part;
    }
    if (given == 0) return;  // less than one for each is left
    amount -= given;
  }
}

std::uint64_t weight_of(const Claim& claim) {
  return claim.weight != 0 ? claim.weight : claim.guaranteed_milli;
}

// What each promise is worth.
std::vector<std::uint64_t> promises(std::span<const Claim> claims) {
  std::vector<Portion> present;
  std::uint64_t sum = 0;
  for (const Claim& claim : claims) {
    present.push_back({claim.present ? weight_of(claim) : 0, claim.guaranteed_milli});
    if (claim.present) sum += claim.guaranteed_milli;
  }
  if (sum > kCard) divide(present, kCard);
  std::vector<std::uint64_t> worth;
  for (std::size_t i = 0; i < claims.size(); ++i)
    worth.push_back(sum > kCard && claims[i].present ? present[i].has : claims[i].guaranteed_milli);
  return worth;
}

std::uint64_t need(const Claim& claim, std::uint64_t promise) {
  if (!claim.present) return 0;
  if (claim.wants_all) return promise;
  return std::min<std::uint64_t>(promise, claim.busy_milli * std::uint64_t{5} / 4 + 10);
}

bool borrows(const Claim& claim, std::uint64_t promise) {
  if (claim.policy == DURE_POLICY_HARD || !claim.present) return false;
  return claim.wants_all || claim.busy_milli * std::uint64_t{10} >= promise * 9;
}

std::uint32_t rank(const Claim& claim) {
  return claim.policy == DURE_POLICY_PRIORITY ? claim.priority : 0;
}

// The highest rank below `below` among those who borrow.
std::optional<std::uint32_t> next_rank(std::span<const Claim> claims, std::optional<std::uint32_t> below) {
  std::optional<std::uint32_t> found;
  for (const Claim& claim : claims)
    if ((!below || rank(claim) < *below) && (!found || rank(claim) > *found)) found = rank(claim);
  return found;
}

}  // namespace

std::vector<std::uint32_t> share_out(std::span<const Claim> claims) {
  const std::vector<std::uint64_t> promised = promises(claims);
  std::uint64_t needed = 0;
  for (std::size_t i = 0; i < claims.size(); ++i) needed += need(claims[i], promised[i]);
  std::uint64_t left = needed < kCard ? kCard - needed : 0;
  std::vector<std::uint64_t> extra(claims.size());
  for (auto at = next_rank(claims, {}); at && left > 0; at = next_rank(claims, at)) {
    std::vector<Portion> portions;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      const bool takes = rank(claims[i]) == *at && borrows(claims[i], promised[i]);
      portions.push_back({weight_of(claims[i]), takes ? kCard - std::min(kCard, promised[i]) : 0});
    }
    divide(portions, left);
    for (std::size_t i = 0; i < claims.size(); ++i) {
      extra[i] += portions[i].has;
      left -= portions[i].has;
    }
  }
  std::vector<std::uint32_t> rates;
  for (std::size_t i = 0; i < claims.size(); ++i)
    rates.push_back(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(promised[i] + extra[i], 1, kCard)));
  return rates;
}

}  // namespace dure::gpu
