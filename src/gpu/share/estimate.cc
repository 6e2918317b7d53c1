#include "gpu/share/estimate.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kWeight = 3;          // of a new sample: 2^-3
constexpr std::uint64_t kShortest = 64;  // a batch of kernels that take nothing would never be full
constexpr std::uint64_t kLongest = std::uint64_t{1} << 46;  // 19 hours: what a hash collision can do at most

// Of all that was measured of a function.
std::uint64_t function_key(const void* function) noexcept {
  return mix(1, address_of(function)) | 1;
}

}  // namespace

Work graph_work(CUgraphExec graph) noexcept {
  return {mix(2, address_of(graph)) | 1, nullptr, 1};
}

Estimate Estimates::search(const Work& work) const noexcept {
  if (const Entry* entry = find_entry(work.key)) return read(*entry);
  const Entry* function = work.function ? find_entry(function_key(work.function)) : nullptr;
  if (!function) return {kUnknownNs, false};
  const std::uint64_t block = __atomic_load_n(&function->value, __ATOMIC_RELAXED);
  std::uint64_t all;
  if (__builtin_mul_overflow(block, work.blocks, &all) || all > kLongest << kFraction)
    return {kUnknownNs, false};
  return {all >> kFraction, true};
}

void Estimates::learn(const Work& work, std::uint64_t device_ns) noexcept {
  if (device_ns > kLongest) device_ns = kLongest;
  if (device_ns < kShortest) device_ns = kShortest;
  average(work.key, device_ns << kFraction);
  if (work.function && work.blocks > 0)
    average(function_key(work.function), (device_ns << kFraction) / work.blocks);
}

void Estimates::doubt(const Work& work) noexcept {
  const Entry* found = find_entry(work.key);
  if (!found) return;
  auto& entry = const_cast<Entry&>(*found);
  constexpr std::uint64_t kLeast = kUnknownNs << kFraction;
  const std::uint64_t value = __atomic_load_n(&entry.value, __ATOMIC_RELAXED);
  __atomic_store_n(&entry.value, (value < kLeast ? kLeast : value) | kInDoubt, __ATOMIC_RELAXED);
}

const Estimates::Entry* Estimates::find_entry(std::uint64_t key) const noexcept {
  for (unsigned probe = 0; probe < kProbes; ++probe) {
    const Entry& entry = entries_[((key >> 52) + probe) & (kEntries - 1)];
    const std::uint64_t found = __atomic_load_n(&entry.key, __ATOMIC_ACQUIRE);
    if (found == key) return &entry;
    if (found == 0) return nullptr;
  }
  return nullptr;
}

void Estimates::average(std::uint64_t key, std::uint64_t sample) noexcept {
  for (unsigned probe = 0; probe < kProbes; ++probe) {
    Entry& entry = entries_[((key >> 52) + probe) & (kEntries - 1)];
    const std::uint64_t found = __atomic_load_n(&entry.key, __ATOMIC_RELAXED);
    if (found == key) {
      const std::uint64_t old = __atomic_load_n(&entry.value, __ATOMIC_RELAXED);
      const std::uint64_t next =
          (old & kInDoubt) != 0 ? sample : old + (sample >> kWeight) - (old >> kWeight);
      __atomic_store_n(&entry.value, next & ~kInDoubt, __ATOMIC_RELAXED);
      return;
    }
    if (found != 0 && probe + 1 < kProbes) continue;
    // Free, or the last place to look, whose entry is forgotten. A reader sees the value before the key.
    __atomic_store_n(&entry.value, sample & ~kInDoubt, __ATOMIC_RELAXED);
    __atomic_store_n(&entry.key, key, __ATOMIC_RELEASE);
    return;
  }
}

}  // namespace dure::gpu::share
