// Blocks of an instance: a share of a MIG instance holds on memory and on device time, and of that instance
// alone.
#include <cstdio>

#include "gpu/launch/kernels.h"

namespace dure::gpu::share {
namespace {

TEST(Launch, BlocksOfAnInstanceHold) {
  Container container(64 * kMiB, 1, "mig0=3g.40gb,1g.10gb");
  std::snprintf(container.share().limits()->card[0].uuid, 64, "MIG-face0000-0000-4000-8000-000000000201");
  promise(container, 200);
  container.run([&](Program& program) {
    CUcontext other = nullptr;
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    testing::internal::CaptureStderr();
    EXPECT_EQ(program.call("cuCtxCreate_v2", &other, 0u, 0), CUDA_ERROR_INVALID_DEVICE);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("not in this container's share"),
              std::string::npos);
    const Kernels kernels(program, 1);
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 65 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.allocate(&address, 64 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.real(1).high, 64 * kMiB);
    EXPECT_LE(kernels.share_of([&] { return kernels.launch(kMs); }, 1), 0.23);
    EXPECT_EQ(kernels.real(0).device_ns, 0u);
    EXPECT_GT(kernels.real(1).device_ns, 20 * kMs);
  });
}

}  // namespace
}  // namespace dure::gpu::share
