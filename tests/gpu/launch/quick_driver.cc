// A libcuda.so.1 that does next to nothing, for counting what the share library adds to a call: one card that
// needs quick_kernel_ns for every launch, and memory without end.
#include <time.h>

#include <cstdint>
#include <cstring>

#include "gpu/abi/cuda.h"
#include "gpu/launch/quick_driver.h"

#define QUICK extern "C" __attribute__((visibility("default")))

extern "C" __attribute__((visibility("default"))) std::uint64_t quick_kernel_ns;
std::uint64_t quick_kernel_ns = 50'000;

namespace {

std::uint64_t free_at = 0;
std::uint64_t events[1024];
std::uintptr_t made = 0;
CUdeviceptr next = CUdeviceptr{1} << 40;
int context;

std::uint64_t now_ns() {
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

std::uint64_t& at(CUevent event) {
  return events[reinterpret_cast<std::uintptr_t>(event) % 1024];
}

}  // namespace

QUICK CUresult cuInit(unsigned) {
  return CUDA_SUCCESS;
}
QUICK CUresult cuCtxGetCurrent(CUcontext* out) {
  *out = reinterpret_cast<CUcontext>(&context);
  return CUDA_SUCCESS;
}
QUICK CUresult cuCtxGetDevice(CUdevice* out) {
  *out = 0;
  return CUDA_SUCCESS;
}
QUICK CUresult cuDeviceGetUuid_v2(CUuuid* out, CUdevice) {
  std::memset(out->bytes, 0x11, sizeof out->bytes);
  return CUDA_SUCCESS;
}
QUICK CUresult cuStreamGetCtx(CUstream, CUcontext* out) {
  return cuCtxGetCurrent(out);
}
QUICK CUresult cuEventCreate(CUevent* out, unsigned) {
  *out = reinterpret_cast<CUevent>(++made);  // NOLINT(performance-no-int-to-ptr): a handle
  return CUDA_SUCCESS;
}
QUICK CUresult cuEventRecord(CUevent event, CUstream) {
  const std::uint64_t now = now_ns();
  at(event) = free_at > now ? free_at : now;
  return CUDA_SUCCESS;
}
QUICK CUresult cuEventQuery(CUevent event) {
  return now_ns() < at(event) ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
}
QUICK CUresult cuEventElapsedTime(float* ms, CUevent start, CUevent end) {
  *ms = static_cast<float>(static_cast<double>(at(end)) - static_cast<double>(at(start))) / 1e6F;
  return CUDA_SUCCESS;
}
QUICK CUresult cuLaunchKernel(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                              unsigned, CUstream, void**, void**) {
  const std::uint64_t now = now_ns();
  free_at = (free_at > now ? free_at : now) + quick_kernel_ns;
  return CUDA_SUCCESS;
}
QUICK CUresult cuMemAlloc_v2(CUdeviceptr* out, std::size_t) {
  *out = next += CUdeviceptr{1} << 21;
  return CUDA_SUCCESS;
}
QUICK CUresult cuMemFree_v2(CUdeviceptr) {
  return CUDA_SUCCESS;
}
