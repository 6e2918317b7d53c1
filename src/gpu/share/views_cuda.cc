// Wrappers: what CUDA says of the memory there is. Every out-parameter may be null.
#include "gpu/share/views.h"

#include "gpu/share/card.h"
#include "gpu/share/leaving.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/shared_handles.h"

DURE_EXPORT CUresult cuInit(unsigned flags) noexcept;
DURE_EXPORT CUresult cuMemGetInfo(unsigned* free, unsigned* total) noexcept;
DURE_EXPORT CUresult cuMemGetInfo_v2(size_t* free, size_t* total) noexcept;
DURE_EXPORT CUresult cuDeviceTotalMem(unsigned* bytes, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) noexcept;

namespace dure::gpu::share {
namespace {

template <class Size>
void tell(Size* out, uint64_t bytes) noexcept {
  constexpr uint64_t kMost = static_cast<Size>(~Size{0});
  if (out != nullptr) *out = static_cast<Size>(bytes < kMost ? bytes : kMost);
}

template <class Size>
CUresult get_info(Size* free, Size* total) noexcept {
  Card card = {};
  CUresult result = find_current_card(&card);
  if (result != CUDA_SUCCESS) return result;
  settle_pools(*card.slot, card.index);
  let_closed_exports_go(*card.slot);
  let_left_go(*card.slot);
  size_t real_free = 0, real_total = 0;
  result = DURE_REAL(cuMemGetInfo_v2)(&real_free, &real_total);
  if (result != CUDA_SUCCESS) return result;
  const MemoryView view = view_memory(card.slot->limits, card.slot->usage, card.index, real_total, real_free);
  tell(free, view.free);
  tell(total, view.total);
  return CUDA_SUCCESS;
}

template <class Size>
CUresult get_total(Size* bytes, CUdevice device) noexcept {
  size_t real = 0;
  CUresult result = DURE_REAL(cuDeviceTotalMem_v2)(&real, device);
  if (result != CUDA_SUCCESS) return result;
  if (bytes == nullptr) return CUDA_ERROR_INVALID_VALUE;
  Card card = {};
  result = find_card_of(device, &card);
  if (result != CUDA_SUCCESS) return result;
  tell(bytes, view_memory(card.slot->limits, card.slot->usage, card.index, real, real).total);
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

// A container without a share has no card: it is told so at the first call.
DURE_EXPORT CUresult cuInit(unsigned flags) noexcept {
  const CUresult result = DURE_REAL(cuInit)(flags);
  return result == CUDA_SUCCESS && find_slot() == nullptr ? CUDA_ERROR_NO_DEVICE : result;
}
DURE_EXPORT CUresult cuMemGetInfo(unsigned* free, unsigned* total) noexcept {
  return get_info(free, total);
}
DURE_EXPORT CUresult cuMemGetInfo_v2(size_t* free, size_t* total) noexcept {
  return get_info(free, total);
}
DURE_EXPORT CUresult cuDeviceTotalMem(unsigned* bytes, CUdevice device) noexcept {
  return get_total(bytes, device);
}
DURE_EXPORT CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) noexcept {
  return get_total(bytes, device);
}
