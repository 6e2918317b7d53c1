// The driver's functions that copy and fill memory.
//
// The bytes move when the call is made, also of those that are asynchronous: nothing computes on them. The
// time that it takes on the device is copy_gbps (README.md), in the order of the stream. A copy that is not
// asynchronous waits for it; a fill that is not does so in memory that the host has as well, managed or its
// own (CUDA's driver API, "API synchronization behavior").
#include <algorithm>
#include <cstring>

#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

void* host(CUdeviceptr address) {
  return host_address(address);
}
CUdeviceptr device(const void* address) {
  return reinterpret_cast<CUdeviceptr>(address);
}

// Whether the program can reach the device address through the host.
bool reachable(Call& call, CUdeviceptr address, std::size_t bytes) {
  Memory& memory = call.process().memory;
  const Allocation* const found = memory.find(address);
  if (found != nullptr) return memory.addresses.backed() && address + bytes <= found->base + found->bytes;
  const auto after = memory.mappings.upper_bound(address);
  if (after != memory.mappings.begin()) {
    const auto& [start, mapping] = *std::prev(after);
    if (address < start + mapping.bytes) return false;
  }
  const auto reserved = memory.reservations.upper_bound(address);
  if (reserved != memory.reservations.begin()) {
    const auto& [start, size] = *std::prev(reserved);
    if (address < start + size) return false;
  }
  return true;  // the host's own
}

// The stream's time for it; with `wait` until it is over.
CUresult spend(Call& call, Stream* stream, std::uint64_t bytes, int node_type, bool wait) {
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (stream->capture != nullptr) {
    if (wait) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    GraphNode* const node = capture_node(*stream, node_type);
    if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    node->length = floor_ns(copy_time(call, bytes));
    return CUDA_SUCCESS;
  }
  Op op;
  op.length = copy_time(call, bytes);
  stream->context->put(*stream, std::move(op));
  if (!wait) return CUDA_SUCCESS;
  return call.block({.what = Wait::What::kStream, .stream = stream}) ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult copy(const char* name, CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream handle,
              bool per_thread, bool wait) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    const CUresult spent =
        spend(call, find_stream(call, handle, per_thread), bytes, CU_GRAPH_NODE_TYPE_MEMCPY, wait);
    if (spent != CUDA_SUCCESS || bytes == 0) return spent;
    if (!reachable(call, to, bytes) || !reachable(call, from, bytes)) return CUDA_SUCCESS;
    call.leave_state();
    std::memmove(host(to), host(from), bytes);
    return CUDA_SUCCESS;
  });
}

bool is_device_memory(Call& call, CUdeviceptr address) {
  const Allocation* const found = call.process().memory.find(address);
  return found != nullptr ? found->kind != Allocation::Kind::kManaged : !reachable(call, address, 1);
}

// The stream's time for a fill; one that is not asynchronous waits for it where the host has the memory too.
CUresult spend_fill(Call& call, CUdeviceptr to, std::uint64_t bytes, CUstream handle, bool per_thread,
                    bool asynchronous) {
  return spend(call, find_stream(call, handle, per_thread), bytes, CU_GRAPH_NODE_TYPE_MEMSET,
               !asynchronous && !is_device_memory(call, to));
}

CUresult fill(const char* name, CUdeviceptr to, unsigned value, std::size_t width, std::size_t element,
              CUstream handle, bool per_thread, bool asynchronous) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    const std::size_t bytes = width * element;
    const CUresult spent = spend_fill(call, to, bytes, handle, per_thread, asynchronous);
    if (spent != CUDA_SUCCESS || bytes == 0 || !reachable(call, to, bytes)) return spent;
    call.leave_state();
    for (std::size_t i = 0; i < width; ++i) {
      std::memcpy(static_cast<char*>(host(to)) + i * element, &value, element);
    }
    return CUDA_SUCCESS;
  });
}

// Copies and fills of two and three dimensions: their time alone.
CUresult fill_block(const char* name, CUdeviceptr to, std::uint64_t bytes, CUstream handle, bool per_thread,
                    bool asynchronous) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    return spend_fill(call, to, bytes, handle, per_thread, asynchronous);
  });
}
CUresult copy_block(const char* name, std::uint64_t bytes, CUstream handle, bool per_thread, bool wait) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    return spend(call, find_stream(call, handle, per_thread), bytes, CU_GRAPH_NODE_TYPE_MEMCPY, wait);
  });
}

std::uint64_t size_of(const CUDA_MEMCPY2D* copy) {
  return copy == nullptr ? 0 : std::uint64_t{copy->WidthInBytes} * copy->Height;
}
std::uint64_t size_of(const CUDA_MEMCPY3D* copy) {
  return copy == nullptr ? 0 : std::uint64_t{copy->WidthInBytes} * copy->Height * copy->Depth;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

// A function that waits, with its twin (_ptds), and one that does not (_ptsz).
#define COPY(name, parameters, to, from, bytes)                       \
  FAKE_EXPORT CUresult name parameters {                              \
    return copy(#name, to, from, bytes, nullptr, false, true);        \
  }                                                                   \
  FAKE_EXPORT CUresult name##_ptds parameters {                       \
    return copy(#name "_ptds", to, from, bytes, nullptr, true, true); \
  }
#define COPY_ASYNC(name, parameters, to, from, bytes)                 \
  FAKE_EXPORT CUresult name parameters {                              \
    return copy(#name, to, from, bytes, stream, false, false);        \
  }                                                                   \
  FAKE_EXPORT CUresult name##_ptsz parameters {                       \
    return copy(#name "_ptsz", to, from, bytes, stream, true, false); \
  }
#define FILL(name, type, element)                                                                         \
  FAKE_EXPORT CUresult name##_v2(CUdeviceptr to, type value, std::size_t count) {                         \
    return fill(#name "_v2", to, value, count, element, nullptr, false, false);                           \
  }                                                                                                       \
  FAKE_EXPORT CUresult name##_v2_ptds(CUdeviceptr to, type value, std::size_t count) {                    \
    return fill(#name "_v2_ptds", to, value, count, element, nullptr, true, false);                       \
  }                                                                                                       \
  FAKE_EXPORT CUresult name##Async(CUdeviceptr to, type value, std::size_t count, CUstream stream) {      \
    return fill(#name "Async", to, value, count, element, stream, false, true);                           \
  }                                                                                                       \
  FAKE_EXPORT CUresult name##Async_ptsz(CUdeviceptr to, type value, std::size_t count, CUstream stream) { \
    return fill(#name "Async_ptsz", to, value, count, element, stream, true, true);                       \
  }
#define FILL_BLOCK(name, type, element)                                                                      \
  FAKE_EXPORT CUresult name##_v2(CUdeviceptr to, std::size_t, type, std::size_t width, std::size_t height) { \
    return fill_block(#name "_v2", to, width * height * element, nullptr, false, false);                     \
  }                                                                                                          \
  FAKE_EXPORT CUresult name##_v2_ptds(CUdeviceptr to, std::size_t, type, std::size_t width,                  \
                                      std::size_t height) {                                                  \
    return fill_block(#name "_v2_ptds", to, width * height * element, nullptr, true, false);                 \
  }                                                                                                          \
  FAKE_EXPORT CUresult name##Async(CUdeviceptr to, std::size_t, type, std::size_t width, std::size_t height, \
                                   CUstream stream) {                                                        \
    return fill_block(#name "Async", to, width * height * element, stream, false, true);                     \
  }                                                                                                          \
  FAKE_EXPORT CUresult name##Async_ptsz(CUdeviceptr to, std::size_t, type, std::size_t width,                \
                                        std::size_t height, CUstream stream) {                               \
    return fill_block(#name "Async_ptsz", to, width * height * element, stream, true, true);                 \
  }
#define COPY_BLOCK(name, type)                                                    \
  FAKE_EXPORT CUresult name##_v2(const type* what) {                              \
    return copy_block(#name "_v2", size_of(what), nullptr, false, true);          \
  }                                                                               \
  FAKE_EXPORT CUresult name##_v2_ptds(const type* what) {                         \
    return copy_block(#name "_v2_ptds", size_of(what), nullptr, true, true);      \
  }                                                                               \
  FAKE_EXPORT CUresult name##Async_v2(const type* what, CUstream stream) {        \
    return copy_block(#name "Async_v2", size_of(what), stream, false, false);     \
  }                                                                               \
  FAKE_EXPORT CUresult name##Async_v2_ptsz(const type* what, CUstream stream) {   \
    return copy_block(#name "Async_v2_ptsz", size_of(what), stream, true, false); \
  }

COPY(cuMemcpy, (CUdeviceptr to, CUdeviceptr from, std::size_t bytes), to, from, bytes)
COPY(cuMemcpyHtoD_v2, (CUdeviceptr to, const void* from, std::size_t bytes), to, device(from), bytes)
COPY(cuMemcpyDtoH_v2, (void* to, CUdeviceptr from, std::size_t bytes), device(to), from, bytes)
COPY(cuMemcpyDtoD_v2, (CUdeviceptr to, CUdeviceptr from, std::size_t bytes), to, from, bytes)
COPY(cuMemcpyPeer, (CUdeviceptr to, CUcontext, CUdeviceptr from, CUcontext, std::size_t bytes), to, from,
     bytes)
COPY_ASYNC(cuMemcpyAsync, (CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream stream), to, from,
           bytes)
COPY_ASYNC(cuMemcpyHtoDAsync_v2, (CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream), to,
           device(from), bytes)
COPY_ASYNC(cuMemcpyDtoHAsync_v2, (void* to, CUdeviceptr from, std::size_t bytes, CUstream stream), device(to),
           from, bytes)
COPY_ASYNC(cuMemcpyDtoDAsync_v2, (CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream stream), to,
           from, bytes)
COPY_ASYNC(cuMemcpyPeerAsync,
           (CUdeviceptr to, CUcontext, CUdeviceptr from, CUcontext, std::size_t bytes, CUstream stream), to,
           from, bytes)
FILL(cuMemsetD8, unsigned char, 1)
FILL(cuMemsetD16, unsigned short, 2)
FILL(cuMemsetD32, unsigned, 4)
FILL_BLOCK(cuMemsetD2D8, unsigned char, 1)
FILL_BLOCK(cuMemsetD2D16, unsigned short, 2)
FILL_BLOCK(cuMemsetD2D32, unsigned, 4)
COPY_BLOCK(cuMemcpy2D, CUDA_MEMCPY2D)
COPY_BLOCK(cuMemcpy3D, CUDA_MEMCPY3D)
