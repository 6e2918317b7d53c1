// How long it takes to decide whom to stop for a job that wants a quarter of all machines (hero.h): the
// median and the longest of 21 decisions, and what is lost against doing without the looks for a cheaper
// answer.
#include <cstdio>
#include <initializer_list>

#include "bench/reclaim/hero.h"

int main() {
  std::printf(
      "| nodes | victims | asked, cards | stopped | median ms | longest ms | lost, %% of the first answer |\n"
      "|---|---|---|---|---|---|---|\n");
  for (const std::size_t nodes : {1000U, 10'000U})
    for (const std::int64_t cards : {8, 4}) {
      const auto hero = dure::bench::decide_hero(nodes, cards);
      std::printf("| %6zu | %7zu | %4lld x %lld | %7zu | %8.1f | %8.1f | %8.2f |\n", hero.nodes, hero.victims,
                  static_cast<long long>(hero.replicas), static_cast<long long>(hero.cards), hero.stopped,
                  hero.median_ms, hero.longest_ms, hero.lost_pct);
    }
}
