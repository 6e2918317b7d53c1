// Wrappers: memory that is allocated and freed in the order of a stream, and the pools that it comes from.
// What is captured allocates nothing yet: the graph does, when it is launched.
#include <initializer_list>

#include "gpu/share/charge.h"
#include "gpu/share/gates.h"
#include "gpu/share/leaving.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuStreamIsCapturing(CUstream stream, int* status) noexcept;
DURE_EXPORT CUresult cuStreamIsCapturing_ptsz(CUstream stream, int* status) noexcept;
DURE_EXPORT CUresult cuDeviceGetMemPool(CUmemoryPool* pool, CUdevice device) noexcept;
DURE_EXPORT CUresult cuDeviceGetCount(int* count) noexcept;
DURE_EXPORT CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice device) noexcept;
DURE_EXPORT CUresult cuMemGetDefaultMemPool(CUmemoryPool* pool, CUmemLocation* location, int type) noexcept;
DURE_EXPORT CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t keep) noexcept;
DURE_EXPORT CUresult cuMemAllocAsync(CUdeviceptr* out, size_t bytes, CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemAllocAsync_ptsz(CUdeviceptr* out, size_t bytes, CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemAllocFromPoolAsync(CUdeviceptr* out, size_t bytes, CUmemoryPool pool,
                                             CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemAllocFromPoolAsync_ptsz(CUdeviceptr* out, size_t bytes, CUmemoryPool pool,
                                                  CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemFreeAsync(CUdeviceptr address, CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemFreeAsync_ptsz(CUdeviceptr address, CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) noexcept;
DURE_EXPORT CUresult cuMemPoolCreate(CUmemoryPool* out, const CUmemPoolProps* properties) noexcept;
DURE_EXPORT CUresult cuMemPoolDestroy(CUmemoryPool pool) noexcept;
DURE_EXPORT CUresult cuMemPoolSetAttribute(CUmemoryPool pool, int attribute, void* value) noexcept;

namespace dure::gpu::share {
namespace {

bool is_capturing(CUresult (*ask)(CUstream, int*), CUstream stream) noexcept {
  int status = CU_STREAM_CAPTURE_STATUS_NONE;
  return ask(stream, &status) == CUDA_SUCCESS && status != CU_STREAM_CAPTURE_STATUS_NONE;
}

bool is_default(CUmemoryPool pool, int location_type, CUdevice device, int type) noexcept {
  CUmemoryPool found = nullptr;
  CUmemLocation location = {location_type, device};
  return DURE_HAS_REAL(cuMemGetDefaultMemPool) &&
         DURE_REAL(cuMemGetDefaultMemPool)(&found, &location, type) == CUDA_SUCCESS && found == pool;
}

bool is_default_of(CUmemoryPool pool, CUdevice device) noexcept {
  CUmemoryPool found = nullptr;
  if (DURE_REAL(cuDeviceGetDefaultMemPool)(&found, device) == CUDA_SUCCESS && found == pool) return true;
  return is_default(pool, CU_MEM_LOCATION_TYPE_DEVICE, device, CU_MEM_ALLOCATION_TYPE_MANAGED);
}

// A pool that the program did not create is a default one: of the card whose it is, which need not be the
// stream's, or of the host. `card` is the stream's, for what no device owns.
PoolCharge* enter_default_pool(Card card, CUmemoryPool handle) noexcept {
  const auto key = reinterpret_cast<uint64_t>(handle);
  int count = 0;
  DURE_REAL(cuDeviceGetCount)(&count);
  for (CUdevice device = 0; device < count; ++device) {
    if (!is_default_of(handle, device)) continue;
    if (find_card_of(device, &card) != CUDA_SUCCESS) return nullptr;
    return enter_pool(*card.slot, key, card.index, card.device);
  }
  const bool of_host = is_default(handle, CU_MEM_LOCATION_TYPE_HOST, 0, CU_MEM_ALLOCATION_TYPE_PINNED);
  return enter_pool(*card.slot, key, card.index, card.device, of_host ? PoolOf::kNothing : PoolOf::kCard);
}

// `handle` null: the pool that the device allocates from at the moment.
PoolCharge* find_charge(const Card& card, CUmemoryPool handle) noexcept {
  if (handle == nullptr && DURE_REAL(cuDeviceGetMemPool)(&handle, card.device) != CUDA_SUCCESS)
    return nullptr;
  PoolCharge* known = find_pool(*card.slot, reinterpret_cast<uint64_t>(handle));
  return known != nullptr ? known : enter_default_pool(card, handle);
}

// ask() is the driver's call. Undone, the memory is at the driver's disposal again and the pool is trimmed.
template <class Ask, class Free>
CUresult allocate_ordered(CUdeviceptr* out, uint64_t bytes, CUmemoryPool handle, CUstream stream,
                          bool capturing, Ask ask, Free free) noexcept {
  if (out == nullptr || bytes == 0 || capturing) return ask();
  Card card = {};
  CUresult result = find_stream_card(stream, &card);
  if (result != CUDA_SUCCESS) return result;
  PoolCharge* pool = find_charge(card, handle);
  if (pool == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  uint64_t units = 0;
  result = begin_growth(*card.slot, *pool, bytes, &units);
  if (result != CUDA_SUCCESS) return result;
  const CUdeviceptr before = *out;
  result = ask();
  DURE_STEP("ordered.asked");
  CUresult paid = end_growth(*card.slot, *pool, units);
  if (result != CUDA_SUCCESS) return result;
  const Allocation entry = {*out,       0, reinterpret_cast<uint64_t>(pool), 1, AllocationKind::kPooled,
                            pool->card, 0};
  note_allocated(*pool);
  DURE_STEP("ordered.allocated");
  if (paid == CUDA_SUCCESS && card.slot->pointers->insert(entry)) return CUDA_SUCCESS;
  note_freed(*card.slot, *pool);
  free(*out);
  *out = before;
  DURE_REAL(cuMemPoolTrimTo)
  (reinterpret_cast<CUmemoryPool>(pool->handle), 0);  // NOLINT(performance-no-int-to-ptr)
  settle_pools(*card.slot, pool->card);
  return CUDA_ERROR_OUT_OF_MEMORY;
}

// As discharge (charge.h), of memory that goes when the stream comes to it.
template <class Ask>
CUresult discharge_in_order(Slot& slot, const Allocation& entry, CUstream stream, Ask ask) noexcept {
  const CUresult result = ask();
  if (result == CUDA_SUCCESS)
    leave_in_order(slot, entry, stream);
  else
    slot.pointers->insert(entry);
  return result;
}

template <class Ask>
CUresult free_ordered(CUdeviceptr address, CUstream stream, bool capturing, Ask ask) noexcept {
  if (address == 0 || capturing) return ask();
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  for (const AllocationKind kind : {AllocationKind::kLinear, AllocationKind::kManaged}) {
    Allocation entry = {};
    if (slot->pointers->erase(kind, address, &entry)) return discharge_in_order(*slot, entry, stream, ask);
  }
  return free_pooled(*slot, address, ask);
}

// The card whose memory the pool has; false: it has none.
bool find_pool_card(const CUmemPoolProps& properties, Card* card, CUresult* result) noexcept {
  const bool on_device = properties.location.type == CU_MEM_LOCATION_TYPE_DEVICE;
  if (!on_device && properties.allocType != CU_MEM_ALLOCATION_TYPE_MANAGED) return false;
  *result = on_device ? find_card_of(properties.location.id, card) : find_current_card(card);
  return true;
}

CUresult create_pool(CUmemoryPool* out, const CUmemPoolProps* properties) noexcept {
  if (out == nullptr || properties == nullptr) return DURE_REAL(cuMemPoolCreate)(out, properties);
  Card card = {};
  CUresult result = CUDA_SUCCESS;
  const bool is_charged = find_pool_card(*properties, &card, &result);
  if (result != CUDA_SUCCESS) return result;
  if (!is_charged) card.slot = find_slot();
  if (card.slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  result = DURE_REAL(cuMemPoolCreate)(out, properties);
  if (result != CUDA_SUCCESS) return result;
  const PoolCharge* pool = enter_pool(*card.slot, reinterpret_cast<uint64_t>(*out), card.index, card.device,
                                      is_charged ? PoolOf::kCard : PoolOf::kNothing);
  if (pool != nullptr) return CUDA_SUCCESS;
  DURE_REAL(cuMemPoolDestroy)(*out);
  return CUDA_ERROR_OUT_OF_MEMORY;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

#define DURE_SAME_STREAM(stream) stream
#define DURE_STREAM_ORDERED(twin, stream_of)                                                             \
  DURE_EXPORT CUresult cuMemAllocAsync##twin(CUdeviceptr* out, size_t bytes, CUstream stream) noexcept { \
    return allocate_ordered(                                                                             \
        out, bytes, nullptr, stream, is_capturing(DURE_REAL(cuStreamIsCapturing##twin), stream),         \
        [&]() noexcept { return DURE_REAL(cuMemAllocAsync##twin)(out, bytes, stream); },                 \
        [&](CUdeviceptr made) noexcept {                                                                 \
          DURE_REAL(cuMemFreeAsync##twin)                                                                \
          (made, stream);                                                                                \
        });                                                                                              \
  }                                                                                                      \
  DURE_EXPORT CUresult cuMemAllocFromPoolAsync##twin(CUdeviceptr* out, size_t bytes, CUmemoryPool pool,  \
                                                     CUstream stream) noexcept {                         \
    return allocate_ordered(                                                                             \
        out, bytes, pool, stream, is_capturing(DURE_REAL(cuStreamIsCapturing##twin), stream),            \
        [&]() noexcept { return DURE_REAL(cuMemAllocFromPoolAsync##twin)(out, bytes, pool, stream); },   \
        [&](CUdeviceptr made) noexcept {                                                                 \
          DURE_REAL(cuMemFreeAsync##twin)                                                                \
          (made, stream);                                                                                \
        });                                                                                              \
  }                                                                                                      \
  DURE_EXPORT CUresult cuMemFreeAsync##twin(CUdeviceptr address, CUstream stream) noexcept {             \
    return free_ordered(address, stream_of(stream),                                                      \
                        is_capturing(DURE_REAL(cuStreamIsCapturing##twin), stream),                      \
                        [&]() noexcept { return DURE_REAL(cuMemFreeAsync##twin)(address, stream); });    \
  }
DURE_STREAM_ORDERED(, DURE_SAME_STREAM)
DURE_STREAM_ORDERED(_ptsz, twin_stream)

DURE_EXPORT CUresult cuMemPoolCreate(CUmemoryPool* out, const CUmemPoolProps* properties) noexcept {
  return create_pool(out, properties);
}
DURE_EXPORT CUresult cuMemPoolDestroy(CUmemoryPool handle) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  PoolCharge* pool = find_pool(*slot, reinterpret_cast<uint64_t>(handle));
  if (pool == nullptr) return DURE_REAL(cuMemPoolDestroy)(handle);
  begin_destroying(*pool);
  const CUresult result = DURE_REAL(cuMemPoolDestroy)(handle);
  DURE_STEP("pool.destroyed");
  if (result == CUDA_SUCCESS)
    note_destroyed(*slot, *pool);
  else
    note_kept(*pool);
  return result;
}
DURE_EXPORT CUresult cuMemPoolTrimTo(CUmemoryPool handle, size_t keep) noexcept {
  const CUresult result = DURE_REAL(cuMemPoolTrimTo)(handle, keep);
  Slot* slot = find_slot();
  PoolCharge* pool = slot == nullptr ? nullptr : find_pool(*slot, reinterpret_cast<uint64_t>(handle));
  if (pool != nullptr) settle_pools(*slot, pool->card);
  return result;
}
// What a pool keeps for later is charged: to keep more than the share has means nothing.
DURE_EXPORT CUresult cuMemPoolSetAttribute(CUmemoryPool handle, int attribute, void* value) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  const PoolCharge* pool = find_pool(*slot, reinterpret_cast<uint64_t>(handle));
  if (value == nullptr || attribute != CU_MEMPOOL_ATTR_RELEASE_THRESHOLD)
    return DURE_REAL(cuMemPoolSetAttribute)(handle, attribute, value);
  cuuint64_t threshold = *static_cast<const cuuint64_t*>(value);
  const uint64_t limit =
      memory_limit_units(slot->limits, pool != nullptr ? pool->card : 0) * DURE_MEMORY_UNIT;
  if (threshold > limit) threshold = limit;
  return DURE_REAL(cuMemPoolSetAttribute)(handle, attribute, &threshold);
}
