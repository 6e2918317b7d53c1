// How long launches take on the device, as measured so far: a table of this process, without locks or
// allocation.
//
// A kernel is known by its function and the shape of its launch; its estimate is an exponentially weighted
// mean of what was measured (weight 1/8). A shape that was never launched is estimated by the function's
// device time for each block; a function that was never launched is unknown. A graph is known by its
// executable graph; what was changed in it makes it unknown again, though its estimate stays the best guess.
//
// Device time, not elapsed time: what the card did for others meanwhile is left out. Any thread may call
// these; two that write one entry at once lose one sample.
#ifndef DURE_GPU_SHARE_ESTIMATE_H
#define DURE_GPU_SHARE_ESTIMATE_H

#include <cstdint>

#include "gpu/abi/cuda.h"

namespace dure::gpu::share {

// What is launched. The key is a hash, never 0.
struct Work {
  std::uint64_t key;
  const void* function;  // null where nothing of the kind is shared: a graph
  std::uint64_t blocks;  // 0: the driver will refuse it
};

struct Shape {
  unsigned grid[3];
  unsigned block[3];
  unsigned shared_bytes;
};

// Both halves of a product of 128 bits: every bit of the factors matters to the hash (as in wyhash).
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(a ^ 0x9e3779b97f4a7c15U) * (b ^ 0xbf58476d1ce4e5b9U);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t pair(unsigned high, unsigned low) noexcept {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

inline std::uint64_t address_of(const void* handle) noexcept {
  return reinterpret_cast<std::uintptr_t>(handle);
}

// In every launch: as few instructions as will do. The sums of products are a universal hash in their upper
// half (multilinear hashing); the lower is mixed with it.
inline std::uint64_t kernel_key(CUfunction function, const Shape& shape) noexcept {
  const std::uint64_t sum =
      pair(shape.grid[1], shape.grid[0]) * 0x9e3779b97f4a7c15U +
      pair(shape.shared_bytes, shape.grid[2]) * 0xbf58476d1ce4e5b9U +
      pair(shape.block[1], shape.block[0] ^ shape.block[2] << 16) * 0xd6e8feb86659fd93U +
      address_of(function);
  return (sum ^ sum >> 32) * 0x9e3779b97f4a7c15U | 1;
}

inline Work kernel_work(CUfunction function, const Shape& shape) noexcept {
  return {kernel_key(function, shape), function,
          static_cast<std::uint64_t>(shape.grid[0]) * shape.grid[1] * shape.grid[2]};
}

Work graph_work(CUgraphExec graph) noexcept;

struct Estimate {
  std::uint64_t device_ns;  // kUnknownNs where it is not known
  bool known;
};

inline constexpr std::uint64_t kUnknownNs = 100'000;

class Estimates {
 public:
  Estimate find(const Work& work) const noexcept {
    const Entry& entry = first(work.key);
    if (__atomic_load_n(&entry.key, __ATOMIC_ACQUIRE) != work.key) return search(work);
    return read(entry);
  }
  // Without a search: unknown where it does not lie in its first place.
  Estimate glance(std::uint64_t key) const noexcept {
    const Entry& entry = first(key);
    if (__atomic_load_n(&entry.key, __ATOMIC_ACQUIRE) != key) return {0, false};
    return read(entry);
  }
  void learn(const Work& work, std::uint64_t device_ns) noexcept;
  // The next launch may be another: it is unknown until it is measured.
  void doubt(const Work& work) noexcept;

 private:
  static constexpr unsigned kEntries = 4096;  // 2^12
  static constexpr unsigned kProbes = 8;
  static constexpr unsigned kFraction = 8;  // bits

  struct Entry {
    std::uint64_t key;
    std::uint64_t value;  // ns in 2^-kFraction; the lowest bit says that it is in doubt
  };
  static constexpr std::uint64_t kInDoubt = 1;

  static Estimate read(const Entry& entry) noexcept {
    const std::uint64_t value = __atomic_load_n(&entry.value, __ATOMIC_RELAXED);
    return {value >> kFraction, (value & kInDoubt) == 0};
  }

  const Entry& first(std::uint64_t key) const noexcept {
    // The high bits are the better ones.
    return entries_[key >> 52];
  }
  Estimate search(const Work& work) const noexcept;
  const Entry* find_entry(std::uint64_t key) const noexcept;
  void average(std::uint64_t key, std::uint64_t sample) noexcept;

  Entry entries_[kEntries] = {};
};

}  // namespace dure::gpu::share

#endif
