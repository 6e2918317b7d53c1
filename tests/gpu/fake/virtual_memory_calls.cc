// The driver's functions for virtual memory: addresses, physical memory, mappings.
//
// Physical memory lives while a handle or a mapping of it does, in this process or, once it was exported, in
// any other; and while a descriptor of it is open anywhere. Descriptors hold a lock in the state's file
// (state.h), so that the kernel tells when the last copy is closed, and mappings of it show the same bytes
// only within one process.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "gpu/fake/driver.h"

namespace dure::gpu::fake {

void drop_if_unused(Call& call, Physical& physical) {
  if (physical.handles > 0 || physical.mapped > 0 || physical.bound > 0) return;
  for (const auto& [where, memory] : std::exchange(physical.bound_here, {})) {
    --memory->bound;
    drop_if_unused(call, *memory);
  }
  if (physical.block >= 0) {
    call.state().let_go(physical.block, call.process().slot);
  } else if (physical.device >= 0) {
    call.state().give_back(call.process().slot, physical.device, physical.bytes);
  }
  physical.device = -1;
  physical.block = -1;
}

namespace {

constexpr std::size_t kGranularity = std::size_t{2} << 20;

bool is_whole(std::size_t bytes) {
  return bytes != 0 && bytes % kGranularity == 0;
}

CUmemGenericAllocationHandle new_handle(Call& call, std::shared_ptr<Physical> physical) {
  const CUmemGenericAllocationHandle handle = ++call.process().last_handle;
  call.process().handles[handle] = std::move(physical);
  return handle;
}

// The mapping at the address exactly; null: none.
Mapping* find_mapping(Call& call, CUdeviceptr address) {
  const auto found = call.process().memory.mappings.find(address);
  return found == call.process().memory.mappings.end() ? nullptr : &found->second;
}

bool is_reserved(Memory& memory, CUdeviceptr address, std::size_t bytes) {
  const auto after = memory.reservations.upper_bound(address);
  if (after == memory.reservations.begin()) return false;
  const auto& [start, size] = *std::prev(after);
  return address + bytes <= start + size;
}

bool overlaps_mapping(Memory& memory, CUdeviceptr address, std::size_t bytes) {
  const auto after = memory.mappings.lower_bound(address);
  if (after != memory.mappings.end() && after->first < address + bytes) return true;
  if (after == memory.mappings.begin()) return false;
  const auto& [start, mapping] = *std::prev(after);
  return start + mapping.bytes > address;
}

CUresult create(Call& call, CUmemGenericAllocationHandle* out, std::size_t bytes,
                const CUmemAllocationProp& properties) {
  const int location = properties.location.type;
  const bool on_device = location == CU_MEM_LOCATION_TYPE_DEVICE;
  if (!on_device && location != CU_MEM_LOCATION_TYPE_HOST && location != CU_MEM_LOCATION_TYPE_HOST_NUMA &&
      location != CU_MEM_LOCATION_TYPE_HOST_NUMA_CURRENT) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  const int device = properties.location.id;
  if (on_device && (device < 0 || device >= call.state().devices())) return CUDA_ERROR_INVALID_DEVICE;
  if (!is_whole(bytes) || properties.type != CU_MEM_ALLOCATION_TYPE_PINNED) return CUDA_ERROR_INVALID_VALUE;
  if (on_device && !call.state().grant(call.process().slot, device, bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
  auto physical = std::make_shared<Physical>();
  physical->properties = properties;
  physical->bytes = bytes;
  physical->device = on_device ? device : -1;
  physical->handles = 1;
  *out = new_handle(call, std::move(physical));
  return CUDA_SUCCESS;
}

CUresult export_handle(Call& call, int* out, Physical& physical) {
  if ((physical.properties.requestedHandleTypes & CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) == 0) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  if (physical.device < 0) return CUDA_ERROR_NOT_SUPPORTED;
  if (physical.block < 0) {
    physical.block = call.state().share(call.process().slot, physical.device, physical.bytes);
  }
  if (physical.block < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  *out = call.state().export_block(physical.block);
  return *out < 0 ? CUDA_ERROR_OPERATING_SYSTEM : CUDA_SUCCESS;
}

CUresult import_handle(Call& call, CUmemGenericAllocationHandle* out, int fd) {
  const int block = call.state().import_block(fd);
  if (block < 0) return CUDA_ERROR_INVALID_VALUE;
  // Of this process already: another handle of the same.
  for (const auto& [handle, physical] : call.process().handles) {
    if (physical->block != block) continue;
    ++physical->handles;
    *out = new_handle(call, physical);
    return CUDA_SUCCESS;
  }
  const Block& shared = call.state().shared().block[block];
  auto physical = std::make_shared<Physical>();
  physical->bytes = shared.bytes;
  physical->device = static_cast<int>(shared.device);
  physical->block = block;
  physical->handles = 1;
  physical->properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
  physical->properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  physical->properties.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = physical->device};
  call.state().hold(block, call.process().slot);
  *out = new_handle(call, std::move(physical));
  return CUDA_SUCCESS;
}

CUresult map(Call& call, CUdeviceptr address, std::size_t bytes, std::size_t offset,
             const std::shared_ptr<Physical>& physical) {
  Memory& memory = call.process().memory;
  if (!is_whole(bytes) || address % kGranularity != 0 || offset % kGranularity != 0 ||
      offset + bytes > physical->bytes || !is_reserved(memory, address, bytes) ||
      overlaps_mapping(memory, address, bytes)) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  ++physical->mapped;
  memory.mappings[address] = {.bytes = bytes, .offset = offset, .physical = physical};
  return CUDA_SUCCESS;
}

// All mappings that lie in the range, which must not cut through one.
CUresult unmap(Call& call, CUdeviceptr address, std::size_t bytes) {
  auto& mappings = call.process().memory.mappings;
  auto at = mappings.lower_bound(address);
  if (at == mappings.end() || at->first != address) return CUDA_ERROR_INVALID_VALUE;
  std::size_t covered = 0;
  for (auto next = at; next != mappings.end() && next->first == address + covered && covered < bytes;
       ++next) {
    covered += next->second.bytes;
  }
  if (covered != bytes) return CUDA_ERROR_INVALID_VALUE;
  while (at != mappings.end() && at->first < address + bytes) {
    --at->second.physical->mapped;
    drop_if_unused(call, *at->second.physical);
    at = mappings.erase(at);
  }
  return CUDA_SUCCESS;
}

template <typename Body>
CUresult with_handle(const char* name, CUmemGenericAllocationHandle handle, Body body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const auto found = call.process().handles.find(handle);
    return found == call.process().handles.end() ? CUDA_ERROR_INVALID_VALUE : body(call, found->second);
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuMemGetAllocationGranularity(std::size_t* out, const CUmemAllocationProp* properties,
                                                   int) {
  return enter("cuMemGetAllocationGranularity", Need::kInit, [&](Call&) -> CUresult {
    if (out == nullptr || properties == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = kGranularity;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemAddressReserve(CUdeviceptr* out, std::size_t bytes, std::size_t alignment,
                                         CUdeviceptr, unsigned long long flags) {
  return enter("cuMemAddressReserve", Need::kInit, [&](Call& call) -> CUresult {
    const std::size_t whole = std::max(alignment, kGranularity);
    if (out == nullptr || flags != 0 || !is_whole(bytes) || (whole & (whole - 1)) != 0) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    // More than asked, so that there is an aligned part; the rest goes back.
    void* const at = mmap(nullptr, bytes + whole, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return CUDA_ERROR_OUT_OF_MEMORY;
    const auto start = reinterpret_cast<CUdeviceptr>(at);
    const CUdeviceptr aligned = (start + whole - 1) / whole * whole;
    if (aligned > start) munmap(at, aligned - start);
    munmap(host_address(aligned + bytes), start + whole - aligned);
    call.process().memory.reservations[aligned] = bytes;
    *out = aligned;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemAddressFree(CUdeviceptr address, std::size_t bytes) {
  return enter("cuMemAddressFree", Need::kInit, [&](Call& call) -> CUresult {
    Memory& memory = call.process().memory;
    const auto found = memory.reservations.find(address);
    if (found == memory.reservations.end() || found->second != bytes) return CUDA_ERROR_INVALID_VALUE;
    if (overlaps_mapping(memory, address, bytes)) return CUDA_ERROR_INVALID_VALUE;
    munmap(host_address(address), bytes);
    memory.reservations.erase(found);
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemCreate(CUmemGenericAllocationHandle* out, std::size_t bytes,
                                 const CUmemAllocationProp* properties, unsigned long long flags) {
  return enter("cuMemCreate", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || properties == nullptr || flags != 0) return CUDA_ERROR_INVALID_VALUE;
    return create(call, out, bytes, *properties);
  });
}

FAKE_EXPORT CUresult cuMemRelease(CUmemGenericAllocationHandle handle) {
  return with_handle("cuMemRelease", handle, [&](Call& call, const std::shared_ptr<Physical>&) {
    const auto gone = call.process().handles.extract(handle);
    Physical& physical = *gone.mapped();
    --physical.handles;
    drop_if_unused(call, physical);
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemMap(CUdeviceptr address, std::size_t bytes, std::size_t offset,
                              CUmemGenericAllocationHandle handle, unsigned long long flags) {
  return with_handle(
      "cuMemMap", handle, [&](Call& call, const std::shared_ptr<Physical>& physical) -> CUresult {
        return flags != 0 ? CUDA_ERROR_INVALID_VALUE : map(call, address, bytes, offset, physical);
      });
}

FAKE_EXPORT CUresult cuMemUnmap(CUdeviceptr address, std::size_t bytes) {
  return enter("cuMemUnmap", Need::kInit, [&](Call& call) { return unmap(call, address, bytes); });
}

FAKE_EXPORT CUresult cuMemSetAccess(CUdeviceptr address, std::size_t bytes, const CUmemAccessDesc* access,
                                    std::size_t count) {
  return enter("cuMemSetAccess", Need::kInit, [&](Call& call) -> CUresult {
    if (access == nullptr || count == 0 || bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    for (CUdeviceptr at = address; at < address + bytes;) {
      Mapping* const mapping = find_mapping(call, at);
      if (mapping == nullptr) return CUDA_ERROR_INVALID_VALUE;
      mapping->accessible = access->flags != 0;
      at += mapping->bytes;
    }
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemGetAccess(unsigned long long* flags, const CUmemLocation*, CUdeviceptr address) {
  return enter("cuMemGetAccess", Need::kInit, [&](Call& call) -> CUresult {
    const Mapping* const mapping = find_mapping(call, address);
    if (flags == nullptr || mapping == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *flags = mapping->accessible ? 3 : 0;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle* out, void* address) {
  return enter("cuMemRetainAllocationHandle", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto& mappings = call.process().memory.mappings;
    const auto at = reinterpret_cast<CUdeviceptr>(address);
    const auto after = mappings.upper_bound(at);
    if (after == mappings.begin()) return CUDA_ERROR_INVALID_VALUE;
    const auto& [start, mapping] = *std::prev(after);
    if (at >= start + mapping.bytes) return CUDA_ERROR_INVALID_VALUE;
    ++mapping.physical->handles;
    *out = new_handle(call, mapping.physical);
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp* out,
                                                            CUmemGenericAllocationHandle handle) {
  return with_handle("cuMemGetAllocationPropertiesFromHandle", handle,
                     [&](Call&, const std::shared_ptr<Physical>& physical) -> CUresult {
                       if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
                       *out = physical->properties;
                       return CUDA_SUCCESS;
                     });
}

FAKE_EXPORT CUresult cuMemExportToShareableHandle(void* out, CUmemGenericAllocationHandle handle, int type,
                                                  unsigned long long flags) {
  return with_handle("cuMemExportToShareableHandle", handle,
                     [&](Call& call, const std::shared_ptr<Physical>& physical) -> CUresult {
                       if (out == nullptr || flags != 0) return CUDA_ERROR_INVALID_VALUE;
                       if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_NOT_SUPPORTED;
                       return export_handle(call, static_cast<int*>(out), *physical);
                     });
}

FAKE_EXPORT CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle* out, void* os_handle,
                                                    int type) {
  return enter("cuMemImportFromShareableHandle", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR) return CUDA_ERROR_NOT_SUPPORTED;
    return import_handle(call, out, static_cast<int>(reinterpret_cast<std::intptr_t>(os_handle)));
  });
}
