#include "cli/simulate_jobs.h"

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "cli/simulate_options.h"
#include "cli/verbs.h"
#include "placement/board.h"
#include "simulate/dure_jobs.h"
#include "simulate/limits.h"
#include "simulate/philly.h"
#include "simulate/replay.h"
#include "simulate/sizes.h"

namespace dure::cli {
namespace {

namespace json = boost::json;
using simulate::JobTrace;
using simulate::Replayed;
using simulate::ReplaySetting;
using simulate::Service;
using simulate::Waits;

constexpr std::array kPolicies{"fifo", "backfill", "fair_share"};
constexpr std::size_t kProgressReports = 10;  // of the progress of one policy
// A job whose machines fail so many times during its length, in the mean, is begun e^10 times before it ends.
constexpr std::int64_t kMostFailuresOfJob = 10;

struct JobsInput {
  std::string trace;
  std::string format = "philly";
  std::vector<std::string> policies{kPolicies.begin(), kPolicies.end()};
  std::int64_t promises = 20;
  std::string load = "0.9";
  std::string limits = "2.0,0.8";
  std::uint64_t seed = 1;
  bool shared = false;
  bool partitioned = false;
  std::int64_t cards_per_node = 8;
  std::int64_t fail_every_days = 0;
  std::int64_t repair_minutes = 240;
};

std::string known_policies() {
  std::string list;
  for (const char* name : kPolicies) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

base::Result<queue::Setting> setting_of(const std::string& policy, std::int64_t promises) {
  if (std::find(kPolicies.begin(), kPolicies.end(), policy) == kPolicies.end())
    return base::invalid(
        base::Reason("simulate.policy_unknown").with("policy", policy).with("known", known_policies()));
  queue::Setting setting;
  setting.fair_share = policy == "fair_share";
  setting.backfill = policy != "fifo";
  setting.promises = promises;
  return setting;
}

base::Result<simulate::Sizing> sizing_of(const JobsInput& input) {
  const auto load = parse_milli(input.load);
  if (!load || *load < 1 || *load > 1000) return bad_option("--load", input.load, "0.9");
  return simulate::Sizing{input.cards_per_node, {*load * 10}};
}

base::Result<simulate::LimitDraws> draws_of(const JobsInput& input) {
  const auto comma = input.limits.find(',');
  const auto median = parse_milli(std::string_view(input.limits).substr(0, comma));
  const auto sigma = comma == std::string::npos
                         ? std::nullopt
                         : parse_milli(std::string_view(input.limits).substr(comma + 1));
  if (!median || !sigma || *median < 1 || *median > 1'000'000 || *sigma > 10'000)
    return bad_option("--limits", input.limits, "2.0,0.8");
  return simulate::LimitDraws{input.seed, *median, *sigma};
}

base::Result<JobTrace> read_trace(const JobsInput& input) {
  if (input.format != "philly" && input.format != "dure-jobs")
    return bad_option("--format", input.format, "philly, dure-jobs");
  DURE_LET(text, read_file(input.trace));
  return input.format == "philly" ? simulate::read_philly(text) : simulate::read_jobs(text);
}

// Where a long job of many machines would be begun again and again, the replay would hardly ever end.
base::Status may_end(const JobTrace& trace, const JobsInput& input) {
  std::int64_t most = 0;  // machines times time, of one job
  for (const simulate::Job& job : trace.jobs) {
    const std::int64_t nodes = std::max<std::int64_t>(1, (job.cards - 1) / input.cards_per_node + 1);
    const base::Span length = job.time_limit ? std::min(*job.time_limit, job.run_time) : job.run_time;
    most = std::max(most, nodes * length.in_seconds());
  }
  const std::int64_t unit = base::Span::days(1).in_seconds() * kMostFailuresOfJob;
  const std::int64_t least = (most + unit - 1) / unit;
  if (input.fail_every_days == 0 || input.fail_every_days >= least) return {};
  return base::invalid(
      base::Reason("simulate.failures_too_often").with("days", input.fail_every_days).with("least", least));
}

// "45s", "12m 30s", "3h 05m", "2d 04h".
std::string duration_text(base::Span span) {
  const std::int64_t seconds = span.in_seconds();
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* below) {
    char text[64];
    std::snprintf(text, sizeof text, "%lld%s %02lld%s", static_cast<long long>(large), unit,
                  static_cast<long long>(small), below);
    return std::string(text);
  };
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return two(seconds / 60, "m", seconds % 60, "s");
  if (seconds < 86'400) return two(seconds / 3600, "h", seconds / 60 % 60, "m");
  return two(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

std::string fixed_text(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

double rounded(double value, double unit) {
  return static_cast<double>(std::llround(value * unit)) / unit;
}

double of_millionths(std::int64_t value) {
  return rounded(static_cast<double>(value) / simulate::kMillionths, 100);
}

double percent_of_millionths(std::int64_t value) {
  return rounded(static_cast<double>(value) * 100 / simulate::kMillionths, 100);
}

// Rounded down: 100 means all.
std::optional<double> promised_pct(const Replayed& replayed) {
  if (replayed.first_ones == 0) return std::nullopt;
  return static_cast<double>(base::multiply_divide(replayed.promised, 10'000, replayed.first_ones)) / 100;
}

json::object waits_json(const Waits& waits) {
  return {{"jobs", waits.jobs},
          {"mean_wait_s", waits.mean_wait.in_seconds()},
          {"p95_wait_s", waits.p95_wait.in_seconds()},
          {"mean_slowdown", of_millionths(waits.mean_slowdown)},
          {"p95_slowdown", of_millionths(waits.p95_slowdown)}};
}

json::object policy_json(const std::string& policy, const Replayed& replayed, const Service& service) {
  json::object made{{"policy", policy}};
  for (auto& [name, value] : waits_json(service.all)) made[name] = std::move(value);
  made["utilisation_pct"] = percent_of_millionths(service.utilisation);
  made["utilisation_of_arrivals_pct"] = percent_of_millionths(service.utilisation_of_arrivals);
  made["fairness"] = rounded(service.fairness, 1000);
  const auto promised = promised_pct(replayed);
  made["promised_pct"] = promised ? json::value(*promised) : json::value(nullptr);
  made["broken"] = replayed.broken;
  made["broken_by_failures"] = replayed.broken_by_failures;
  made["restarts"] = replayed.restarts;
  made["too_large"] = replayed.too_large;
  return made;
}

json::array tenants_json(const JobTrace& trace, const ReplaySetting& setting, const Service& service) {
  json::array tenants;
  for (std::size_t i = 0; i < trace.tenants.size(); ++i) {
    json::object tenant{{"tenant", trace.tenants[i]}, {"nodes", setting.nodes[i]}};
    for (auto& [name, value] : waits_json(service.of_tenants[i])) tenant[name] = std::move(value);
    tenants.push_back(std::move(tenant));
  }
  return tenants;
}

// What people read: the same, with lengths of time as they say them.
json::object policy_row(json::object made, const Replayed& replayed, const Service& service) {
  made["mean_wait"] = duration_text(service.all.mean_wait);
  made["p95_wait"] = duration_text(service.all.p95_wait);
  for (const char* name :
       {"mean_slowdown", "p95_slowdown", "utilisation_pct", "utilisation_of_arrivals_pct", "fairness"})
    made[name] = fixed_text(made[name].as_double());
  const auto promised = promised_pct(replayed);
  made["promised_pct"] = promised ? fixed_text(*promised) : "-";
  return made;
}

struct Played {
  json::array policies;
  json::array rows;
};

void play(const JobTrace& trace, const std::string& policy, const ReplaySetting& setting, Played& played) {
  std::size_t told = 0;
  const Replayed replayed = simulate::replay(trace, setting, [&](std::size_t over, std::size_t all) {
    if (over * kProgressReports / all == told) return;
    told = over * kProgressReports / all;
    std::fprintf(stderr, "%s: %zu of %zu jobs are over\n", policy.c_str(), over, all);
  });
  const std::int64_t nodes = std::accumulate(setting.nodes.begin(), setting.nodes.end(), std::int64_t{0});
  const Service service = simulate::measure(replayed.outcomes, trace.tenants.size(),
                                            nodes * setting.cards_per_node * placement::kWholeCard);
  std::fprintf(stderr, "%s: mean wait %s, 95 of 100 wait at most %s\n", policy.c_str(),
               duration_text(service.all.mean_wait).c_str(), duration_text(service.all.p95_wait).c_str());
  json::object made = policy_json(policy, replayed, service);
  played.rows.push_back(policy_row(made, replayed, service));
  made["tenants"] = tenants_json(trace, setting, service);
  played.policies.push_back(std::move(made));
}

void print_played(const Context& context, const JobsInput& input, const JobTrace& trace,
                  const ReplaySetting& setting, Played played) {
  if (context.output() == Format::kJson) {
    return print_json(
        json::object{{"jobs", trace.jobs.size()},
                     {"nodes", std::accumulate(setting.nodes.begin(), setting.nodes.end(), std::int64_t{0})},
                     {"cards_per_node", setting.cards_per_node},
                     {"shared", setting.shared},
                     {"load", input.load},
                     {"limits", input.limits},
                     {"seed", input.seed},
                     {"promises", input.promises},
                     {"fail_every_days", input.fail_every_days},
                     {"repair_minutes", input.repair_minutes},
                     {"policies", std::move(played.policies)}});
  }
  print_table(played.rows, {{"POLICY", "policy"},
                            {"JOBS", "jobs"},
                            {"MEAN WAIT", "mean_wait"},
                            {"P95 WAIT", "p95_wait"},
                            {"SLOWDOWN", "mean_slowdown"},
                            {"P95", "p95_slowdown"},
                            {"USED %", "utilisation_of_arrivals_pct"},
                            {"FAIRNESS", "fairness"},
                            {"PROMISED %", "promised_pct"},
                            {"BROKEN", "broken"},
                            {"BY FAILURES", "broken_by_failures"},
                            {"RESTARTS", "restarts"},
                            {"TOO LARGE", "too_large"}});
}

base::Status simulate_jobs(Context& context, const JobsInput& input) {
  std::vector<queue::Setting> policies;
  for (const std::string& policy : input.policies) {
    DURE_LET(setting, setting_of(policy, input.promises));
    policies.push_back(setting);
  }
  DURE_LET(sizing, sizing_of(input));
  DURE_LET(draws, draws_of(input));
  DURE_LET(trace, read_trace(input));
  simulate::give_limits(trace, draws);
  DURE_TRY(may_end(trace, input));
  ReplaySetting setting;
  setting.nodes = simulate::nodes_of_tenants(trace, sizing);
  setting.cards_per_node = input.cards_per_node;
  setting.shared = !input.partitioned;
  setting.failures = {input.seed, input.fail_every_days, base::Span::minutes(input.repair_minutes)};
  std::fprintf(
      stderr, "%zu jobs of %zu tenants on %lld nodes of %lld cards, %s\n", trace.jobs.size(),
      trace.tenants.size(),
      static_cast<long long>(std::accumulate(setting.nodes.begin(), setting.nodes.end(), std::int64_t{0})),
      static_cast<long long>(setting.cards_per_node),
      setting.shared ? "which all share" : "each tenant on its own");
  Played played;
  for (std::size_t i = 0; i < policies.size(); ++i) {
    setting.queue = policies[i];
    play(trace, input.policies[i], setting, played);
  }
  print_played(context, input, trace, setting, std::move(played));
  return {};
}

void add_cluster_options(CLI::App& jobs, JobsInput& input) {
  jobs.add_option("--load", input.load,
                  "How busy its jobs would keep a tenant's nodes, up to 1: says how many it has")
      ->capture_default_str();
  jobs.add_option("--cards-per-node", input.cards_per_node, "Cards of each node")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{placement::kMostCardsOfSlot}))
      ->capture_default_str();
  auto* shared = jobs.add_flag("--shared", input.shared, "All tenants share all nodes (the default)");
  jobs.add_flag("--partitioned", input.partitioned, "Each tenant has its nodes for itself")->excludes(shared);
  jobs.add_option("--fail-every-days", input.fail_every_days,
                  "A node fails so often, in the mean; 0: none ever does")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100'000}))
      ->capture_default_str();
  jobs.add_option("--repair-minutes", input.repair_minutes, "How long it is then out of service")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->capture_default_str();
}

}  // namespace

void add_simulate_jobs(CLI::App& simulate, Context& context) {
  auto* jobs = simulate.add_subcommand("jobs", "Plays a trace of jobs through the queue");
  auto input = std::make_shared<JobsInput>();
  jobs->add_option("--trace", input->trace, "CSV; - reads standard input")->required();
  jobs->add_option("--format", input->format,
                   "philly: timestamp,duration,num_gpus,cluster; dure-jobs: "
                   "submitted,run_time_s,tenant,cards,milli_gpu,cpu_milli,memory_mib[,time_limit_s]")
      ->capture_default_str();
  jobs->add_option("--policy", input->policies,
                   "fifo: who came first; backfill: the same, and later ones before where they delay no "
                   "promise; fair_share: by turns of the tenants, with backfill. Several with commas between")
      ->delimiter(',')
      ->capture_default_str();
  jobs->add_option("--promises", input->promises, "How many of those that wait are promised a start")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}))
      ->capture_default_str();
  jobs->add_option(
          "--limits", input->limits,
          "For jobs without a time limit: median and sigma of a lognormal factor on how long they ran")
      ->capture_default_str();
  jobs->add_option("--seed", input->seed, "Of the limits and the failures")->capture_default_str();
  add_cluster_options(*jobs, *input);
  jobs->callback([&context, input] { context.offline([&] { return simulate_jobs(context, *input); }); });
}

}  // namespace dure::cli
