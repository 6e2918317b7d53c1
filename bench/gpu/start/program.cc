#include "bench/gpu/start/program.h"

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

#include "gpu/abi/cuda.h"

namespace dure::bench {
namespace {

template <class... Words>
bool call(void* library, const char* name, Words... words) {
  const auto function = reinterpret_cast<CUresult (*)(Words...)>(dlsym(library, name));
  return function != nullptr && function(words...) == CUDA_SUCCESS;
}

StartTimes start(const char* path) {
  StartTimes times = {monotonic_ns(), 0, 0};
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CUcontext context = nullptr;
  CUdeviceptr memory = 0;
  if (library == nullptr || !call(library, "cuInit", 0u)) return times;
  times.init_ns = monotonic_ns();
  if (!call(library, "cuDevicePrimaryCtxRetain", &context, 0)) return times;
  if (!call(library, "cuCtxSetCurrent", context)) return times;
  if (call(library, "cuMemAlloc_v2", &memory, std::size_t{1} << 20)) times.allocated_ns = monotonic_ns();
  return times;
}

}  // namespace

std::uint64_t monotonic_ns() {
  timespec at = {};
  ::clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

std::optional<int> run_start_program(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], kStartProgram) != 0) return std::nullopt;
  const StartTimes times = start(argv[2]);
  if (::write(kStartAnswer, &times, sizeof times) != ssize_t{sizeof times}) return 1;
  char byte = 0;
  static_cast<void>(::read(STDIN_FILENO, &byte, 1));
  return times.allocated_ns != 0 ? 0 : 1;
}

}  // namespace dure::bench
