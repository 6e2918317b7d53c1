// The program behind bench/placement (which says what it measures).
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "bench/placing/load.h"

namespace dure::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Setting {
  std::size_t nodes = 0;
  std::size_t shapes = 0;
  double seconds = 1;  // of each measurement
  std::int64_t level_permille = 930;
};

struct Measured {
  double per_second = 0;  // decisions, over the time of all of it: what ends, what is decided
  double p50_us = 0;      // of one decision alone
  double p99_us = 0;
  double refused_pct = 0;
};

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// From empty to the level; what fits nowhere is dropped.
Measured fill(Churn& churn, const Setting& setting) {
  const auto began = Clock::now();
  while (churn.below(setting.level_permille) && seconds_since(began) < 60) {
    for (int i = 0; i < 1000 && churn.below(setting.level_permille); ++i) churn.decide(churn.make_room(1000));
  }
  Measured found;
  const auto decided = static_cast<double>(churn.placed() + churn.refused());
  found.per_second = decided / seconds_since(began);
  found.refused_pct = 100.0 * static_cast<double>(churn.refused()) / decided;
  return found;
}

std::int64_t decide_for(Churn& churn, const Setting& setting, double seconds, std::int64_t batch) {
  std::int64_t decided = 0;
  const auto began = Clock::now();
  while (seconds_since(began) < seconds) {
    for (std::int64_t i = 0; i < batch; ++i) churn.decide(churn.make_room(setting.level_permille));
    decided += batch;
  }
  return decided;
}

void time_each(Churn& churn, const Setting& setting, std::int64_t batch, Measured& found) {
  std::vector<double> taken;
  const auto began = Clock::now();
  while (seconds_since(began) < setting.seconds / 2) {
    for (std::int64_t i = 0; i < batch; ++i) {
      const auto shape = churn.make_room(setting.level_permille);
      const auto before = Clock::now();
      churn.decide(shape);
      taken.push_back(seconds_since(before) * 1e6);
    }
  }
  std::sort(taken.begin(), taken.end());
  found.p50_us = taken[taken.size() / 2];
  found.p99_us = taken[taken.size() * 99 / 100];
}

Measured steady(Churn& churn, const Setting& setting, std::int64_t batch) {
  Measured found;
  decide_for(churn, setting, setting.seconds / 4, batch);  // until it is as mixed as it stays
  const auto refused = churn.refused(), placed = churn.placed();
  const auto began = Clock::now();
  const auto decided = decide_for(churn, setting, setting.seconds, batch);
  found.per_second = static_cast<double>(decided) / seconds_since(began);
  found.refused_pct = 100.0 * static_cast<double>(churn.refused() - refused) /
                      static_cast<double>(churn.refused() - refused + churn.placed() - placed);
  time_each(churn, setting, batch, found);
  return found;
}

void print(const char* what, const Setting& setting, const Measured& found, double of_scan) {
  std::printf("| %7zu | %6zu | %-12s | %10.0f | %8.2f | %8.2f | %5.1f | %s |\n", setting.nodes,
              setting.shapes, what, found.per_second, found.p50_us, found.p99_us, found.refused_pct,
              of_scan > 0 ? (std::to_string(static_cast<long>(of_scan)) + " x").c_str() : "");
  std::fflush(stdout);
}

void measure(const Setting& setting) {
  simulate::Dice dice(setting.nodes * 1'000'003 + setting.shapes);
  const auto shapes = draw_shapes(setting.shapes, dice);
  const auto nodes = equal_nodes(setting.nodes);
  const auto forest = forest_kernel(nodes);
  Churn fast(*forest, shapes, capacity_of(nodes), 1);
  const Measured filled = fill(fast, setting);
  const Measured churned = steady(fast, setting, 1000);
  // The scan fills a cluster of its own: by the same rule and draws it is filled alike.
  const auto scan = scan_kernel(nodes);
  Churn slow(*scan, shapes, capacity_of(nodes), 1);
  const Measured slowly_filled = fill(slow, setting);
  const Measured scanned = steady(slow, setting, 10);
  print("fill", setting, filled, filled.per_second / slowly_filled.per_second);
  print("churn", setting, churned, churned.per_second / scanned.per_second);
  print("scan, churn", setting, scanned, 0);
}

}  // namespace
}  // namespace dure::bench

int main(int argc, char** argv) {
  CLI::App app{"Placements per second"};
  std::vector<std::size_t> nodes{1000, 10'000};
  std::vector<std::size_t> shapes{150, 2000, 50'000};
  dure::bench::Setting setting;
  app.add_option("--nodes", nodes)->delimiter(',');
  app.add_option("--shapes", shapes)->delimiter(',');
  app.add_option("--seconds", setting.seconds);
  CLI11_PARSE(app, argc, argv);
  std::printf(
      "| nodes | shapes | | decisions/s | p50 us | p99 us | refused %% | of the scan "
      "|\n|---|---|---|---|---|---|---|---|\n");
  for (const std::size_t count : nodes) {
    for (const std::size_t different : shapes) {
      setting.nodes = count;
      setting.shapes = different;
      dure::bench::measure(setting);
    }
  }
}
