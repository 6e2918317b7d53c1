// Wrappers: linear, pitched and managed memory. Managed memory counts in full, wherever it lies at the
// moment.
#include "gpu/share/charge.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"

DURE_EXPORT CUresult cuMemAlloc(unsigned* out, unsigned bytes) noexcept;
DURE_EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* out, size_t bytes) noexcept;
DURE_EXPORT CUresult cuMemAllocManaged(CUdeviceptr* out, size_t bytes, unsigned flags) noexcept;
DURE_EXPORT CUresult cuMemAllocPitch(unsigned* out, unsigned* pitch, unsigned width, unsigned height,
                                     unsigned element) noexcept;
DURE_EXPORT CUresult cuMemAllocPitch_v2(CUdeviceptr* out, size_t* pitch, size_t width, size_t height,
                                        unsigned element) noexcept;
DURE_EXPORT CUresult cuMemFree(unsigned address) noexcept;
DURE_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) noexcept;

namespace dure::gpu::share {
namespace {

// Bytes between rows: no driver's are wider apart than this beyond what is asked for.
constexpr uint64_t kWidestPitch = 4096;

// ask() is the driver's call; *out is what it wrote. What is not worth a reservation the driver refuses.
template <class Address, class Ask, class Free>
CUresult allocate(Address* out, uint64_t bytes, AllocationKind kind, Ask ask, Free free) noexcept {
  if (out == nullptr || bytes == 0) return ask();
  Card card = {};
  const CUresult found = find_current_card(&card);
  if (found != CUDA_SUCCESS) return found;
  const Address before = *out;
  const CUresult result = charge(
      card, kind, linear_bytes(bytes),
      [&](Made* made) noexcept {
        const CUresult answer = ask();
        made->pointer = *out;
        return answer;
      },
      [&](uint64_t address) noexcept { free(static_cast<Address>(address)); });
  if (result == CUDA_ERROR_OUT_OF_MEMORY) *out = before;
  return result;
}

template <class Address, class Size, class Ask, class Free>
CUresult allocate_rows(Address* out, Size* pitch, Size width, Size height, Ask ask, Free free) noexcept {
  if (out == nullptr || pitch == nullptr || width == 0 || height == 0) return ask();
  Card card = {};
  const CUresult found = find_current_card(&card);
  if (found != CUDA_SUCCESS) return found;
  const Address before = *out;
  const uint64_t most = linear_bytes(multiply(round_up(width, kWidestPitch), height));
  const CUresult result = charge(
      card, AllocationKind::kLinear, most,
      [&](Made* made) noexcept {
        const CUresult answer = ask();
        made->pointer = *out;
        if (answer == CUDA_SUCCESS) made->bytes = linear_bytes(multiply(*pitch, height));
        return answer;
      },
      [&](uint64_t address) noexcept { free(static_cast<Address>(address)); });
  if (result == CUDA_ERROR_OUT_OF_MEMORY) *out = before;
  return result;
}

template <class Address, class Ask>
CUresult free_any(Address address, Ask ask) noexcept {
  if (address == 0) return ask();
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  bool known = false;
  CUresult result = discharge(*slot, AllocationKind::kLinear, address, &known, ask);
  if (known) return result;
  result = discharge(*slot, AllocationKind::kManaged, address, &known, ask);
  if (known) return result;
  return free_pooled(*slot, address, ask);
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuMemAlloc(unsigned* out, unsigned bytes) noexcept {
  return allocate(
      out, bytes, AllocationKind::kLinear, [&]() noexcept { return DURE_REAL(cuMemAlloc)(out, bytes); },
      [](unsigned address) noexcept {
        DURE_REAL(cuMemFree)
        (address);
      });
}
DURE_EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* out, size_t bytes) noexcept {
  return allocate(
      out, bytes, AllocationKind::kLinear, [&]() noexcept { return DURE_REAL(cuMemAlloc_v2)(out, bytes); },
      [](CUdeviceptr address) noexcept {
        DURE_REAL(cuMemFree_v2)
        (address);
      });
}
DURE_EXPORT CUresult cuMemAllocManaged(CUdeviceptr* out, size_t bytes, unsigned flags) noexcept {
  return allocate(
      out, bytes, AllocationKind::kManaged,
      [&]() noexcept { return DURE_REAL(cuMemAllocManaged)(out, bytes, flags); },
      [](CUdeviceptr address) noexcept {
        DURE_REAL(cuMemFree_v2)
        (address);
      });
}
DURE_EXPORT CUresult cuMemAllocPitch(unsigned* out, unsigned* pitch, unsigned width, unsigned height,
                                     unsigned element) noexcept {
  return allocate_rows(
      out, pitch, width, height,
      [&]() noexcept { return DURE_REAL(cuMemAllocPitch)(out, pitch, width, height, element); },
      [](unsigned address) noexcept {
        DURE_REAL(cuMemFree)
        (address);
      });
}
DURE_EXPORT CUresult cuMemAllocPitch_v2(CUdeviceptr* out, size_t* pitch, size_t width, size_t height,
                                        unsigned element) noexcept {
  return allocate_rows(
      out, pitch, width, height,
      [&]() noexcept { return DURE_REAL(cuMemAllocPitch_v2)(out, pitch, width, height, element); },
      [](CUdeviceptr address) noexcept {
        DURE_REAL(cuMemFree_v2)
        (address);
      });
}
DURE_EXPORT CUresult cuMemFree(unsigned address) noexcept {
  return free_any(address, [&]() noexcept { return DURE_REAL(cuMemFree)(address); });
}
DURE_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) noexcept {
  return free_any(address, [&]() noexcept { return DURE_REAL(cuMemFree_v2)(address); });
}
