// dure-start-bench: how much later a program has its first memory where the share library is in front of the
// driver: processes that open the driver, make a context and allocate, over the fake driver alone and over
// the share library, in turn. Medians; the difference is that of the pairs. Ends with 1 where one is over the
// bound.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "bench/gpu/start/container.h"

namespace {

using dure::bench::StartContainer;
using dure::bench::StartedProgram;
using dure::bench::StartFiles;

struct Row {
  const char* words;
  unsigned alive;   // processes of the container that have slots meanwhile
  unsigned killed;  // processes that were killed before each pair and whose slots nobody has taken back
};

struct Figures {
  std::vector<double> without, with, added, added_to_init;  // us
};

double quantile(std::vector<double> values, unsigned percent) {
  if (values.empty()) return 0;
  const std::size_t at = (values.size() - 1) * percent / 100;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

double us(std::uint64_t ns) {
  return static_cast<double>(ns) / 1000;
}

[[noreturn]] void give_up() {
  std::fprintf(stderr, "dure-start-bench: a program could not allocate\n");
  std::exit(2);
}

// Their slots are taken by processes that are all alive at once.
void leave_dead_slots(const StartContainer& container, unsigned count) {
  std::vector<StartedProgram> programs;
  for (unsigned i = 0; i < count; ++i) programs.emplace_back(container.library());
  for (StartedProgram& program : programs) program.kill();
}

Figures measure(const Row& row, unsigned pairs, const StartFiles& files) {
  const StartContainer container(files);
  std::vector<StartedProgram> others;
  for (unsigned i = 0; i < row.alive; ++i) others.emplace_back(container.library());
  Figures figures;
  for (unsigned pair = 0; pair < pairs; ++pair) {
    leave_dead_slots(container, row.killed);
    // The one that is first in the pair has a colder cache: each is so half of the time.
    const bool ours_first = pair % 2 == 0;
    double times[2] = {}, inits[2] = {};
    for (const bool ours : {ours_first, !ours_first}) {
      const StartedProgram program(ours ? container.library() : container.driver());
      if (!program.works()) give_up();
      times[ours ? 1 : 0] = us(program.to_allocated_ns());
      inits[ours ? 1 : 0] = us(program.to_init_ns());
    }
    figures.without.push_back(times[0]);
    figures.with.push_back(times[1]);
    figures.added.push_back(times[1] - times[0]);
    figures.added_to_init.push_back(inits[1] - inits[0]);
  }
  return figures;
}

std::string beside(const char* file) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/../lib/" + file;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto status = dure::bench::run_start_program(argc, argv)) return *status;
  CLI::App app("How much later a program has its first memory with the share library");
  unsigned pairs = 300;
  double allowed_us = 2000;
  StartFiles files = {beside("libdure-cuda-test.so"), beside("fake/libcuda.so.1")};
  app.add_option("--pairs", pairs, "of processes for each row")->check(CLI::Range(1, 100000));
  app.add_option("--allowed-us", allowed_us, "the bound of each median difference");
  app.add_option("--library", files.library, "libdure-cuda-test.so");
  app.add_option("--driver", files.driver, "the fake libcuda.so.1");
  CLI11_PARSE(app, argc, argv);

  std::printf(
      "| processes of the container | without us | with us | added us | of it in cuInit us | added, 90 %% of "
      "pairs "
      "us | |\n|---|---|---|---|---|---|---|\n");
  bool passed = true;
  for (const Row& row : {Row{"none", 0, 0}, Row{"16 alive", 16, 0}, Row{"100 alive", 100, 0},
                         Row{"100 killed just before", 0, 100}}) {
    const unsigned count = row.killed == 0 ? pairs : std::max(1u, pairs / 10);
    const Figures figures = measure(row, count, files);
    const double added = quantile(figures.added, 50);
    passed = passed && added <= allowed_us;
    std::printf("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %s |\n", row.words, quantile(figures.without, 50),
                quantile(figures.with, 50), added, quantile(figures.added_to_init, 50),
                quantile(figures.added, 90), added <= allowed_us ? "" : "FAILED");
    std::fflush(stdout);
  }
  return passed ? 0 : 1;
}
