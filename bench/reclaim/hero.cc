#include "bench/reclaim/hero.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "placement/reclaim.h"

namespace dure::bench {
namespace {

using namespace placement;

constexpr std::int64_t kCards = 8;
constexpr std::size_t kDecisions = 21;

// Numbers that follow from a seed (SplitMix64).
class Dice {
 public:
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return low + static_cast<std::int64_t>((z ^ (z >> 31)) % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::uint64_t state_ = 1;
};

struct Full {
  Forest forest;
  std::vector<Victim> victims;

  void run(std::int64_t lost, const Placed& replica) {
    forest.take(replica.shape, replica.spot);
    victims.push_back({victims.size(), lost, {replica}});
  }
  void grow(Victim& victim, const Placed& replica) {
    forest.take(replica.shape, replica.spot);
    victim.replicas.push_back(replica);
  }
};

Shape shape_of(std::int64_t count, std::int64_t milli_gpu) {
  return {count * 4000, count * 32, count, milli_gpu, 0};
}

Full full_centre(std::size_t nodes) {
  Slot node{96'000, 768, 0, kCards, {}};
  std::fill_n(node.free.begin(), kCards, static_cast<std::int16_t>(kWholeCard));
  Full centre{Forest(std::vector<Slot>(nodes, node)), {}};
  Dice dice;
  for (std::size_t slot = 0; slot < nodes; ++slot)
    for (std::uint32_t card = 0; card < kCards; ++card) {
      const Spot spot{slot, 1U << card};
      const std::int64_t lost = dice.roll(0, 3'600'000);
      if (dice.roll(0, 1) == 0) {
        for (int part = 0; part < 2; ++part) centre.run(lost / 2, {shape_of(1, 500), spot});
      } else if (dice.roll(0, 9) == 0 && slot > 0 &&
                 centre.victims.back().replicas.front().shape.milli_gpu == kWholeCard) {
        centre.grow(centre.victims.back(), {shape_of(1, kWholeCard), spot});
      } else {
        centre.run(lost, {shape_of(1, kWholeCard), spot});
      }
    }
  return centre;
}

double milliseconds_of(const Full& centre, const Shape& shape, std::int64_t replicas) {
  const auto began = std::chrono::steady_clock::now();
  const auto answer = reclaim(centre.forest, centre.victims, shape, replicas, true);
  const auto taken = std::chrono::steady_clock::now() - began;
  if (!answer) std::abort();
  return std::chrono::duration<double, std::milli>(taken).count();
}

}  // namespace

Hero decide_hero(std::size_t nodes, std::int64_t cards) {
  const Full centre = full_centre(nodes);
  const Shape shape = shape_of(cards, kWholeCard);
  const auto replicas = static_cast<std::int64_t>(nodes / 4);
  std::vector<double> taken;
  for (std::size_t i = 0; i < kDecisions; ++i) taken.push_back(milliseconds_of(centre, shape, replicas));
  std::sort(taken.begin(), taken.end());
  const auto answer = reclaim(centre.forest, centre.victims, shape, replicas, true);
  const auto quick = reclaim(centre.forest, centre.victims, shape, replicas, true, {0});
  const double lost_pct = 100.0 * static_cast<double>(answer->lost) / static_cast<double>(quick->lost);
  return {nodes,
          centre.victims.size(),
          replicas,
          cards,
          answer->victims.size(),
          taken[kDecisions / 2],
          taken.back(),
          lost_pct};
}

}  // namespace dure::bench
