// Memory that is bound to a multicast object.
#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

using Handle = CUmemGenericAllocationHandle;

struct ObjectProperties {  // CUmulticastObjectProp
  unsigned devices;
  std::size_t bytes;
  unsigned long long handle_types;
  unsigned long long flags;
};

struct Bound {
  explicit Bound(Program& in) : program(in) {
    properties.type = CU_MEM_ALLOCATION_TYPE_PINNED;
    properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
    const ObjectProperties of = {1, 64 * kMiB, 0, 0};
    EXPECT_EQ(program.call("cuMulticastCreate", &object, &of), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMulticastAddDevice", object, 0), CUDA_SUCCESS);
  }
  Handle create(std::size_t bytes) {
    Handle handle = 0;
    EXPECT_EQ(program.call("cuMemCreate", &handle, bytes, &properties, 0ULL), CUDA_SUCCESS);
    return handle;
  }
  CUresult bind(Handle memory, std::size_t bytes, std::size_t offset = 0) {
    return program.call("cuMulticastBindMem", object, offset, memory, std::size_t{0}, bytes, 0ULL);
  }
  CUresult unbind(std::size_t bytes, std::size_t offset = 0) {
    return program.call("cuMulticastUnbind", object, 0, offset, bytes);
  }
  CUresult release(Handle handle) { return program.call("cuMemRelease", handle); }

  Program& program;
  CUmemAllocationProp properties = {};
  Handle object = 0;
};

// Bound, and its handle released, memory was free of charge, and the next could be had.
TEST(MemoryRegression, BoundMemoryStaysCharged) {
  Container container(32 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Bound memory(program);
    const Handle one = memory.create(20 * kMiB);
    EXPECT_EQ(memory.bind(one, 80 * kMiB), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(memory.bind(one, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(memory.bind(one, 20 * kMiB), CUDA_ERROR_INVALID_VALUE) << "it is bound there already";
    EXPECT_EQ(memory.bind(one, 20 * kMiB, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(program.real().used, 20 * kMiB);
    Handle two = 0;
    EXPECT_EQ(program.call("cuMemCreate", &two, std::size_t{14 * kMiB}, &memory.properties, 0ULL),
              CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(memory.unbind(20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(memory.unbind(20 * kMiB), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(container.booked(), 20 * kMiB);
    EXPECT_EQ(memory.unbind(20 * kMiB, 20 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

TEST(Memory, WhatIsBoundByItsAddressStaysChargedToo) {
  for (const bool later : {false, true}) {
    Container container(32 * kMiB);
    container.run([&](Program& program) {
      program.start();
      Bound memory(program);
      const Handle one = memory.create(8 * kMiB);
      CUdeviceptr address = 0;
      EXPECT_EQ(program.call("cuMemAddressReserve", &address, std::size_t{8 * kMiB}, std::size_t{0},
                             CUdeviceptr{0}, 0ULL),
                CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemMap", address, std::size_t{8 * kMiB}, std::size_t{0}, one, 0ULL),
                CUDA_SUCCESS);
      EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
      const CUdeviceptr inside = address + 2 * kMiB;
      EXPECT_EQ(later ? program.call("cuMulticastBindAddr_v2", memory.object, 0, std::size_t{0}, inside,
                                     std::size_t{4 * kMiB}, 0ULL)
                      : program.call("cuMulticastBindAddr", memory.object, std::size_t{0}, inside,
                                     std::size_t{4 * kMiB}, 0ULL),
                CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemUnmap", address, std::size_t{8 * kMiB}), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 8 * kMiB);
      EXPECT_EQ(program.real().used, 8 * kMiB);
      EXPECT_EQ(memory.unbind(4 * kMiB), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 0u);
    });
  }
}

// What was unmapped together with an object's mapping was still taken to be mapped, and the next mapping
// there was free of charge.
TEST(MemoryRegression, UnmappedTogetherWithAnObject) {
  Container container(32 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Bound memory(program);
    const std::size_t part = 8 * kMiB, none = 0;
    CUdeviceptr address = 0;
    EXPECT_EQ(program.call("cuMemAddressReserve", &address, 2 * part, none, CUdeviceptr{0}, 0ULL),
              CUDA_SUCCESS);
    for (int round = 0; round < 3; ++round) {
      const Handle one = memory.create(part);
      EXPECT_EQ(program.call("cuMemMap", address, part, none, one, 0ULL), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemMap", address + part, part, none, memory.object, 0ULL), CUDA_SUCCESS);
      EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuMemUnmap", address, part + part / 2), CUDA_ERROR_INVALID_VALUE);
      EXPECT_EQ(container.booked(), part);
      EXPECT_EQ(program.real().used, part);
      EXPECT_EQ(program.call("cuMemUnmap", address, 2 * part), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 0u);
      EXPECT_EQ(program.real().used, 0u);
    }
  });
}

// Nobody tells what an object that is destroyed had bound: its memory stays charged.
TEST(Memory, WhatADestroyedObjectHadBoundStaysCharged) {
  Container container(32 * kMiB);
  container.run([&](Program& program) {
    program.start();
    Bound memory(program);
    const Handle one = memory.create(8 * kMiB);
    EXPECT_EQ(memory.bind(one, 8 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(one), CUDA_SUCCESS);
    EXPECT_EQ(memory.release(memory.object), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.booked(), 8 * kMiB) << "charged too much, never too little";
    const Handle two = memory.create(8 * kMiB);
    EXPECT_EQ(memory.bind(two, 8 * kMiB), CUDA_ERROR_INVALID_VALUE) << "there is no object";
    EXPECT_EQ(memory.release(two), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 8 * kMiB);
  });
}

}  // namespace
}  // namespace dure::gpu::share
