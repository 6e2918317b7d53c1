// Contexts, their limits, and NVML's view.
#include <atomic>
#include <chrono>
#include <thread>

#include "gpu/memory/at_step.h"
#include "gpu/tier.h"

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

// The driver gives handles and addresses again as soon as they are free: what was entered for the new ones
// was taken for the old ones', and became free of charge.
TEST(MemoryRegression, WhatIsMadeWhileAContextGoesStaysCharged) {
  if (kAddressSanitized)
    GTEST_SKIP() << "AddressSanitizer gives no address out again soon: this would test nothing";
  Container container(64 * kMiB, 1, "context=4MiB");
  container.share().limits()->card[0].context_bytes = 4 * kMiB;
  container.run([&](Program& program) {
    CUcontext one = program.start(), two = nullptr;
    CUdeviceptr old = 0, again = 0, last = 0;
    EXPECT_EQ(program.allocate(&old, 6 * kMiB), CUDA_SUCCESS);
    at_step(program, "context.destroyed", [&] {
      EXPECT_EQ(program.call("cuCtxCreate_v2", &two, 0u, 0), CUDA_SUCCESS);
      EXPECT_EQ(program.allocate(&again, 6 * kMiB), CUDA_SUCCESS);
    });
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

// A program's second hold on the primary context was not counted: the first release took what lives in it out
// of the table for a moment, and what another thread freed then stayed charged.
TEST(MemoryRegression, WhatIsFreedWhileAnotherHoldsThePrimaryContextIsGivenBack) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = nullptr;
    CUdeviceptr address = 0;
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    for (int holds = 0; holds < 2; ++holds)
      EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &context, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetCurrent", context), CUDA_SUCCESS);
    EXPECT_EQ(program.allocate(&address, 8 * kMiB), CUDA_SUCCESS);
    at_step(program, "primary.released", [&] { EXPECT_EQ(program.free(address), CUDA_SUCCESS); });
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_FALSE(AtStep::act) << "this tests nothing";
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// A thread that retained the primary context just after another had released the last one was taken for a
// holder of that one, which stayed charged for ever.
TEST(MemoryRegression, APrimaryContextThatGoesIsNotTakenForTheNext) {
  if (kAddressSanitized)
    GTEST_SKIP() << "AddressSanitizer gives no address out again soon: this would test nothing";
  Container container(64 * kMiB, 1, "context=4MiB");
  container.share().limits()->card[0].context_bytes = 4 * kMiB;
  container.run([&](Program& program) {
    CUcontext primary = nullptr, again = nullptr, in_between = nullptr;  // has its address for a while
    std::thread other;
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &primary, 0), CUDA_SUCCESS);
    at_step(program, "primary.released", [&] {
      EXPECT_EQ(program.call("cuCtxCreate_v2", &in_between, 0u, 0), CUDA_SUCCESS);
      other =
          std::thread([&] { EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &again, 0), CUDA_SUCCESS); });
      usleep(50'000);
      EXPECT_EQ(primary, in_between) << "this tests nothing";
      EXPECT_EQ(program.call("cuCtxDestroy_v2", in_between), CUDA_SUCCESS);
    });
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    other.join();
    EXPECT_EQ(container.booked(), 4 * kMiB);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

// Of two threads that set one limit, the one that came first stayed charged for ever.
TEST(MemoryRegression, ALimitThatTwoThreadsSetIsChargedOnce) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    const auto set_heap = [&](std::size_t mib) {
      EXPECT_EQ(program.call("cuCtxSetCurrent", context), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuCtxSetLimit", static_cast<int>(CU_LIMIT_MALLOC_HEAP_SIZE), mib * kMiB),
                CUDA_SUCCESS);
    };
    set_heap(10);
    std::thread other;
    at_step(program, "limit.replaced", [&] {
      other = std::thread([&] { set_heap(20); });
      usleep(50'000);
    });
    set_heap(12);
    other.join();
    EXPECT_EQ(container.booked(), 12 * kMiB) << "beyond the 8 MiB that a context has of it";
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
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

// Of two threads that set one limit the later one's counts for the driver: the books had both, for ever, or
// the earlier one's, which may be less.
TEST(MemoryRegression, ALimitThatTwoThreadsSetIsWhatTheDriverHas) {
  constexpr std::size_t kFree = 8;  // MiB of heap that every context has
  for (const std::size_t mine : {kFree, kFree + 4}) {
    Container container(64 * kMiB);
    container.run([&](Program& program) {
      CUcontext context = program.start();
      const auto set = [&](std::size_t mib) {
        EXPECT_EQ(program.call("cuCtxSetLimit", static_cast<int>(CU_LIMIT_MALLOC_HEAP_SIZE), mib * kMiB),
                  CUDA_SUCCESS);
      };
      set(kFree + 2);
      std::atomic<bool> is_done = false;
      std::thread other;
      at_step(program, "limit.set", [&] {
        other = std::thread([&] {
          program.call("cuCtxSetCurrent", context);
          set(kFree + 10);
          is_done = true;
        });
        // It waits for this one, or is through by then.
        for (int n = 0; n < 20 && !is_done; ++n) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
      set(mine);
      other.join();
      EXPECT_EQ(program.real().used, 10 * kMiB);
      EXPECT_EQ(container.booked(), 10 * kMiB);
      EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
      EXPECT_EQ(program.real().used, 0u);
      EXPECT_EQ(container.booked(), 0u);
    });
  }
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
