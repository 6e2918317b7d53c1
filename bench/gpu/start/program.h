// The program whose start is measured: opens a driver library, makes a context and allocates, and writes down
// when it came how far.
#pragma once

#include <cstdint>
#include <optional>

namespace dure::bench {

// CLOCK_MONOTONIC, ns.
struct StartTimes {
  std::uint64_t main_ns = 0;       // it runs
  std::uint64_t init_ns = 0;       // cuInit has returned
  std::uint64_t allocated_ns = 0;  // the first cuMemAlloc has; 0: something failed
};

std::uint64_t monotonic_ns();

// For the beginning of main: the exit status, or nothing where the arguments are not those of the program,
// kStartProgram and the path of the library. The times go to kStartAnswer; then it waits for the end of its
// standard input.
std::optional<int> run_start_program(int argc, char** argv);

inline constexpr char kStartProgram[] = "--start-of";
inline constexpr int kStartAnswer = 3;

}  // namespace dure::bench
