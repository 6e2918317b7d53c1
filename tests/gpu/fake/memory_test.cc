// Every kind of memory against the books: what is granted, what is the most, what is given back.
#include "gpu/fake/testing.h"

extern "C" {
CUresult cuMemAllocPitch_v2(CUdeviceptr*, size_t*, size_t, size_t, unsigned);
CUresult cuMemAllocManaged(CUdeviceptr*, size_t, unsigned);
CUresult cuMemGetAddressRange_v2(CUdeviceptr*, size_t*, CUdeviceptr);
CUresult cuMemAllocAsync(CUdeviceptr*, size_t, CUstream);
CUresult cuMemFreeAsync(CUdeviceptr, CUstream);
CUresult cuDeviceGetDefaultMemPool(CUmemoryPool*, CUdevice);
CUresult cuMemPoolGetAttribute(CUmemoryPool, int, void*);
CUresult cuMemPoolSetAttribute(CUmemoryPool, int, void*);
CUresult cuMemPoolTrimTo(CUmemoryPool, size_t);
CUresult cuMemPoolCreate(CUmemoryPool*, const CUmemPoolProps*);
CUresult cuMemPoolDestroy(CUmemoryPool);
CUresult cuMemAllocFromPoolAsync(CUdeviceptr*, size_t, CUmemoryPool, CUstream);
CUresult cuArray3DCreate_v2(CUarray*, const CUDA_ARRAY3D_DESCRIPTOR*);
CUresult cuArrayDestroy(CUarray);
CUresult cuArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS*, CUarray, CUdevice);
CUresult cuMipmappedArrayCreate(CUmipmappedArray*, const CUDA_ARRAY3D_DESCRIPTOR*, unsigned);
CUresult cuMipmappedArrayDestroy(CUmipmappedArray);
CUresult cuMipmappedArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS*, CUmipmappedArray, CUdevice);
}

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

fake_memory card(int number = 0) {
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(number, &memory), 0);
  return memory;
}
std::uint64_t used() {
  return card().used;
}

CUdeviceptr allocate(std::size_t bytes) {
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, bytes), CUDA_SUCCESS);
  return address;
}

std::uint64_t pool_value(CUmemoryPool pool, int attribute) {
  cuuint64_t value = 0;
  EXPECT_EQ(cuMemPoolGetAttribute(pool, attribute, &value), CUDA_SUCCESS);
  return value;
}

TEST(FakeMemory, LinearMemoryIsCountedInGranulesUpToTheLastByte) {
  begin("memory=64MiB; granule=512; context=4MiB");
  const Player a(1);
  EXPECT_EQ(used(), 4 * kMiB);
  const CUdeviceptr one = allocate(1);
  EXPECT_EQ(used(), 4 * kMiB + 512);
  const CUdeviceptr rest = allocate(60 * kMiB - 512);
  EXPECT_EQ(used(), card().total);
  CUdeviceptr more = 0;
  EXPECT_EQ(cuMemAlloc_v2(&more, 1), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cuMemAlloc_v2(&more, SIZE_MAX - 100), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cuMemFree_v2(rest), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree_v2(rest), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemFree_v2(one), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFree_v2(0), CUDA_SUCCESS);
  std::size_t free = 0;
  std::size_t total = 0;
  EXPECT_EQ(cuMemGetInfo_v2(&free, &total), CUDA_SUCCESS);
  EXPECT_EQ(free, 60 * kMiB);
  EXPECT_EQ(total, 64 * kMiB);
  EXPECT_EQ(card().high, 64 * kMiB);
  EXPECT_EQ(cuCtxDestroy_v2(a.context), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
}

TEST(FakeMemory, HighMarksAreOfTheCardAndOfEachTenant) {
  begin("memory=100MiB");
  const Player a(1);
  const Player b(2);
  a.play();
  const CUdeviceptr first = allocate(30 * kMiB);
  b.play();
  const CUdeviceptr second = allocate(20 * kMiB);
  EXPECT_EQ(cuMemFree_v2(second), CUDA_SUCCESS);
  a.play();
  EXPECT_EQ(cuMemFree_v2(first), CUDA_SUCCESS);
  allocate(10 * kMiB);
  fake_memory memory = {};
  EXPECT_EQ(card().high, 50 * kMiB);
  EXPECT_EQ(fake_tenant_memory("process-1", 0, &memory), 0);
  EXPECT_EQ(memory.high, 30 * kMiB);
  EXPECT_EQ(memory.used, 10 * kMiB);
  EXPECT_EQ(fake_tenant_memory("process-2", 0, &memory), 0);
  EXPECT_EQ(memory.high, 20 * kMiB);
  EXPECT_EQ(memory.used, 0u);
  fake_kill(1);
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(fake_tenant_memory("nobody", 0, &memory), -1);
}

TEST(FakeMemory, PitchAndManagedAndRanges) {
  begin();
  const Player a(1);
  CUdeviceptr address = 0;
  std::size_t pitch = 0;
  EXPECT_EQ(cuMemAllocPitch_v2(&address, &pitch, 700, 10, 4), CUDA_SUCCESS);
  EXPECT_EQ(pitch, 1024u);
  EXPECT_EQ(used(), 10240u);
  CUdeviceptr base = 0;
  std::size_t bytes = 0;
  EXPECT_EQ(cuMemGetAddressRange_v2(&base, &bytes, address + 5000), CUDA_SUCCESS);
  EXPECT_EQ(base, address);
  EXPECT_EQ(bytes, 10240u);
  EXPECT_EQ(cuMemGetAddressRange_v2(nullptr, nullptr, address), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAllocManaged(&address, 4 * kMiB, CU_MEM_ATTACH_GLOBAL), CUDA_SUCCESS);
  EXPECT_EQ(used(), 10240u + 4 * kMiB);
}

TEST(FakeMemory, CopiesReallyCopy) {
  begin();
  const Player a(1);
  const CUdeviceptr address = allocate(4096);
  const char text[] = "by way of the device";
  char back[sizeof(text)] = {};
  EXPECT_EQ(cuMemcpyHtoD_v2(address + 100, text, sizeof(text)), CUDA_SUCCESS);
  EXPECT_EQ(cuMemcpyDtoH_v2(back, address + 100, sizeof(text)), CUDA_SUCCESS);
  EXPECT_STREQ(back, text);
}

TEST(FakePool, ReservedUsedAndHighMarks) {
  begin("memory=64MiB; pool_granule=2MiB");
  const Player a(1);
  const CUstream stream = a.stream();
  CUmemoryPool pool = nullptr;
  EXPECT_EQ(cuDeviceGetDefaultMemPool(&pool, 0), CUDA_SUCCESS);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAllocAsync(&address, 3 * kMiB, stream), CUDA_SUCCESS);
  EXPECT_EQ(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT), 4 * kMiB);
  EXPECT_EQ(pool_value(pool, CU_MEMPOOL_ATTR_USED_MEM_CURRENT), 3 * kMiB);
  EXPECT_EQ(used(), 4 * kMiB);
  a.launch(1 * kMillisecond, stream);
  EXPECT_EQ(cuMemFreeAsync(address, stream), CUDA_SUCCESS);
  // Freed behind the kernel: the same stream can use it again at once, another one cannot yet.
  CUdeviceptr again = 0;
  EXPECT_EQ(cuMemAllocAsync(&again, 3 * kMiB, stream), CUDA_SUCCESS);
  EXPECT_EQ(used(), 4 * kMiB);
  EXPECT_EQ(cuMemFreeAsync(again, stream), CUDA_SUCCESS);
  const CUstream other = a.stream();
  EXPECT_EQ(cuMemAllocAsync(&again, 3 * kMiB, other), CUDA_SUCCESS);
  EXPECT_EQ(used(), 8 * kMiB - 2 * kMiB);  // 1 MiB was idle, 2 MiB more are enough
  EXPECT_EQ(cuMemFreeAsync(again, other), CUDA_SUCCESS);
  a.finish();  // to the threshold, 0
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH), 6 * kMiB);
  cuuint64_t zero = 0;
  EXPECT_EQ(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH, &zero), CUDA_SUCCESS);
  EXPECT_EQ(pool_value(pool, CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH), 0u);
}

TEST(FakePool, TheThresholdKeepsMemoryAndATrimGivesItBack) {
  begin("memory=64MiB");
  const Player a(1);
  CUmemoryPool pool = nullptr;
  EXPECT_EQ(cuDeviceGetDefaultMemPool(&pool, 0), CUDA_SUCCESS);
  cuuint64_t threshold = 8 * kMiB;
  EXPECT_EQ(cuMemPoolSetAttribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &threshold), CUDA_SUCCESS);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAllocAsync(&address, 20 * kMiB, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeAsync(address, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(used(), 20 * kMiB);
  a.finish();
  EXPECT_EQ(used(), 8 * kMiB);
  EXPECT_EQ(cuMemPoolTrimTo(pool, 2 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(used(), 2 * kMiB);
}

TEST(FakePool, AFullCardTakesWhatOtherPoolsHoldIdle) {
  begin("memory=20MiB");
  const Player a(1);
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0};
  CUmemoryPool own = nullptr;
  EXPECT_EQ(cuMemPoolCreate(&own, &properties), CUDA_SUCCESS);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAllocFromPoolAsync(&address, 16 * kMiB, own, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAllocAsync(&address, 6 * kMiB, nullptr), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(cuMemFreeAsync(address, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(used(), 16 * kMiB);
  EXPECT_EQ(cuMemAllocAsync(&address, 6 * kMiB, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(used(), 6 * kMiB);
  EXPECT_EQ(cuMemPoolDestroy(own), CUDA_SUCCESS);
  EXPECT_EQ(cuMemPoolDestroy(own), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(card().high, 16 * kMiB);
}

TEST(FakeArray, CostsWhatItSays) {
  begin();
  const Player a(1);
  CUDA_ARRAY3D_DESCRIPTOR of = {};
  of.Width = 1000;
  of.Height = 100;
  of.Format = CU_AD_FORMAT_FLOAT;
  of.NumChannels = 1;
  CUarray array = nullptr;
  CUDA_ARRAY_MEMORY_REQUIREMENTS needs = {};
  EXPECT_EQ(cuArray3DCreate_v2(&array, &of), CUDA_SUCCESS);
  EXPECT_EQ(cuArrayGetMemoryRequirements(&needs, array, 0), CUDA_SUCCESS);
  EXPECT_EQ(used(), needs.size);
  EXPECT_GE(needs.size, 400'000u);
  CUmipmappedArray mipmapped = nullptr;
  EXPECT_EQ(cuMipmappedArrayCreate(&mipmapped, &of, 4), CUDA_SUCCESS);
  CUDA_ARRAY_MEMORY_REQUIREMENTS all = {};
  EXPECT_EQ(cuMipmappedArrayGetMemoryRequirements(&all, mipmapped, 0), CUDA_SUCCESS);
  EXPECT_EQ(used(), needs.size + all.size);
  EXPECT_GT(all.size, needs.size);
  EXPECT_EQ(cuMipmappedArrayDestroy(mipmapped), CUDA_SUCCESS);
  EXPECT_EQ(cuArrayDestroy(array), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
}

TEST(FakeContext, CostsItsOverheadItsHeapAndItsModules) {
  begin("context=300MiB; module=1MiB");
  const Player a(1);  // with one module
  EXPECT_EQ(used(), 301 * kMiB);
  EXPECT_EQ(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 108 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(used(), 401 * kMiB);
  EXPECT_EQ(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 8 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(used(), 301 * kMiB);
  EXPECT_EQ(cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, std::size_t{1} << 60), CUDA_ERROR_OUT_OF_MEMORY);
  CUmodule module = nullptr;
  EXPECT_EQ(cuModuleLoadData(&module, "fake image\nglobal g 1048576\ncode 1048576\n"), CUDA_SUCCESS);
  EXPECT_EQ(used(), 304 * kMiB);
  EXPECT_EQ(cuModuleLoadData(&module, "no image"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_EQ(cuCtxDestroy_v2(a.context), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
}

}  // namespace
}  // namespace dure::gpu::fake
