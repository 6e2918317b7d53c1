// Physical memory of which a descriptor was made for other processes: it lives while the descriptor is open,
// without any handle or mapping of it. So it stays charged until the program has closed the descriptor:
// whether it has is looked at when room is needed, when the program asks how much there is, and when it lets
// go of virtual memory. A descriptor that was sent to another process and closed here is that one's: what it
// maps of it is charged there; who only keeps it open is for the node's comparison with NVML to find.
#pragma once

#include <stdint.h>

#include "gpu/share/slot.h"

namespace dure::gpu::share {

// Lets go of what was exported by descriptors that are closed by now. True where that was any. Cheap where
// nothing is exported.
bool let_closed_exports_go(Slot& slot) noexcept;

// A reference of the physical allocation of that number less; the last one gives its units back. (Of
// virtual_cuda.cc.)
void drop_physical(Slot& slot, uint64_t number) noexcept;

// The mapping that the address lies in, in any place. False: none that is known. (Of virtual_cuda.cc.)
bool find_mapping(const Slot& slot, uint64_t address, Allocation* found) noexcept;

}  // namespace dure::gpu::share
