// What waits and asks: batches are closed before, so that a program's pauses are not charged.
#include <thread>

#include "gpu/launch/kernels.h"

namespace dure::gpu::share {
namespace {

class Waits : public testing::Test {
 protected:
  Waits() { promise(container, 1000); }

  // Launches so that a batch is open, then calls `wait`, then pauses: the card was busy for 2 ms.
  template <class Wait>
  void is_not_charged_for_a_pause(const char* name, Wait wait) {
    container.run([&](Program& program) {
      const Kernels kernels(program);
      CUevent event = nullptr;
      EXPECT_EQ(program.call("cuEventCreate", &event, 0u), CUDA_SUCCESS);
      for (int i = 0; i < 3; ++i) {  // known from then on
        EXPECT_EQ(kernels.launch(kMs / 2), CUDA_SUCCESS);
        kernels.sync();
      }
      const std::uint64_t before = work_of(container).elapsed_ns;
      for (int i = 0; i < 4; ++i) EXPECT_EQ(kernels.launch(kMs / 2), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuEventRecord", event, CUstream{nullptr}), CUDA_SUCCESS);
      wait(program, event);
      sleep_ns(20 * kMs);
      EXPECT_EQ(kernels.launch(kMs / 2), CUDA_SUCCESS);
      kernels.sync();
      EXPECT_NEAR(static_cast<double>(work_of(container).elapsed_ns - before), 2.5e6, 5e5) << name;
      EXPECT_EQ(work_of(container).outstanding_ns, 0u) << name;
      EXPECT_EQ(work_of(container).pending_from_ns, 0u) << name;
    });
  }

  Container container{64 * kMiB};
};

TEST_F(Waits, ForTheContext) {
  is_not_charged_for_a_pause("cuCtxSynchronize", [](Program& program, CUevent) {
    EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
  });
}

TEST_F(Waits, ForAStream) {
  for (const char* name : {"cuStreamSynchronize", "cuStreamQuery"})
    is_not_charged_for_a_pause(name,
                               [=](Program& program, CUevent) { program.call(name, CUstream{nullptr}); });
}

TEST_F(Waits, ForAnEvent) {
  for (const char* name : {"cuEventSynchronize", "cuEventQuery"})
    is_not_charged_for_a_pause(name, [=](Program& program, CUevent event) { program.call(name, event); });
}

TEST_F(Waits, ForACopy) {
  is_not_charged_for_a_pause("cuMemcpyDtoH_v2", [](Program& program, CUevent) {
    CUdeviceptr from = 0;
    char to[64] = {1};
    EXPECT_EQ(program.allocate(&from, sizeof to), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemsetD8_v2", from, static_cast<unsigned char>(7), sizeof to), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemcpyDtoH_v2", static_cast<void*>(to), from, sizeof to), CUDA_SUCCESS);
    EXPECT_EQ(to[63], 7);
  });
}

// Who destroys a context has its work measured: or kernels of any length were free.
TEST_F(Waits, ForAContextThatIsDestroyed) {
  container.run([&](Program& program) {
    CUcontext first = nullptr;
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    {
      const Kernels kernels(program);
      EXPECT_EQ(kernels.launch(50 * kMs), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuCtxDestroy_v2", kernels.context), CUDA_SUCCESS);
    }
    EXPECT_GE(work_of(container).elapsed_ns, 45 * kMs);
    EXPECT_EQ(work_of(container).outstanding_ns, 0u);
    for (int held = 0; held < 2; ++held)
      EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &first, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetCurrent", first), CUDA_SUCCESS);
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    const char* image = "fake image\nkernel long 30000000\n";
    EXPECT_EQ(program.call("cuModuleLoadData", &module, static_cast<const void*>(image)), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleGetFunction", &function, module, "long"), CUDA_SUCCESS);
    const std::uint64_t before = work_of(container).elapsed_ns;
    void** const none = nullptr;
    EXPECT_EQ(
        program.call("cuLaunchKernel", function, 1u, 1u, 1u, 1u, 1u, 1u, 0u, CUstream{nullptr}, none, none),
        CUDA_SUCCESS);
    const std::uint64_t begin = clock_ns();
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_LT(clock_ns() - begin, 20 * kMs) << "somebody else holds it: there is nothing to wait for";
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_GE(work_of(container).elapsed_ns - before, 25 * kMs);
  });
}

// A thread's own stream can be named by that thread alone: another that waits must not end its batches, at
// which they would have taken no time.
TEST_F(Waits, OfAnotherThreadLeaveAThreadsOwnStreamAlone) {
  container.run([&](Program& program) {
    const Kernels kernels(program);
    std::atomic<bool> over = false;
    std::thread other([&] {
      EXPECT_EQ(program.call("cuCtxSetCurrent", kernels.context), CUDA_SUCCESS);
      while (!over) {
        program.call("cuStreamQuery_ptsz", CUstream{nullptr});
        sleep_ns(100'000);
      }
    });
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(kernels.launch(kMs / 2, nullptr, 1, "cuLaunchKernel_ptsz"), CUDA_SUCCESS);
      if (i % 10 != 9) continue;
      EXPECT_EQ(program.call("cuStreamSynchronize_ptsz", CUstream{nullptr}), CUDA_SUCCESS);
    }
    over = true;
    other.join();
    kernels.sync();
    EXPECT_GE(work_of(container).elapsed_ns, 20 * kMs);  // less where this thread was held up
  });
}

// Pools give memory back to the card when the program waits.
TEST_F(Waits, SettleThePools) {
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUdeviceptr address = 0;
    EXPECT_EQ(program.call("cuMemAllocAsync", &address, 40 * kMiB, CUstream{nullptr}), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemFreeAsync", address, CUstream{nullptr}), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.call("cuStreamSynchronize", CUstream{nullptr}), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// A stream that is destroyed in the middle of a batch, and another one at its address.
TEST_F(Waits, BeforeAStreamIsDestroyed) {
  container.run([&](Program& program) {
    const Kernels kernels(program);
    for (int i = 0; i < 200; ++i) {
      CUstream stream = kernels.stream();
      for (int k = 0; k < 3; ++k) EXPECT_EQ(kernels.launch(20'000, stream), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuStreamDestroy_v2", stream), CUDA_SUCCESS);
    }
    kernels.sync();
    const auto real = static_cast<double>(kernels.real().elapsed_ns);  // they run side by side
    EXPECT_NEAR(static_cast<double>(work_of(container).elapsed_ns), real, real / 4);
    EXPECT_EQ(work_of(container).outstanding_ns, 0u);
  });
}

}  // namespace
}  // namespace dure::gpu::share
