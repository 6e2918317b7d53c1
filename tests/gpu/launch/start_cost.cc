// What a program's start costs through the share library, and past it, for counting instructions:
// tests/gpu/launch/start_cost runs it. From opening the library to the first memory, as a program does it;
// the driver does next to nothing.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "gpu/abi/cuda.h"
#include "gpu/share/test_share_folder.h"

namespace {

template <class... Words>
bool call(void* library, const char* name, Words... words) {
  const auto function = reinterpret_cast<CUresult (*)(Words...)>(dlsym(library, name));
  return function != nullptr && function(words...) == CUDA_SUCCESS;
}

}  // namespace

extern "C" [[gnu::noinline]] bool start_way(const char* path) {
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CUdeviceptr memory = 0;
  return library != nullptr && call(library, "cuInit", 0u) &&
         call(library, "cuMemAlloc_v2", &memory, std::size_t{2} << 20);
}

// start_cost LIBRARY DRIVER ours|direct OTHERS: so many processes have slots already, and live.
int main(int count, char** words) {
  if (count != 5) return 2;
  using namespace dure::gpu::share;
  ShareFolder share(std::uint64_t{1} << 40);
  std::snprintf(share.limits()->card[0].uuid, 64, "GPU-11111111-1111-1111-1111-111111111111");
  share.limits()->card[0].guaranteed_milli = 1000;
  const std::string run = share.file("run");
  std::filesystem::create_directories(run + "/driver");
  std::filesystem::create_directory_symlink(share.path(), run + "/share");
  std::filesystem::create_symlink(std::filesystem::absolute(words[2]), run + "/driver/libcuda.so.1");
  setenv("DURE_GPU_RUN", run.c_str(), 1);
  const int others = std::atoi(words[4]);
  int ready[2] = {}, end[2] = {};
  if (pipe(ready) != 0 || pipe(end) != 0) return 3;
  for (int i = 0; i < others; ++i) {
    if (fork() != 0) continue;
    close(end[1]);
    char byte = start_way(words[1]) ? 'y' : 'n';
    static_cast<void>(write(ready[1], &byte, 1));
    static_cast<void>(read(end[0], &byte, 1));
    _exit(0);
  }
  char byte = 0;
  for (int i = 0; i < others; ++i)
    if (read(ready[0], &byte, 1) != 1 || byte != 'y') return 3;
  const bool ours = std::strcmp(words[3], "ours") == 0;
  if (!start_way(words[ours ? 1 : 2])) return 1;
  return ours && share.total() * DURE_MEMORY_UNIT != static_cast<std::uint64_t>(others + 1) << 21 ? 1 : 0;
}
