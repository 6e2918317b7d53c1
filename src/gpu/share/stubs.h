// The driver's symbols as this library exports them: for each line of symbols_*.def a stub, one jump through
// its slot. A slot first holds the way to the resolver, which saves all registers that can hold arguments,
// finds the real function (resolve.h), stores it in the slot, and jumps on. From then on the call costs what
// the jump costs: one instruction on x86-64, three on aarch64.
//
// A stub is weak: a wrapper, a strong function of the same name in another file, takes its place without a
// word here, and its slot stays what it was, the way to the real function (real.h).
//
// What follows for who uses dlsym: every symbol of the list is found, whether this driver has it or not.
// Calling one that it lacks is refused (resolve.h). A program that takes the mere presence of a symbol for
// the ability to call it sees a newer driver than there is; cuGetProcAddress and cuDriverGetVersion, which
// are how NVIDIA's own libraries ask, tell the truth.
#ifndef DURE_GPU_SHARE_STUBS_H
#define DURE_GPU_SHARE_STUBS_H

#include "gpu/share/symbols.h"

#define DURE_HIDDEN __attribute__((visibility("hidden")))

extern "C" {
extern void* dure_slots_cuda[dure::gpu::share::kCudaSymbols] DURE_HIDDEN;
extern void* dure_slots_nvml[dure::gpu::share::kNvmlSymbols] DURE_HIDDEN;

// The stubs lie between these: a slot that points there has not been resolved yet.
extern const char dure_first_call_cuda[] DURE_HIDDEN;
extern const char dure_stubs_end_cuda[] DURE_HIDDEN;

// Single slots by name: dure_slot_cuInit and so on. They are words of the two tables.
#define DURE_SYMBOL(name, since) extern void* dure_slot_##name DURE_HIDDEN;
#include "gpu/share/symbols_cuda.def"
#include "gpu/share/symbols_nvml.def"
#undef DURE_SYMBOL
}

#endif
