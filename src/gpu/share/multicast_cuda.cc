// Wrappers: memory that is bound to a multicast object. It lives while it is bound, without any handle or
// mapping of it: so a binding holds the physical allocation as those do, until it is undone. Of an object
// that is destroyed with its bindings nobody tells, and what was bound to it stays charged; NCCL undoes them.
// The object itself takes no memory.
#include "gpu/share/card.h"
#include "gpu/share/estimate.h"
#include "gpu/share/pointers.h"
#include "gpu/share/real.h"
#include "gpu/share/shared_handles.h"
#include "gpu/share/step.h"

using Handle = CUmemGenericAllocationHandle;
using Flags = unsigned long long;

DURE_EXPORT CUresult cuMulticastBindMem(Handle object, size_t offset, Handle memory, size_t from,
                                        size_t bytes, Flags flags) noexcept;
DURE_EXPORT CUresult cuMulticastBindMem_v2(Handle object, CUdevice device, size_t offset, Handle memory,
                                           size_t from, size_t bytes, Flags flags) noexcept;
DURE_EXPORT CUresult cuMulticastBindAddr(Handle object, size_t offset, CUdeviceptr address, size_t bytes,
                                         Flags flags) noexcept;
DURE_EXPORT CUresult cuMulticastBindAddr_v2(Handle object, CUdevice device, size_t offset,
                                            CUdeviceptr address, size_t bytes, Flags flags) noexcept;
DURE_EXPORT CUresult cuMulticastUnbind(Handle object, CUdevice device, size_t offset, size_t bytes) noexcept;

namespace dure::gpu::share {
namespace {

// A binding is undone by the same words that it was made by.
uint64_t key_of(Handle object, unsigned card, size_t offset) noexcept {
  return mix(mix(object, card + 1), offset) | 1;
}

// As of a mapping: held before the driver is asked.
template <class Ask>
CUresult bind(Slot& slot, uint64_t key, unsigned card, uint64_t physical, Ask ask) noexcept {
  if (!slot.pointers->retain(AllocationKind::kPhysical, physical)) return CUDA_ERROR_INVALID_VALUE;
  DURE_STEP("binding.held");
  const CUresult result = ask();
  DURE_STEP("binding.asked");
  if (result != CUDA_SUCCESS) {
    drop_physical(slot, physical);
    return result;
  }
  const Allocation entry = {key, 0, physical, 1, AllocationKind::kBound, static_cast<uint8_t>(card), 0};
  Allocation before = {};  // of an object that was destroyed since
  if (slot.pointers->erase(AllocationKind::kBound, key, &before)) drop_physical(slot, before.owner);
  slot.pointers->insert(entry);  // where there is no memory for it: it stays charged
  DURE_STEP("binding.entered");
  return result;
}

// The card that the binding is for: of `device`, where the call names one (not -1), else the memory's own.
CUresult find_bound_card(CUdevice device, const Allocation& memory, unsigned* card) noexcept {
  Card found = {};
  const CUresult result = device < 0 ? CUDA_SUCCESS : find_card_of(device, &found);
  *card = device < 0 ? memory.card : found.index;
  return result;
}

template <class Ask>
CUresult bind_found(Slot& slot, Handle object, CUdevice device, size_t offset, const Allocation& memory,
                    Ask ask) noexcept {
  unsigned card = 0;
  const CUresult found = find_bound_card(device, memory, &card);
  return found == CUDA_SUCCESS ? bind(slot, key_of(object, card, offset), card, memory.owner, ask) : found;
}

template <class Ask>
CUresult bind_handle(Handle object, CUdevice device, size_t offset, Handle memory, Ask ask) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation known = {};
  if (!slot->pointers->find(AllocationKind::kHandle, memory, &known)) return ask();
  return bind_found(*slot, object, device, offset, known, ask);
}

// What is mapped; memory of a pool stays the pool's.
template <class Ask>
CUresult bind_address(Handle object, CUdevice device, size_t offset, CUdeviceptr address, Ask ask) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation mapping = {};
  if (!find_mapping(*slot, address, &mapping)) return ask();
  return bind_found(*slot, object, device, offset, mapping, ask);
}

CUresult unbind(Handle object, CUdevice device, size_t offset, size_t bytes) noexcept {
  Card card = {};
  const CUresult found = find_card_of(device, &card);
  if (found != CUDA_SUCCESS) return found;
  Allocation gone = {};
  const bool known =
      card.slot->pointers->erase(AllocationKind::kBound, key_of(object, card.index, offset), &gone);
  DURE_STEP("binding.erased");
  const CUresult result = DURE_REAL(cuMulticastUnbind)(object, device, offset, bytes);
  DURE_STEP("binding.undone");
  if (!known) return result;
  if (result == CUDA_SUCCESS)
    drop_physical(*card.slot, gone.owner);
  else
    card.slot->pointers->insert(gone);
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuMulticastBindMem(Handle object, size_t offset, Handle memory, size_t from,
                                        size_t bytes, Flags flags) noexcept {
  return bind_handle(object, -1, offset, memory, [=]() noexcept {
    return DURE_REAL(cuMulticastBindMem)(object, offset, memory, from, bytes, flags);
  });
}
DURE_EXPORT CUresult cuMulticastBindMem_v2(Handle object, CUdevice device, size_t offset, Handle memory,
                                           size_t from, size_t bytes, Flags flags) noexcept {
  return bind_handle(object, device, offset, memory, [=]() noexcept {
    return DURE_REAL(cuMulticastBindMem_v2)(object, device, offset, memory, from, bytes, flags);
  });
}
DURE_EXPORT CUresult cuMulticastBindAddr(Handle object, size_t offset, CUdeviceptr address, size_t bytes,
                                         Flags flags) noexcept {
  return bind_address(object, -1, offset, address, [=]() noexcept {
    return DURE_REAL(cuMulticastBindAddr)(object, offset, address, bytes, flags);
  });
}
DURE_EXPORT CUresult cuMulticastBindAddr_v2(Handle object, CUdevice device, size_t offset,
                                            CUdeviceptr address, size_t bytes, Flags flags) noexcept {
  return bind_address(object, device, offset, address, [=]() noexcept {
    return DURE_REAL(cuMulticastBindAddr_v2)(object, device, offset, address, bytes, flags);
  });
}
DURE_EXPORT CUresult cuMulticastUnbind(Handle object, CUdevice device, size_t offset, size_t bytes) noexcept {
  return unbind(object, device, offset, bytes);
}
