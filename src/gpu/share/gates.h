// The gates (gate.h) of this process: one for each card of its share, attached when a launch on the card
// first comes by, and again in a child that was forked. Here is what the wrappers of launches, waits,
// captures and graphs ask of them.
//
// Which card a launch is for: that of its stream's context, which need not be the current one; of the null
// stream, and of each thread's own, the current one's. The card of a stream, or of a context, is remembered
// by its address, so that a launch on a stream that was made costs no call of the driver to find it, and one
// on the others costs one (cuCtxGetCurrent).
//
// Threads: every function by any thread. Nothing here allocates; a lock is held for nothing but attaching.
#pragma once

#include "gpu/abi/cuda.h"
#include "gpu/share/gate.h"
#include "gpu/share/real.h"
#include "gpu/share/slot.h"

DURE_EXPORT CUresult cuCtxGetCurrent(CUcontext* context) noexcept;

namespace dure::gpu::share {

extern Gate gates[DURE_MAX_CARDS];  // by card of the share; attached or not

// The stream that a function whose name ends in _ptsz means.
inline CUstream twin_stream(CUstream stream) noexcept {
  return stream != nullptr ? stream : CU_STREAM_PER_THREAD;
}

// Errors: those of find_current_card (card.h). *gate is set on success alone, and lives as long as the
// process.
CUresult find_gate(CUstream stream, Gate** gate) noexcept;

// Where a stream, or the context of one that every context has, is remembered.
inline uint64_t& remembered_card(Slot& slot, uint64_t key) noexcept {
  return slot.launch.card_of[(key >> 4 ^ key >> 12) % LaunchState::kStreams];
}
inline bool is_named(CUstream stream) noexcept {
  return reinterpret_cast<uintptr_t>(stream) > reinterpret_cast<uintptr_t>(CU_STREAM_PER_THREAD);
}
inline uint64_t context_key(CUcontext context) noexcept {
  return reinterpret_cast<uint64_t>(context) | 1;  // not a stream's
}

// The same where it is remembered, else null. *context is the current one where the stream has no name of its
// own.
[[gnu::always_inline]] inline Gate* remembered_gate(CUstream stream, CUcontext* context) noexcept {
  Slot* slot = __atomic_load_n(&wiped_page, __ATOMIC_ACQUIRE);  // one that is not claimed remembers nothing
  if (slot == nullptr) return nullptr;
  auto key = reinterpret_cast<uint64_t>(stream);
  if (!is_named(stream)) {
    if (DURE_REAL(cuCtxGetCurrent)(context) != CUDA_SUCCESS) return nullptr;
    key = context_key(*context);
  }
  const uint64_t word = __atomic_load_n(&remembered_card(*slot, key), __ATOMIC_ACQUIRE);
  return word >> 16 == key ? &gates[(word & 0xffff) - 1] : nullptr;
}

// The same of a context.
inline Gate* remembered_gate(CUcontext context) noexcept {
  Slot* slot = __atomic_load_n(&wiped_page, __ATOMIC_ACQUIRE);
  if (slot == nullptr) return nullptr;
  const uint64_t key = context_key(context);
  const uint64_t word = __atomic_load_n(&remembered_card(*slot, key), __ATOMIC_ACQUIRE);
  return word >> 16 == key ? &gates[(word & 0xffff) - 1] : nullptr;
}

// The gate of a card, attached now if need be. REQUIRES: card is one of the share's.
Gate& attach_gate(Slot& slot, unsigned card) noexcept;

// Before the application asks any card; before it waits for one, whose gate this is (null: nobody remembers),
// and after it has, when pools may have given memory back to the card.
void before_query() noexcept;
void before_wait(const Gate* waits_for) noexcept;
void after_wait() noexcept;

// Around the time in which a stream is captured, any stream: see gate.h.
void begin_capture() noexcept;
void end_capture() noexcept;
bool is_any_captured() noexcept;

// Before a stream is destroyed: its address may soon be another one's.
void forget_stream(CUstream stream) noexcept;

// Before a context is destroyed: waits for what is outstanding in it, which could never be measured
// afterwards, and forgets it.
void finish_context(CUcontext context) noexcept;
// After it was destroyed, by whomever.
void forget_launches(CUcontext context) noexcept;

// Where a graph that can be launched is made, changed or destroyed: what was measured of it may not hold.
void doubt_graph(CUgraphExec graph) noexcept;

}  // namespace dure::gpu::share
