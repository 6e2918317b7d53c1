// What is no allocation of the program's: contexts, their limits, modules.
#include <thread>
#include <vector>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

std::uint64_t overhead(Container& container, unsigned slot = 0) {
  return container.share().usage()->process[slot].card[0].overhead * DURE_MEMORY_UNIT;
}
std::uint64_t contexts(Container& container, unsigned slot = 0) {
  return container.share().usage()->process[slot].card[0].contexts;
}

// One context's size was learnt once, of the first process, and nobody paid for the others'.
TEST(MemoryRegression, ContextsCharged) {
  Container container(64 * kMiB, 1, "context=20MiB");
  container.share().limits()->card[0].context_bytes = 20 * kMiB;
  container.run([&](Program& program) {
    CUcontext one = program.start(), two = nullptr, three = nullptr;
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(overhead(container), 20 * kMiB);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &two, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &two, 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(contexts(container), 2u);
    EXPECT_EQ(program.call("cuCtxCreate_v4", &three, static_cast<CUctxCreateParams*>(nullptr), 0u, 0),
              CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), program.real().used);
    CUcontext four = nullptr;
    EXPECT_EQ(program.call("cuCtxCreate_v2", &four, 0u, 0), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", three), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxReset_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(overhead(container), 0u);
    EXPECT_EQ(contexts(container), 0u);
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

// "Out of memory" from the first call, where no context can ever fit, is explained: once in a process.
TEST(Memory, AShareThatIsSmallerThanAContextSaysSo) {
  Container container(16 * kMiB, 1, "context=20MiB");
  container.share().limits()->card[0].context_bytes = 20 * kMiB;
  container.run([&](Program& program) {
    testing::internal::CaptureStderr();
    CUcontext context = nullptr;
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &context, 0), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxCreate_v2", &context, 0u, 0), CUDA_ERROR_OUT_OF_MEMORY);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(
        said,
        "dure: no program can use the GPU in this container: its share has 16 MiB of the card's memory, "
        "and a context alone takes 20 MiB. Ask for more blocks.\n");
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().high, 0u) << "the driver was not asked";
  });
}

// Where contexts fit, one too many is out of memory as anywhere.
TEST(Memory, AContextTooManyIsNoReasonToSpeak) {
  Container container(32 * kMiB, 1, "context=20MiB");
  container.share().limits()->card[0].context_bytes = 20 * kMiB;
  container.run([&](Program& program) {
    testing::internal::CaptureStderr();
    program.start();
    CUcontext context = nullptr;
    EXPECT_EQ(program.call("cuCtxCreate_v2", &context, 0u, 0), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  });
}

TEST(Memory, APrimaryContextIsPaidForOnceWhoeverAsksForIt) {
  Container container(64 * kMiB, 1, "context=20MiB");
  container.share().limits()->card[0].context_bytes = 4 * kMiB;
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        CUcontext context = nullptr;
        EXPECT_EQ(program.call("cuDevicePrimaryCtxRetain", &context, 0), CUDA_SUCCESS);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(container.booked(), 4 * kMiB);
    EXPECT_EQ(contexts(container), 1u);
    for (int t = 0; t < 8; ++t) EXPECT_EQ(program.call("cuDevicePrimaryCtxRelease_v2", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

TEST(Memory, LimitsOfAContextAreOverhead) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    EXPECT_EQ(program.call("cuCtxSetLimit", 2, std::size_t{40 * kMiB}), CUDA_SUCCESS);
    EXPECT_EQ(overhead(container), 32 * kMiB);
    // printf's buffer: 1 MiB is every context's.
    EXPECT_EQ(program.call("cuCtxSetLimit", 1, std::size_t{5 * kMiB}), CUDA_SUCCESS);
    EXPECT_EQ(overhead(container), 36 * kMiB);
    EXPECT_EQ(container.booked(), 36 * kMiB);
    EXPECT_EQ(program.call("cuCtxSetLimit", 1, std::size_t{64 * kMiB}), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(overhead(container), 0u);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// What is set aside for launches from kernels was nobody's; nor is anybody asked what a limit takes that came
// later.
TEST(MemoryRegression, LimitsForLaunchesFromKernelsAreCharged) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    EXPECT_EQ(program.call("cuCtxSetLimit", 4, std::size_t{2048}), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.call("cuCtxSetLimit", 4, std::size_t{4096}), CUDA_SUCCESS);
    EXPECT_EQ(overhead(container), 16 * kMiB);
    EXPECT_EQ(program.call("cuCtxSetLimit", 4, std::size_t{1} << 24), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxSetLimit", 4, ~std::size_t{0}), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxSetLimit", 3, std::size_t{3}), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuCtxSetLimit", 5, std::size_t{64}), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSetLimit", 10, std::size_t{1}), CUDA_ERROR_UNSUPPORTED_LIMIT);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// Globals of a module were memory that nobody was charged for.
TEST(MemoryRegression, ModulesCharged) {
  Container container(64 * kMiB, 1, "module=2MiB");
  container.run([&](Program& program) {
    CUcontext context = program.start();
    CUmodule one = nullptr, two = nullptr;
    CUlibrary library = nullptr;
    const auto load = [&](CUmodule* out, const char* image) {
      return program.call("cuModuleLoadData", out, static_cast<const void*>(image));
    };
    EXPECT_EQ(load(&one, "fake image\nglobal table 20971520\ncode 1048576\nkernel f 1\n"), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 23 * kMiB);
    EXPECT_EQ(container.booked(), program.real().used);
    EXPECT_EQ(overhead(container), 23 * kMiB);
    EXPECT_EQ(load(&two, "fake image\nglobal table 52428800\n"), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(two, nullptr);
    EXPECT_EQ(program.real().used, 23 * kMiB) << "it was unloaded again";
    EXPECT_EQ(load(&two, "fake image\nglobal table 73400320\n"), CUDA_ERROR_OUT_OF_MEMORY)
        << "measured twice";
    EXPECT_EQ(program.real().used, 23 * kMiB);
    EXPECT_EQ(
        program.call("cuLibraryLoadData", &library, static_cast<const void*>("fake image\ncode 1048576\n"),
                     static_cast<int*>(nullptr), static_cast<void**>(nullptr), 0u, static_cast<int*>(nullptr),
                     static_cast<void**>(nullptr), 0u),
        CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 26 * kMiB);
    EXPECT_EQ(program.call("cuLibraryUnload", library), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleUnload", one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(load(&one, "fake image\nglobal table 20971520\n"), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(overhead(container), 0u);
  });
}

// Memory of the host was refused where the share of the device was full, and is not the device's.
TEST(MemoryRegression, HostMemoryIsNotTheDevices) {
  Container container(16 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 16 * kMiB), CUDA_SUCCESS);
    void* host = nullptr;
    EXPECT_EQ(program.call("cuMemAllocHost_v2", &host, std::size_t{kMiB}), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemFreeHost", host), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemHostAlloc", &host, std::size_t{kMiB}, 0u), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemFreeHost", host), CUDA_SUCCESS);
    std::vector<char> own(1 << 20);
    void* at = own.data();
    EXPECT_EQ(program.call("cuMemHostRegister_v2", at, own.size(), 0u), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemHostUnregister", at), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 16 * kMiB);
  });
}

}  // namespace
}  // namespace dure::gpu::share
