// Every way to launch a kernel goes through the gate of the right card.
#include <atomic>
#include <thread>

#include "gpu/launch/kernels.h"

namespace dure::gpu::share {
namespace {

// HAMi-core limited two of these.
TEST(LaunchRegression, EveryWayIsGated) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    std::uint64_t ns = 1000;
    void* parameters[] = {&ns};
    void** const words = static_cast<void**>(parameters);
    void** const extra = nullptr;
    CUstream const none = nullptr;
    CUlaunchConfig config = {};
    config.gridDimX = config.gridDimY = config.gridDimZ = 1;
    config.blockDimX = config.blockDimY = config.blockDimZ = 1;
    const CUlaunchConfig* const shape = &config;
    CUDA_LAUNCH_PARAMS one = {kernels.function, 1, 1, 1, 1, 1, 1, 0, kernels.stream(), words};
    std::uint64_t expected = 0;
    const auto is_counted = [&](const char* name, CUresult result) {
      EXPECT_EQ(result, CUDA_SUCCESS) << name;
      EXPECT_EQ(work_of(container).launches, ++expected) << name;
    };
    for (const char* name : {"cuLaunchKernel", "cuLaunchKernel_ptsz"})
      is_counted(name, kernels.launch(ns, none, 1, name));
    for (const char* name : {"cuLaunchKernelEx", "cuLaunchKernelEx_ptsz"})
      is_counted(name, program.call(name, shape, kernels.function, words, extra));
    for (const char* name : {"cuLaunchCooperativeKernel", "cuLaunchCooperativeKernel_ptsz"})
      is_counted(name, program.call(name, kernels.function, 1u, 1u, 1u, 1u, 1u, 1u, 0u, none, words));
    is_counted("cuLaunchCooperativeKernelMultiDevice",
               program.call("cuLaunchCooperativeKernelMultiDevice", &one, 1u, 0u));
    is_counted("cuLaunch", program.call("cuLaunch", kernels.function));
    is_counted("cuLaunchGrid", program.call("cuLaunchGrid", kernels.function, 1, 1));
    is_counted("cuLaunchGridAsync", program.call("cuLaunchGridAsync", kernels.function, 1, 1, none));
    EXPECT_EQ(kernels.real().launches, expected);
  });
}

TEST(Launch, AProcessIsHeldToItsShare) {
  for (const char* name : {"cuLaunchKernel", "cuLaunchKernel_ptsz"}) {
    Container container(64 * kMiB);
    promise(container, 200);
    container.run([&](Program& program) {
      const Kernels kernels(program);
      const double share = kernels.share_of([&] { return kernels.launch(kMs, nullptr, 1, name); });
      EXPECT_LE(share, 0.23) << name;
      EXPECT_GE(share, 0.1) << name << ": of a machine with much else to do";
    });
  }
}

// Refused as memory is: what cannot be charged is not done.
TEST(Launch, WithoutAShareNothingIsLaunched) {
  Container container(64 * kMiB);
  container.remove_share();
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_ERROR_NO_DEVICE);
    EXPECT_EQ(program.call("cuLaunch", CUfunction{nullptr}), CUDA_ERROR_NO_DEVICE);

    program.call("cuCtxSynchronize");
  });
}

TEST(Launch, NothingIsLaunchedWithoutAContext_187) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUcontext none = nullptr;
    EXPECT_EQ(program.call("cuCtxSetCurrent", none), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000), CUDA_ERROR_INVALID_CONTEXT);
    CUlaunchConfig* const no_config = nullptr;
    void** const no_words = nullptr;
    EXPECT_EQ(program.call("cuLaunchKernelEx", no_config, kernels.function, no_words, no_words),
              CUDA_ERROR_INVALID_VALUE);
  });
}

// The stream says where a launch goes, and a context that is current meanwhile says nothing.
TEST(Launch, IsChargedToTheCardOfItsStream) {
  Container container(64 * kMiB, 2);
  promise(container, 1000, 0);
  promise(container, 1000, 1);
  container.run([&](Program& program) {
    const Kernels first(program, 0);
    CUstream on_first = first.stream();
    const Kernels second(program, 1);
    EXPECT_EQ(first.launch(2 * kMs, on_first), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container, 0).launches, 1u);
    EXPECT_EQ(work_of(container, 1).launches, 0u);
    EXPECT_EQ(second.launch(kMs), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container, 0).launches, 1u);
    EXPECT_EQ(work_of(container, 1).launches, 1u);
    EXPECT_EQ(program.call("cuCtxSetCurrent", first.context), CUDA_SUCCESS);
    first.sync();
    EXPECT_NEAR(static_cast<double>(work_of(container, 0).elapsed_ns), 2e6, 3e5);
    EXPECT_EQ(program.call("cuStreamDestroy_v2", on_first), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", first.context), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetCurrent", second.context), CUDA_SUCCESS);
    EXPECT_EQ(second.launch(kMs, second.stream()), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container, 1).launches, 2u);
  });
}

// The node is told of the card that a thread waits for, and of no other, for as long as it waits.
TEST(Launch, WhoWaitsInTheDriverSaysForWhichCard) {
  Container container(64 * kMiB, 2);
  promise(container, 1000, 0);
  promise(container, 1000, 1);
  container.run([&](Program& program) {
    const Kernels first(program, 0);
    const Kernels second(program, 1);
    CUstream stream = second.stream();
    EXPECT_EQ(program.call("cuCtxSetCurrent", first.context), CUDA_SUCCESS);
    EXPECT_EQ(first.launch(50 * kMs), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetCurrent", second.context), CUDA_SUCCESS);
    EXPECT_EQ(second.launch(50 * kMs, stream), CUDA_SUCCESS);
    std::atomic<bool> over = false;
    bool told = false;
    bool told_of_another = false;
    std::thread watch([&] {
      while (!over) {
        told = told || __atomic_load_n(&work_of(container, 1).unfinished_ns, __ATOMIC_ACQUIRE) ==
                           DURE_UNTIL_IT_IS_DONE;
        told_of_another = told_of_another || __atomic_load_n(&work_of(container, 0).unfinished_ns,
                                                             __ATOMIC_ACQUIRE) == DURE_UNTIL_IT_IS_DONE;
      }
    });
    EXPECT_EQ(program.call("cuStreamSynchronize", stream), CUDA_SUCCESS);
    over = true;
    watch.join();
    EXPECT_TRUE(told);
    EXPECT_FALSE(told_of_another);
    EXPECT_NE(work_of(container, 1).unfinished_ns, DURE_UNTIL_IT_IS_DONE);
  });
}

// One launch on two cards: each pays its own.
TEST(Launch, OfAllDevicesIsChargedToEach) {
  Container container(64 * kMiB, 2);
  promise(container, 500, 0);
  promise(container, 500, 1);
  container.run([&](Program& program) {
    const Kernels first(program, 0);
    CUstream on_first = first.stream();
    const Kernels second(program, 1);
    CUstream on_second = second.stream();
    std::uint64_t ns = 1000;
    void* words[] = {&ns};
    CUDA_LAUNCH_PARAMS both[] = {{first.function, 1, 1, 1, 1, 1, 1, 0, on_first, words},
                                 {second.function, 1, 1, 1, 1, 1, 1, 0, on_second, words}};
    EXPECT_EQ(program.call("cuLaunchCooperativeKernelMultiDevice", both, 2u, 0u), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container, 0).launches, 1u);
    EXPECT_EQ(work_of(container, 1).launches, 1u);
    EXPECT_EQ(program.call("cuLaunchCooperativeKernelMultiDevice", both, 17u, 0u), CUDA_ERROR_INVALID_VALUE);
  });
}

// A child that is forked has a slot and gates of its own. (The driver itself serves no child of a process
// that has begun to use it.)
TEST(Launch, AForkedChildBeginsAnew) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    EXPECT_NE(program.call("cuStreamBeginCapture_v2", CUstream{nullptr}, 0), CUDA_SUCCESS);  // attaches gates
    EXPECT_EQ(container.share().usage()->card[0].bucket.slots, 1u);
    const auto launch = [&] {
      const Kernels kernels(program);
      for (int i = 0; i < 10; ++i) EXPECT_EQ(kernels.launch(1000), CUDA_SUCCESS);
    };
    const pid_t child = fork();
    if (child == 0) {
      launch();
      _exit(testing::Test::HasFailure() ? 1 : 0);
    }
    launch();
    Container::finish(child);
    EXPECT_EQ(work_of(container, 0, 0).launches, 10u);
    EXPECT_EQ(work_of(container, 0, 1).launches, 10u);
    EXPECT_EQ(container.share().usage()->card[0].bucket.slots, 2u);
  });
}

TEST(Launch, ManyThreadsOnManyStreams) {
  Container container(64 * kMiB);
  promise(container, 999);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        EXPECT_EQ(program.call("cuCtxSetCurrent", kernels.context), CUDA_SUCCESS);
        for (int round = 0; round < 20; ++round) {
          CUstream stream = i % 2 == 0 ? kernels.stream() : nullptr;
          for (int k = 0; k < 10; ++k)
            EXPECT_EQ(kernels.launch(1000, stream, 1, i % 3 == 0 ? "cuLaunchKernel_ptsz" : "cuLaunchKernel"),
                      CUDA_SUCCESS);
          if (stream == nullptr) continue;
          EXPECT_EQ(program.call("cuStreamDestroy_v2", stream), CUDA_SUCCESS);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    kernels.sync();
    EXPECT_EQ(work_of(container).launches, 1600u);
    EXPECT_EQ(kernels.real().launches, 1600u);
  });
}

}  // namespace
}  // namespace dure::gpu::share
