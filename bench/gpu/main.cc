// dure-share-bench: how exactly the share library holds containers to their device time, in virtual time on a
// model card, with the controller and the node's function that ship. Progress goes to standard error, the
// table or the JSON to standard output. Ends with 1 where a cell is out of bounds.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/gpu/cell.h"

namespace {

using dure::bench::BorrowResult;
using dure::bench::CellResult;
namespace json = boost::json;

double rounded(double value) {
  return static_cast<double>(static_cast<long long>(value * 1000 + (value < 0 ? -0.5 : 0.5))) / 1000;
}

json::object object_of(const CellResult& cell) {
  json::array tenants;
  for (const auto& tenant : cell.tenants)
    tenants.push_back({{"target", rounded(tenant.target)},
                       {"mean", rounded(tenant.mean)},
                       {"mae", rounded(tenant.mae)},
                       {"control_mean", rounded(tenant.control)},
                       {"control_mae", rounded(tenant.control_mae)},
                       {"limited_by_demand", tenant.demand}});
  return {{"name", cell.spec.name},
          {"kernel_us", cell.spec.kernel_ns / 1000},
          {"synchronous", cell.spec.synchronous},
          {"seconds", cell.spec.seconds},
          {"mae", rounded(cell.mae)},
          {"longrun_error", rounded(cell.longrun)},
          {"control_mae", rounded(cell.control_mae)},
          {"allowed_mae", cell.allowed_mae},
          {"allowed_longrun_error", cell.allowed_longrun},
          {"passed", cell.passed},
          {"tenants", std::move(tenants)}};
}

json::object object_of(const BorrowResult& result) {
  return {{"name", result.name},
          {"idle_share", rounded(result.idle_share)},
          {"rate_back_ms", rounded(result.rate_back_ms)},
          {"drained_ms", rounded(result.drained_ms)},
          {"allowed_ms", rounded(result.allowed_ms)},
          {"owner_share", rounded(result.owner_share)},
          {"passed", result.passed}};
}

void print_table(const std::vector<CellResult>& cells, const std::vector<BorrowResult>& borrowers) {
  std::printf(
      "| cell | target %% | mean %% | MAE | long-run error | control MAE | "
      "|\n|---|---|---|---|---|---|---|\n");
  for (const auto& cell : cells) {
    std::string target;
    std::string mean;
    char text[32];
    for (std::size_t i = 0; i < cell.tenants.size() && (i == 0 || cell.spec.name.starts_with("pair")); ++i) {
      std::snprintf(text, sizeof text, "%s%.2f%s", i ? " / " : "", cell.tenants[i].target,
                    cell.tenants[i].demand ? "*" : "");
      target += text;
      std::snprintf(text, sizeof text, "%s%.2f", i ? " / " : "", cell.tenants[i].mean);
      mean += text;
    }
    std::printf("| %s | %s | %s | %.3f | %.3f | %.2f | %s |\n", cell.spec.name.c_str(), target.c_str(),
                mean.c_str(), cell.mae, cell.longrun, cell.control_mae, cell.passed ? "" : "FAILED");
  }
  std::printf("\n* is what it would get if nothing held it, which is less than its promise.\n\n");
  std::printf(
      "| borrower | while alone %% | rate back ms | drained ms | allowed ms | owner %% | "
      "|\n|---|---|---|---|---|---|---|\n");
  for (const auto& one : borrowers)
    std::printf("| %s | %.2f | %.1f | %.1f | %.1f | %.2f | %s |\n", one.name.c_str(), one.idle_share,
                one.rate_back_ms, one.drained_ms, one.allowed_ms, one.owner_share,
                one.passed ? "" : "FAILED");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How exactly the share library holds containers to their device time");
  bool fake = false;
  std::string format = "table";
  std::string wanted;
  unsigned seconds = 0;
  std::uint64_t seed = 1;
  app.add_flag("--fake", fake, "on the model card, in virtual time")->required();
  app.add_option("-o,--output", format, "table or json")->check(CLI::IsMember({"table", "json"}));
  app.add_option("--cells", wanted, "only cells whose name contains this");
  app.add_option("--seconds", seconds, "of virtual time for each cell; 0: as many as its kernel needs");
  app.add_option("--seed", seed, "of the kernels' lengths and the sleeps' lateness");
  CLI11_PARSE(app, argc, argv);

  auto specs = dure::bench::grid(seconds, seed);
  for (auto& pair : dure::bench::pairs(seconds, seed + 1000)) specs.push_back(std::move(pair));
  std::erase_if(specs, [&](const auto& spec) { return spec.name.find(wanted) == std::string::npos; });
  std::vector<CellResult> cells;
  std::size_t failed = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& spec : specs) {
    cells.push_back(dure::bench::run_cell(spec));
    if (!cells.back().passed) ++failed;
    std::fprintf(stderr, "\r%zu of %zu, %zu failed: %-28s", cells.size(), specs.size(), failed,
                 spec.name.c_str());
  }
  std::vector<BorrowResult> borrowers;
  if (wanted.empty() || std::string("borrow").find(wanted) != std::string::npos)
    borrowers = dure::bench::run_borrowers(seed + 2000);
  for (const auto& one : borrowers)
    if (!one.passed) ++failed;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::fprintf(stderr, "\n%.1f s\n", took.count());
  if (format == "json") {
    json::array all;
    for (const auto& cell : cells) all.push_back(object_of(cell));
    json::array borrowing;
    for (const auto& one : borrowers) borrowing.push_back(object_of(one));
    const json::object document = {
        {"seed", seed}, {"failed", failed}, {"cells", all}, {"borrowers", borrowing}};
    std::printf("%s\n", json::serialize(document).c_str());
  } else {
    print_table(cells, borrowers);
  }
  return failed == 0 ? 0 : 1;
}
