#include "bench/figures.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "wire/json_impl.h"

namespace dure::model {

using bench::Report;
using bench::Row;

DURE_VALUE_FIELDS(Row, field("operation", &Row::operation), field("requests", &Row::requests),
                  field("failures", &Row::failures), field("per_second", &Row::per_second),
                  field("p50_us", &Row::p50_us), field("p99_us", &Row::p99_us),
                  field("largest_us", &Row::largest_us), field("store_per_second", &Row::store_per_second),
                  field("store_p99_us", &Row::store_p99_us), field("raw_per_second", &Row::raw_per_second),
                  field("raw_p99_us", &Row::raw_p99_us), field("bare_per_second", &Row::bare_per_second),
                  field("bare_p99_us", &Row::bare_p99_us), field("server_cpu_us", &Row::server_cpu_us),
                  field("store_cpu_us", &Row::store_cpu_us), field("raw_cpu_us", &Row::raw_cpu_us));
DURE_VALUE_FIELDS(Report, field("engine", &Report::engine), field("store", &Report::store),
                  field("applications", &Report::applications),
                  field("ledger_entries", &Report::ledger_entries), field("threads", &Report::threads),
                  field("seconds", &Report::seconds), field("resident_kib", &Report::resident_kib),
                  field("peak_kib", &Report::peak_kib), field("load", &Report::load),
                  field("rows", &Report::rows));

}  // namespace dure::model

namespace dure::wire {
DURE_WIRE_INSTANTIATE_NOUN(bench::Report);
}  // namespace dure::wire

namespace dure::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 5;

struct Tally {
  std::vector<std::int64_t> latencies_us;
  std::int64_t failures = 0;
};

void work(const Stroke& stroke, const std::atomic<int>& phase, Tally& tally) {
  while (phase.load(std::memory_order_relaxed) < 2) {
    const bool counted = phase.load(std::memory_order_relaxed) == 1;
    const auto begun = Clock::now();
    const bool good = stroke();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
    if (!counted) continue;
    tally.latencies_us.push_back(took.count());
    if (!good) ++tally.failures;
  }
}

// The smallest latency that `share` per cent of all do not exceed.
std::int64_t percentile(std::vector<std::int64_t>& all, std::size_t share) {
  if (all.empty()) return 0;
  const std::size_t rank = std::min(all.size() - 1, (all.size() * share + 99) / 100 - 1);
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(rank), all.end());
  return all[rank];
}

// What one way did in all of its rounds.
struct Sum {
  std::vector<std::int64_t> latencies_us;
  std::vector<std::int64_t> rates;
  std::int64_t failures = 0;
  std::int64_t cpu_us = 0;
};

void add_round(Sum& sum, const std::vector<Tally>& tallies, std::chrono::microseconds took) {
  std::int64_t count = 0;
  for (const auto& tally : tallies) {
    sum.latencies_us.insert(sum.latencies_us.end(), tally.latencies_us.begin(), tally.latencies_us.end());
    sum.failures += tally.failures;
    count += static_cast<std::int64_t>(tally.latencies_us.size());
  }
  sum.rates.push_back(count * 1'000'000 / std::max<std::int64_t>(took.count(), 1));
}

Sample sample_of(Sum& sum) {
  Sample sample;
  auto& all = sum.latencies_us;
  sample.count = static_cast<std::int64_t>(all.size());
  sample.failures = sum.failures;
  sample.per_second = percentile(sum.rates, 50);
  sample.p50_us = percentile(all, 50);
  sample.p99_us = percentile(all, 99);
  if (!all.empty()) sample.largest_us = *std::max_element(all.begin(), all.end());
  if (sample.count > 0) sample.cpu_us = sum.cpu_us / sample.count;
  return sample;
}

void run_round(int threads, std::chrono::milliseconds time, const Way& way, Sum& sum) {
  std::atomic<int> phase = 0;  // 0 warming up, 1 counting, 2 over
  std::vector<Tally> tallies(static_cast<std::size_t>(threads));
  std::vector<std::thread> workers;
  workers.reserve(tallies.size());
  for (int i = 0; i < threads; ++i)
    workers.emplace_back([&, i] { work(way.make(i), phase, tallies[static_cast<std::size_t>(i)]); });
  std::this_thread::sleep_for(std::min(time / 4, std::chrono::milliseconds(1000)));
  const std::int64_t used = way.cpu();
  const auto begun = Clock::now();
  phase = 1;
  std::this_thread::sleep_for(time);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
  sum.cpu_us += way.cpu() - used;
  phase = 2;
  for (auto& worker : workers) worker.join();
  add_round(sum, tallies, took);
}

std::string in_ms(std::int64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(us / 1000),
                static_cast<long long>(us % 1000 / 10));
  return text;
}

std::string share_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? std::to_string(part * 100 / whole) + " %" : "-";
}

std::string or_dash(std::int64_t number) {
  return number > 0 ? std::to_string(number) : "-";
}

std::string line_of(const std::vector<std::string>& cells) {
  static constexpr int kWidths[] = {-26, -11, 8, 8, 8, 8, 9, 8, 8, 8, 8, 8, 8, 8, 9};
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    char text[64];
    std::snprintf(text, sizeof text, "%*s ", kWidths[i], cells[i].c_str());
    line += text;
  }
  return line + "\n";
}

std::string line_of(const Report& report, const Row& row) {
  return line_of({row.operation, report.engine, std::to_string(row.per_second), in_ms(row.p50_us),
                  in_ms(row.p99_us), or_dash(row.store_per_second),
                  share_of(row.per_second, row.store_per_second), or_dash(row.raw_per_second),
                  share_of(row.per_second, row.raw_per_second), or_dash(row.bare_per_second),
                  share_of(row.per_second, row.bare_per_second), or_dash(row.server_cpu_us),
                  or_dash(row.store_cpu_us), or_dash(row.raw_cpu_us), std::to_string(row.failures)});
}

}  // namespace

std::vector<Sample> measure(int threads, std::chrono::milliseconds time, const std::vector<Way>& ways) {
  std::vector<Sum> sums(ways.size());
  for (int round = 0; round < kRounds; ++round)
    for (std::size_t i = 0; i < ways.size(); ++i) run_round(threads, time / kRounds, ways[i], sums[i]);
  std::vector<Sample> samples;
  samples.reserve(sums.size());
  for (auto& sum : sums) samples.push_back(sample_of(sum));
  return samples;
}

std::string to_json(const std::vector<Report>& reports) {
  return wire::json_text(reports);
}

base::Result<Report> read_report(const std::string& json) {
  DURE_LET(reports, wire::read_json<std::vector<Report>>(json));
  DURE_ASSERT(reports.size() == 1);
  return reports.front();
}

std::string to_table(const std::vector<Report>& reports) {
  std::string text;
  for (const Report& report : reports)
    text += report.engine + ": " + report.store + "; " + std::to_string(report.applications) +
            " applications, " + std::to_string(report.ledger_entries) + " ledger entries; " +
            std::to_string(report.threads) + " connections, " + std::to_string(report.seconds) +
            " s each; load " + report.load + "; dured resident " +
            std::to_string(report.resident_kib / 1024) + " MiB, at most " +
            std::to_string(report.peak_kib / 1024) + " MiB\n";
  text += "\n" + line_of({"operation", "engine", "req/s", "p50 ms", "p99 ms", "store/s", "of store", "raw/s",
                          "of raw", "bare/s", "of bare", "cpu us", "store us", "raw us", "failures"});
  if (reports.empty()) return text;
  for (std::size_t i = 0; i < reports.front().rows.size(); ++i)
    for (const Report& report : reports)
      if (i < report.rows.size()) text += line_of(report, report.rows[i]);
  return text;
}

}  // namespace dure::bench
