#include "gpu/kill/worker.h"

namespace dure::gpu::share {
namespace {

constexpr int kRelaxed = 2;  // of a capture: other threads may do what they like
constexpr cuuint64_t kUpload = 2;
constexpr std::size_t kPage = 2 * kMiB;
constexpr CUmemAllocationProp kOnCard = {CU_MEM_ALLOCATION_TYPE_PINNED,
                                         CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
                                         {CU_MEM_LOCATION_TYPE_DEVICE, 0},
                                         nullptr,
                                         {}};
constexpr char kImage[] = "fake image\nkernel sleep_ns\n";
constexpr char kLocal[] = "fake image\nkernel local 1000 local 1040\n";

}  // namespace

Worker::Worker(const Program& program, std::uint64_t seed, Handles* handles, bool with_modules)
    : program_(program),
      random_(seed),
      with_modules_(with_modules),
      racer_(program, seed + 1, handles, Racer::Sizes::kWhole) {
  CUmodule kernels = nullptr;
  call("cuStreamCreate", &stream_, 1u);
  call("cuEventCreate", &event_, 0u);
  // Refused where the share is full: then it launches nothing.
  if (call("cuModuleLoadData", &kernels, static_cast<const void*>(kImage)) == CUDA_SUCCESS) {
    EXPECT_EQ(call("cuModuleGetFunction", &function_, kernels, "sleep_ns"), CUDA_SUCCESS);
  }
  if (program.allocate(&scratch_, 4096) != CUDA_SUCCESS) scratch_ = 0;
}

const char* Worker::name_of(unsigned act) {
  constexpr const char* kNames[kActs] = {"race",  "launch", "wait",    "context", "primary",
                                         "limit", "module", "library", "graph",   "capture",
                                         "copy",  "look",   "pool",    "export",  "bind"};
  return kNames[act];
}

void Worker::act() {
  static constexpr bool (Worker::*kAct[kActs])() = {
      &Worker::race,        &Worker::launch,     &Worker::wait,        &Worker::use_context,
      &Worker::use_primary, &Worker::set_limit,  &Worker::load_module, &Worker::load_library,
      &Worker::run_graph,   &Worker::capture,    &Worker::copy,        &Worker::look,
      &Worker::use_pool,    &Worker::export_one, &Worker::bind_one};
  // Memory and launches are what programs do most.
  const auto draw = static_cast<unsigned>(random_() % (kActs + 8));
  const unsigned which = draw < kActs ? draw : draw % 2;
  if ((this->*kAct[which])()) ++succeeded_[which];
}

bool Worker::race() {
  racer_.run(1 + random_() % 4);
  return true;
}

CUresult Worker::launch_one(std::uint64_t ns, CUstream stream, const char* name) const {
  void* parameters[] = {&ns};
  void** const extra = nullptr;
  return call(name, function_, 1u, 1u, 1u, 1u, 1u, 1u, 0u, stream, static_cast<void**>(parameters), extra);
}

// One after the other of one length, so that most are one more of a batch that is open.
bool Worker::launch() {
  if (function_ == nullptr) return false;
  const std::uint64_t ns = random_() % 8 == 0 ? 300'000 : random_() % 2 == 0 ? 20'000 : 2'000;
  CUstream const streams[] = {nullptr, stream_, CU_STREAM_PER_THREAD, CU_STREAM_LEGACY};
  CUstream const stream = streams[random_() % 4];
  const char* name = random_() % 4 == 0 ? "cuLaunchKernel_ptsz" : "cuLaunchKernel";
  bool all = true;
  for (std::uint64_t i = random_() % 6 + 1; i > 0; --i)
    all = launch_one(ns, stream, name) == CUDA_SUCCESS && all;
  return all;
}

bool Worker::wait() {
  switch (random_() % 4) {
    case 0:
      return call("cuCtxSynchronize") == CUDA_SUCCESS;
    case 1:
      return call("cuStreamSynchronize", stream_) == CUDA_SUCCESS;
    case 2:
      call("cuStreamQuery", stream_);
      return true;
    default:
      if (call("cuEventRecord", event_, stream_) != CUDA_SUCCESS) return false;
      call("cuEventQuery", event_);
      return call("cuEventSynchronize", event_) == CUDA_SUCCESS;
  }
}

// A kernel with local memory, which the card keeps for the context.
void Worker::launch_local(CUmodule* module) {
  CUfunction function = nullptr;
  void** const none = nullptr;
  if (call("cuModuleLoadData", module, static_cast<const void*>(kLocal)) != CUDA_SUCCESS ||
      call("cuModuleGetFunction", &function, *module, "local") != CUDA_SUCCESS)
    return;
  call("cuLaunchKernel", function, 1u, 1u, 1u, 1u, 1u, 1u, 0u, CUstream{nullptr}, none, none);
}

// With memory and launches in it, which go with it.
bool Worker::use_context() {
  CUcontext made = nullptr, popped = nullptr;
  if (call("cuCtxCreate_v2", &made, 0u, 0) != CUDA_SUCCESS) return false;
  CUdeviceptr address = 0;
  CUmodule module = nullptr;
  program_.allocate(&address, kPage);
  if (with_modules_) launch_local(&module);
  if (function_ != nullptr && random_() % 2 == 0) launch_one(20'000, nullptr, "cuLaunchKernel");
  EXPECT_EQ(call("cuCtxPopCurrent_v2", &popped), CUDA_SUCCESS);
  EXPECT_EQ(call("cuCtxDestroy_v2", made), CUDA_SUCCESS);
  return true;
}

bool Worker::use_primary() {
  CUcontext primary = nullptr;
  if (call("cuDevicePrimaryCtxRetain", &primary, 0) != CUDA_SUCCESS) return false;
  if (call("cuCtxPushCurrent_v2", primary) == CUDA_SUCCESS) {
    if (function_ != nullptr) launch_one(2'000, nullptr, "cuLaunchKernel");
    EXPECT_EQ(call("cuCtxPopCurrent_v2", &primary), CUDA_SUCCESS);
  }
  EXPECT_EQ(call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
  return true;
}

bool Worker::set_limit() {
  const std::size_t heap = 8 * kMiB + random_() % 3 * kPage;
  return call("cuCtxSetLimit", static_cast<int>(CU_LIMIT_MALLOC_HEAP_SIZE), heap) == CUDA_SUCCESS;
}

bool Worker::load_module() {
  if (!with_modules_) return true;
  if (module_ != nullptr) {
    EXPECT_EQ(call("cuModuleUnload", module_), CUDA_SUCCESS);
    module_ = nullptr;
    return true;
  }
  const char* image = "fake image\nglobal table 100000\ncode 65536\n";
  return call("cuModuleLoadData", &module_, static_cast<const void*>(image)) == CUDA_SUCCESS;
}

bool Worker::load_library() {
  if (!with_modules_) return true;
  CUlibrary library = nullptr;
  int* const no_options = nullptr;
  void** const no_values = nullptr;
  const void* image = "fake image\ncode 131072\n";
  if (call("cuLibraryLoadData", &library, image, no_options, no_values, 0u, no_options, no_values, 0u) !=
      CUDA_SUCCESS)
    return false;
  EXPECT_EQ(call("cuLibraryUnload", library), CUDA_SUCCESS);
  return true;
}

bool Worker::add_node(CUgraph graph, CUgraphNode* last, CUgraphNodeParams* node) const {
  CUgraphNode made = nullptr;
  const CUgraphNode* before = *last == nullptr ? nullptr : last;
  if (call("cuGraphAddNode", &made, graph, before, std::size_t{before == nullptr ? 0u : 1u}, node) !=
      CUDA_SUCCESS)
    return false;
  *last = made;
  return true;
}

// Once or twice: the second time it has its memory.
bool Worker::launch_graph(CUgraph graph, cuuint64_t flags) {
  CUgraphExec made = nullptr;
  if (call("cuGraphInstantiateWithFlags", &made, graph, flags) != CUDA_SUCCESS) return false;
  bool launched = call("cuGraphLaunch", made, stream_) == CUDA_SUCCESS;
  if (random_() % 2 == 0) launched = call("cuGraphLaunch", made, stream_) == CUDA_SUCCESS && launched;
  call("cuStreamSynchronize", stream_);
  EXPECT_EQ(call("cuGraphExecDestroy", made), CUDA_SUCCESS);
  return launched;
}

// Allocates, runs a kernel, frees; or leaves the freeing to its next launch.
bool Worker::run_graph() {
  CUgraph graph = nullptr;
  if (function_ == nullptr || call("cuGraphCreate", &graph, 0u) != CUDA_SUCCESS) return false;
  CUgraphNode last = nullptr;
  CUgraphNodeParams allocation = {};
  allocation.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC;
  allocation.of.alloc.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  allocation.of.alloc.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  allocation.of.alloc.bytesize = (1 + random_() % 3) * kPage;
  std::uint64_t ns = 10'000;
  void* words[] = {&ns};
  CUgraphNodeParams kernel = {}, free = {};
  kernel.type = CU_GRAPH_NODE_TYPE_KERNEL;
  kernel.of.kernel = {function_, 1, 1, 1, 1, 1, 1, 0, words, nullptr, nullptr, nullptr};
  bool fine = add_node(graph, &last, &allocation) && add_node(graph, &last, &kernel);
  free.type = CU_GRAPH_NODE_TYPE_MEM_FREE;
  free.of.free.dptr = allocation.of.alloc.dptr;
  fine = fine && add_node(graph, &last, &free);
  fine = fine && launch_graph(graph, random_() % 2 == 0 ? kUpload : 0);
  EXPECT_EQ(call("cuGraphDestroy", graph), CUDA_SUCCESS);
  if (random_() % 2 == 0) call("cuDeviceGraphMemTrim", 0);
  return fine;
}

bool Worker::capture() {
  if (function_ == nullptr || call("cuStreamBeginCapture_v2", stream_, kRelaxed) != CUDA_SUCCESS)
    return false;
  CUgraph graph = nullptr;
  CUdeviceptr address = 0;
  launch_one(5'000, stream_, "cuLaunchKernel");
  if (random_() % 2 == 0 && call("cuMemAllocAsync", &address, kPage, stream_) == CUDA_SUCCESS)
    call("cuMemFreeAsync", address, stream_);
  if (call("cuStreamEndCapture", stream_, &graph) != CUDA_SUCCESS || graph == nullptr) return false;
  const bool fine = launch_graph(graph, 0);
  EXPECT_EQ(call("cuGraphDestroy", graph), CUDA_SUCCESS);
  return fine;
}

bool Worker::copy() {
  if (scratch_ == 0) return false;
  unsigned char bytes[64] = {};
  if (random_() % 2 == 0)
    return call("cuMemsetD8_v2", scratch_, static_cast<unsigned char>(1), std::size_t{64}) == 0;
  return call("cuMemcpyDtoH_v2", static_cast<void*>(bytes), scratch_, sizeof bytes) == CUDA_SUCCESS;
}

bool Worker::look() {
  std::size_t free = 0, total = 0;
  return call("cuMemGetInfo_v2", &free, &total) == CUDA_SUCCESS && free <= total;
}

// A pool that is destroyed while something of it is in use.
bool Worker::use_pool() {
  CUmemoryPool pool = nullptr;
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location = kOnCard.location;
  if (call("cuMemPoolCreate", &pool, &properties) != CUDA_SUCCESS) return false;
  CUdeviceptr address = 0;
  const bool made = call("cuMemAllocFromPoolAsync", &address, kPage, pool, stream_) == CUDA_SUCCESS;
  if (made && random_() % 2 == 0) {
    EXPECT_EQ(call("cuMemFreeAsync", address, stream_), CUDA_SUCCESS);
    address = 0;
    call("cuStreamSynchronize", stream_);
    call("cuMemPoolTrimTo", pool, std::size_t{0});
  }
  EXPECT_EQ(call("cuMemPoolDestroy", pool), CUDA_SUCCESS);
  if (made && address != 0) {
    EXPECT_EQ(program_.free(address), CUDA_SUCCESS);
  }
  return made;
}

// Physical memory without a handle, which a descriptor keeps; it is closed at the next time.
bool Worker::export_one() {
  if (exported_ >= 0) {
    close(exported_);
    exported_ = -1;
    return look();
  }
  CUmemGenericAllocationHandle handle = 0;
  if (call("cuMemCreate", &handle, kPage, &kOnCard, 0ULL) != CUDA_SUCCESS) return false;
  if (call("cuMemExportToShareableHandle", static_cast<void*>(&exported_), handle, 1, 0ULL) != CUDA_SUCCESS)
    exported_ = -1;
  EXPECT_EQ(call("cuMemRelease", handle), CUDA_SUCCESS);
  return exported_ >= 0;
}

// Physical memory without a handle, which an object of several cards keeps.
bool Worker::bind_one() {
  const struct {  // CUmulticastObjectProp
    unsigned devices;
    std::size_t bytes;
    unsigned long long handle_types, flags;
  } properties = {1, kPage, 0, 0};
  CUmemGenericAllocationHandle object = 0, handle = 0;
  EXPECT_EQ(call("cuMulticastCreate", &object, &properties), CUDA_SUCCESS);
  EXPECT_EQ(call("cuMulticastAddDevice", object, 0), CUDA_SUCCESS);
  const bool made = call("cuMemCreate", &handle, kPage, &kOnCard, 0ULL) == CUDA_SUCCESS;
  if (made) {
    EXPECT_EQ(call("cuMulticastBindMem", object, std::size_t{0}, handle, std::size_t{0}, kPage, 0ULL),
              CUDA_SUCCESS);
    EXPECT_EQ(call("cuMemRelease", handle), CUDA_SUCCESS);
    EXPECT_EQ(call("cuMulticastUnbind", object, 0, std::size_t{0}, kPage), CUDA_SUCCESS);
  }
  EXPECT_EQ(call("cuMemRelease", object), CUDA_SUCCESS);
  return made;
}

bool Worker::run_kernel() {
  return function_ != nullptr && launch_one(2'000, stream_, "cuLaunchKernel") == CUDA_SUCCESS &&
         call("cuStreamSynchronize", stream_) == CUDA_SUCCESS;
}

void Worker::rest() {
  racer_.give_opened_back();
  EXPECT_EQ(call("cuCtxSynchronize"), CUDA_SUCCESS);
  EXPECT_TRUE(look());
}

void Worker::give_all_back() {
  CUmemoryPool pool = nullptr;
  rest();
  racer_.give_all_back();
  if (exported_ >= 0) close(exported_);
  exported_ = -1;
  if (module_ != nullptr) {
    EXPECT_EQ(call("cuModuleUnload", module_), CUDA_SUCCESS);
  }
  module_ = nullptr;
  if (scratch_ != 0) {
    EXPECT_EQ(program_.free(scratch_), CUDA_SUCCESS);
  }
  scratch_ = 0;
  EXPECT_EQ(call("cuStreamSynchronize", stream_), CUDA_SUCCESS);
  EXPECT_EQ(call("cuDeviceGetDefaultMemPool", &pool, 0), CUDA_SUCCESS);
  EXPECT_EQ(call("cuMemPoolTrimTo", pool, std::size_t{0}), CUDA_SUCCESS);
  call("cuDeviceGraphMemTrim", 0);
  EXPECT_TRUE(look());
}

std::map<unsigned, std::uint64_t> list_processes() {
  Program nvml;
  nvml.cuda = dlopen(DURE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  nvmlDevice_t device = nullptr;
  nvmlProcessInfo_t all[64];
  unsigned count = 64;
  std::map<unsigned, std::uint64_t> found;
  EXPECT_EQ(nvml.call("nvmlInit_v2"), NVML_SUCCESS);
  EXPECT_EQ(nvml.call("nvmlDeviceGetHandleByIndex_v2", 0u, &device), NVML_SUCCESS);
  EXPECT_EQ(nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", device, &count,
                      static_cast<nvmlProcessInfo_t*>(all)),
            NVML_SUCCESS);
  for (unsigned i = 0; i < count; ++i) found[all[i].pid] = all[i].usedGpuMemory;
  EXPECT_EQ(nvml.call("nvmlShutdown"), NVML_SUCCESS);
  return found;
}

}  // namespace dure::gpu::share
