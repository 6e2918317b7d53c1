#include "placement/least_lost.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace dure::placement {
namespace {

class Choices {
 public:
  Choices(Clearance& clearance, std::span<const Victim> victims, ReclaimCost bound)
      : clearance_(clearance), victims_(victims), order_(victims.size()), least_(bound) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return victims_[a].lost > victims_[b].lost; });
  }

  void decide(std::size_t i, ReclaimCost cost) {
    if (cost >= least_) return;
    if (i == order_.size()) {
      least_ = cost;
      best_.emplace(order_.size());
      for (std::size_t victim = 0; victim < order_.size(); ++victim)
        (*best_)[victim] = clearance_.stopped(victim);
      return;
    }
    const std::size_t victim = order_[i];
    clearance_.resume(victim);
    if (clearance_.missing() == 0) decide(i + 1, cost);
    clearance_.stop(victim);
    decide(i + 1, {cost.first + victims_[victim].lost, cost.second + 1});
  }

  std::optional<std::vector<bool>> best() const { return best_; }

 private:
  Clearance& clearance_;
  std::span<const Victim> victims_;
  std::vector<std::size_t> order_;  // the dearest first
  ReclaimCost least_;
  std::optional<std::vector<bool>> best_;
};

}  // namespace

std::size_t choices_among(std::size_t victims) {
  constexpr auto kBits = static_cast<std::size_t>(std::numeric_limits<std::size_t>::digits);
  return victims + 1 < kBits ? (std::size_t{2} << victims) - 1 : std::numeric_limits<std::size_t>::max();
}

std::optional<std::vector<bool>> least_lost(Clearance& clearance, std::span<const Victim> victims,
                                            ReclaimCost bound) {
  for (std::size_t victim = 0; victim < victims.size(); ++victim)
    if (!clearance.stopped(victim)) clearance.stop(victim);
  Choices choices(clearance, victims, bound);
  choices.decide(0, {});
  return choices.best();
}

}  // namespace dure::placement
