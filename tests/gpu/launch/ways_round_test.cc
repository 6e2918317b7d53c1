// Ways round the gate that were found open: what a program can do to use the card without being charged.
#include <string>

#include "gpu/launch/kernels.h"

namespace dure::gpu::share {
namespace {

// All that ran in a process's ninth context was charged as 100 us a launch, whatever it took, for want of a
// place to keep its events.
TEST(WaysRound, ANinthContextIsHeldToTheShareToo) {
  Container container(64 * kMiB);
  promise(container, 200);
  container.run([&](Program& program) {
    for (int i = 0; i < 8; ++i) {
      const Kernels kernels(program);
      EXPECT_EQ(kernels.launch(1000), CUDA_SUCCESS);
      kernels.sync();
    }
    const Kernels ninth(program);
    EXPECT_LE(ninth.share_of([&] { return ninth.launch(3 * kMs); }), 0.25);
  });
}

// A program that never asks for the end of its work, with another stream's batch open, was charged what its
// function had taken when it was measured, whatever it took in between.
TEST(WaysRound, AKernelThatIsLongWhereItIsNotMeasuredIsHeldToTheShare) {
  Container container(64 * kMiB);
  promise(container, 200);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUstream aside = kernels.stream();
    CUstream stream = kernels.stream();
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(kernels.launch(kMs / 10, stream), CUDA_SUCCESS);
      kernels.sync();
    }
    const double share = kernels.share_of([&] {
      for (int i = 0; i < 2; ++i) EXPECT_EQ(kernels.launch(kMs / 100, aside, 2), CUDA_SUCCESS);
      for (const std::uint64_t length : {kMs / 10, 5 * kMs}) {
        EXPECT_EQ(kernels.launch(length, stream), CUDA_SUCCESS);
        sleep_ns(length + kMs / 5);  // as if it looked at mapped memory
      }
      return CUDA_SUCCESS;
    });
    EXPECT_LE(share, 0.35);
  });
}

// Fills run on the card's processors, and were not charged: a loop of them had all of the card.
TEST(LaunchRegression, FillsAreGated) {
  for (const bool waits : {false, true}) {
    Container container(64 * kMiB, 1, "copy_gbps=1");
    promise(container, 200);
    container.run([&](Program& program) {
      const Kernels kernels(program);
      CUdeviceptr address = 0;
      EXPECT_EQ(program.allocate(&address, 20 * kMiB), CUDA_SUCCESS);
      const std::size_t pitch = kMiB, width = 100'000, height = 10;  // a millisecond
      const double share = kernels.share_of([&] {
        return waits
                   ? program.call("cuMemsetD2D8_v2", address, pitch, 7u, width, height)
                   : program.call("cuMemsetD2D8Async", address, pitch, 7u, width, height, CUstream{nullptr});
      });
      EXPECT_LE(share, 0.25) << waits;
      EXPECT_GE(share, 0.05) << waits;
      EXPECT_GT(work_of(container).launches, 20u);
    });
  }
}

// In every version, and each passes on what it was given.
TEST(WaysRound, EveryFillIsALaunchAndFills) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, kMiB), CUDA_SUCCESS);
    std::uint64_t launches = 0;
    const auto is_filled = [&](const char* name, unsigned expected, CUresult result) {
      EXPECT_EQ(result, CUDA_SUCCESS) << name;
      EXPECT_EQ(work_of(container).launches, ++launches) << name;
      unsigned found[2] = {};
      EXPECT_EQ(program.call("cuMemcpyDtoH_v2", static_cast<void*>(found), address, sizeof found),
                CUDA_SUCCESS);
      EXPECT_EQ(found[0], expected) << name;
      EXPECT_EQ(found[1], expected) << name;
    };
    CUstream none = nullptr;
    for (const char* name : {"cuMemsetD8_v2", "cuMemsetD8_v2_ptds"})
      is_filled(name, 0x21212121,
                program.call(name, address, static_cast<unsigned char>(0x21), std::size_t{8}));
    for (const char* name : {"cuMemsetD8Async", "cuMemsetD8Async_ptsz"})
      is_filled(name, 0x11111111,
                program.call(name, address, static_cast<unsigned char>(0x11), std::size_t{8}, none));
    for (const char* name : {"cuMemsetD16_v2", "cuMemsetD16_v2_ptds"})
      is_filled(name, 0x43214321,
                program.call(name, address, static_cast<unsigned short>(0x4321), std::size_t{4}));
    for (const char* name : {"cuMemsetD16Async", "cuMemsetD16Async_ptsz"})
      is_filled(name, 0x12341234,
                program.call(name, address, static_cast<unsigned short>(0x1234), std::size_t{4}, none));
    for (const char* name : {"cuMemsetD32_v2", "cuMemsetD32_v2_ptds"})
      is_filled(name, 0x87654321, program.call(name, address, 0x87654321U, std::size_t{2}));
    for (const char* name : {"cuMemsetD32Async", "cuMemsetD32Async_ptsz"})
      is_filled(name, 0x12345678, program.call(name, address, 0x12345678U, std::size_t{2}, none));
    for (const char* bits : {"8", "16", "32"}) {
      const std::string name = std::string("cuMemsetD2D") + bits;
      const std::size_t pitch = 512, width = 16, height = 3;
      for (const char* version : {"_v2", "_v2_ptds"})
        EXPECT_EQ(program.call((name + version).c_str(), address, pitch, 7u, width, height), CUDA_SUCCESS)
            << name;
      for (const char* version : {"Async", "Async_ptsz"})
        EXPECT_EQ(program.call((name + version).c_str(), address, pitch, 7u, width, height, none),
                  CUDA_SUCCESS)
            << name;
      EXPECT_EQ(work_of(container).launches, launches += 4) << name;
    }
    // Nothing is nothing.
    EXPECT_EQ(program.call("cuMemsetD8Async", address, static_cast<unsigned char>(1), std::size_t{0}, none),
              CUDA_SUCCESS);
    EXPECT_EQ(work_of(container).launches, launches);
  });
}

}  // namespace
}  // namespace dure::gpu::share
