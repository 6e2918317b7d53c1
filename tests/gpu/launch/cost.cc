// What a call costs through the share library, and past it, for counting instructions: tests/gpu/launch/cost
// runs it. The library is the one that ships, but for the place of its files; the driver does next to
// nothing.
#include <dlfcn.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "gpu/abi/cuda.h"
#include "gpu/launch/quick_driver.h"
#include "gpu/share/test_share_folder.h"

namespace {

using Launch = CUresult(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                        CUstream, void**, void**);
using Allocate = CUresult(CUdeviceptr*, std::size_t);
using Free = CUresult(CUdeviceptr);

template <class Function>
Function* find(void* library, const char* name) {
  auto* found = reinterpret_cast<Function*>(dlsym(library, name));
  if (found == nullptr) std::exit(3);
  return found;
}

// All in this process read this clock (below), so that what is counted does not depend on the machine.
std::uint64_t clock_now = 3'600'000'000'000;

}  // namespace

extern "C" {

// In the place of libc's, for the library and the driver.
[[gnu::visibility("default")]] int clock_gettime(clockid_t, timespec* at) noexcept {
  at->tv_sec = static_cast<time_t>(clock_now / 1'000'000'000);
  at->tv_nsec = static_cast<long>(clock_now % 1'000'000'000);
  return 0;
}
[[gnu::visibility("default")]] int clock_nanosleep(clockid_t, int, const timespec* at, timespec*) {
  const std::uint64_t until =
      static_cast<std::uint64_t>(at->tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at->tv_nsec);
  if (until > clock_now) clock_now = until;
  return 0;
}

[[gnu::noinline]] CUresult launch_way(Launch* launch, CUstream stream) {
  return launch(reinterpret_cast<CUfunction>(4096), 128, 1, 1, 256, 1, 1, 0, stream, nullptr, nullptr);
}
[[gnu::noinline]] CUresult allocate_way(Allocate* allocate, CUdeviceptr* out) {
  return allocate(out, std::size_t{2} << 20);
}
[[gnu::noinline]] CUresult free_way(Free* free, CUdeviceptr address) {
  return free(address);
}

}  // extern "C"

// cost LIBRARY DRIVER ours|direct named|null KERNEL_NS ROUNDS. The difference of two numbers of rounds is
// free of what the start costs.
int main(int count, char** words) {
  if (count != 7) return 2;
  using namespace dure::gpu::share;
  ShareFolder share(std::uint64_t{1} << 40);
  std::snprintf(share.limits()->card[0].uuid, 64, "GPU-11111111-1111-1111-1111-111111111111");
  share.limits()->card[0].guaranteed_milli = 999;  // of all it would never wait
  const std::string run = share.file("run");
  std::filesystem::create_directories(run + "/driver");
  std::filesystem::create_directory_symlink(share.path(), run + "/share");
  std::filesystem::create_symlink(std::filesystem::absolute(words[2]), run + "/driver/libcuda.so.1");
  setenv("DURE_GPU_RUN", run.c_str(), 1);
  const bool ours = std::strcmp(words[3], "ours") == 0;
  void* library = dlopen(ours ? words[1] : words[2], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 3;
  auto* launch = find<Launch>(library, "cuLaunchKernel");
  auto* allocate = find<Allocate>(library, "cuMemAlloc_v2");
  auto* free = find<Free>(library, "cuMemFree_v2");
  CUstream stream = std::strcmp(words[4], "named") == 0 ? reinterpret_cast<CUstream>(8192) : nullptr;
  const std::uint64_t kernel_ns = std::strtoull(words[5], nullptr, 10);
  *find<std::uint64_t>(dlopen(words[2], RTLD_NOW | RTLD_LOCAL), kKernelNs) = kernel_ns;
  const int rounds = std::atoi(words[6]);
  CUdeviceptr held[2] = {};
  for (int i = 0; i < rounds; ++i) {
    if (launch_way(launch, stream) != CUDA_SUCCESS) return 1;
    clock_now += i < 20 ? 1000 : kernel_ns;  // as fast as the card, which always has something to do
    if (allocate_way(allocate, &held[i % 2]) != CUDA_SUCCESS) return 1;
    if (i % 2 == 1 && (free_way(free, held[0]) != CUDA_SUCCESS || free_way(free, held[1]) != CUDA_SUCCESS))
      return 1;
  }
  return ours && share.usage()->process[0].card[0].work.launches != static_cast<std::uint64_t>(rounds) ? 1
                                                                                                       : 0;
}
