// The driver's functions for memory that comes from elsewhere: IPC handles and external memory.
#include <unistd.h>

#include <cstring>

#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

// What a CUipcMemHandle holds.
struct IpcHandle {
  std::uint64_t magic;
  std::int32_t block;
  std::uint32_t reserved;
  std::uint64_t generation;
  std::uint64_t bytes;  // as allocated
};
constexpr std::uint64_t kMagic = 0x6370692d656b6166;  // "fake-ipc"
static_assert(sizeof(IpcHandle) <= sizeof(CUipcMemHandle));

CUresult get_ipc(Call& call, CUipcMemHandle* out, CUdeviceptr address) {
  Allocation* const found = call.process().memory.find(address);
  if (found == nullptr || found->kind != Allocation::Kind::kLinear) return CUDA_ERROR_INVALID_VALUE;
  if (found->block < 0) found->block = call.state().share(call.process().slot, found->device, found->counted);
  if (found->block < 0) return CUDA_ERROR_OPERATING_SYSTEM;
  IpcHandle handle = {};
  handle.magic = kMagic;
  handle.block = found->block;
  handle.generation = call.state().shared().block[found->block].generation;
  handle.bytes = found->bytes;
  std::memset(out, 0, sizeof(*out));
  std::memcpy(out, &handle, sizeof(handle));
  return CUDA_SUCCESS;
}

CUresult open_ipc(const char* name, CUdeviceptr* out, const CUipcMemHandle& in) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    IpcHandle handle = {};
    std::memcpy(&handle, &in, sizeof(handle));
    if (out == nullptr || handle.magic != kMagic || handle.block < 0 || handle.block >= kMaxBlocks) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    const Block& block = call.state().shared().block[handle.block];
    if (block.bytes == 0 || block.generation != handle.generation) return CUDA_ERROR_INVALID_VALUE;
    Memory& memory = call.process().memory;
    for (auto& [base, allocation] : memory.allocations) {
      if (allocation.block != handle.block) continue;
      if (allocation.kind != Allocation::Kind::kIpc) return CUDA_ERROR_INVALID_CONTEXT;  // its own
      ++allocation.opened;
      *out = base;
      return CUDA_SUCCESS;
    }
    const CUdeviceptr base = memory.addresses.take(handle.bytes);
    if (base == 0) return CUDA_ERROR_OUT_OF_MEMORY;
    call.state().hold(handle.block, call.process().slot);
    Allocation opened = {.kind = Allocation::Kind::kIpc, .base = base, .bytes = handle.bytes};
    opened.device = static_cast<int>(block.device);
    opened.context = &call.context();
    opened.block = handle.block;
    memory.allocations.emplace(base, opened);
    *out = base;
    return CUDA_SUCCESS;
  });
}

CUresult import_external(Call& call, CUexternalMemory* out, const CUDA_EXTERNAL_MEMORY_HANDLE_DESC& from) {
  if (from.type != 1) return CUDA_ERROR_NOT_SUPPORTED;
  auto made = std::make_unique<ExternalMemory>();
  made->bytes = from.size;
  made->device = call.context().device;
  made->block = call.state().import_block(from.handle.fd);
  if (made->block >= 0) call.state().hold(made->block, call.process().slot);
  // The driver takes the descriptor over.
  close(from.handle.fd);
  *out = handle_of<CUexternalMemory>(made.get());
  call.process().externals.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuIpcGetMemHandle(CUipcMemHandle* out, CUdeviceptr address) {
  return enter("cuIpcGetMemHandle", Need::kContext, [&](Call& call) -> CUresult {
    return out == nullptr ? CUDA_ERROR_INVALID_VALUE : get_ipc(call, out, address);
  });
}
FAKE_EXPORT CUresult cuIpcOpenMemHandle(CUdeviceptr* out, CUipcMemHandle handle, unsigned) {
  return open_ipc("cuIpcOpenMemHandle", out, handle);
}
FAKE_EXPORT CUresult cuIpcOpenMemHandle_v2(CUdeviceptr* out, CUipcMemHandle handle, unsigned) {
  return open_ipc("cuIpcOpenMemHandle_v2", out, handle);
}
FAKE_EXPORT CUresult cuIpcCloseMemHandle(CUdeviceptr address) {
  return enter("cuIpcCloseMemHandle", Need::kContext, [&](Call& call) -> CUresult {
    const auto found = call.process().memory.allocations.find(address);
    if (found == call.process().memory.allocations.end()) return CUDA_ERROR_INVALID_VALUE;
    if (found->second.kind != Allocation::Kind::kIpc) return CUDA_ERROR_INVALID_VALUE;
    if (--found->second.opened == 0) release(call, found->second);
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuImportExternalMemory(CUexternalMemory* out,
                                            const CUDA_EXTERNAL_MEMORY_HANDLE_DESC* from) {
  return enter("cuImportExternalMemory", Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || from == nullptr) return CUDA_ERROR_INVALID_VALUE;
    return import_external(call, out, *from);
  });
}
FAKE_EXPORT CUresult cuExternalMemoryGetMappedBuffer(CUdeviceptr* out, CUexternalMemory handle,
                                                     const CUDA_EXTERNAL_MEMORY_BUFFER_DESC* buffer) {
  return enter("cuExternalMemoryGetMappedBuffer", Need::kContext, [&](Call& call) -> CUresult {
    const ExternalMemory* const memory = find(call.process().externals, handle);
    if (memory == nullptr || out == nullptr || buffer == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (buffer->size == 0 || buffer->offset + buffer->size > memory->bytes) return CUDA_ERROR_INVALID_VALUE;
    const CUdeviceptr base = call.process().memory.addresses.take(buffer->size);
    if (base == 0) return CUDA_ERROR_OUT_OF_MEMORY;
    Allocation mapped = {.kind = Allocation::Kind::kExternal, .base = base, .bytes = buffer->size};
    mapped.device = memory->device;
    mapped.context = &call.context();
    call.process().memory.allocations.emplace(base, mapped);
    *out = base;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDestroyExternalMemory(CUexternalMemory handle) {
  return enter("cuDestroyExternalMemory", Need::kContext, [&](Call& call) -> CUresult {
    const ExternalMemory* const memory = find(call.process().externals, handle);
    if (memory == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    if (memory->block >= 0) call.state().let_go(memory->block, call.process().slot);
    call.process().externals.erase(handle);
    return CUDA_SUCCESS;
  });
}
