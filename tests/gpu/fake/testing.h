// For the fake driver's tests: short ways to its own functions, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "gpu/abi/cuda.h"
#include "gpu/fake/fake.h"

extern "C" {
CUresult cuInit(unsigned);
CUresult cuCtxCreate_v2(CUcontext*, unsigned, CUdevice);
CUresult cuCtxDestroy_v2(CUcontext);
CUresult cuCtxSynchronize();
CUresult cuCtxSetCurrent(CUcontext);
CUresult cuCtxSetLimit(int, size_t);
CUresult cuModuleLoadData(CUmodule*, const void*);
CUresult cuModuleGetFunction(CUfunction*, CUmodule, const char*);
CUresult cuLaunchKernel(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                        CUstream, void**, void**);
CUresult cuLaunchHostFunc(CUstream, CUhostFn, void*);
CUresult cuStreamCreate(CUstream*, unsigned);
CUresult cuStreamDestroy_v2(CUstream);
CUresult cuStreamSynchronize(CUstream);
CUresult cuStreamQuery(CUstream);
CUresult cuStreamWaitEvent(CUstream, CUevent, unsigned);
CUresult cuEventCreate(CUevent*, unsigned);
CUresult cuEventRecord(CUevent, CUstream);
CUresult cuEventSynchronize(CUevent);
CUresult cuEventQuery(CUevent);
CUresult cuEventElapsedTime(float*, CUevent, CUevent);
CUresult cuMemAlloc_v2(CUdeviceptr*, size_t);
CUresult cuMemFree_v2(CUdeviceptr);
CUresult cuMemGetInfo_v2(size_t*, size_t*);
CUresult cuMemcpyHtoD_v2(CUdeviceptr, const void*, size_t);
CUresult cuMemcpyDtoH_v2(void*, CUdeviceptr, size_t);
CUresult cuGetProcAddress_v2(const char*, void**, int, cuuint64_t, int*);
}

namespace dure::gpu::fake {

constexpr std::uint64_t kMillisecond = 1'000'000;

// Everything anew, in virtual time that begins at 0.
inline void begin(const std::string& configuration = "") {
  ASSERT_EQ(fake_configure(configuration.c_str()), 0);
  fake_clock_virtual(0);
  fake_play(0, 0);
}

// A played process with a context on a device and a kernel that lasts as long as its parameter says.
class Player {
 public:
  explicit Player(int number, int device = 0) : number_(number) {
    play();
    EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
    EXPECT_EQ(cuCtxCreate_v2(&context, 0, device), CUDA_SUCCESS);
    CUmodule module = nullptr;
    EXPECT_EQ(cuModuleLoadData(&module, "fake image\nkernel sleep_ns\n"), CUDA_SUCCESS);
    EXPECT_EQ(cuModuleGetFunction(&sleep, module, "sleep_ns"), CUDA_SUCCESS);
  }
  void play(int thread = 0) const { fake_play(number_, thread); }
  void launch(std::uint64_t ns, CUstream stream = nullptr) const {
    play();
    void* parameters[] = {&ns};
    EXPECT_EQ(cuLaunchKernel(sleep, 1, 1, 1, 1, 1, 1, 0, stream, parameters, nullptr), CUDA_SUCCESS);
  }
  CUevent record(CUstream stream = nullptr) const {
    play();
    CUevent event = nullptr;
    EXPECT_EQ(cuEventCreate(&event, CU_EVENT_DEFAULT), CUDA_SUCCESS);
    EXPECT_EQ(cuEventRecord(event, stream), CUDA_SUCCESS);
    return event;
  }
  CUstream stream(unsigned flags = CU_STREAM_NON_BLOCKING) const {
    play();
    CUstream made = nullptr;
    EXPECT_EQ(cuStreamCreate(&made, flags), CUDA_SUCCESS);
    return made;
  }
  // Waits for all its work, moving the clock, and says when that was over.
  std::uint64_t finish() const {
    play();
    EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
    return fake_now();
  }
  fake_work work(int device = 0) const {
    play();
    fake_work done = {};
    EXPECT_EQ(fake_process_work(device, &done), 0);
    return done;
  }

  CUcontext context = nullptr;
  CUfunction sleep = nullptr;

 private:
  int number_;
};

inline float milliseconds(CUevent from, CUevent to) {
  float ms = -1;
  EXPECT_EQ(cuEventElapsedTime(&ms, from, to), CUDA_SUCCESS);
  return ms;
}

}  // namespace dure::gpu::fake
