// Faults on demand, and looking functions up.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "gpu/fake/testing.h"

extern "C" {
CUresult cuGetProcAddress(const char*, void**, int, cuuint64_t);
CUresult cuGetErrorName(CUresult, const char**);
CUresult cuGetExportTable(const void**, const CUuuid*);
CUresult cuCtxCreate_v4(CUcontext*, CUctxCreateParams*, unsigned, CUdevice);
CUresult cuMemcpyHtoD_v2_ptds(CUdeviceptr, const void*, size_t);
CUresult cuStreamQuery_ptsz(CUstream);
CUresult cuTexRefCreate(void**);
}

namespace dure::gpu::fake {
namespace {

TEST(FakeFault, TheNthCallFailsAndDoesNothing) {
  begin();
  const Player a(1);
  ASSERT_EQ(fake_fault("cuMemAlloc_v2:2=fail:2"), 0);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_SUCCESS);
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(0, &memory), 0);
  EXPECT_EQ(memory.used, 1024u);
}

TEST(FakeFault, FromTheNthOnByPrefixAndLies) {
  begin();
  const Player a(1);
  ASSERT_EQ(fake_fault("cuMem*:2+=fail:999; cuStreamCreate:1=lie:2"), 0);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree_v2(address), CUDA_ERROR_UNKNOWN);
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_ERROR_UNKNOWN);
  CUstream stream = nullptr;
  EXPECT_EQ(cuStreamCreate(&stream, 0), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cuStreamQuery(stream), CUDA_SUCCESS);
  EXPECT_EQ(fake_fault(""), 0);
  EXPECT_EQ(cuMemFree_v2(address), CUDA_SUCCESS);
  EXPECT_EQ(fake_fault("cuMemAlloc_v2=fail"), -1);
  EXPECT_EQ(fake_fault("cuMemAlloc_v2:0=fail:2"), -1);
}

TEST(FakeFault, ABlockedCallTakesItsTime) {
  begin();
  const Player a(1);
  ASSERT_EQ(fake_fault("cuMemAlloc_v2:1=block:7"), 0);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, 512), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 7 * kMillisecond);
}

TEST(FakeFault, KillsBeforeAndAfterTheEffect) {
  for (const char* when : {"before", "after"}) {
    begin();
    const Player witness(1);
    const Player victim(2);
    ASSERT_EQ(fake_fault((std::string("cuLaunchKernel:1=kill-") + when).c_str()), 0);
    victim.play();
    std::uint64_t ns = 5 * kMillisecond;
    void* parameters[] = {&ns};
    EXPECT_EQ(cuLaunchKernel(victim.sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, parameters, nullptr),
              CUDA_ERROR_UNKNOWN);
    fake_fault("");
    fake_work work = {};
    EXPECT_EQ(fake_tenant_work("process-2", 0, &work), 0);
    EXPECT_EQ(work.launches, std::strcmp(when, "after") == 0 ? 1u : 0u);
    EXPECT_EQ(fake_processes(), 1);
  }
}

TEST(FakeFault, ARealProcessDiesBySigkill) {
  const pid_t child = fork();
  if (child == 0) {
    fake_configure("");
    fake_play(0, 0);
    fake_fault("cuInit:1=kill-before");
    cuInit(0);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(FakeFault, ALostCardIsUnavailable) {
  begin("cards=2");
  const Player a(1, 0);
  const Player b(2, 1);
  fake_lose_card(0);
  CUdeviceptr address = 0;
  a.play();
  EXPECT_EQ(cuMemAlloc_v2(&address, 1), CUDA_ERROR_DEVICE_UNAVAILABLE);
  b.play();
  EXPECT_EQ(cuMemAlloc_v2(&address, 1), CUDA_SUCCESS);
}

void* address_of(const char* name, int version, cuuint64_t flags, int* status) {
  void* found = nullptr;
  cuGetProcAddress_v2(name, &found, version, flags, status);
  return found;
}

TEST(FakeLookUp, FindsByVersionAndByTheDefaultStream) {
  begin();
  int status = -1;
  EXPECT_EQ(address_of("cuCtxCreate", 12040, 0, &status),
            reinterpret_cast<void*>(address_of("cuCtxCreate", 11040, 0, &status)));
  EXPECT_EQ(address_of("cuCtxCreate", 12050, 0, &status), reinterpret_cast<void*>(&cuCtxCreate_v4));
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SUCCESS);
  EXPECT_EQ(address_of("cuMemAlloc", 12000, 0, &status), reinterpret_cast<void*>(&cuMemAlloc_v2));
  EXPECT_EQ(address_of("cuStreamQuery", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status),
            reinterpret_cast<void*>(&cuStreamQuery_ptsz));
  EXPECT_EQ(address_of("cuMemcpyHtoD", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status),
            reinterpret_cast<void*>(&cuMemcpyHtoD_v2_ptds));
  // A function without a stream is the same for both.
  EXPECT_EQ(address_of("cuMemAlloc", 12000, CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM, &status),
            reinterpret_cast<void*>(&cuMemAlloc_v2));
  EXPECT_EQ(address_of("cuMemAllocAsync", 11000, 0, &status), nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT);
  EXPECT_EQ(address_of("cudnnCreate", 12000, 0, &status), nullptr);
  EXPECT_EQ(status, CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
  void* found = nullptr;
  EXPECT_EQ(cuGetProcAddress("cuInit", &found, 12000, 0), CUDA_SUCCESS);
  EXPECT_EQ(found, reinterpret_cast<void*>(&cuInit));
}

TEST(FakeLookUp, WhatIsNotSimulatedSaysSo) {
  begin();
  void* reference = nullptr;
  EXPECT_EQ(cuTexRefCreate(&reference), CUDA_ERROR_NOT_SUPPORTED);
  const char* name = nullptr;
  EXPECT_EQ(cuGetErrorName(CUDA_ERROR_NOT_SUPPORTED, &name), CUDA_SUCCESS);
  EXPECT_STREQ(name, "CUDA_ERROR_NOT_SUPPORTED");
  EXPECT_EQ(cuGetErrorName(123456, &name), CUDA_ERROR_INVALID_VALUE);
  const void* table = nullptr;
  CUuuid id = {};
  EXPECT_EQ(cuGetExportTable(&table, &id), CUDA_SUCCESS);
  EXPECT_NE(table, nullptr);
}

TEST(FakeLookUp, CallsNeedAStartAndAContext) {
  begin();
  fake_play(5, 0);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, 1), CUDA_ERROR_NOT_INITIALIZED);
  EXPECT_EQ(cuInit(0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAlloc_v2(&address, 1), CUDA_ERROR_INVALID_CONTEXT);
  CUcontext context = nullptr;
  EXPECT_EQ(cuCtxCreate_v2(&context, 0, 9), CUDA_ERROR_INVALID_DEVICE);
}

}  // namespace
}  // namespace dure::gpu::fake
