// simulate openb: rules of placement tried on traces, without a server.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "cli/simulate_bound.h"
#include "cli/simulate_jobs.h"
#include "cli/simulate_options.h"
#include "cli/verbs.h"
#include "simulate/fill.h"
#include "simulate/plot.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using simulate::Filled;

constexpr std::uint64_t kMostSeeds = 1000;
constexpr std::int64_t kInflateEnd = 1'000'000;  // thousandfold, in thousandths

struct OpenbInput {
  std::string nodes;
  std::string pods;
  std::vector<std::string> rules;
  std::string inflate = "1.3";
  std::string seeds = "42-51";
  std::string plot;
  std::int64_t placements_per_move = 0;
  bool bound = false;
};

base::Result<std::int64_t> parse_inflate(const std::string& text) {
  const auto milli = parse_milli(text);
  if (!milli || *milli < 1 || *milli >= kInflateEnd) return bad_option("--inflate", text, "1.3");
  return *milli;
}

// "42" or "42-51".
base::Result<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(const std::string& text) {
  const auto dash = text.find('-');
  const auto first = whole<std::uint64_t>(std::string_view(text).substr(0, dash));
  const auto last =
      dash == std::string::npos ? first : whole<std::uint64_t>(std::string_view(text).substr(dash + 1));
  if (!first || !last || *last < *first || *last - *first >= kMostSeeds)
    return bad_option("--seeds", text, "42-51");
  return std::pair(*first, *last);
}

struct Seen {
  Filled filled;
  std::int64_t per_second = 0;
};

json::value percent_json(std::optional<double> percent) {
  if (!percent) return nullptr;
  return static_cast<double>(std::llround(*percent * 100)) / 100;
}

std::string percent_text(std::optional<double> percent) {
  if (!percent) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", *percent);
  return text;
}

// The mean of what is there; nothing where nothing is.
template <class Read>
std::optional<double> mean_of(const std::vector<Seen>& all, const Read& read) {
  double sum = 0;
  std::size_t count = 0;
  for (const Seen& each : all)
    if (const std::optional<double> value = read(each)) sum += *value, ++count;
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

json::object figures_json(std::optional<double> at_100, std::optional<double> at_130, std::int64_t arrived,
                          std::int64_t failed, std::int64_t moves, std::int64_t per_second) {
  return {{"allocated_pct_at_100", percent_json(at_100)},
          {"allocated_pct_at_130", percent_json(at_130)},
          {"arrived", arrived},
          {"failed", failed},
          {"moves", moves},
          {"decisions_per_second", per_second}};
}

json::object mean_json(const std::vector<Seen>& all) {
  const auto rounded = [&](const auto& read) {
    return static_cast<std::int64_t>(std::llround(*mean_of(
        all, [&](const Seen& each) { return std::optional<double>(static_cast<double>(read(each))); })));
  };
  return figures_json(mean_of(all, [](const Seen& each) { return each.filled.at(100); }),
                      mean_of(all, [](const Seen& each) { return each.filled.at(130); }),
                      rounded([](const Seen& each) { return each.filled.arrived; }),
                      rounded([](const Seen& each) { return each.filled.failed; }),
                      rounded([](const Seen& each) { return each.filled.moves; }),
                      rounded([](const Seen& each) { return each.per_second; }));
}

simulate::Line line_of(const std::string& rule, const std::vector<Seen>& all) {
  simulate::Line line{rule, {}};
  std::size_t length = 0;
  for (const Seen& each : all) length = std::max(length, each.filled.allocated_pct.size());
  line.allocated_pct.reserve(length);
  for (std::size_t percent = 0; percent < length; ++percent)
    line.allocated_pct.push_back(mean_of(all, [&](const Seen& each) { return each.filled.at(percent); }));
  return line;
}

base::Result<Seen> try_seed(const simulate::Trace& trace, const std::string& rule,
                            const simulate::Filling& filling) {
  DURE_LET(fill, simulate::Fill::prepare(trace, rule, filling));
  const auto begun = std::chrono::steady_clock::now();
  Seen seen{fill.run(), 0};
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  seen.per_second =
      static_cast<std::int64_t>(static_cast<double>(seen.filled.arrived) / std::max(took.count(), 1e-9));
  return seen;
}

base::Status write_plot(const std::string& path, const std::vector<simulate::Line>& lines) {
  std::ofstream file(path, std::ios::binary);
  file << simulate::plot_svg("Allocation against arrival", lines);
  if (!file.flush()) return base::invalid(base::Reason("simulate.file_unwritable").with("path", path));
  return {};
}

// One row for each seed of each rule, and the rules' means; the lines for the plot beside them.
struct Tried {
  json::array rules;
  json::array rows;
  std::vector<simulate::Line> lines;
};

base::Status try_rule(const simulate::Trace& trace, const std::string& rule,
                      std::pair<std::uint64_t, std::uint64_t> seeds, simulate::Filling filling,
                      Tried& tried) {
  std::vector<Seen> all;
  json::array by_seed;
  for (std::uint64_t seed = seeds.first; seed <= seeds.second; ++seed) {
    filling.seed = seed;
    DURE_LET(seen, try_seed(trace, rule, filling));
    json::object figures = figures_json(seen.filled.at(100), seen.filled.at(130), seen.filled.arrived,
                                        seen.filled.failed, seen.filled.moves, seen.per_second);
    figures["seed"] = seed;
    std::fprintf(stderr, "%s, seed %llu of %llu: %.2f %% allocated when 100 %% had arrived\n", rule.c_str(),
                 static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seeds.second),
                 seen.filled.at(100).value_or(0));
    by_seed.push_back(figures);
    all.push_back(std::move(seen));
  }
  json::object mean = mean_json(all);
  json::object row = mean;
  row["rule"] = rule;
  for (const std::size_t percent : {100, 130})
    row["allocated_pct_at_" + std::to_string(percent)] =
        percent_text(mean_of(all, [&](const Seen& each) { return each.filled.at(percent); }));
  tried.rows.push_back(std::move(row));
  tried.rules.push_back(
      json::object{{"rule", rule}, {"seeds", std::move(by_seed)}, {"mean", std::move(mean)}});
  tried.lines.push_back(line_of(rule, all));
  return {};
}

json::object limits_json(const Limits& limits) {
  return {{"bound_pct_at_100", percent_json(limits.bound_pct)},
          {"offline_pct_at_100", percent_json(limits.offline_pct)},
          {"seeds", limits.seeds}};
}

void add_limits(json::array& rows, const Limits& limits) {
  rows.push_back(
      json::object{{"rule", "(offline)"}, {"allocated_pct_at_100", percent_text(limits.offline_pct)}});
  rows.push_back(json::object{{"rule", "(bound)"}, {"allocated_pct_at_100", percent_text(limits.bound_pct)}});
}

base::Status simulate_openb(Context& context, const OpenbInput& input) {
  DURE_LET(inflate_milli, parse_inflate(input.inflate));
  DURE_LET(seeds, parse_seeds(input.seeds));
  DURE_LET(nodes, read_file(input.nodes));
  DURE_LET(pods, read_file(input.pods));
  DURE_LET(trace, simulate::read_openb(nodes, pods));
  Tried tried;
  const simulate::Filling filling{seeds.first, inflate_milli, input.placements_per_move};
  for (const auto& rule : input.rules) DURE_TRY(try_rule(trace, rule, seeds, filling, tried));
  std::optional<Limits> limits;
  if (input.bound) limits = find_limits(trace, seeds, inflate_milli);
  if (!input.plot.empty()) DURE_TRY(write_plot(input.plot, tried.lines));
  if (context.output() == Format::kJson) {
    json::object all{{"nodes", trace.slots.size()},
                     {"milli_gpu", trace.milli_gpu()},
                     {"pods", trace.pods.size()},
                     {"inflate_milli", inflate_milli},
                     {"placements_per_move", input.placements_per_move}};
    if (limits) all["limits"] = limits_json(*limits);
    if (tried.rules.size() == 1)
      for (auto& [name, value] : tried.rules[0].as_object()) all[name] = std::move(value);
    else
      all["rules"] = std::move(tried.rules);
    print_json(all);
    return {};
  }
  if (limits) add_limits(tried.rows, *limits);
  print_table(tried.rows, {{"RULE", "rule"},
                           {"AT 100 %", "allocated_pct_at_100"},
                           {"AT 130 %", "allocated_pct_at_130"},
                           {"ARRIVED", "arrived"},
                           {"FAILED", "failed"},
                           {"MOVES", "moves"},
                           {"DECISIONS/S", "decisions_per_second"}});
  return {};
}

std::string known_rules() {
  std::string list;
  for (const auto name : simulate::rule_names()) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

}  // namespace

void add_simulate_verbs(CLI::App& app, Context& context) {
  auto* verb =
      app.add_subcommand("simulate", "Rules of placement and the order of the queue, tried on traces")
          ->require_subcommand(1);
  auto* openb = verb->add_subcommand("openb", "Fills a cluster with pods, by the published protocol of FGD");
  auto input = std::make_shared<OpenbInput>();
  openb->add_option("--nodes", input->nodes, "CSV: sn,cpu_milli,memory_mib,gpu,model")->required();
  openb->add_option("--pods", input->pods, "CSV: name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec]")
      ->required();
  openb->add_option("--rule", input->rules, "Any of " + known_rules() + "; several with commas between")
      ->delimiter(',')
      ->required();
  openb->add_option("--inflate", input->inflate, "What is asked for, in cards of the cluster")
      ->capture_default_str();
  openb->add_option("--seeds", input->seeds, "One seed, or first-last")->capture_default_str();
  openb->add_option("--plot", input->plot, "Writes allocation against arrival as SVG");
  openb
      ->add_option("--placements-per-move", input->placements_per_move,
                   "The rule dure may move one tenant in so many placements to make room; 0: none")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}))
      ->capture_default_str();
  openb->add_flag("--bound", input->bound,
                  "Also what no rule can exceed, and the best packing found when all is known beforehand");
  openb->callback([&context, input] { context.offline([&] { return simulate_openb(context, *input); }); });
  add_simulate_jobs(*verb, context);
}

}  // namespace dure::cli
