// The word by which one thread at a time settles a pool (pool_charge.h), and how its other words are read
// and written where threads look at them that do not hold it.
#pragma once

#include "gpu/share/page_kernel.h"
#include "gpu/share/pool_charge.h"

namespace dure::gpu::share {

class HeldPool {
 public:
  explicit HeldPool(PoolCharge& pool) noexcept : lock_(pool.lock) {
    for (unsigned tries = 0; __atomic_exchange_n(&lock_, 1, __ATOMIC_ACQUIRE) != 0; ++tries)
      if (tries >= 64) call_kernel(SYS_sched_yield);
  }
  ~HeldPool() noexcept { __atomic_store_n(&lock_, 0, __ATOMIC_RELEASE); }
  HeldPool(const HeldPool&) = delete;
  HeldPool& operator=(const HeldPool&) = delete;

 private:
  uint32_t& lock_;
};

template <class Word>
Word look(const Word& word) noexcept {
  return __atomic_load_n(&word, __ATOMIC_RELAXED);
}
template <class Word>
void set(Word& word, Word value) noexcept {
  __atomic_store_n(&word, value, __ATOMIC_RELAXED);
}

}  // namespace dure::gpu::share
