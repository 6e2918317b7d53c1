// What a container is told of its memory: the share, never the card. CUDA's and NVML's answers are made here,
// so that they agree.
#pragma once

#include <stdint.h>

#include "gpu/share/ledger.h"
#include "gpu/share/page.h"

namespace dure::gpu::share {

struct MemoryView {
  uint64_t total;
  uint64_t free;
  uint64_t used;  // by the container
};

// Bytes; `real_total` and `real_free` are what the driver says of the card. A limit that was lowered below
// what is in use leaves nothing free, never less than nothing.
inline MemoryView view_memory(const struct dure_limits* limits, const struct dure_usage* usage, unsigned card,
                              uint64_t real_total, uint64_t real_free) noexcept {
  const uint64_t limit = memory_limit_units(limits, card) * DURE_MEMORY_UNIT;
  const uint64_t used = memory_totals(usage, card).units * DURE_MEMORY_UNIT;
  const uint64_t total = limit < real_total ? limit : real_total;
  const uint64_t left = used < total ? total - used : 0;
  return {total, left < real_free ? left : real_free, used};
}

}  // namespace dure::gpu::share
