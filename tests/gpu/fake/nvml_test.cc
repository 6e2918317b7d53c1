// The two libraries as they are loaded, beside one another on one state.
#include "gpu/abi/nvml.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "gpu/abi/cuda.h"

namespace dure::gpu::fake {
namespace {

// In a child, so that the environment and the libraries are its own. What it returns is its exit status.
template <typename Body>
int in_child(const std::string& configuration, Body body) {
  const std::string path = testing::TempDir() + "fake-nvml-" + std::to_string(getpid());
  unlink(path.c_str());
  const pid_t child = fork();
  if (child == 0) {
    setenv("FAKE_CUDA_STATE", path.c_str(), 1);
    setenv("FAKE_CUDA_CONFIG", configuration.c_str(), 1);
    _exit(body());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  unlink(path.c_str());
  unlink((path + ".pids").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class Library {
 public:
  explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {}
  template <typename... Arguments>
  int call(const char* name, Arguments... arguments) const {
    auto* const function =
        reinterpret_cast<int (*)(Arguments...)>(handle_ == nullptr ? nullptr : dlsym(handle_, name));
    return function == nullptr ? -1 : function(arguments...);
  }
  bool has(const char* name) const { return dlsym(handle_, name) != nullptr; }
  bool is_loaded() const { return handle_ != nullptr; }

 private:
  void* handle_;
};

int alloc(const Library& cuda, int device, std::size_t bytes) {
  CUcontext context = nullptr;
  CUdeviceptr address = 0;
  if (cuda.call("cuInit", 0u) != 0) return 1;
  if (cuda.call("cuCtxCreate_v2", &context, 0u, device) != 0) return 2;
  return cuda.call("cuMemAlloc_v2", &address, bytes);
}

// Every name of the list is a function of the library, simulated or not.
TEST(FakeLibrary, ExportsEveryFunctionOfTheList) {
  const Library cuda(DURE_FAKE_CUDA);
  ASSERT_TRUE(cuda.is_loaded());
  std::ifstream list("src/gpu/share/symbols_cuda.def");
  int count = 0;
  for (std::string line; std::getline(list, line);) {
    char name[128] = {};
    int version = 0;
    if (std::sscanf(line.c_str(), "DURE_SYMBOL(%127[^,], %d)", name, &version) != 2 || version > 13000)
      continue;
    if (std::string_view(name).starts_with("cudbg")) continue;  // the debugger's
    EXPECT_TRUE(cuda.has(name)) << name;
    ++count;
  }
  EXPECT_GT(count, 600);
  EXPECT_TRUE(cuda.has("fake_clock_virtual"));
  EXPECT_FALSE(cuda.has("_ZN4dure3gpu4fake5World3getEv"));
}

// What it keeps until its process ends was a leak, and its threads ran in pages that were gone, where a
// program closed it.
TEST(FakeLibrary, StaysWhenItIsClosed) {
  for (const char* path : {DURE_FAKE_CUDA, DURE_FAKE_NVML}) {
    void* const first = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(first, nullptr) << dlerror();
    dlclose(first);
    void* const still = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    EXPECT_NE(still, nullptr) << path;
    if (still != nullptr) dlclose(still);
  }
}

TEST(FakeNvml, SeesTheCardsAndTheirProcesses) {
  EXPECT_EQ(
      in_child("cards=2; memory=1GiB; context=64MiB; name=Test Card",
               [] {
                 const Library cuda(DURE_FAKE_CUDA);
                 const Library nvml(DURE_FAKE_NVML);
                 if (!cuda.is_loaded() || !nvml.is_loaded()) return 1;
                 if (alloc(cuda, 1, 100 << 20) != 0) return 2;
                 unsigned count = 0;
                 nvmlDevice_t device = nullptr;
                 if (nvml.call("nvmlDeviceGetCount_v2", &count) != NVML_ERROR_UNINITIALIZED) return 3;
                 if (nvml.call("nvmlInit_v2") != 0 || nvml.call("nvmlDeviceGetCount_v2", &count) != 0 ||
                     count != 2)
                   return 4;
                 if (nvml.call("nvmlDeviceGetHandleByIndex_v2", 1u, &device) != 0) return 5;
                 char name[64] = {};
                 if (nvml.call("nvmlDeviceGetName", device, static_cast<char*>(name), 64u) != 0) return 6;
                 if (std::string(name) != "Test Card") return 7;
                 nvmlMemory_t memory = {};
                 if (nvml.call("nvmlDeviceGetMemoryInfo", device, &memory) != 0) return 8;
                 if (memory.used != std::uint64_t{164} << 20 || memory.total != std::uint64_t{1} << 30)
                   return 9;
                 nvmlProcessInfo_t processes[4] = {};
                 count = 0;
                 nvmlProcessInfo_t* const none = nullptr;
                 if (nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", device, &count, none) !=
                     NVML_ERROR_INSUFFICIENT_SIZE)
                   return 10;
                 count = 4;
                 if (nvml.call("nvmlDeviceGetComputeRunningProcesses_v3", device, &count, +processes) != 0 ||
                     count != 1)
                   return 11;
                 if (processes[0].pid != static_cast<unsigned>(getpid())) return 12;
                 if (processes[0].usedGpuMemory != memory.used || processes[0].gpuInstanceId != 0xffffffff)
                   return 13;
                 char uuid[96] = {};
                 nvmlDevice_t same = nullptr;
                 if (nvml.call("nvmlDeviceGetUUID", device, static_cast<char*>(uuid), 96u) != 0) return 14;
                 if (nvml.call("nvmlDeviceGetHandleByUUID", static_cast<const char*>(uuid), &same) != 0 ||
                     same != device)
                   return 15;
                 if (nvml.call("nvmlDeviceGetUUID", device, static_cast<char*>(uuid), 5u) !=
                     NVML_ERROR_INSUFFICIENT_SIZE)
                   return 16;
                 return nvml.call("nvmlShutdown");
               }),
      0);
}

TEST(FakeNvml, MigInstancesHaveTheirOwnMemoryAndNoUtilisation) {
  EXPECT_EQ(
      in_child(
          "memory=80GiB; mig0=3g.40gb,1g.10gb",
          [] {
            const Library cuda(DURE_FAKE_CUDA);
            const Library nvml(DURE_FAKE_NVML);
            if (alloc(cuda, 1, std::size_t{9} << 30) != 0) return 1;
            CUdeviceptr address = 0;
            if (cuda.call("cuMemAlloc_v2", &address, std::size_t{2} << 30) != CUDA_ERROR_OUT_OF_MEMORY)
              return 2;
            nvmlDevice_t card = nullptr;
            nvmlDevice_t second = nullptr;
            nvmlDevice_t third = nullptr;
            unsigned mode = 0;
            unsigned pending = 0;
            if (nvml.call("nvmlInit_v2") != 0 || nvml.call("nvmlDeviceGetHandleByIndex_v2", 0u, &card) != 0)
              return 3;
            if (nvml.call("nvmlDeviceGetMigMode", card, &mode, &pending) != 0 || mode != 1) return 4;
            if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", card, 1u, &second) != 0) return 5;
            if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", card, 2u, &third) != NVML_ERROR_NOT_FOUND)
              return 6;
            nvmlMemory_t memory = {};
            if (nvml.call("nvmlDeviceGetMemoryInfo", second, &memory) != 0) return 7;
            if (memory.total != std::uint64_t{10} << 30 || memory.used != std::uint64_t{9} << 30) return 8;
            nvmlUtilization_t rates = {};
            if (nvml.call("nvmlDeviceGetUtilizationRates", card, &rates) != NVML_ERROR_NOT_SUPPORTED)
              return 9;
            unsigned number = 0;
            if (nvml.call("nvmlDeviceGetGpuInstanceId", second, &number) != 0 || number != 2) return 10;
            char uuid[96] = {};
            nvml.call("nvmlDeviceGetUUID", second, static_cast<char*>(uuid), 96u);
            return std::string(uuid).starts_with("MIG-") ? 0 : 11;
          }),
      0);
}

TEST(FakeNvml, UtilisationIsNewOrNotFound) {
  EXPECT_EQ(
      in_child(
          "memory=1GiB",
          [] {
            const Library cuda(DURE_FAKE_CUDA);
            const Library nvml(DURE_FAKE_NVML);
            if (alloc(cuda, 0, 1 << 20) != 0) return 1;
            CUmodule module = nullptr;
            CUfunction kernel = nullptr;
            const void* const image = "fake image\nkernel k 2000000000\n";
            CUstream const stream = nullptr;
            void** const nothing = nullptr;
            if (cuda.call("cuModuleLoadData", &module, image) != 0) return 2;
            if (cuda.call("cuModuleGetFunction", &kernel, module, "k") != 0) return 3;
            if (cuda.call("cuLaunchKernel", kernel, 1u, 1u, 1u, 1u, 1u, 1u, 0u, stream, nothing, nothing) !=
                0)
              return 4;
            nvmlDevice_t card = nullptr;
            if (nvml.call("nvmlInit_v2") != 0 || nvml.call("nvmlDeviceGetHandleByIndex_v2", 0u, &card) != 0)
              return 5;
            usleep(400'000);  // more than two samples
            nvmlUtilization_t rates = {};
            if (nvml.call("nvmlDeviceGetUtilizationRates", card, &rates) != 0 || rates.gpu < 95) return 6;
            nvmlProcessUtilizationSample_t samples[4] = {};
            unsigned count = 4;
            if (nvml.call("nvmlDeviceGetProcessUtilization", card, +samples, &count, 0ull) != 0 || count != 1)
              return 7;
            if (samples[0].pid != static_cast<unsigned>(getpid()) || samples[0].smUtil < 50) return 8;
            count = 4;
            if (nvml.call("nvmlDeviceGetProcessUtilization", card, +samples, &count, samples[0].timeStamp) !=
                NVML_ERROR_NOT_FOUND)
              return 9;
            return 0;
          }),
      0);
}

}  // namespace
}  // namespace dure::gpu::fake
