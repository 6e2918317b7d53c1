// Memory of no pool that was freed in the order of a stream: the driver has it until the stream comes to that
// point, and so it stays charged until then. An event that is recorded behind it tells. Whether it has passed
// is looked at when room is needed and when the program asks how much there is.
#pragma once

#include "gpu/abi/cuda.h"
#include "gpu/share/pointers.h"
#include "gpu/share/slot.h"

namespace dure::gpu::share {

// After the driver has taken the free of `entry`, which is in the table no more. `stream` as the event is to
// be recorded in. Where no event can be had, the stream is waited for.
void leave_in_order(Slot& slot, const Allocation& entry, CUstream stream) noexcept;

// Gives back what has left by now. True where that was any. Cheap where nothing is leaving. Any thread.
bool let_left_go(Slot& slot) noexcept;

// What is entered as leaving went with its context.
void note_left() noexcept;

}  // namespace dure::gpu::share
