#include "gpu/share/estimate.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kFraction = 8;                           // bits
constexpr unsigned kWeight = 3;                             // of a new sample: 2^-3
constexpr std::uint64_t kLongest = std::uint64_t{1} << 46;  // 19 hours: what a hash collision can do at most

// The finalizer of SplitMix64: every bit of the sum matters to every bit of the hash.
std::uint64_t mix(std::uint64_t seed, std::uint64_t value) noexcept {
  std::uint64_t sum = seed + 0x9e3779b97f4a7c15U + value;
  sum = (sum ^ (sum >> 30)) * 0xbf58476d1ce4e5b9U;
  sum = (sum ^ (sum >> 27)) * 0x94d049bb133111ebU;
  return sum ^ (sum >> 31);
}

std::uint64_t pair(unsigned high, unsigned low) noexcept {
  return static_cast<std::uint64_t>(high) << 32 | low;
}

std::uint64_t address_of(const void* handle) noexcept {
  return reinterpret_cast<std::uintptr_t>(handle);
}

}  // namespace

Work kernel_work(CUfunction function, const Shape& shape) noexcept {
  const std::uint64_t function_key = mix(1, address_of(function));
  std::uint64_t key = mix(function_key, pair(shape.grid[0], shape.grid[1]));
  key = mix(key, pair(shape.grid[2], shape.block[0]) ^ pair(shape.block[2] << 16, shape.block[1] << 16));
  key = mix(key, shape.shared_bytes);
  const std::uint64_t blocks =
      static_cast<std::uint64_t>(shape.grid[0]) * shape.grid[1] * (shape.grid[2] ? shape.grid[2] : 1);
  return {key | 1, function_key | 1, blocks ? blocks : 1};
}

Work graph_work(CUgraphExec graph) noexcept {
  return {mix(2, address_of(graph)) | 1, 0, 1};
}

Estimate Estimates::find(const Work& work) const noexcept {
  if (const Entry* entry = find_entry(work.key))
    return {__atomic_load_n(&entry->value, __ATOMIC_RELAXED) >> kFraction, true};
  const Entry* function = work.function ? find_entry(work.function) : nullptr;
  if (!function) return {kUnknownNs, false};
  const std::uint64_t block = __atomic_load_n(&function->value, __ATOMIC_RELAXED);
  std::uint64_t all;
  if (__builtin_mul_overflow(block, work.blocks, &all) || all > kLongest << kFraction)
    return {kUnknownNs, false};
  return {all >> kFraction, true};
}

void Estimates::learn(const Work& work, std::uint64_t device_ns) noexcept {
  if (device_ns > kLongest) device_ns = kLongest;
  average(work.key, device_ns << kFraction);
  if (work.function) average(work.function, (device_ns << kFraction) / work.blocks);
}

const Estimates::Entry* Estimates::find_entry(std::uint64_t key) const noexcept {
  for (unsigned probe = 0; probe < kProbes; ++probe) {
    const Entry& entry = entries_[((key >> 1) + probe) & (kEntries - 1)];
    const std::uint64_t found = __atomic_load_n(&entry.key, __ATOMIC_ACQUIRE);
    if (found == key) return &entry;
    if (found == 0) return nullptr;
  }
  return nullptr;
}

void Estimates::average(std::uint64_t key, std::uint64_t sample) noexcept {
  for (unsigned probe = 0; probe < kProbes; ++probe) {
    Entry& entry = entries_[((key >> 1) + probe) & (kEntries - 1)];
    const std::uint64_t found = __atomic_load_n(&entry.key, __ATOMIC_RELAXED);
    if (found == key) {
      const std::uint64_t old = __atomic_load_n(&entry.value, __ATOMIC_RELAXED);
      const std::uint64_t next = old + (sample >> kWeight) - (old >> kWeight);
      __atomic_store_n(&entry.value, next, __ATOMIC_RELAXED);
      return;
    }
    if (found != 0 && probe + 1 < kProbes) continue;
    // Free, or the last place to look, whose entry is forgotten. A reader sees the value before the key.
    __atomic_store_n(&entry.value, sample, __ATOMIC_RELAXED);
    __atomic_store_n(&entry.key, key, __ATOMIC_RELEASE);
    return;
  }
}

}  // namespace dure::gpu::share
