// How long launches take on the device, as measured so far: a table of this process, without locks or
// allocation.
//
// A kernel is known by its function and the shape of its launch; its estimate is an exponentially weighted
// mean of what was measured (weight 1/8). A shape that was never launched is estimated by the function's
// device time for each block; a function that was never launched is unknown. A graph is known by its
// executable graph.
//
// Device time, not elapsed time: what the card did for others meanwhile is left out. Any thread may call
// these; two that write one entry at once lose one sample.
#ifndef DURE_GPU_SHARE_ESTIMATE_H
#define DURE_GPU_SHARE_ESTIMATE_H

#include <cstdint>

#include "gpu/abi/cuda.h"

namespace dure::gpu::share {

// What is launched. Keys are hashes, never 0; function is 0 where nothing of the kind is shared (graphs).
struct Work {
  std::uint64_t key;
  std::uint64_t function;
  std::uint64_t blocks;  // at least 1
};

struct Shape {
  unsigned grid[3];
  unsigned block[3];
  unsigned shared_bytes;
};

Work kernel_work(CUfunction function, const Shape& shape) noexcept;
Work graph_work(CUgraphExec graph) noexcept;

struct Estimate {
  std::uint64_t device_ns;  // kUnknownNs where it is not known
  bool known;
};

inline constexpr std::uint64_t kUnknownNs = 100'000;

class Estimates {
 public:
  Estimate find(const Work& work) const noexcept;
  void learn(const Work& work, std::uint64_t device_ns) noexcept;

 private:
  static constexpr unsigned kEntries = 4096;
  static constexpr unsigned kProbes = 8;

  struct Entry {
    std::uint64_t key;
    std::uint64_t value;  // ns in 1/256
  };

  const Entry* find_entry(std::uint64_t key) const noexcept;
  void average(std::uint64_t key, std::uint64_t sample) noexcept;

  Entry entries_[kEntries] = {};
};

}  // namespace dure::gpu::share

#endif
