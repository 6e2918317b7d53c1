// How wrappers call the real functions (real.h), in a program that has the share library's parts inside.
#include "gpu/share/real.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "gpu/driver/echo.h"
#include "gpu/driver/scene.h"

extern "C" int cuCtxGetDevice(std::int64_t device) noexcept;
extern "C" int cuCtxGetFlags(std::int64_t flags) noexcept;
extern "C" int nvmlDeviceGetIndex(std::int64_t device) noexcept;

namespace dure::gpu::share {
namespace {

// The driver is opened once in a process.
void open_echo() {
  static Scene scene;
  static const bool put = [] {
    scene.put_driver(DURE_ECHO_CUDA);
    scene.put_driver(DURE_ECHO_NVML, "libnvidia-ml.so.1");
    return true;
  }();
  ASSERT_TRUE(put);
  setenv("DURE_GPU_RUN", scene.run_folder().c_str(), 1);
}

int number_of(const std::string& name) {
  for (int i = 0; i < kCudaSymbols; ++i)
    if (name == cuda_symbols[i].name) return i;
  return kNoSymbol;
}

TEST(Real, IsReachedThroughTheStubsSlot) {
  open_echo();
  EXPECT_EQ(DURE_REAL(cuCtxGetDevice)(7), kEchoResult + number_of("cuCtxGetDevice"));
  EXPECT_EQ(DURE_REAL(cuCtxGetDevice)(8), kEchoResult + number_of("cuCtxGetDevice"));
  // The stub itself goes the same way, first or second.
  EXPECT_EQ(cuCtxGetDevice(9), kEchoResult + number_of("cuCtxGetDevice"));
  EXPECT_EQ(cuCtxGetFlags(9), kEchoResult + number_of("cuCtxGetFlags"));
  EXPECT_GE(DURE_REAL(nvmlDeviceGetIndex)(1), kEchoResult);
}

TEST(Real, IsKnownToBeThereOrNot) {
  open_echo();
  EXPECT_TRUE(DURE_HAS_REAL(cuMemAlloc_v2));  // asks the driver
  EXPECT_TRUE(DURE_HAS_REAL(cuMemAlloc_v2));  // knows
  // As if this driver lacked it: what a slot then holds is a function that refuses.
  dure_slot_cuMemGetMemPool = cuda_refusal("cuMemGetMemPool");
  EXPECT_FALSE(DURE_HAS_REAL(cuMemGetMemPool));
}

}  // namespace
}  // namespace dure::gpu::share
