// The program behind bench/placement (which says what it measures).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/placing/centre.h"
#include "bench/placing/curve.h"
#include "bench/placing/measure.h"
#include "bench/placing/pending.h"
#include "bench/placing/refusal.h"
#include "bench/reclaim/hero.h"

namespace dure::bench {
namespace {

constexpr double kMostHeroMs = 50, kMostIdleMs = 100;
constexpr double kKernelOfScan = 50, kEverythingOfScan = 10;
constexpr std::size_t kNodesOfGate = 10'000, kShapesOfGate = 2000;
constexpr int kRuleRounds = 3;
constexpr double kMostMixingSeconds = 5;

struct Setting {
  std::vector<std::size_t> nodes{1000, 10'000, 100'000};
  std::vector<std::size_t> shapes{150, 2000, 50'000};
  double seconds = 0.6;  // of each round
  std::int64_t level_permille = 930;
  std::size_t pending = 1'000'000;
  std::string journal = (std::filesystem::temp_directory_path() / "bench_placement.journal").string();
  std::string plot;
  bool quick = false;
};

// What did not hold.
class Gates {
 public:
  void at_least(const std::string& what, double found, double least) {
    if (found < least) fail(what + ": " + std::to_string(found) + ", at least " + std::to_string(least));
  }
  void below(const std::string& what, double found, double most) {
    if (found >= most) fail(what + ": " + std::to_string(found) + ", must be below " + std::to_string(most));
  }
  bool hold() const { return hold_; }

 private:
  void fail(const std::string& what) {
    hold_ = false;
    std::fprintf(stderr, "bench/placement: the gate does not hold: %s\n", what.c_str());
  }
  bool hold_ = true;
};

struct Row {
  std::size_t nodes = 0;
  std::size_t shapes = 0;
  Measured kernel, everything, synced, scan;
  double kernel_fill = 0;
  double everything_fill = 0;
};

void print_rate(const Row& row, const char* what, double per_second) {
  std::printf("| %7zu | %6zu | %-18s | %10.0f | | | | |\n", row.nodes, row.shapes, what, per_second);
}

void print(const Row& row, const char* what, const Measured& found) {
  std::printf("| %7zu | %6zu | %-18s | %10.0f | %8.2f | %8.2f | %5.1f | %.0f x |\n", row.nodes, row.shapes,
              what, found.per_second, found.p50_us, found.p99_us, found.unplaced_pct,
              found.per_second / row.scan.per_second);
}

void print(const Row& row) {
  print_rate(row, "kernel, fill", row.kernel_fill);
  print_rate(row, "everything, fill", row.everything_fill);
  print(row, "kernel", row.kernel);
  print(row, "everything on", row.everything);
  print(row, "and synced", row.synced);
  print(row, "scan", row.scan);
  std::fflush(stdout);
}

// The kernel, everything and the scan in turns, so that other work on the machine meets all of them alike.
Row measure(const Setting& setting, std::size_t count, std::size_t different) {
  Row row{count, different};
  simulate::Dice dice(count * 1'000'003 + different);
  const auto shapes = draw_shapes(different, dice);
  const auto nodes = equal_nodes(count);
  const std::int64_t capacity = capacity_of(nodes), level = setting.level_permille;
  Churn kernel(forest_kernel(nodes), shapes, capacity, 1);
  row.kernel_fill = fill(kernel, capacity, level, 20);
  Centre centre(nodes, shapes, 1, setting.journal);
  row.everything_fill = fill(centre, capacity, level, 20);
  mix(kernel, level, 2 * kernel.decided(), kMostMixingSeconds);
  mix(centre, level, 3 * centre.decided(), kMostMixingSeconds);
  // By the same rule it would have filled itself alike.
  Churn scan(scan_kernel(kernel.kernel().slots()), kernel);
  std::vector<Measured> by_kernel, by_everything, by_scan, synced;
  for (int round = 0; round < kRuleRounds; ++round) {
    by_kernel.push_back(churn(kernel, level, setting.seconds / 2, 100));
    by_everything.push_back(churn(centre, level, setting.seconds, 100));
    by_scan.push_back(churn(scan, level, setting.seconds / 2, 5));
  }
  centre.open_journal(true);
  for (int round = 0; round < kRuleRounds; ++round)
    synced.push_back(churn(centre, level, setting.seconds / 4, 100));
  row.kernel = median(by_kernel);
  row.everything = median(by_everything);
  row.scan = median(by_scan);
  row.synced = median(synced);
  row.synced.per_second = row.synced.per_second_waited;  // the disk's time counts
  return row;
}

void draw(const std::vector<Row>& rows, const Setting& setting) {
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < setting.shapes.size(); ++i) {
    const std::string of = ", " + std::to_string(setting.shapes[i]) + " shapes";
    const int dashes = static_cast<int>(i % 3);
    Curve kernel{"kernel" + of, {}, 0, dashes}, everything{"everything" + of, {}, 1, dashes},
        scan{"scan" + of, {}, 2, dashes};
    for (const Row& row : rows) {
      if (row.shapes != setting.shapes[i]) continue;
      const auto nodes = static_cast<double>(row.nodes);
      kernel.points.emplace_back(nodes, row.kernel.per_second);
      everything.points.emplace_back(nodes, row.everything.per_second);
      scan.points.emplace_back(nodes, row.scan.per_second);
    }
    curves.insert(curves.end(), {kernel, everything, scan});
  }
  std::ofstream(setting.plot) << curves_svg("Decisions per second at 93 %", curves);
}

void measure_rates(const Setting& setting, Gates& gates) {
  std::printf(
      "| nodes | shapes | | decisions/s | p50 us | p99 us | unplaced %% | of the scan |\n"
      "|---|---|---|---|---|---|---|---|\n");
  std::vector<Row> rows;
  for (const std::size_t nodes : setting.nodes)
    for (const std::size_t shapes : setting.shapes) {
      rows.push_back(measure(setting, nodes, shapes));
      const Row& row = rows.back();
      print(row);
      if (nodes != kNodesOfGate || shapes != kShapesOfGate) continue;
      gates.at_least("kernel, times the scan", row.kernel.per_second / row.scan.per_second, kKernelOfScan);
      gates.at_least("everything on, times the scan", row.everything.per_second / row.scan.per_second,
                     kEverythingOfScan);
    }
  if (!setting.plot.empty()) draw(rows, setting);
}

void measure_hero(Gates& gates) {
  const Hero hero = decide_hero(1000, 8);
  std::printf(
      "\nA job reclaims a quarter of %zu nodes (%zu of %zu runs are stopped): decided in %.1f ms (limit "
      "%.0f), %.1f at most.\n",
      hero.nodes, hero.stopped, hero.victims, hero.median_ms, kMostHeroMs, hero.longest_ms);
  gates.below("ms for a hero job", hero.median_ms, kMostHeroMs);
}

void measure_pending(std::size_t entries, Gates& gates) {
  const Pending found = wait_in_line(entries);
  std::printf(
      "\n| %zu entries wait | ms |\n|---|---|\n| all are submitted | %.0f |\n| the first cycle | %.2f |\n"
      "| a cycle, nothing happened (limit %.0f) | %.3f |\n| after an end in another pool (limit %.0f) | %.3f "
      "|\n"
      "| after an end where they wait | %.2f |\n",
      found.entries, found.submit_ms, found.settle_ms, kMostIdleMs, found.idle_ms, kMostIdleMs,
      found.elsewhere_ms, found.end_in_lane_ms);
  gates.below("ms for a cycle in which nothing happened", found.idle_ms, kMostIdleMs);
  gates.below("ms for a cycle after an end in another pool", found.elsewhere_ms, kMostIdleMs);
}

void measure_refusals() {
  const Refusals found = explain_refusals(kNodesOfGate);
  std::printf(
      "\nA refusal explained, %zu nodes: %.1f us from the counts, %.1f us by a look at every node (%.0f "
      "x).\n",
      kNodesOfGate, found.counted_us, found.scanned_us, found.scanned_us / found.counted_us);
}

}  // namespace
}  // namespace dure::bench

int main(int argc, char** argv) {
  CLI::App app{"Placements per second"};
  dure::bench::Setting setting;
  app.add_option("--nodes", setting.nodes)->delimiter(',');
  app.add_option("--shapes", setting.shapes)->delimiter(',');
  app.add_option("--seconds", setting.seconds, "of each round");
  app.add_option("--pending", setting.pending, "entries that wait");
  app.add_option("--journal", setting.journal, "the file; removed at the end");
  app.add_option("--plot", setting.plot, "an SVG of decisions per second over nodes");
  app.add_flag("--quick", setting.quick, "10,000 nodes and 2,000 shapes alone, where the gates are");
  CLI11_PARSE(app, argc, argv);
  if (setting.quick) {
    setting.nodes = {10'000};
    setting.shapes = {2000};
  }
  dure::bench::Gates gates;
  dure::bench::measure_rates(setting, gates);
  dure::bench::measure_refusals();
  dure::bench::measure_hero(gates);
  dure::bench::measure_pending(setting.pending, gates);
  return gates.hold() ? 0 : 1;
}
