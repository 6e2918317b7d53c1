// Virtual memory, and memory that several processes hold, against the books.
#include <unistd.h>

#include "gpu/fake/testing.h"

extern "C" {
CUresult cuMemPoolCreate(CUmemoryPool*, const CUmemPoolProps*);
CUresult cuMemAllocFromPoolAsync(CUdeviceptr*, size_t, CUmemoryPool, CUstream);
CUresult cuMemFreeAsync(CUdeviceptr, CUstream);
CUresult cuMemPoolExportToShareableHandle(void*, CUmemoryPool, int, unsigned long long);
CUresult cuMemPoolImportFromShareableHandle(CUmemoryPool*, void*, int, unsigned long long);
CUresult cuMemPoolExportPointer(CUmemPoolPtrExportData*, CUdeviceptr);
CUresult cuMemPoolImportPointer(CUdeviceptr*, CUmemoryPool, CUmemPoolPtrExportData*);
CUresult cuMemAddressReserve(CUdeviceptr*, size_t, size_t, CUdeviceptr, unsigned long long);
CUresult cuMemAddressFree(CUdeviceptr, size_t);
CUresult cuMemCreate(CUmemGenericAllocationHandle*, size_t, const CUmemAllocationProp*, unsigned long long);
CUresult cuMemRelease(CUmemGenericAllocationHandle);
CUresult cuMemMap(CUdeviceptr, size_t, size_t, CUmemGenericAllocationHandle, unsigned long long);
CUresult cuMemUnmap(CUdeviceptr, size_t);
CUresult cuMemSetAccess(CUdeviceptr, size_t, const CUmemAccessDesc*, size_t);
CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle*, void*);
CUresult cuMemExportToShareableHandle(void*, CUmemGenericAllocationHandle, int, unsigned long long);
CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle*, void*, int);
CUresult cuIpcGetMemHandle(CUipcMemHandle*, CUdeviceptr);
CUresult cuIpcOpenMemHandle_v2(CUdeviceptr*, CUipcMemHandle, unsigned);
CUresult cuIpcCloseMemHandle(CUdeviceptr);
}

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

std::uint64_t used() {
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(0, &memory), 0);
  return memory.used;
}

CUdeviceptr allocate(std::size_t bytes) {
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, bytes), CUDA_SUCCESS);
  return address;
}

constexpr CUmemAllocationProp kOnDevice = {
    .type = CU_MEM_ALLOCATION_TYPE_PINNED,
    .requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
    .location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0},
    .win32HandleMetaData = nullptr,
    .allocFlags = {},
};

CUmemGenericAllocationHandle create(std::size_t bytes) {
  CUmemGenericAllocationHandle handle = 0;
  EXPECT_EQ(cuMemCreate(&handle, bytes, &kOnDevice, 0), CUDA_SUCCESS);
  return handle;
}

TEST(FakeVirtualMemory, LivesWhileAHandleOrAMappingDoes) {
  begin("memory=64MiB");
  const Player a(1);
  CUdeviceptr range = 0;
  EXPECT_EQ(cuMemAddressReserve(&range, 8 * kMiB, 0, 0, 0), CUDA_SUCCESS);
  const CUmemGenericAllocationHandle handle = create(4 * kMiB);
  EXPECT_EQ(used(), 4 * kMiB);
  EXPECT_EQ(cuMemMap(range, 2 * kMiB, 0, handle, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemMap(range + 2 * kMiB, 2 * kMiB, 2 * kMiB, handle, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuMemMap(range, 2 * kMiB, 0, handle, 0), CUDA_ERROR_INVALID_VALUE);
  const CUmemAccessDesc access = {.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0}, .flags = 3};
  EXPECT_EQ(cuMemSetAccess(range, 4 * kMiB, &access, 1), CUDA_SUCCESS);
  EXPECT_EQ(cuMemRelease(handle), CUDA_SUCCESS);
  EXPECT_EQ(used(), 4 * kMiB);  // the mappings keep it
  EXPECT_EQ(cuMemAddressFree(range, 8 * kMiB), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(cuMemUnmap(range, 2 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(used(), 4 * kMiB);
  CUmemGenericAllocationHandle retained = 0;
  void* const inside =
      reinterpret_cast<void*>(range + 3 * kMiB);  // NOLINT(performance-no-int-to-ptr): an address
  EXPECT_EQ(cuMemRetainAllocationHandle(&retained, inside), CUDA_SUCCESS);
  EXPECT_EQ(cuMemUnmap(range + 2 * kMiB, 2 * kMiB), CUDA_SUCCESS);
  EXPECT_EQ(used(), 4 * kMiB);
  EXPECT_EQ(cuMemRelease(retained), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(cuMemAddressFree(range, 8 * kMiB), CUDA_SUCCESS);
}

TEST(FakeVirtualMemory, ExportedMemoryLivesWhileAnybodyOrADescriptorHoldsIt) {
  begin("memory=64MiB");
  const Player a(1);
  const Player b(2);
  a.play();
  const CUmemGenericAllocationHandle handle = create(6 * kMiB);
  int fd = -1;
  EXPECT_EQ(cuMemExportToShareableHandle(&fd, handle, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
            CUDA_SUCCESS);
  EXPECT_EQ(used(), 6 * kMiB);
  fake_kill(1);
  EXPECT_EQ(used(), 6 * kMiB);  // the descriptor holds it
  b.play();
  CUmemGenericAllocationHandle imported = 0;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
  void* const as_pointer = reinterpret_cast<void*>(static_cast<std::intptr_t>(fd));
  EXPECT_EQ(cuMemImportFromShareableHandle(&imported, as_pointer, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR),
            CUDA_SUCCESS);
  close(fd);
  fake_memory memory = {};
  EXPECT_EQ(fake_process_memory(0, &memory), 0);
  EXPECT_EQ(memory.used, 6 * kMiB);
  EXPECT_EQ(used(), 6 * kMiB);
  EXPECT_EQ(cuMemRelease(imported), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
}

TEST(FakeVirtualMemory, ADescriptorThatIsClosedUnusedLetsGo) {
  begin("memory=64MiB");
  const Player a(1);
  const CUmemGenericAllocationHandle handle = create(6 * kMiB);
  int fd = -1;
  EXPECT_EQ(cuMemExportToShareableHandle(&fd, handle, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
            CUDA_SUCCESS);
  const int twin = dup(fd);
  EXPECT_EQ(cuMemRelease(handle), CUDA_SUCCESS);
  close(fd);
  EXPECT_EQ(used(), 6 * kMiB);
  close(twin);
  EXPECT_EQ(used(), 0u);
}

TEST(FakeIpc, TheExporterPaysThenWhoStillHoldsIt) {
  begin("memory=64MiB");
  const Player a(1);
  const Player b(2);
  a.play();
  const CUdeviceptr address = allocate(5 * kMiB);
  CUipcMemHandle handle = {};
  EXPECT_EQ(cuIpcGetMemHandle(&handle, address), CUDA_SUCCESS);
  b.play();
  CUdeviceptr opened = 0;
  EXPECT_EQ(cuIpcOpenMemHandle_v2(&opened, handle, 0), CUDA_SUCCESS);
  EXPECT_EQ(used(), 5 * kMiB);
  fake_memory memory = {};
  EXPECT_EQ(fake_process_memory(0, &memory), 0);
  EXPECT_EQ(memory.used, 0u);
  a.play();
  EXPECT_EQ(cuMemFree_v2(address), CUDA_SUCCESS);
  b.play();
  EXPECT_EQ(fake_process_memory(0, &memory), 0);
  EXPECT_EQ(memory.used, 5 * kMiB);
  EXPECT_EQ(cuIpcCloseMemHandle(opened), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(cuIpcOpenMemHandle_v2(&opened, handle, 0), CUDA_ERROR_INVALID_VALUE);
}

TEST(FakePool, AnImportedPoolCostsNothing) {
  begin("memory=64MiB");
  const Player a(1);
  const Player b(2);
  a.play();
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.handleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
  properties.location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = 0};
  CUmemoryPool pool = nullptr;
  CUdeviceptr address = 0;
  int fd = -1;
  CUmemPoolPtrExportData data = {};
  EXPECT_EQ(cuMemPoolCreate(&pool, &properties), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAllocFromPoolAsync(&address, 2 * kMiB, pool, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuMemPoolExportToShareableHandle(&fd, pool, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
            CUDA_SUCCESS);
  EXPECT_EQ(cuMemPoolExportPointer(&data, address), CUDA_SUCCESS);
  b.play();
  CUmemoryPool theirs = nullptr;
  CUdeviceptr there = 0;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
  void* const as_pointer = reinterpret_cast<void*>(static_cast<std::intptr_t>(fd));
  EXPECT_EQ(
      cuMemPoolImportFromShareableHandle(&theirs, as_pointer, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0),
      CUDA_SUCCESS);
  EXPECT_EQ(cuMemPoolImportPointer(&there, theirs, &data), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAllocFromPoolAsync(&address, kMiB, theirs, nullptr), CUDA_ERROR_INVALID_VALUE);
  EXPECT_EQ(used(), 2 * kMiB);
  EXPECT_EQ(cuMemFreeAsync(there, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(used(), 2 * kMiB);
  close(fd);
}

}  // namespace
}  // namespace dure::gpu::fake
