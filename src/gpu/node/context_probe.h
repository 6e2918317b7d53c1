// ContextProbe: what a context takes of a card by being there, found out by making one.
//
// A child process does it, this program started anew: a driver can hang, crash, print and leave threads and
// locks behind, and none of that may happen in the process that keeps containers. The child makes the card's
// primary context, as the CUDA runtime does, asks NVML how much its own process holds, and ends.
//
// NVML's figure of the process is exact whatever others do on the card meanwhile. Where NVML gives none (some
// virtual machines; a dure-node in a namespace of process ids of its own), the growth of what is used of the
// card is taken instead, but only where nobody else is on the card, before and after. It is looked at after
// the driver was started and before the context is made, so that what the driver keeps of a card by itself is
// not in it.
//
// A card that is in an exclusive or prohibited compute mode is left alone: a context of ours would keep a
// program out. So is one of which less than kLeastFree is free: the probe must not be what a tenant's request
// fails for.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/time.h"

namespace dure::gpu {

struct ContextMeasure {
  std::optional<std::uint64_t> bytes;
  std::string why;  // for people, where there is no figure
};

struct ContextProbeOptions {
  std::string program = "/proc/self/exe";  // its main calls run_context_probe before anything else
  std::string driver_folder;               // "": where the driver's libraries usually lie
  std::string library_folder;              // of libdure-cuda.so and libdure-nvml.so
  std::string nvml = "libnvidia-ml.so.1";  // as dlopen takes it
  // A machine without persistence mode starts each of its cards anew, which takes seconds for each.
  base::Span limit = base::Span::seconds(30);
};

// Threads: one at a time.
class ContextProbe {
 public:
  explicit ContextProbe(ContextProbeOptions options) : options_(std::move(options)) {}

  // Measures on the card of that UUID (MIG instances too). Blocks for the limit and a second at most, or
  // until `ending`. A child that not even SIGKILL ends, since the driver holds it in the kernel, is left
  // behind and its card not measured again while it is there.
  ContextMeasure measure(const std::string& card, const std::atomic<bool>& ending);

 private:
  ContextMeasure watch(pid_t child, int answers, const std::string& card, const std::atomic<bool>& ending);
  bool is_stuck(const std::string& card);

  const ContextProbeOptions options_;
  std::map<std::string, pid_t> stuck_;  // by card
};

// The child's part, for the beginning of main: its exit status, or nothing where the process is no such
// child.
std::optional<int> run_context_probe(int argc, char** argv);

// The least that must be free of a card on which a context is made.
inline constexpr std::uint64_t kLeastFree = std::uint64_t{2} << 30;

// Between both: the child's first argument, and the descriptor that it writes its one line to, "bytes N" or
// "why TEXT".
inline constexpr char kContextProbe[] = "measure-context";
inline constexpr int kContextAnswer = 3;

}  // namespace dure::gpu
