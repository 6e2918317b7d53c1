#include <cstdio>
#include <cstdlib>
#include "bench/placing/centre.h"
#include "bench/placing/measure.h"
using namespace dure::bench;
int main(int argc, char** argv) {
  const std::size_t n = std::atol(argv[1]), s = std::atol(argv[2]);
  const double secs = argc > 3 ? std::atof(argv[3]) : 1;
  dure::simulate::Dice dice(n * 1'000'003 + s);
  const auto shapes = draw_shapes(s, dice);
  const auto nodes = equal_nodes(n);
  Centre centre(nodes, shapes, 1, "/work/wt/bench/build/bench.journal");
  std::printf("fill %.0f\n", fill(centre, capacity_of(nodes), 930, 60));
  for (int i = 0; i < 4; ++i) {
    const auto c0 = centre.counts();
    const auto d0 = centre.decided();
    const auto m = churn(centre, 930, secs, 100);
    const auto c = centre.counts();
    std::printf(
        "%.0f/s p50 %.2f p99 %.2f unplaced %.2f%% level %.3f | decided %ld waiting %ld promised %ld broken "
        "%ld failed %ld running %ld\n",
        m.per_second, m.p50_us, m.p99_us, m.unplaced_pct, centre.used() * 1.0 / capacity_of(nodes),
        centre.decided() - d0, c.waiting, c.promised, c.broken - c0.broken, c.failed, c.running);
  }
}
