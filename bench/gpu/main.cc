// dure-share-bench: how exactly the share library holds containers to their device time, in virtual time on a
// model card, with the controller and the node's function that ship; and some cells in real time, in
// processes that use the library over the fake driver. Progress goes to standard error, the tables or the
// JSON to standard output. Ends with 1 where a cell is out of bounds.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/gpu/cell.h"
#include "bench/gpu/real_time.h"

namespace {

using dure::bench::BorrowResult;
using dure::bench::CellResult;
using dure::bench::CellSpec;
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
          {"measured", cell.measured},
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

void print_cells(const std::vector<CellResult>& cells) {
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
    std::printf("| %s | %s | %s | %.3f | %.3f | %.2f | %s%s |\n", cell.spec.name.c_str(), target.c_str(),
                mean.c_str(), cell.mae, cell.longrun, cell.control_mae, cell.passed ? "" : "FAILED",
                cell.measured > 1 ? "twice" : "");
  }
}

void print_borrowers(const std::vector<BorrowResult>& borrowers) {
  std::printf(
      "\n| borrower | while alone %% | rate back ms | drained ms | allowed ms | owner %% | "
      "|\n|---|---|---|---|---|---|---|\n");
  for (const auto& one : borrowers)
    std::printf("| %s | %.2f | %.1f | %.1f | %.1f | %.2f | %s |\n", one.name.c_str(), one.idle_share,
                one.rate_back_ms, one.drained_ms, one.allowed_ms, one.owner_share,
                one.passed ? "" : "FAILED");
}

struct Results {
  std::vector<CellResult> cells;
  std::vector<CellResult> real_time;
  std::vector<BorrowResult> borrowers;
  std::size_t failed = 0;
};

void print_tables(const Results& results) {
  std::printf("In virtual time:\n\n");
  print_cells(results.cells);
  std::printf("\n* is what it would get if nothing held it, which is less than its promise.\n");
  print_borrowers(results.borrowers);
  if (results.real_time.empty()) return;
  std::printf("\nIn real time, over the fake driver:\n\n");
  print_cells(results.real_time);
}

void print_json(const Results& results, std::uint64_t seed) {
  json::array cells;
  for (const auto& cell : results.cells) cells.push_back(object_of(cell));
  json::array real_time;
  for (const auto& cell : results.real_time) real_time.push_back(object_of(cell));
  json::array borrowing;
  for (const auto& one : results.borrowers) borrowing.push_back(object_of(one));
  const json::object document = {{"seed", seed},
                                 {"failed", results.failed},
                                 {"cells", std::move(cells)},
                                 {"real_time", std::move(real_time)},
                                 {"borrowers", std::move(borrowing)}};
  std::printf("%s\n", json::serialize(document).c_str());
}

// Those whose name contains `wanted`, one after the other, with a line of progress.
void run_cells(std::vector<CellSpec> specs, const std::string& wanted, const char* kind, Results& results,
               std::vector<CellResult>& into, const std::function<CellResult(const CellSpec&)>& run) {
  std::erase_if(specs, [&](const auto& spec) { return spec.name.find(wanted) == std::string::npos; });
  for (const auto& spec : specs) {
    into.push_back(run(spec));
    if (!into.back().passed) ++results.failed;
    std::fprintf(stderr, "\r%s: %zu of %zu, %zu failed: %-28s", kind, into.size(), specs.size(),
                 results.failed, spec.name.c_str());
  }
  if (!specs.empty()) std::fprintf(stderr, "\n");
}

// On the fake driver, in a folder of its own that is gone afterwards. False: there is no such stage.
bool run_real_time(const std::string& wanted, Results& results) {
  const std::filesystem::path own = std::filesystem::canonical("/proc/self/exe").parent_path();
  std::string folder = (std::filesystem::temp_directory_path() / "dure-share-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return false;
  bool opened = false;
  {
    const auto stage = dure::bench::Stage::open({.folder = folder,
                                                 .load = own / "dure-card-load",
                                                 .driver_folder = own.parent_path() / "lib/fake",
                                                 .library_folder = own.parent_path() / "lib",
                                                 .fake = true});
    if (!stage.ok()) std::fprintf(stderr, "%s\n", stage.failure().reason.code.c_str());
    // After the stage, which says where the books lie.
    const auto books =
        stage.ok() ? dure::bench::Books::open(own.parent_path() / "lib/fake/libcuda.so.1") : std::nullopt;
    opened = books.has_value();
    if (opened) {
      dure::bench::Measures measures(**stage, books);
      run_cells(dure::bench::real_time_cells(), wanted, "real time", results, results.real_time,
                [&](const CellSpec& spec) {
                  return dure::bench::run_in_real_time(measures, spec).value_or(CellResult{.spec = spec});
                });
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return opened;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("How exactly the share library holds containers to their device time");
  bool fake = false;
  bool only_virtual = false;
  std::string format = "table";
  std::string wanted;
  unsigned seconds = 0;
  std::uint64_t seed = 1;
  app.add_flag("--fake", fake, "on the model card and on the fake driver")->required();
  app.add_flag("--virtual", only_virtual, "only what runs in virtual time: a minute and not seven");
  app.add_option("-o,--output", format, "table or json")->check(CLI::IsMember({"table", "json"}));
  app.add_option("--cells", wanted, "only cells whose name contains this");
  app.add_option("--seconds", seconds, "of virtual time for each cell; 0: as many as its kernel needs");
  app.add_option("--seed", seed, "of the kernels' lengths and the sleeps' lateness");
  CLI11_PARSE(app, argc, argv);

  Results results;
  const auto begin = std::chrono::steady_clock::now();
  auto specs = dure::bench::grid(seconds, seed);
  for (auto& pair : dure::bench::pairs(seconds, seed + 1000)) specs.push_back(std::move(pair));
  run_cells(std::move(specs), wanted, "virtual time", results, results.cells, dure::bench::run_cell);
  if (wanted.empty() || std::string("borrow").find(wanted) != std::string::npos)
    results.borrowers = dure::bench::run_borrowers(seed + 2000);
  for (const auto& one : results.borrowers)
    if (!one.passed) ++results.failed;
  if (!only_virtual && !run_real_time(wanted, results)) return 1;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::fprintf(stderr, "%.1f s\n", took.count());
  if (format == "json")
    print_json(results, seed);
  else
    print_tables(results);
  return results.failed == 0 ? 0 : 1;
}
