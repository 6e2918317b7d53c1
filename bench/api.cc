// The benchmark of the API; bench/api runs its steps in order.
//
//   bench_api prepare  over HTTP: loads the policy, opens a call
//   bench_api fill     straight into the store, while no server runs
//   bench_api measure  over HTTP and straight from the store; writes one report
//   bench_api report   reports side by side
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "adapters/sql/store.h"
#include "bench/operations.h"

namespace {

using namespace dure;

struct Options {
  bench::Target target;
  std::string policy;
  std::string out;
  std::vector<std::string> reports;
  bool json = false;
};

void say(const std::string& text) {
  std::fprintf(stderr, "    %s\n", text.c_str());
}

int fail(const base::Error& failure) {
  std::fprintf(stderr, "%s\n", failure.reason.code.c_str());
  for (const auto& [name, value] : failure.reason.parameters)
    if (const auto* text = std::get_if<std::string>(&value))
      std::fprintf(stderr, "  %s: %s\n", name.c_str(), text->c_str());
  return 1;
}

int prepare_centre(const Options& options) {
  const auto done = bench::prepare(options.target, options.policy);
  return done ? 0 : fail(done.failure());
}

int fill_store(const Options& options) {
  const auto store = sql::open_store(options.target.store);
  if (!store) return fail(store.failure());
  const auto raw = bench::Raw::open(options.target.store);
  if (!raw) return fail(raw.failure());
  const auto done = bench::fill(**store, **raw, options.target.size, say);
  return done ? 0 : fail(done.failure());
}

int measure_store(const Options& options) {
  const auto report = bench::measure_all(options.target, say);
  if (!report) return fail(report.failure());
  std::ofstream(options.out) << bench::to_json({*report}) << "\n";
  return 0;
}

int report(const Options& options) {
  std::vector<bench::Report> reports;
  for (const auto& path : options.reports) {
    std::ifstream file(path);
    const auto read = bench::read_report(std::string(std::istreambuf_iterator<char>(file), {}));
    if (!read) return fail(read.failure());
    reports.push_back(*read);
  }
  std::printf("%s\n", (options.json ? bench::to_json(reports) : bench::to_table(reports)).c_str());
  return 0;
}

void add_server(CLI::App& verb, Options& options) {
  verb.add_option("--port", options.target.port, "Port of dured on 127.0.0.1")->required();
  verb.add_option("--password-file", options.target.password_file, "The operator's password")->required();
}

void add_store(CLI::App& verb, Options& options) {
  verb.add_option("--store", options.target.store, "sqlite:PATH or postgresql://…")->required();
  verb.add_option("--applications", options.target.size.applications)->capture_default_str();
  verb.add_option("--ledger", options.target.size.ledger_entries)->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"bench_api: the API under load"};
  app.require_subcommand(1);
  auto* preparing = app.add_subcommand("prepare", "Loads the policy and opens a call");
  add_server(*preparing, options);
  preparing->add_option("--policy", options.policy)->required();
  auto* filling = app.add_subcommand("fill", "Fills the store");
  add_store(*filling, options);
  filling->add_option("--writers", options.target.size.writers, "Transactions at once (SQLite: 1)")
      ->capture_default_str();
  auto* measuring = app.add_subcommand("measure", "Measures");
  add_server(*measuring, options);
  add_store(*measuring, options);
  measuring->add_option("--threads", options.target.threads)->capture_default_str();
  measuring->add_option("--seconds", options.target.seconds)->capture_default_str();
  measuring->add_option("--pid", options.target.pid, "Of dured");
  measuring->add_option("--out", options.out)->required();
  auto* reporting = app.add_subcommand("report", "Prints reports side by side");
  reporting->add_option("reports", options.reports)->required();
  reporting->add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  if (*preparing) return prepare_centre(options);
  if (*filling) return fill_store(options);
  if (*measuring) return measure_store(options);
  return report(options);
}
