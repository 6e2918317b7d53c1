#include "bench/placing/refusal.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "placement/cluster_fixture.h"
#include "placement/refuse.h"
#include "placement/scan_fixture.h"

namespace dure::bench {
namespace {

constexpr int kRefusalRounds = 9;

placement::Cluster crowded(std::size_t nodes) {
  placement::Rows rows = placement::room(static_cast<std::int64_t>(nodes), 8);
  int replica = 0;
  for (const model::Card& card : std::vector<model::Card>(rows.cards)) {
    const std::int64_t blocks = 60 + replica % 41;
    const std::string id = "r" + std::to_string(replica++);
    rows.shares.push_back(placement::share(card, id, blocks));
    rows.holds.push_back({model::ReplicaId(id), card.node_id, 5000, {8 * placement::kGiB}, {}});
  }
  return placement::Cluster::from_rows(rows);
}

// None of them fits there: of blocks, of cards, and of CPU.
std::vector<placement::Request> requests() {
  std::vector<placement::Request> asked{placement::blocks_of("t4", 60), placement::cards_of("t4", 4)};
  asked.push_back(placement::blocks_of("t4", 10));
  asked.back().cpu_milli = 50'000;
  asked.push_back(placement::blocks_of("t4", 10));
  asked.back().memory = {120 * placement::kGiB};
  return asked;
}

template <class Refuse>
double median_us(const placement::Cluster& cluster, Refuse refuse) {
  std::vector<double> each;
  for (int round = 0; round < kRefusalRounds; ++round)
    for (const placement::Request& request : requests()) {
      const auto began = std::chrono::steady_clock::now();
      const placement::Refusal refusal = refuse(cluster, request);
      const auto took = std::chrono::steady_clock::now() - began;
      if (refusal.counts.fits > 0) std::abort();
      each.push_back(std::chrono::duration<double, std::micro>(took).count());
    }
  std::nth_element(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(each.size() / 2), each.end());
  return each[each.size() / 2];
}

}  // namespace

Refusals explain_refusals(std::size_t nodes) {
  const placement::Cluster cluster = crowded(nodes);
  return {median_us(cluster, placement::refuse_now), median_us(cluster, placement::scan::refuse_now)};
}

}  // namespace dure::bench
