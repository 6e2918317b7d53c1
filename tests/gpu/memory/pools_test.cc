// Stream-ordered memory: what is charged is what the pools keep.
#include <random>
#include <thread>
#include <vector>

#include "gpu/memory/at_step.h"

namespace dure::gpu::share {
namespace {

CUmemoryPool make_pool(Program& program) {
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location = {CU_MEM_LOCATION_TYPE_DEVICE, 0};
  CUmemoryPool pool = nullptr;
  EXPECT_EQ(program.call("cuMemPoolCreate", &pool, &properties), CUDA_SUCCESS);
  return pool;
}
CUresult allocate(Program& program, CUdeviceptr* out, std::size_t bytes, CUstream stream = nullptr) {
  return program.call("cuMemAllocAsync", out, bytes, stream);
}
CUresult free_in_order(Program& program, CUdeviceptr address, CUstream stream = nullptr) {
  return program.call("cuMemFreeAsync", address, stream);
}
std::uint64_t free_bytes(Program& program) {
  std::size_t free = 0, total = 0;
  EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
  return free;
}

// The charge was taken from the high mark, which never falls.
TEST(MemoryRegression, PoolCurrentNotHigh) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    for (int round = 0; round < 4; ++round) {
      CUdeviceptr address = 0;
      EXPECT_EQ(allocate(program, &address, 40 * kMiB), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 40 * kMiB);
      EXPECT_EQ(free_in_order(program, address), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
      EXPECT_EQ(free_bytes(program), 64 * kMiB);
      EXPECT_EQ(container.booked(), 0u);
    }
    EXPECT_EQ(program.real().high, 40 * kMiB);
  });
}

// Memory of no pool that is freed in the order of a stream is the driver's when the stream comes to it, and
// was free of charge at once.
TEST(MemoryRegression, FreedInOrderChargedUntilThen) {
  Container container(64 * kMiB);
  container.share().limits()->card[0].guaranteed_milli = 1000;
  container.run([&](Program& program) {
    CUcontext context = program.start();
    CUmodule module = nullptr;
    CUfunction sleep = nullptr;
    CUstream stream = nullptr;
    EXPECT_EQ(program.call("cuModuleLoadData", &module,
                           static_cast<const void*>("fake image\nkernel sleep_ns 50000000\n")),
              CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleGetFunction", &sleep, module, "sleep_ns"), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamCreate", &stream, 1u), CUDA_SUCCESS);
    void** const none = nullptr;
    const auto launch = [&] {
      EXPECT_EQ(program.call("cuLaunchKernel", sleep, 1u, 1u, 1u, 1u, 1u, 1u, 0u, stream, none, none),
                CUDA_SUCCESS);
    };
    CUdeviceptr one = 0, two = 0;
    EXPECT_EQ(program.allocate(&one, 40 * kMiB), CUDA_SUCCESS);
    launch();
    EXPECT_EQ(free_in_order(program, one, stream), CUDA_SUCCESS);
    EXPECT_EQ(free_in_order(program, one, stream), CUDA_ERROR_INVALID_VALUE) << "it is freed";
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(free_bytes(program), 24 * kMiB);
    EXPECT_EQ(program.allocate(&two, 40 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuStreamSynchronize", stream), CUDA_SUCCESS);
    EXPECT_EQ(program.allocate(&two, 40 * kMiB), CUDA_SUCCESS) << "where there is need, it is noticed";
    launch();
    EXPECT_EQ(free_in_order(program, two, stream), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u) << "it goes with its context";
    EXPECT_EQ(program.real().high, 40 * kMiB);
  });
}

// A pool of another card than the stream's was charged to the stream's: who had much of one card and little
// of another took that one's memory.
TEST(MemoryRegression, APoolIsChargedToItsOwnCard) {
  Container container(64 * kMiB, 2);
  container.share().limits()->card[1].memory_bytes = 8 * kMiB;
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool pool = nullptr;
    CUdeviceptr one = 0, two = 0;
    CUstream none = nullptr;
    EXPECT_EQ(program.call("cuDeviceGetDefaultMemPool", &pool, 1), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemAllocFromPoolAsync", &one, std::size_t{10 * kMiB}, pool, none),
              CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuMemAllocFromPoolAsync", &one, std::size_t{6 * kMiB}, pool, none), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemAllocAsync", &two, std::size_t{20 * kMiB}, none), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(0), 20 * kMiB);
    EXPECT_EQ(container.booked(1), 6 * kMiB);
    EXPECT_EQ(program.real(1).high, 6 * kMiB);
  });
}

// What was allocated from a pool by name was not charged.
TEST(MemoryRegression, PoolAlloc_Pr217) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool pool = make_pool(program);
    CUdeviceptr one = 0, two = 0;
    CUstream none = nullptr;
    const auto from = [&](CUdeviceptr* out, std::size_t bytes) {
      return program.call("cuMemAllocFromPoolAsync", out, bytes, pool, none);
    };
    EXPECT_EQ(from(&one, 33 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 34 * kMiB);
    EXPECT_EQ(from(&two, 34 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    // It lives until its last allocation is freed.
    EXPECT_EQ(program.call("cuMemPoolDestroy", pool), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 34 * kMiB);
    EXPECT_EQ(program.free(one), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

CUresult allocate_from(Program& program, CUmemoryPool pool, CUdeviceptr* out, std::size_t bytes) {
  CUstream const stream = nullptr;
  return program.call("cuMemAllocFromPoolAsync", out, bytes, pool, stream);
}

// The driver was asked about a pool that another thread was destroying, or had: a real one need not survive
// that. Who asks it here is killed.
TEST(MemoryRegression, APoolThatIsBeingDestroyedIsNotAskedAbout) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool pool = make_pool(program);
    CUdeviceptr address = 0, other = 0;
    EXPECT_EQ(allocate_from(program, pool, &address, 6 * kMiB), CUDA_SUCCESS);
    const Named<int(const char*)> fault("fake_fault", program.fake);
    at_step(program, "pool.destroyed", [&] {
      fault("cuMemPool*:1+=kill-before");
      EXPECT_EQ(free_bytes(program), 58 * kMiB);
      EXPECT_EQ(program.allocate(&other, 60 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);  // trims what it can
      fault("");
    });
    EXPECT_EQ(program.call("cuMemPoolDestroy", pool), CUDA_SUCCESS);
    EXPECT_FALSE(AtStep::act) << "this tests nothing";
    EXPECT_EQ(container.booked(), 6 * kMiB);
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
  });
}

// The driver gives a pool's handle again as soon as it is destroyed: another thread's new pool was taken for
// the old one, went with it in the books, and was charged twice afterwards.
TEST(MemoryRegression, APoolOfTheSameHandleIsAnotherPool) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool one = make_pool(program), two = nullptr;
    CUdeviceptr first = 0, second = 0;
    at_step(program, "pool.destroyed", [&] {
      two = make_pool(program);
      EXPECT_EQ(allocate_from(program, two, &first, 6 * kMiB), CUDA_SUCCESS);
    });
    EXPECT_EQ(program.call("cuMemPoolDestroy", one), CUDA_SUCCESS);
    EXPECT_EQ(one, two) << "this tests nothing";
    EXPECT_EQ(allocate_from(program, two, &second, 8 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 14 * kMiB);
    EXPECT_EQ(container.booked(), 14 * kMiB);
    EXPECT_EQ(program.free(first), CUDA_SUCCESS);
    EXPECT_EQ(program.free(second), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemPoolDestroy", two), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// One that the driver did not destroy is a pool as before.
TEST(Memory, APoolThatIsNotDestroyedStaysAsItIs) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool pool = make_pool(program);
    CUdeviceptr address = 0;
    EXPECT_EQ(allocate_from(program, pool, &address, 6 * kMiB), CUDA_SUCCESS);
    Named<int(const char*)>("fake_fault", program.fake)("cuMemPoolDestroy:1=fail:1");
    EXPECT_EQ(program.call("cuMemPoolDestroy", pool), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(free_in_order(program, address), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
    EXPECT_EQ(free_bytes(program), 64 * kMiB) << "it is still asked what it keeps";
    EXPECT_EQ(program.call("cuMemPoolDestroy", pool), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// What the driver had put there, and the library took back, was left in the program's pointer.
TEST(MemoryRegression, WhatIsRefusedLeavesThePointerAlone) {
  Container container(16 * kMiB, 1, "pool_granule=32MiB");
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0x1234;
    EXPECT_EQ(allocate(program, &address, 2 * kMiB), CUDA_ERROR_OUT_OF_MEMORY) << "the pool grows by 32 MiB";
    EXPECT_EQ(address, 0x1234u);
    EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
    EXPECT_EQ(free_bytes(program), 16 * kMiB);
    EXPECT_EQ(program.real().used, 0u);
  });
}

TEST(Memory, APoolThatKeepsWhatItDoesNotUseIsTrimmedWhereItIsNeeded) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUmemoryPool pool = nullptr;
    EXPECT_EQ(program.call("cuDeviceGetDefaultMemPool", &pool, 0), CUDA_SUCCESS);
    cuuint64_t keep = UINT64_MAX;
    EXPECT_EQ(program.call("cuMemPoolSetAttribute", pool, 4, static_cast<void*>(&keep)), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemPoolGetAttribute", pool, 4, static_cast<void*>(&keep)), CUDA_SUCCESS);
    EXPECT_EQ(keep, 64 * kMiB);
    CUdeviceptr address = 0, other = 0;
    EXPECT_EQ(allocate(program, &address, 40 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(free_in_order(program, address), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
    EXPECT_EQ(free_bytes(program), 24 * kMiB);
    EXPECT_EQ(program.allocate(&other, 60 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 60 * kMiB);
    EXPECT_LE(program.real().high, 64 * kMiB);
    EXPECT_EQ(program.free(other), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

TEST(Memory, ThreadsWithPoolsNeverPassTheLimit) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        program.call("cuCtxSetCurrent", context);
        CUstream stream = nullptr;
        EXPECT_EQ(program.call("cuStreamCreate", &stream, 1u), CUDA_SUCCESS);
        std::mt19937 random(t);
        std::vector<CUdeviceptr> mine;
        for (int i = 0; i < 300; ++i) {
          CUdeviceptr address = 0;
          const std::size_t bytes = (1 + random() % 12) * kMiB;
          if (random() % 2 == 0) {
            const CUresult result = random() % 4 == 0 ? program.allocate(&address, bytes)
                                                      : allocate(program, &address, bytes, stream);
            if (result == CUDA_SUCCESS) mine.push_back(address);
          } else if (!mine.empty()) {
            EXPECT_EQ(
                random() % 2 == 0 ? program.free(mine.back()) : free_in_order(program, mine.back(), stream),
                CUDA_SUCCESS);
            mine.pop_back();
          }
          if (random() % 8 == 0) program.call("cuStreamSynchronize", stream);
        }
        for (const CUdeviceptr address : mine) EXPECT_EQ(program.free(address), CUDA_SUCCESS);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(program.real().high, 64 * kMiB);
    EXPECT_GE(program.real().high, 48 * kMiB);
    EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
    EXPECT_EQ(free_bytes(program), 64 * kMiB);
    EXPECT_EQ(program.real().used, 0u);
  });
  EXPECT_EQ(container.booked(), 0u);
}

}  // namespace
}  // namespace dure::gpu::share
