// The local memory of kernels: the driver takes it of the card at a launch, for all threads at once.
#include <set>

#include "gpu/launch/chain.h"
#include "gpu/tier.h"

namespace dure::gpu::share {
namespace {

// Beyond 1 KiB for each of 2048 threads on each multiprocessor.
constexpr std::size_t kOne = 1024;

class LocalMemory : public testing::Test {
 protected:
  LocalMemory() { promise(container, 1000); }

  static CUfunction find(const Program& program, const char* name) {
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    const char* image =
        "fake image\nkernel small 1000 local 1024\nkernel one 1000 local 2048\n"
        "kernel two 1000 local 3072\nkernel huge local 524288\n";
    EXPECT_EQ(program.call("cuModuleLoadData", &module, static_cast<const void*>(image)), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleGetFunction", &function, module, name), CUDA_SUCCESS);
    return function;
  }
  static CUresult launch(const Program& program, CUfunction function, CUstream stream = nullptr) {
    void** const none = nullptr;
    return program.call("cuLaunchKernel", function, 1u, 1u, 1u, 1u, 1u, 1u, 0u, stream, none, none);
  }
  // Of one KiB of each thread, all threads.
  static std::uint64_t all_threads(const Program& program) {
    int processors = 0;
    EXPECT_EQ(program.call("cuDeviceGetAttribute", &processors, 16, 0), CUDA_SUCCESS);
    return static_cast<std::uint64_t>(processors) * 2048 * kOne;
  }

  Container container{1024 * kMiB};
};

// P22. Nothing of it was charged: a kernel with 512 KiB of local memory takes 132 GiB of an H200.
TEST_F(LocalMemory, IsChargedOnceForTheLargestInAContext) {
  container.run([&](Program& program) {
    CUcontext context = program.start();
    const std::uint64_t unit = all_threads(program);
    EXPECT_EQ(launch(program, find(program, "small")), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u) << "every context has so much";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(launch(program, find(program, "one")), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), unit);
    EXPECT_EQ(launch(program, find(program, "two")), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, find(program, "one")), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 2 * unit);
    EXPECT_EQ(program.real().used, 2 * unit);
    EXPECT_EQ(launch(program, find(program, "huge")), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(container.booked(), 2 * unit);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

TEST_F(LocalMemory, IsWhatAStackLimitSetAside) {
  container.run([&](Program& program) {
    program.start();
    const std::uint64_t unit = all_threads(program);
    EXPECT_EQ(program.call("cuCtxSetLimit", static_cast<int>(CU_LIMIT_STACK_SIZE), std::size_t{2048}),
              CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), unit);
    EXPECT_EQ(launch(program, find(program, "one")), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), unit);
    EXPECT_EQ(launch(program, find(program, "two")), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 2 * unit);
  });
}

TEST_F(LocalMemory, OfAGraphsKernelsIsChargedToo) {
  container.run([&](Program& program) {
    program.start();
    const std::uint64_t unit = all_threads(program);
    Chain chain(program), large(program);
    chain.add_kernel(find(program, "two"), 0);
    large.add_kernel(find(program, "huge"), 0);
    CUgraphExec made = chain.instantiate(), refused = nullptr;
    EXPECT_EQ(share::launch(program, made), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 2 * unit);
    EXPECT_EQ(program.real().used, 2 * unit);
    EXPECT_EQ(program.call("cuGraphInstantiateWithFlags", &refused, large.graph, cuuint64_t{0}),
              CUDA_ERROR_OUT_OF_MEMORY);
  });
}

// Sixteen functions, of which the second time one or more have the addresses of the first.
TEST_F(LocalMemory, OfAFunctionAtAnothersAddressIsItsOwn) {
  if (kAddressSanitized)
    GTEST_SKIP() << "AddressSanitizer gives no address out again soon: this would test nothing";
  container.run([&](Program& program) {
    program.start();
    const auto load = [&](const char* local, std::set<CUfunction>* functions) {
      std::string image = "fake image\n";
      for (int i = 0; i < 16; ++i) image += "kernel k" + std::to_string(i) + " 10 local " + local + "\n";
      CUmodule module = nullptr;
      EXPECT_EQ(program.call("cuModuleLoadData", &module, static_cast<const void*>(image.c_str())),
                CUDA_SUCCESS);
      for (int i = 0; i < 16; ++i) {
        CUfunction function = nullptr;
        EXPECT_EQ(program.call("cuModuleGetFunction", &function, module, ("k" + std::to_string(i)).c_str()),
                  CUDA_SUCCESS);
        functions->insert(function);
      }
      return module;
    };
    std::set<CUfunction> before, after;
    CUmodule const module = load("16", &before);
    for (CUfunction function : before) EXPECT_EQ(launch(program, function), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleUnload", module), CUDA_SUCCESS);
    load("2048", &after);
    std::erase_if(after, [&](CUfunction function) { return !before.contains(function); });
    ASSERT_FALSE(after.empty()) << "this tests nothing";
    EXPECT_EQ(launch(program, *after.begin()), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), all_threads(program));
  });
}

}  // namespace
}  // namespace dure::gpu::share
