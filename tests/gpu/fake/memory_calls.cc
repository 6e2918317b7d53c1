// The driver's functions for linear, pitched, managed and host memory, and what it says of memory.
#include <cstdlib>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {
namespace {

constexpr std::size_t kPitch = 512;

CUresult alloc(const char* name, CUdeviceptr* out, std::size_t bytes, Allocation::Kind kind) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    if (call.context().capturing > 0) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    const Allocation* const made = allocate(call, call.context(), bytes, kind);
    if (made == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
    *out = made->base;
    return CUDA_SUCCESS;
  });
}

CUresult alloc_pitch(const char* name, CUdeviceptr* out, std::size_t* pitch, std::size_t width,
                     std::size_t height, unsigned element) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || pitch == nullptr || width == 0 || height == 0) return CUDA_ERROR_INVALID_VALUE;
    if (element != 4 && element != 8 && element != 16) return CUDA_ERROR_INVALID_VALUE;
    const std::size_t row = (width + kPitch - 1) / kPitch * kPitch;
    if (row < width || height > SIZE_MAX / row) return CUDA_ERROR_INVALID_VALUE;
    const Allocation* const made = allocate(call, call.context(), row * height, Allocation::Kind::kLinear);
    if (made == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
    *out = made->base;
    *pitch = row;
    return CUDA_SUCCESS;
  });
}

CUresult free_memory(const char* name, CUdeviceptr address) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (address == 0) return CUDA_SUCCESS;
    const auto found = call.process().memory.allocations.find(address);
    if (found == call.process().memory.allocations.end()) return CUDA_ERROR_INVALID_VALUE;
    Allocation& allocation = found->second;
    if (allocation.kind == Allocation::Kind::kIpc) return CUDA_ERROR_INVALID_VALUE;
    if (allocation.pool != nullptr) return free_to_pool(call, allocation, nullptr);
    release(call, allocation);
    return CUDA_SUCCESS;
  });
}

CUresult get_info(const char* name, std::size_t* free, std::size_t* total) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    call.state().reap();
    release_left(call, nullptr);
    const Device& device = call.state().shared().device[call.context().device];
    if (free != nullptr) *free = device.total - device.memory.used;
    if (total != nullptr) *total = device.total;
    return CUDA_SUCCESS;
  });
}

CUresult get_range(const char* name, CUdeviceptr* base, std::size_t* bytes, CUdeviceptr address) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Memory& memory = call.process().memory;
    if (const Allocation* const found = memory.find(address)) {
      if (base != nullptr) *base = found->base;
      if (bytes != nullptr) *bytes = found->bytes;
      return CUDA_SUCCESS;
    }
    const auto after = memory.mappings.upper_bound(address);
    if (after == memory.mappings.begin()) return CUDA_ERROR_NOT_FOUND;
    const auto& [start, mapping] = *std::prev(after);
    if (address >= start + mapping.bytes) return CUDA_ERROR_NOT_FOUND;
    if (base != nullptr) *base = start;
    if (bytes != nullptr) *bytes = mapping.bytes;
    return CUDA_SUCCESS;
  });
}

CUresult alloc_host(const char* name, void** out, std::size_t bytes) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    void* const made = std::malloc(bytes);
    if (made == nullptr) return CUDA_ERROR_OUT_OF_MEMORY;
    call.process().memory.host[made] = bytes;
    *out = made;
    return CUDA_SUCCESS;
  });
}

CUresult register_host(const char* name, void* address, std::size_t bytes) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (address == nullptr || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    const bool added = call.process().memory.registered.emplace(address, bytes).second;
    return added ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
  });
}

CUresult device_pointer(const char* name, CUdeviceptr* out, void* host) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    const Memory& memory = call.process().memory;
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (!memory.host.contains(host) && !memory.registered.contains(host)) return CUDA_ERROR_INVALID_VALUE;
    *out = reinterpret_cast<CUdeviceptr>(host);
    return CUDA_SUCCESS;
  });
}

CUresult pointer_attribute(const Allocation& allocation, void* out, int attribute, CUdeviceptr address) {
  switch (attribute) {
    case CU_POINTER_ATTRIBUTE_CONTEXT:
      *static_cast<CUcontext*>(out) = handle_of<CUcontext>(allocation.context);
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
      *static_cast<unsigned*>(out) = CU_MEMORYTYPE_DEVICE;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
      *static_cast<CUdeviceptr*>(out) = address;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
      *static_cast<unsigned*>(out) = allocation.kind == Allocation::Kind::kManaged ? 1 : 0;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
      *static_cast<int*>(out) = allocation.device;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_RANGE_START_ADDR:
      *static_cast<CUdeviceptr*>(out) = allocation.base;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_RANGE_SIZE:
      *static_cast<std::size_t*>(out) = allocation.bytes;
      return CUDA_SUCCESS;
    case CU_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
      *static_cast<CUmemoryPool*>(out) = handle_of<CUmemoryPool>(allocation.pool);
      return CUDA_SUCCESS;
    default:
      return CUDA_ERROR_NOT_SUPPORTED;
  }
}

}  // namespace

void free_context_memory(Call& call, Context& context) {
  Memory& memory = call.process().memory;
  for (auto at = memory.allocations.begin(); at != memory.allocations.end();) {
    Allocation& allocation = (at++)->second;
    if (allocation.context != &context) continue;
    if (allocation.pool != nullptr) {
      free_to_pool(call, allocation, nullptr);
    } else {
      release(call, allocation);
    }
  }
  free_arrays(call, context);
  forget_streams_of(call, context);
}

}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuMemAlloc(unsigned* out, unsigned bytes) {
  static_cast<void>(out);
  static_cast<void>(bytes);
  return CUDA_ERROR_NOT_SUPPORTED;  // of the days of 32 bits
}
FAKE_EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* out, std::size_t bytes) {
  return alloc("cuMemAlloc_v2", out, bytes, Allocation::Kind::kLinear);
}
FAKE_EXPORT CUresult cuMemAllocPitch_v2(CUdeviceptr* out, std::size_t* pitch, std::size_t width,
                                        std::size_t height, unsigned element) {
  return alloc_pitch("cuMemAllocPitch_v2", out, pitch, width, height, element);
}
FAKE_EXPORT CUresult cuMemAllocManaged(CUdeviceptr* out, std::size_t bytes, unsigned flags) {
  if (flags != CU_MEM_ATTACH_GLOBAL && flags != CU_MEM_ATTACH_HOST) return CUDA_ERROR_INVALID_VALUE;
  return alloc("cuMemAllocManaged", out, bytes, Allocation::Kind::kManaged);
}
FAKE_EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
  return free_memory("cuMemFree_v2", address);
}
FAKE_EXPORT CUresult cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  return get_info("cuMemGetInfo_v2", free, total);
}
FAKE_EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, std::size_t* bytes, CUdeviceptr address) {
  return get_range("cuMemGetAddressRange_v2", base, bytes, address);
}

FAKE_EXPORT CUresult cuMemAllocHost_v2(void** out, std::size_t bytes) {
  return alloc_host("cuMemAllocHost_v2", out, bytes);
}
FAKE_EXPORT CUresult cuMemHostAlloc(void** out, std::size_t bytes, unsigned) {
  return alloc_host("cuMemHostAlloc", out, bytes);
}
FAKE_EXPORT CUresult cuMemFreeHost(void* address) {
  return enter("cuMemFreeHost", Need::kContext, [&](Call& call) -> CUresult {
    if (address == nullptr) return CUDA_SUCCESS;
    if (call.process().memory.host.erase(address) == 0) return CUDA_ERROR_INVALID_VALUE;
    std::free(address);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemHostRegister(void* address, std::size_t bytes, unsigned) {
  return register_host("cuMemHostRegister", address, bytes);
}
FAKE_EXPORT CUresult cuMemHostRegister_v2(void* address, std::size_t bytes, unsigned) {
  return register_host("cuMemHostRegister_v2", address, bytes);
}
FAKE_EXPORT CUresult cuMemHostUnregister(void* address) {
  return enter("cuMemHostUnregister", Need::kContext, [&](Call& call) -> CUresult {
    return call.process().memory.registered.erase(address) == 0 ? CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED
                                                                : CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* out, void* host, unsigned) {
  return device_pointer("cuMemHostGetDevicePointer_v2", out, host);
}

FAKE_EXPORT CUresult cuMemAdvise(CUdeviceptr, std::size_t, int, CUdevice) {
  return enter("cuMemAdvise", Need::kContext, [](Call&) -> CUresult { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuMemAdvise_v2(CUdeviceptr, std::size_t, int, CUmemLocation) {
  return enter("cuMemAdvise_v2", Need::kContext, [](Call&) -> CUresult { return CUDA_SUCCESS; });
}

// Managed memory is counted in full wherever it is: moving it changes nothing.
#define NOTHING_TO_DO(name, ...)                                                         \
  FAKE_EXPORT CUresult name(__VA_ARGS__) {                                               \
    return enter(#name, Need::kContext, [](Call&) -> CUresult { return CUDA_SUCCESS; }); \
  }
NOTHING_TO_DO(cuMemPrefetchAsync, CUdeviceptr, std::size_t, CUdevice, CUstream)
NOTHING_TO_DO(cuMemPrefetchAsync_ptsz, CUdeviceptr, std::size_t, CUdevice, CUstream)
NOTHING_TO_DO(cuMemPrefetchAsync_v2, CUdeviceptr, std::size_t, CUmemLocation, unsigned, CUstream)
NOTHING_TO_DO(cuMemPrefetchAsync_v2_ptsz, CUdeviceptr, std::size_t, CUmemLocation, unsigned, CUstream)
NOTHING_TO_DO(cuMemPrefetchBatchAsync, CUdeviceptr*, std::size_t*, std::size_t, CUmemLocation*, std::size_t*,
              std::size_t, unsigned long long, CUstream)
NOTHING_TO_DO(cuMemPrefetchBatchAsync_ptsz, CUdeviceptr*, std::size_t*, std::size_t, CUmemLocation*,
              std::size_t*, std::size_t, unsigned long long, CUstream)

FAKE_EXPORT CUresult cuPointerGetAttribute(void* out, int attribute, CUdeviceptr address) {
  return enter("cuPointerGetAttribute", Need::kContext, [&](Call& call) -> CUresult {
    const Allocation* const found = call.process().memory.find(address);
    if (out == nullptr || found == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return pointer_attribute(*found, out, attribute, address);
  });
}
