// Wrappers: memory of other processes, opened by an IPC handle. It is charged in full to who opens it as
// well: what was opened stays where its exporter frees it or dies, and must not be free of charge then. No
// memory comes into being by it, so it is opened first, when its size can be asked, and closed again where
// the share has no room.
#include "gpu/share/charge.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuIpcOpenMemHandle(CUdeviceptr* out, CUipcMemHandle handle, unsigned flags) noexcept;
DURE_EXPORT CUresult cuIpcOpenMemHandle_v2(CUdeviceptr* out, CUipcMemHandle handle, unsigned flags) noexcept;
DURE_EXPORT CUresult cuIpcCloseMemHandle(CUdeviceptr address) noexcept;
DURE_EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes, CUdeviceptr address) noexcept;
DURE_EXPORT CUresult cuPointerGetAttribute(void* value, int attribute, CUdeviceptr address) noexcept;

namespace dure::gpu::share {
namespace {

// The card that the memory is of: not always the current context's, which may see another's as its peer.
CUresult find_card_at(CUdeviceptr address, Card* card) noexcept {
  int device = 0;
  const CUresult current = find_current_card(card);
  if (current != CUDA_SUCCESS) return current;
  if (DURE_REAL(cuPointerGetAttribute)(&device, CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL, address) != CUDA_SUCCESS)
    return CUDA_SUCCESS;
  const CUcontext context = card->context;
  const CUresult found = find_card_of(device, card);
  card->context = context;
  return found;
}

CUresult charge_opened(CUdeviceptr address) noexcept {
  Card card = {};
  CUresult result = find_card_at(address, &card);
  if (result != CUDA_SUCCESS) return result;
  CUdeviceptr base = 0;
  size_t bytes = 0;
  result = DURE_REAL(cuMemGetAddressRange_v2)(&base, &bytes, address);
  if (result != CUDA_SUCCESS) return result;
  Slot& slot = *card.slot;
  if (slot.pointers->retain(AllocationKind::kImported, address)) return CUDA_SUCCESS;  // opened once more
  uint64_t units = 0;
  result = reserve_memory(slot, card.index, linear_bytes(bytes), &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("opened.reserved");
  const Allocation entry = {address,
                            units,
                            reinterpret_cast<uint64_t>(card.context),
                            1,
                            AllocationKind::kImported,
                            static_cast<uint8_t>(card.index),
                            0};
  if (slot.pointers->insert(entry)) return CUDA_SUCCESS;
  release_memory(slot, card.index, units);  // another thread opened it at the same time, or no memory
  return slot.pointers->retain(AllocationKind::kImported, address) ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

template <class Ask>
CUresult open(CUdeviceptr* out, Ask ask) noexcept {
  if (find_slot() == nullptr) return CUDA_ERROR_NO_DEVICE;
  CUresult result = ask();
  if (result != CUDA_SUCCESS || out == nullptr) return result;
  DURE_STEP("opened.asked");
  result = charge_opened(*out);
  DURE_STEP("opened.charged");
  if (result == CUDA_SUCCESS) return result;
  DURE_REAL(cuIpcCloseMemHandle)(*out);
  *out = 0;
  return result;
}

// As with handles (virtual_cuda.cc): the entry goes first.
CUresult close(CUdeviceptr address) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation now = {};
  const bool known = slot->pointers->drop(AllocationKind::kImported, address, &now);
  DURE_STEP("opened.dropped");
  const CUresult result = DURE_REAL(cuIpcCloseMemHandle)(address);
  DURE_STEP("opened.closed");
  if (!known) return result;
  if (result == CUDA_SUCCESS) {
    if (now.references == 0) release_memory(*slot, now.card, now.units);
  } else if (!slot->pointers->retain(AllocationKind::kImported, address)) {
    now.references = 1;
    slot->pointers->insert(now);
  }
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuIpcOpenMemHandle(CUdeviceptr* out, CUipcMemHandle handle, unsigned flags) noexcept {
  return open(out, [&]() noexcept { return DURE_REAL(cuIpcOpenMemHandle)(out, handle, flags); });
}
DURE_EXPORT CUresult cuIpcOpenMemHandle_v2(CUdeviceptr* out, CUipcMemHandle handle, unsigned flags) noexcept {
  return open(out, [&]() noexcept { return DURE_REAL(cuIpcOpenMemHandle_v2)(out, handle, flags); });
}
DURE_EXPORT CUresult cuIpcCloseMemHandle(CUdeviceptr address) noexcept {
  return close(address);
}
