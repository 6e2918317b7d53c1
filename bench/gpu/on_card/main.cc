// dure-card-bench: the grid of dure-share-bench on a real card, and what the share library costs there: with
// no library, with the share library, and with a peer's where one is named. Progress goes to standard error,
// the tables or the JSON to standard output. With --fake on the fake driver, to check itself: its figures
// then say something of this machine and nothing of a card. Ends with 1 where the share library is out of
// bounds.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "bench/gpu/cell.h"
#include "bench/gpu/on_card/measure.h"
#include "bench/gpu/seconds.h"

namespace {

using dure::bench::CellSpec;
using dure::bench::number;
using dure::bench::Stage;
using dure::bench::Tenant;
using dure::bench::Variant;
namespace json = boost::json;

constexpr double kAllowedMae = 2;      // points, of a second's part of the card
constexpr double kAllowedCost = 0.01;  // of the throughput without the library

const char* name_of(Variant variant) {
  return variant == Variant::kNone ? "no library" : variant == Variant::kDure ? "Dure" : "peer";
}

struct Error {
  double mae = 0;
  double longrun = 0;
  std::vector<double> mean;  // of each tenant, percent
};

class Bench {
 public:
  Bench(Stage& stage, std::vector<Variant> variants, unsigned seconds)
      : stage_(stage), variants_(std::move(variants)), measures_(stage), seconds_(seconds) {}

  // One tenant's seconds against its target, or the sum of what failed.
  bool run_cell(const CellSpec& spec);
  bool run_costs();
  bool run_memory();
  json::object document() const { return {{"cells", cells_}, {"costs", costs_}, {"memory", memory_}}; }
  void print() const;

 private:
  std::optional<Error> measure(Variant variant, const CellSpec& spec, const std::vector<double>& targets);
  std::optional<double> ask(Variant variant, std::int64_t blocks, std::vector<std::string> words,
                            const char* member);

  Stage& stage_;
  const std::vector<Variant> variants_;
  dure::bench::Measures measures_;
  const unsigned seconds_;
  json::array cells_;
  json::array costs_;
  json::array memory_;
};

std::optional<double> Bench::ask(Variant variant, std::int64_t blocks, std::vector<std::string> words,
                                 const char* member) {
  const auto said = stage_.run(variant, {{blocks, std::move(words)}}).front();
  if (!said || number(*said, member) < 0) return std::nullopt;
  return number(*said, member);
}

std::optional<Error> Bench::measure(Variant variant, const CellSpec& spec,
                                    const std::vector<double>& targets) {
  const auto had = measures_.measure(variant, spec);
  if (!had) return std::nullopt;
  Error error;
  for (std::size_t i = 0; i < had->size(); ++i) {
    error.mean.push_back(dure::bench::mean((*had)[i]));
    error.mae += dure::bench::mean_error((*had)[i], targets[i]) / static_cast<double>(had->size());
    error.longrun = std::max(error.longrun, std::abs(error.mean.back() - targets[i]));
  }
  return error;
}

bool Bench::run_cell(const CellSpec& spec) {
  std::vector<double> targets;
  targets.reserve(spec.tenants.size());
  for (const auto& tenant : spec.tenants) targets.push_back(tenant.target);
  json::object cell{{"name", spec.name}};
  bool passed = true;
  for (const Variant variant : variants_) {
    const auto error = measure(variant, spec, targets);
    // What waits for every kernel may want less than it was promised: then that is its target.
    if (variant == Variant::kNone && error && dure::bench::is_even(spec))
      for (std::size_t i = 0; i < targets.size(); ++i) targets[i] = std::min(targets[i], error->mean[i]);
    json::object one{{"failed", !error}};
    if (error) {
      one = {{"mae", error->mae}, {"longrun_error", error->longrun}};
      one["mean"] = json::array(error->mean.begin(), error->mean.end());
    }
    if (variant == Variant::kDure) passed = error && error->mae <= kAllowedMae;
    cell[name_of(variant)] = std::move(one);
  }
  cell["target"] = json::array(targets.begin(), targets.end());
  cell["passed"] = passed;
  cells_.push_back(std::move(cell));
  return passed;
}

bool Bench::run_costs() {
  const dure::bench::Kernel kernel = measures_.kernel_of(50'000);
  const std::string rounds = std::to_string(kernel.rounds);
  const std::string seconds = std::to_string(seconds_);
  struct Row {
    const char* name;
    std::vector<std::string> words;
    const char* member;
    bool more_is_better;
  };
  const std::vector<Row> rows = {
      {"step of 200 kernels, per second", {"step", rounds, seconds}, "per_second", true},
      {"graph of 50 kernels, per second", {"graph", rounds, seconds}, "per_second", true},
      {"launch, ns, median", {"launch", "100000"}, "median_ns", false},
      {"launch, ns, 99th of 100", {"launch", "100000"}, "p99_ns", false}};
  bool passed = true;
  for (const Row& row : rows) {
    json::object cost{{"name", row.name}};
    std::optional<double> none;
    for (const Variant variant : variants_) {
      const auto value = ask(variant, 100, row.words, row.member);
      if (variant == Variant::kNone) none = value;
      if (value) cost[name_of(variant)] = *value;
      if (variant == Variant::kDure && row.more_is_better)
        passed = passed && none && value && *value >= *none * (1 - kAllowedCost);
    }
    costs_.push_back(std::move(cost));
  }
  return passed;
}

// To the piece: what a share of 30 blocks can take is what it is told it has.
bool Bench::run_memory() {
  constexpr std::int64_t kUnit = 512;  // in which the books are kept
  const std::int64_t share = stage_.card().report.memory.value / 100 * 30;
  const auto limit = static_cast<double>(share - share % kUnit);
  bool passed = true;
  for (const Variant variant : variants_) {
    const auto said = stage_.run(variant, {{30, {"memory"}}}).front();
    const double total = said ? number(*said, "total_bytes") : -1;
    const double held = said ? number(*said, "held_bytes") : -1;
    memory_.push_back(json::object{
        {"variant", name_of(variant)}, {"limit_bytes", limit}, {"told_bytes", total}, {"held_bytes", held}});
    // The last piece that was tried is 2 MiB; a context may take some of what the share has.
    if (variant == Variant::kDure) passed = total == limit && held <= limit && held > limit - (64 << 20);
  }
  return passed;
}

std::string two(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string means(const json::value& values) {
  std::string text;
  double last = -1;
  for (const auto& value : values.as_array()) {
    const double now = value.to_number<double>();
    if (std::abs(now - last) < 0.005) continue;
    text += (text.empty() ? "" : " / ") + two(now);
    last = now;
  }
  return text;
}

void Bench::print() const {
  std::string head = "| cell | target % |";
  std::string rule = "|---|---|";
  for (const Variant variant : variants_) {
    head += std::string(" ") + name_of(variant) + ": mean % | MAE |";
    rule += "---|---|";
  }
  std::printf("%s |\n%s---|\n", head.c_str(), rule.c_str());
  for (const auto& value : cells_) {
    const auto& cell = value.as_object();
    std::string line =
        "| " + std::string(cell.at("name").as_string()) + " | " + means(cell.at("target")) + " |";
    for (const Variant variant : variants_) {
      const auto& one = cell.at(name_of(variant)).as_object();
      line += one.contains("mean") ? " " + means(one.at("mean")) + " | " + two(number(one, "mae")) + " |"
                                   : " failed | |";
    }
    std::printf("%s %s |\n", line.c_str(), cell.at("passed").as_bool() ? "" : "FAILED");
  }
  std::printf("\n| |");
  for (const Variant variant : variants_) std::printf(" %s |", name_of(variant));
  std::printf("\n|---|");
  for (std::size_t i = 0; i < variants_.size(); ++i) std::printf("---|");
  std::printf("\n");
  for (const auto& value : costs_) {
    std::printf("| %s |", value.at("name").as_string().c_str());
    for (const Variant variant : variants_) {
      const double had = number(value, name_of(variant));
      std::printf(" %s |", had < 0 ? "failed" : two(had).c_str());
    }
    std::printf("\n");
  }
  std::printf("\n| memory of 30 blocks | limit | told | could take |\n|---|---|---|---|\n");
  for (const auto& value : memory_)
    std::printf("| %s | %.0f | %.0f | %.0f |\n", value.at("variant").as_string().c_str(),
                number(value, "limit_bytes"), number(value, "told_bytes"), number(value, "held_bytes"));
}

std::vector<CellSpec> cells_named(const std::string& wanted, unsigned seconds) {
  auto specs = dure::bench::grid(seconds, 1);
  for (auto& pair : dure::bench::pairs(seconds, 1)) specs.push_back(std::move(pair));
  std::erase_if(specs, [&](const auto& spec) { return spec.name.find(wanted) == std::string::npos; });
  return specs;
}

int run(Stage& stage, const std::vector<Variant>& variants, const std::string& wanted, unsigned seconds,
        bool as_json) {
  Bench bench(stage, variants, seconds);
  const auto specs = cells_named(wanted, seconds);
  std::size_t failed = 0;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    failed += bench.run_cell(specs[i]) ? 0 : 1;
    std::fprintf(stderr, "\r%zu of %zu, %zu failed: %-28s", i + 1, specs.size(), failed,
                 specs[i].name.c_str());
  }
  std::fprintf(stderr, "\n");
  failed += bench.run_costs() ? 0 : 1;
  failed += bench.run_memory() ? 0 : 1;
  if (as_json) {
    json::object document = bench.document();
    document["card"] = stage.card().report.product;
    document["driver"] = stage.driver();
    document["ships"] = stage.ships();
    document["failed"] = failed;
    std::printf("%s\n", json::serialize(document).c_str());
  } else {
    std::printf("%s, driver %s; the share library %s; %u s of each cell after %u.\n\n",
                stage.card().report.product.c_str(), stage.driver().c_str(),
                stage.ships() ? "as it ships" : "in its flavour for tests", seconds, dure::bench::kWarmUp);
    bench.print();
  }
  return failed == 0 ? 0 : 1;
}

// What another program says of itself, in each variant.
int run_program(Stage& stage, const std::vector<Variant>& variants, const std::string& text) {
  std::vector<std::string> words;
  std::istringstream split(text);
  for (std::string word; split >> word;) words.push_back(word);
  bool failed = false;
  for (const Variant variant : variants) {
    const auto said = stage.run(variant, {{100, words}}).front();
    failed = failed || !said;
    std::printf("- %s: %s\n", name_of(variant), said ? json::serialize(*said).c_str() : "failed");
  }
  return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The share library on a card, against none and against a peer's");
  dure::bench::StageOptions options;
  const std::string own = std::filesystem::canonical("/proc/self/exe").parent_path();
  options.load = own + "/dure-card-load";
  options.library_folder = own + "/../lib";
  std::string format = "table";
  std::string wanted;
  std::string program;
  std::string program_words;
  unsigned seconds = 10;
  app.add_flag("--fake", options.fake, "on the fake driver, to check the script");
  app.add_option("--driver-folder", options.driver_folder,
                 "of the driver's libraries; where they usually lie");
  app.add_option("--library-folder", options.library_folder, "of the share library");
  app.add_option("--card", options.card, "UUID of a GPU or a MIG instance; the first");
  app.add_option("--peer", options.peer, "a peer's library, to be preloaded");
  app.add_option("--peer-environment", options.peer_environment,
                 "its settings, NAME=VALUE;…, with {percent}, {bytes} and {tenant}");
  app.add_option("--program", program,
                 "measured in place of the grid, at 100 blocks: it prints JSON with numbers");
  app.add_option("--program-words", program_words, "its words, with spaces between them");
  app.add_option("--cells", wanted, "only cells whose name contains this");
  app.add_option("--seconds", seconds, "of each cell")->check(CLI::Range(1, 3600))->capture_default_str();
  app.add_option("-o,--output", format, "table or json")->check(CLI::IsMember({"table", "json"}));
  CLI11_PARSE(app, argc, argv);
  if (!program.empty()) options.load = program;
  options.library_folder = std::filesystem::absolute(options.library_folder);
  if (options.fake && options.driver_folder.empty()) options.driver_folder = own + "/../lib/fake";
  std::string folder = (std::filesystem::temp_directory_path() / "dure-card-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  options.folder = folder;
  std::vector<Variant> variants = {Variant::kNone, Variant::kDure};
  if (!options.peer.empty()) variants.push_back(Variant::kPeer);
  int status = 1;
  {
    const auto stage = Stage::open(options);
    if (stage.ok() && !program.empty())
      status = run_program(**stage, variants, program_words);
    else if (stage.ok())
      status = run(**stage, variants, wanted, seconds, format == "json");
    else
      std::fprintf(stderr, "%s\n", stage.failure().reason.code.c_str());
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return status;
}
