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
#include "gpu/share/slot.h"

namespace dure::gpu::share {

// The stream that a function whose name ends in _ptsz means.
inline CUstream twin_stream(CUstream stream) noexcept {
  return stream != nullptr ? stream : CU_STREAM_PER_THREAD;
}

// Errors: those of find_current_card (card.h). *gate is set on success alone, and lives as long as the
// process.
CUresult find_gate(CUstream stream, Gate** gate) noexcept;

// The gate of a card, attached now if need be. REQUIRES: card is one of the share's.
Gate& attach_gate(Slot& slot, unsigned card) noexcept;

// Before the application waits for any card, or asks one; and after it has waited, when pools may have given
// memory back to the card.
void before_wait() noexcept;
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
