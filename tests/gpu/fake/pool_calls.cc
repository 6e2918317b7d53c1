// The driver's functions for pools.
#include <fcntl.h>
#include <sys/mman.h>

#include <cstring>

#include "gpu/fake/capture.h"
#include "gpu/fake/graph.h"
#include "gpu/fake/pool.h"

namespace dure::gpu::fake {
namespace {

Pool* find_pool(Call& call, CUmemoryPool handle) {
  Pool* const pool = find(call.process().pools, handle);
  return pool == nullptr || pool->destroyed ? nullptr : pool;
}

CUresult alloc_in(Call& call, CUdeviceptr* out, std::size_t bytes, Pool& pool, Stream* stream) {
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (out == nullptr || pool.imported) return CUDA_ERROR_INVALID_VALUE;
  if (bytes == 0) {
    *out = 0;
    return CUDA_SUCCESS;
  }
  if (stream->capture != nullptr) return capture_alloc(call, *stream, out, bytes);
  const Allocation* const made = allocate_from_pool(call, pool, bytes, *stream);
  if (made == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
  *out = made->base;
  return CUDA_SUCCESS;
}

CUresult alloc(const char* name, CUdeviceptr* out, std::size_t bytes, CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    const int device = stream == nullptr ? 0 : stream->context->device;
    return alloc_in(call, out, bytes, current_pool(call, device), stream);
  });
}

CUresult alloc_from(const char* name, CUdeviceptr* out, std::size_t bytes, CUmemoryPool pool_handle,
                    CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Pool* const pool = find_pool(call, pool_handle);
    if (pool == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return alloc_in(call, out, bytes, *pool, find_stream(call, handle, per_thread));
  });
}

CUresult free_async(const char* name, CUdeviceptr address, CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (address == 0) return CUDA_SUCCESS;
    if (stream->capture != nullptr) return capture_free(*stream, address);
    const auto found = call.process().memory.allocations.find(address);
    if (found == call.process().memory.allocations.end()) return CUDA_ERROR_INVALID_VALUE;
    if (found->second.pool != nullptr) return free_to_pool(call, found->second, stream);
    release_in_order(call, found->second, *stream);
    return CUDA_SUCCESS;
  });
}

void* value_of(Pool& pool, int attribute) {
  switch (attribute) {
    case CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
      return &pool.threshold;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
      return &pool.reserved;
    case CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
      return &pool.reserved_high;
    case CU_MEMPOOL_ATTR_USED_MEM_CURRENT:
      return &pool.used;
    case CU_MEMPOOL_ATTR_USED_MEM_HIGH:
      return &pool.used_high;
    default:
      return nullptr;
  }
}

bool is_reuse(int attribute) {
  return attribute >= CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES &&
         attribute <= CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES;
}

CUresult get_attribute(Pool& pool, int attribute, void* out) {
  if (is_reuse(attribute)) {
    *static_cast<int*>(out) = pool.reuse[attribute - 1];
    return CUDA_SUCCESS;
  }
  const void* const value = value_of(pool, attribute);
  if (value == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *static_cast<cuuint64_t*>(out) = *static_cast<const std::uint64_t*>(value);
  return CUDA_SUCCESS;
}

// A high mark can only be set to 0, which makes it what is now.
CUresult set_attribute(Pool& pool, int attribute, const void* in) {
  if (is_reuse(attribute)) {
    pool.reuse[attribute - 1] = *static_cast<const int*>(in);
    return CUDA_SUCCESS;
  }
  const cuuint64_t value = *static_cast<const cuuint64_t*>(in);
  if (attribute == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) {
    pool.threshold = value;
    return CUDA_SUCCESS;
  }
  if (value != 0) return CUDA_ERROR_INVALID_VALUE;
  if (attribute == CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH) {
    pool.reserved_high = pool.reserved;
  } else if (attribute == CU_MEMPOOL_ATTR_USED_MEM_HIGH) {
    pool.used_high = pool.used;
  } else {
    return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

template <typename Body>
CUresult with_pool(const char* name, CUmemoryPool handle, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Pool* const pool = find_pool(call, handle);
    return pool == nullptr ? CUDA_ERROR_INVALID_VALUE : body(call, *pool);
  });
}

using Which = Pool& (*)(Call&, int);
CUresult pool_of(const char* name, CUmemoryPool* out, int device, Which which) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    *out = handle_of<CUmemoryPool>(&which(call, device));
    return CUDA_SUCCESS;
  });
}

CUresult set_pool(const char* name, int device, CUmemoryPool handle) {
  return with_pool(name, handle, [&](Call& call, Pool& pool) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    if (pool.device != device) return CUDA_ERROR_INVALID_VALUE;
    call.process().current_pool[device] = &pool;
    return CUDA_SUCCESS;
  });
}

// What a CUmemPoolPtrExportData holds.
struct Pointer {
  std::uint64_t magic;
  std::uint64_t bytes;
};
constexpr std::uint64_t kPointer = 0x6c6f6f702d70;

CUresult import_pointer(Call& call, CUdeviceptr* out, Pool& pool, const Pointer& pointer) {
  if (!pool.imported || pointer.magic != kPointer || pointer.bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  const CUdeviceptr base = call.process().memory.addresses.take(pointer.bytes);
  if (base == 0) return CUDA_ERROR_OUT_OF_MEMORY;
  Allocation made = {.kind = Allocation::Kind::kExternal, .base = base, .bytes = pointer.bytes};
  made.device = pool.device;
  call.process().memory.allocations.emplace(base, made);
  *out = base;
  return CUDA_SUCCESS;
}

bool is_device(const CUmemLocation* location) {
  return location != nullptr && location->type == CU_MEM_LOCATION_TYPE_DEVICE;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuMemAllocAsync(CUdeviceptr* out, std::size_t bytes, CUstream stream) {
  return alloc("cuMemAllocAsync", out, bytes, stream, false);
}
FAKE_EXPORT CUresult cuMemAllocAsync_ptsz(CUdeviceptr* out, std::size_t bytes, CUstream stream) {
  return alloc("cuMemAllocAsync_ptsz", out, bytes, stream, true);
}
FAKE_EXPORT CUresult cuMemAllocFromPoolAsync(CUdeviceptr* out, std::size_t bytes, CUmemoryPool pool,
                                             CUstream stream) {
  return alloc_from("cuMemAllocFromPoolAsync", out, bytes, pool, stream, false);
}
FAKE_EXPORT CUresult cuMemAllocFromPoolAsync_ptsz(CUdeviceptr* out, std::size_t bytes, CUmemoryPool pool,
                                                  CUstream stream) {
  return alloc_from("cuMemAllocFromPoolAsync_ptsz", out, bytes, pool, stream, true);
}
FAKE_EXPORT CUresult cuMemFreeAsync(CUdeviceptr address, CUstream stream) {
  return free_async("cuMemFreeAsync", address, stream, false);
}
FAKE_EXPORT CUresult cuMemFreeAsync_ptsz(CUdeviceptr address, CUstream stream) {
  return free_async("cuMemFreeAsync_ptsz", address, stream, true);
}

FAKE_EXPORT CUresult cuMemPoolCreate(CUmemoryPool* out, const CUmemPoolProps* properties) {
  return enter("cuMemPoolCreate", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || properties == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const bool on_device = is_device(&properties->location);
    const int device = on_device ? properties->location.id : 0;
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    Pool& pool = make_pool(call, device);
    pool.on_device = on_device;
    pool.properties = *properties;
    *out = handle_of<CUmemoryPool>(&pool);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolDestroy(CUmemoryPool handle) {
  return with_pool("cuMemPoolDestroy", handle, [&](Call& call, Pool& pool) -> CUresult {
    if (pool.builtin) return CUDA_ERROR_INVALID_VALUE;
    pool.destroyed = true;
    if (call.process().current_pool[pool.device] == &pool) call.process().current_pool.erase(pool.device);
    trim_pool(call, pool, 0);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolTrimTo(CUmemoryPool handle, std::size_t keep) {
  return with_pool("cuMemPoolTrimTo", handle, [&](Call& call, Pool& pool) -> CUresult {
    trim_pool(call, pool, keep);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolGetAttribute(CUmemoryPool handle, int attribute, void* out) {
  return with_pool("cuMemPoolGetAttribute", handle, [&](Call&, Pool& pool) -> CUresult {
    return out == nullptr ? CUDA_ERROR_INVALID_VALUE : get_attribute(pool, attribute, out);
  });
}
FAKE_EXPORT CUresult cuMemPoolSetAttribute(CUmemoryPool handle, int attribute, void* in) {
  return with_pool("cuMemPoolSetAttribute", handle, [&](Call&, Pool& pool) -> CUresult {
    return in == nullptr ? CUDA_ERROR_INVALID_VALUE : set_attribute(pool, attribute, in);
  });
}
FAKE_EXPORT CUresult cuMemPoolSetAccess(CUmemoryPool handle, const CUmemAccessDesc*, std::size_t) {
  return with_pool("cuMemPoolSetAccess", handle, [](Call&, Pool&) -> CUresult { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuMemPoolGetAccess(int* flags, CUmemoryPool handle, CUmemLocation*) {
  return with_pool("cuMemPoolGetAccess", handle, [&](Call&, Pool&) -> CUresult {
    if (flags == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *flags = 3;
    return CUDA_SUCCESS;
  });
}

// An imported pool and its pointers cost nothing: they are the exporter's, for as long as he lives.
FAKE_EXPORT CUresult cuMemPoolExportToShareableHandle(void* out, CUmemoryPool handle, int type,
                                                      unsigned long long) {
  return with_pool("cuMemPoolExportToShareableHandle", handle, [&](Call&, Pool& pool) -> CUresult {
    if (out == nullptr || type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_INVALID_VALUE;
    if ((pool.properties.handleTypes & type) == 0) return CUDA_ERROR_INVALID_VALUE;
    const int fd = memfd_create("fake-pool", MFD_CLOEXEC);
    if (fd < 0) return CUDA_ERROR_OPERATING_SYSTEM;
    *static_cast<int*>(out) = fd;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolImportFromShareableHandle(CUmemoryPool* out, void* os_handle, int type,
                                                        unsigned long long) {
  return enter("cuMemPoolImportFromShareableHandle", Need::kContext, [&](Call& call) -> CUresult {
    const auto fd = static_cast<int>(reinterpret_cast<std::intptr_t>(os_handle));
    if (out == nullptr || type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_INVALID_VALUE;
    if (fcntl(fd, F_GETFD) < 0) return CUDA_ERROR_INVALID_VALUE;
    Pool& pool = make_pool(call, call.context().device);
    pool.imported = true;
    *out = handle_of<CUmemoryPool>(&pool);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolExportPointer(CUmemPoolPtrExportData* out, CUdeviceptr address) {
  return enter("cuMemPoolExportPointer", Need::kContext, [&](Call& call) -> CUresult {
    const Allocation* const found = call.process().memory.find(address);
    if (out == nullptr || found == nullptr || found->pool == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const Pointer pointer = {.magic = kPointer, .bytes = found->bytes};
    std::memset(out, 0, sizeof(*out));
    std::memcpy(out, &pointer, sizeof(pointer));
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemPoolImportPointer(CUdeviceptr* out, CUmemoryPool handle,
                                            CUmemPoolPtrExportData* data) {
  return with_pool("cuMemPoolImportPointer", handle, [&](Call& call, Pool& pool) -> CUresult {
    if (out == nullptr || data == nullptr) return CUDA_ERROR_INVALID_VALUE;
    Pointer pointer = {};
    std::memcpy(&pointer, data, sizeof(pointer));
    return import_pointer(call, out, pool, pointer);
  });
}

FAKE_EXPORT CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* out, CUdevice device) {
  return pool_of("cuDeviceGetDefaultMemPool", out, device, default_pool);
}
FAKE_EXPORT CUresult cuDeviceGetMemPool(CUmemoryPool* out, CUdevice device) {
  return pool_of("cuDeviceGetMemPool", out, device, current_pool);
}
FAKE_EXPORT CUresult cuDeviceSetMemPool(CUdevice device, CUmemoryPool pool) {
  return set_pool("cuDeviceSetMemPool", device, pool);
}
// From 13.0 on: by a location. Only devices' pools are simulated.
FAKE_EXPORT CUresult cuMemGetDefaultMemPool(CUmemoryPool* out, CUmemLocation* location, int) {
  if (!is_device(location)) return CUDA_ERROR_NOT_SUPPORTED;
  return pool_of("cuMemGetDefaultMemPool", out, location->id, default_pool);
}
FAKE_EXPORT CUresult cuMemGetMemPool(CUmemoryPool* out, CUmemLocation* location, int) {
  if (!is_device(location)) return CUDA_ERROR_NOT_SUPPORTED;
  return pool_of("cuMemGetMemPool", out, location->id, current_pool);
}
FAKE_EXPORT CUresult cuMemSetMemPool(CUmemLocation* location, int, CUmemoryPool pool) {
  if (!is_device(location)) return CUDA_ERROR_NOT_SUPPORTED;
  return set_pool("cuMemSetMemPool", location->id, pool);
}
