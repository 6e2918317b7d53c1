// Contexts, their limits, and NVML's view.
#include <cstring>
#include <functional>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

TEST(Memory, WhatLivesInAContextGoesWithIt) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    CUdeviceptr address = 0;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(program.allocate(&address, kMiB / 2), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 50 * kMiB);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &context, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &context, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetCurrent", context), CUDA_SUCCESS);
    EXPECT_EQ(program.allocate(&address, 8 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 8 * kMiB);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// Of threads; here the second one's doings happen at a step of the first one's (step.h).
std::function<void()> while_destroyed;
void at_step(const char* name) {
  if (!while_destroyed || std::strcmp(name, "context.destroyed") != 0) return;
  const std::function<void()> act = std::move(while_destroyed);
  while_destroyed = nullptr;
  act();
}

// The driver gives handles and addresses again as soon as they are free: what was entered for the new ones
// was taken for the old ones', and became free of charge.
TEST(MemoryRegression, WhatIsMadeWhileAContextGoesStaysCharged) {
  Container container(64 * kMiB, 1, "context=4MiB");
  container.share().limits()->card[0].context_bytes = 4 * kMiB;
  container.run([&](Program& program) {
    program.ours<void(void (*)(const char*))>("dure_gpu_share_on_step")(&at_step);
    CUcontext one = program.start(), two = nullptr;
    CUdeviceptr old = 0, again = 0, last = 0;
    EXPECT_EQ(program.allocate(&old, 6 * kMiB), CUDA_SUCCESS);
    while_destroyed = [&] {
      EXPECT_EQ(program.call("cuCtxCreate_v2", &two, 0u, 0), CUDA_SUCCESS);
      EXPECT_EQ(program.allocate(&again, 6 * kMiB), CUDA_SUCCESS);
    };
    EXPECT_EQ(program.call("cuCtxDestroy_v2", one), CUDA_SUCCESS);
    EXPECT_EQ(one, two) << "this tests nothing";
    EXPECT_EQ(old, again) << "this tests nothing";
    EXPECT_EQ(container.booked(), 10 * kMiB);
    EXPECT_EQ(program.real().used, 10 * kMiB);
    EXPECT_EQ(program.free(again), CUDA_SUCCESS);
    EXPECT_EQ(program.allocate(&last, kMiB / 2), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", two), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.share().usage()->process[0].card[0].contexts, 0u);
  });
}

// One that the driver keeps keeps what is in it.
TEST(Memory, AContextThatIsNotDestroyedStaysCharged) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 6 * kMiB), CUDA_SUCCESS);
    const char* const fault = "cuCtxDestroy_v2:1=fail:201";
    EXPECT_EQ(Named<int(const char*)>("fake_fault", program.fake)(fault), 0);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_ERROR_INVALID_CONTEXT);
    EXPECT_EQ(container.booked(), 6 * kMiB);
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

TEST(Memory, AHeapThatIsTooLargeIsRefused) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    const auto heap = [&](std::size_t bytes) { return program.call("cuCtxSetLimit", 2, bytes); };
    EXPECT_EQ(heap(73 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(heap(40 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 32 * kMiB);
    EXPECT_EQ(program.real().used, 32 * kMiB);
    EXPECT_EQ(heap(8 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.call("cuCtxSetLimit", 0, std::size_t{64} << 10), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(heap(72 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

// vLLM takes the difference of the two for memory that is in use.
TEST(MemoryRegression, CudaAndNvmlAgree_181) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 20 * kMiB), CUDA_SUCCESS);
    std::size_t free = 0, total = 0;
    EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
    program.cuda = dlopen(DURE_NVML_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(program.cuda, nullptr) << dlerror();
    nvmlDevice_t device = nullptr;
    EXPECT_EQ(program.call("nvmlInit_v2"), NVML_SUCCESS);
    EXPECT_EQ(program.call("nvmlDeviceGetHandleByIndex_v2", 0u, &device), NVML_SUCCESS);
    nvmlMemory_t one = {};
    nvmlMemory_v2_t two = {};
    two.version = NVML_STRUCT_VERSION(nvmlMemory_v2_t, 2);
    EXPECT_EQ(program.call("nvmlDeviceGetMemoryInfo", device, &one), NVML_SUCCESS);
    EXPECT_EQ(program.call("nvmlDeviceGetMemoryInfo_v2", device, &two), NVML_SUCCESS);
    EXPECT_EQ(one.total, total);
    EXPECT_EQ(one.free, free);
    EXPECT_EQ(one.used, 20 * kMiB);
    EXPECT_EQ(two.total, total);
    EXPECT_EQ(two.free, free);
    EXPECT_EQ(two.used, 20 * kMiB);
    EXPECT_EQ(two.reserved, 0u);
    nvmlMemory_t* const none = nullptr;
    EXPECT_EQ(program.call("nvmlDeviceGetMemoryInfo", device, none), NVML_ERROR_INVALID_ARGUMENT);
  });
}

}  // namespace
}  // namespace dure::gpu::share
