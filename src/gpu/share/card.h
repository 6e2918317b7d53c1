// The card of a call: which of the share's cards a call of the driver is about, and this process's slot.
//
// A device of the driver's and a card of the share are the same where their UUIDs are (of the instance, where
// the device is a MIG instance). What was found is kept for each device and for each context, so that the
// card of the current context costs one call of the driver and one load.
//
// A process without a share, and a device that is not in the share, are refused: there is no card that a call
// could be charged to, and so there is no memory. One sentence on standard error says why, once.
//
// Threads: every function by any thread. Nothing here allocates or holds a lock.
#pragma once

#include <stdint.h>

#include "gpu/abi/cuda.h"
#include "gpu/share/slot.h"

namespace dure::gpu::share {

struct Card {
  Slot* slot;
  unsigned index;  // in the share
  CUdevice device;
  CUcontext context;  // the current one; null where the call named a device
};

// This process's slot, with what a refusal says. Null: there is no share.
Slot* find_slot() noexcept;

// Of the current context. Errors: what the driver says where there is none (CUDA_ERROR_INVALID_CONTEXT,
// CUDA_ERROR_NOT_INITIALIZED), CUDA_ERROR_NO_DEVICE without a share, CUDA_ERROR_INVALID_DEVICE for a device
// that is not in it. *card is set on success alone.
CUresult find_current_card(Card* card) noexcept;

// Of the stream, which need not be the current context's: of its own context where it is a stream that was
// made, of the current one where it is the null stream or a thread's own. Errors: as above.
CUresult find_stream_card(CUstream stream, Card* card) noexcept;

// Of a device. Errors: as above, and CUDA_ERROR_INVALID_DEVICE for a number that is none.
CUresult find_card_of(CUdevice device, Card* card) noexcept;

// Before a context is destroyed: its address may soon be another one's, on another device.
void forget_card_of(CUcontext context) noexcept;

}  // namespace dure::gpu::share
