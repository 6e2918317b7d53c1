// Virtual memory, and arrays.
#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

struct Virtual {
  explicit Virtual(Program& in) : program(in) {
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    EXPECT_EQ(program.call("cuMemAddressReserve", &address, std::size_t{64 * kMiB}, std::size_t{0},
                           CUdeviceptr{0}, 0ULL),
              CUDA_SUCCESS);
  }
  CUresult create(CUmemGenericAllocationHandle* handle, std::size_t bytes) {
    return program.call("cuMemCreate", handle, bytes, &properties, 0ULL);
  }
  CUresult map(std::size_t at, std::size_t bytes, CUmemGenericAllocationHandle handle) {
    return program.call("cuMemMap", address + at, bytes, std::size_t{0}, handle, 0ULL);
  }
  CUresult unmap(std::size_t at, std::size_t bytes) {
    return program.call("cuMemUnmap", address + at, bytes);
  }
  CUresult release(CUmemGenericAllocationHandle handle) { return program.call("cuMemRelease", handle); }

  Program& program;
  CUmemAllocationProp properties = {};
  CUdeviceptr address = 0;
};

// Memory was given back when its handle was released, though mappings kept it.
TEST(MemoryRegression, VmmReleaseWhileMapped) {
  Container container(32 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Virtual memory(program);
    CUmemGenericAllocationHandle one = 0, two = 0;
    EXPECT_EQ(memory.create(&one, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(memory.map(0, 20 * kMiB, one), CUDA_SUCCESS);
    EXPECT_EQ(memory.map(0, 20 * kMiB, one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(memory.map(20 * kMiB, 20 * kMiB, one), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(program.real().used, 20 * kMiB);
    EXPECT_EQ(memory.create(&two, 14 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(memory.unmap(0, 10 * kMiB), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(memory.unmap(0, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    // By way of an address inside of it there is a handle again.
    EXPECT_EQ(program.call("cuMemRetainAllocationHandle", &one,
                           // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
                           reinterpret_cast<void*>(memory.address + 21 * kMiB)),
              CUDA_SUCCESS);
    EXPECT_EQ(memory.unmap(20 * kMiB, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(program.real().high, 20 * kMiB);
  });
}

TEST(Memory, SeveralMappingsAreUnmappedAtOnce) {
  Container container(32 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Virtual memory(program);
    for (unsigned i = 0; i < 4; ++i) {
      CUmemGenericAllocationHandle handle = 0;
      EXPECT_EQ(memory.create(&handle, 4 * kMiB), CUDA_SUCCESS);
      EXPECT_EQ(memory.map(i * 4 * kMiB, 4 * kMiB, handle), CUDA_SUCCESS);
      EXPECT_EQ(memory.release(handle), CUDA_SUCCESS);
    }
    EXPECT_EQ(container.booked(), 16 * kMiB);
    EXPECT_EQ(memory.unmap(0, 16 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

// The card was the current context's, not the one that was asked for.
TEST(MemoryRegression, VmmLocationNotCurrentContext) {
  Container container(32 * kMiB, 2);
  container.run([&](Program& program) {
    program.start(0);
    Virtual memory(program);
    memory.properties.location.id = 1;
    CUmemGenericAllocationHandle handle = 0;
    EXPECT_EQ(memory.create(&handle, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(0), 0u);
    EXPECT_EQ(container.booked(1), 20 * kMiB);
    memory.properties.location = {CU_MEM_LOCATION_TYPE_HOST, 0};
    CUmemGenericAllocationHandle host = 0;
    EXPECT_EQ(memory.create(&host, 64 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(host), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(handle), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(0) + container.booked(1), 0u);
  });
}

// An imported allocation may outlive its exporter: what is mapped of it is charged.
TEST(Memory, AnImportIsChargedWhereItIsMapped) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Virtual memory(program);
    memory.properties.requestedHandleTypes = CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR;
    CUmemGenericAllocationHandle one = 0, two = 0;
    int file = -1;
    EXPECT_EQ(memory.create(&one, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemExportToShareableHandle", static_cast<void*>(&file), one, 1, 0ULL),
              CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemImportFromShareableHandle", &two,
                           // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
                           reinterpret_cast<void*>(static_cast<std::intptr_t>(file)), 1),
              CUDA_SUCCESS);
    close(file);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(memory.map(0, 20 * kMiB, two), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(two), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(program.real().used, 20 * kMiB);
    EXPECT_EQ(memory.unmap(0, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// Arrays and mipmapped arrays were charged to nobody.
TEST(MemoryRegression, ArraysCharged) {
  Container container(8 * kMiB);
  container.run([&](Program& program) {
    program.start();
    const CUDA_ARRAY_DESCRIPTOR flat = {1024, 1024, CU_AD_FORMAT_FLOAT, 1};
    CUarray one = nullptr, two = nullptr;
    EXPECT_EQ(program.call("cuArrayCreate_v2", &one, &flat), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 4 * kMiB);
    const CUDA_ARRAY3D_DESCRIPTOR deep = {128, 128, 128, CU_AD_FORMAT_HALF, 4, 0};
    EXPECT_EQ(program.call("cuArray3DCreate_v2", &two, &deep), CUDA_ERROR_OUT_OF_MEMORY);
    const CUDA_ARRAY3D_DESCRIPTOR pyramid = {512, 512, 0, CU_AD_FORMAT_FLOAT, 1, 0};
    CUmipmappedArray levels = nullptr;
    EXPECT_EQ(program.call("cuMipmappedArrayCreate", &levels, &pyramid, 10u), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), program.real().used);
    EXPECT_GT(container.booked(), 5 * kMiB);
    EXPECT_EQ(program.call("cuArrayDestroy", one), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuArrayDestroy", one), CUDA_ERROR_INVALID_HANDLE);
    EXPECT_EQ(program.call("cuMipmappedArrayDestroy", levels), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    const CUDA_ARRAY3D_DESCRIPTOR later = {1 << 15, 1 << 15, 0, CU_AD_FORMAT_FLOAT, 1, CUDA_ARRAY3D_SPARSE};
    EXPECT_EQ(program.call("cuArray3DCreate_v2", &two, &later), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

}  // namespace
}  // namespace dure::gpu::share
