// The driver's functions for multicast objects, as far as memory is concerned: what is bound lives. An object
// is the handle of a physical allocation of no memory; a binding is known by its device and its offset.
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

using Handle = CUmemGenericAllocationHandle;

struct Properties {  // CUmulticastObjectProp
  unsigned devices;
  std::size_t bytes;
  unsigned long long handle_types;
  unsigned long long flags;
};

std::shared_ptr<Physical> find_object(Call& call, Handle handle) {
  const auto found = call.process().handles.find(handle);
  return found != call.process().handles.end() && found->second->multicast ? found->second : nullptr;
}

CUresult bind_memory(Call& call, Handle handle, std::size_t offset, const std::shared_ptr<Physical>& memory,
                     std::size_t from, std::size_t bytes) {
  const std::shared_ptr<Physical> object = find_object(call, handle);
  if (object == nullptr || memory == nullptr || memory->multicast || memory->device < 0 || bytes == 0)
    return CUDA_ERROR_INVALID_VALUE;
  if (offset + bytes > object->bytes || from + bytes > memory->bytes) return CUDA_ERROR_INVALID_VALUE;
  if (!object->bound_here.try_emplace({memory->device, offset}, memory).second)
    return CUDA_ERROR_INVALID_VALUE;
  ++memory->bound;
  return CUDA_SUCCESS;
}

CUresult bind_handle(const char* name, Handle object, std::size_t offset, Handle memory, std::size_t from,
                     std::size_t bytes) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const auto found = call.process().handles.find(memory);
    return found == call.process().handles.end()
               ? CUDA_ERROR_INVALID_VALUE
               : bind_memory(call, object, offset, found->second, from, bytes);
  });
}

CUresult bind_address(const char* name, Handle object, std::size_t offset, CUdeviceptr address,
                      std::size_t bytes) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    const auto& mappings = call.process().memory.mappings;
    const auto after = mappings.upper_bound(address);
    if (after == mappings.begin()) return CUDA_ERROR_INVALID_VALUE;
    const auto& [start, mapping] = *std::prev(after);
    if (address + bytes > start + mapping.bytes) return CUDA_ERROR_INVALID_VALUE;
    return bind_memory(call, object, offset, mapping.physical, mapping.offset + (address - start), bytes);
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuMulticastCreate(Handle* out, const Properties* properties) {
  return enter("cuMulticastCreate", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || properties == nullptr || properties->bytes == 0) return CUDA_ERROR_INVALID_VALUE;
    auto made = std::make_shared<Physical>();
    made->bytes = properties->bytes;
    made->device = -1;
    made->handles = 1;
    made->multicast = true;
    *out = ++call.process().last_handle;
    call.process().handles[*out] = std::move(made);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMulticastAddDevice(Handle object, CUdevice device) {
  return enter("cuMulticastAddDevice", Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    return find_object(call, object) == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMulticastBindMem(Handle object, std::size_t offset, Handle memory, std::size_t from,
                                        std::size_t bytes, unsigned long long) {
  return bind_handle("cuMulticastBindMem", object, offset, memory, from, bytes);
}
FAKE_EXPORT CUresult cuMulticastBindMem_v2(Handle object, CUdevice, std::size_t offset, Handle memory,
                                           std::size_t from, std::size_t bytes, unsigned long long) {
  return bind_handle("cuMulticastBindMem_v2", object, offset, memory, from, bytes);
}
FAKE_EXPORT CUresult cuMulticastBindAddr(Handle object, std::size_t offset, CUdeviceptr address,
                                         std::size_t bytes, unsigned long long) {
  return bind_address("cuMulticastBindAddr", object, offset, address, bytes);
}
FAKE_EXPORT CUresult cuMulticastBindAddr_v2(Handle object, CUdevice, std::size_t offset, CUdeviceptr address,
                                            std::size_t bytes, unsigned long long) {
  return bind_address("cuMulticastBindAddr_v2", object, offset, address, bytes);
}
FAKE_EXPORT CUresult cuMulticastUnbind(Handle handle, CUdevice device, std::size_t offset, std::size_t) {
  return enter("cuMulticastUnbind", Need::kInit, [&](Call& call) -> CUresult {
    const std::shared_ptr<Physical> object = find_object(call, handle);
    if (object == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto gone = object->bound_here.extract({device, offset});
    if (gone.empty()) return CUDA_ERROR_INVALID_VALUE;
    --gone.mapped()->bound;
    drop_if_unused(call, *gone.mapped());
    return CUDA_SUCCESS;
  });
}
