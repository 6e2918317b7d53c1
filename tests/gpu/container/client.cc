// What a program in a container sees and gets of a GPU; tests/contract/engine_share_test.cc runs it in one.
//
//   client look        what CUDA and NVML say: card, memory
//   client slot        claims a slot of the share and holds it until it is killed
//   client hold MIB    allocates 2 MiB (the driver's granule) at a time, at most MIB in all, and holds them
//   until it is killed
//   client modest US    launches a kernel of so many microseconds and waits for it, again and again
//   client greedy US    launches as many as it can, without ever waiting for one: in four threads on streams
//   of every kind, one of them graphs
//
// Each prints what it found as "name=value" lines. The driver's libraries are opened by the names that every
// program uses.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "gpu/abi/cuda.h"
#include "gpu/abi/nvml.h"
#include "gpu/share/slot.h"

namespace {

void* open_library(const char* name) {
  void* library = dlopen(name, RTLD_NOW);
  if (library == nullptr) std::printf("failed=%s\n", dlerror());
  return library;
}

template <class Function>
Function find(void* library, const char* name, Function) {
  auto* found = reinterpret_cast<Function>(dlsym(library, name));
  if (found == nullptr) {
    std::printf("missing=%s\n", name);
    std::exit(1);
  }
  return found;
}
#define FIND(library, name, ...) find(library, #name, static_cast<int (*)(__VA_ARGS__)>(nullptr))

void must(const char* what, int result) {
  if (result == 0) return;
  std::printf("refused=%s %d\n", what, result);
  std::exit(1);
}

void wait_to_be_killed() {
  std::fflush(stdout);
  for (;;) pause();
}

void* begin_cuda(CUcontext* made = nullptr) {
  void* cuda = open_library("libcuda.so.1");
  if (cuda == nullptr) std::exit(1);
  CUcontext context = nullptr;
  must("cuInit", FIND(cuda, cuInit, unsigned)(0));
  must("cuCtxCreate", FIND(cuda, cuCtxCreate_v2, CUcontext*, unsigned, CUdevice)(&context, 0, 0));
  if (made != nullptr) *made = context;
  return cuda;
}

int look() {
  void* cuda = begin_cuda();
  Dl_info where = {};
  dladdr(dlsym(cuda, "cuInit"), &where);
  std::size_t free = 0;
  std::size_t total = 0;
  must("cuMemGetInfo", FIND(cuda, cuMemGetInfo_v2, std::size_t*, std::size_t*)(&free, &total));
  std::printf("library=%s\ncuda_total=%zu\ncuda_free=%zu\n", where.dli_fname, total, free);
  std::printf("ours=%d\n", dlsym(cuda, "dure_gpu_share_marker") != nullptr);

  void* nvml = open_library("libnvidia-ml.so.1");
  if (nvml == nullptr) return 1;
  nvmlDevice_t device = nullptr;
  nvmlMemory_t memory = {};
  char uuid[96] = {};
  must("nvmlInit", FIND(nvml, nvmlInit_v2)());
  must("handle", FIND(nvml, nvmlDeviceGetHandleByIndex_v2, unsigned, nvmlDevice_t*)(0, &device));
  must("memory", FIND(nvml, nvmlDeviceGetMemoryInfo, nvmlDevice_t, nvmlMemory_t*)(device, &memory));
  must("uuid", FIND(nvml, nvmlDeviceGetUUID, nvmlDevice_t, char*, unsigned)(device, uuid, sizeof uuid));
  std::printf("nvml_total=%llu\nuuid=%s\n", memory.total, uuid);
  return 0;
}

int slot() {
  dure::gpu::share::PageFault fault{};
  const auto* own = dure::gpu::share::own_slot("/run/dure/share", &fault);
  if (own == nullptr) {
    std::printf("fault=%d\n", static_cast<int>(fault));
    return 1;
  }
  const dure_card_limits& card = own->limits->card[0];
  std::printf("slot=%u\nuuid=%s\nmemory=%llu\nmilli=%u\n", own->index, card.uuid,
              static_cast<unsigned long long>(card.memory_bytes), card.guaranteed_milli);
  wait_to_be_killed();
  return 0;
}

int hold(int most) {
  void* cuda = begin_cuda();
  const auto allocate = FIND(cuda, cuMemAlloc_v2, CUdeviceptr*, std::size_t);
  int held = 0;
  int result = 0;
  for (CUdeviceptr at = 0; held < most; held += 2) {
    result = allocate(&at, std::size_t{2} << 20);
    if (result != 0) break;
  }
  std::printf("held=%d\nresult=%d\n", held, result);
  wait_to_be_killed();
  return 0;
}

// A kernel of one length, and the ways to launch it.
struct Kernel {
  Kernel(void* cuda, std::uint64_t length_ns) : ns(length_ns) {
    const void* image = "fake image\nkernel sleep_ns\n";
    CUmodule module = nullptr;
    must("module", FIND(cuda, cuModuleLoadData, CUmodule*, const void*)(&module, image));
    must("function",
         FIND(cuda, cuModuleGetFunction, CUfunction*, CUmodule, const char*)(&function, module, "sleep_ns"));
    launch_kernel = FIND(cuda, cuLaunchKernel, CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned,
                         unsigned, unsigned, CUstream, void**, void**);
  }
  void launch(CUstream stream) {
    void* words[] = {&ns};
    must("launch", launch_kernel(function, 1, 1, 1, 1, 1, 1, 0, stream, words, nullptr));
  }

  std::uint64_t ns;
  CUfunction function = nullptr;
  int (*launch_kernel)(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                       CUstream, void**, void**) = nullptr;
};

[[noreturn]] void modest(std::uint64_t ns) {
  void* cuda = begin_cuda();
  Kernel kernel(cuda, ns);
  const auto wait = FIND(cuda, cuStreamSynchronize, CUstream);
  std::puts("running");
  std::fflush(stdout);
  for (;;) {
    kernel.launch(nullptr);
    must("wait", wait(nullptr));
  }
}

[[noreturn]] void launch_graphs(void* cuda, Kernel& kernel) {
  CUgraph graph = nullptr;
  CUgraphExec made = nullptr;
  CUgraphNode node = nullptr;
  CUstream stream = nullptr;
  void* words[] = {&kernel.ns};
  CUgraphNodeParams parameters = {};
  parameters.type = CU_GRAPH_NODE_TYPE_KERNEL;
  parameters.of.kernel = {kernel.function, 1, 1, 1, 1, 1, 1, 0, words, nullptr, nullptr, nullptr};
  must("stream", FIND(cuda, cuStreamCreate, CUstream*, unsigned)(&stream, 1));
  must("graph", FIND(cuda, cuGraphCreate, CUgraph*, unsigned)(&graph, 0));
  must("node", FIND(cuda, cuGraphAddNode, CUgraphNode*, CUgraph, const CUgraphNode*, std::size_t,
                    CUgraphNodeParams*)(&node, graph, nullptr, 0, &parameters));
  must("instantiate",
       FIND(cuda, cuGraphInstantiateWithFlags, CUgraphExec*, CUgraph, cuuint64_t)(&made, graph, 0));
  const auto launch = FIND(cuda, cuGraphLaunch, CUgraphExec, CUstream);
  for (;;) must("graph launch", launch(made, stream));
}

int greedy(std::uint64_t ns) {
  CUcontext context = nullptr;
  void* cuda = begin_cuda(&context);
  Kernel kernel(cuda, ns);
  CUstream own = nullptr;
  must("stream", FIND(cuda, cuStreamCreate, CUstream*, unsigned)(&own, 1));
  const auto set_current = FIND(cuda, cuCtxSetCurrent, CUcontext);
  for (CUstream stream : {CUstream{nullptr}, own, CU_STREAM_PER_THREAD})
    std::thread([&, stream] {
      must("current", set_current(context));
      for (;;) kernel.launch(stream);
    }).detach();
  std::puts("running");
  std::fflush(stdout);
  launch_graphs(cuda, kernel);
}

}  // namespace

int main(int count, char** words) {
  umask(0);  // the fake driver's state is shared by containers of several users
  const char* what = count > 1 ? words[1] : "";
  if (std::strcmp(what, "look") == 0) return look();
  if (std::strcmp(what, "slot") == 0) return slot();
  if (std::strcmp(what, "hold") == 0 && count > 2) return hold(std::atoi(words[2]));
  if (std::strcmp(what, "modest") == 0 && count > 2) modest(std::strtoull(words[2], nullptr, 10) * 1000);
  if (std::strcmp(what, "greedy") == 0 && count > 2)
    return greedy(std::strtoull(words[2], nullptr, 10) * 1000);
  return 2;
}
