// Linear, pitched and managed memory, and what the container is told of it.
#include <csignal>
#include <random>
#include <thread>
#include <vector>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

// P1. The books say what the driver gave, and end at zero.
TEST(Memory, LinearIsChargedAndGivenBack) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr one = 0, two = 0;
    EXPECT_EQ(program.allocate(&one, 40 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.real().used, 40 * kMiB);
    EXPECT_EQ(program.allocate(&two, 25 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(two, 0u);
    EXPECT_EQ(program.allocate(&two, 24 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.free(one), CUDA_SUCCESS);
    EXPECT_EQ(program.free(one), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(program.free(two), CUDA_SUCCESS);
    EXPECT_EQ(program.free(0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().high, 64 * kMiB);
  });
}

TEST(Memory, WhatTheDriverRefusesIsNotCharged) {
  Container container(64 * kMiB, 1, "memory=32MiB");
  container.run([&](Program& program) {
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 512), CUDA_ERROR_NOT_INITIALIZED);
    program.start();
    EXPECT_EQ(program.allocate(&address, 40 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.allocate(&address, 0), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(program.allocate(&address, SIZE_MAX), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.allocate(nullptr, 512), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// Managed memory was checked at its size and charged at none, wherever it lay.
TEST(MemoryRegression, ManagedFullSize) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.call("cuMemAllocManaged", &address, std::size_t{65 * kMiB}, 1u),
              CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.call("cuMemAllocManaged", &address, std::size_t{64 * kMiB}, 1u), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 64 * kMiB);
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// The pitch was guessed from the size of an element.
TEST(MemoryRegression, PitchReal) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    std::size_t pitch = 0;
    EXPECT_EQ(program.call("cuMemAllocPitch_v2", &address, &pitch, std::size_t{1}, std::size_t{1024}, 4u),
              CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), pitch * 1024);
    EXPECT_EQ(program.real().used, pitch * 1024);
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
  });
}

// OptiX asks for one of the two alone.
TEST(MemoryRegression, MemGetInfoNull_333) {
  Container container(64 * kMiB);
  container.run([&](Program& program) {
    program.start();
    std::size_t free = 0, total = 0;
    std::size_t* const none = nullptr;
    EXPECT_EQ(program.call("cuMemGetInfo_v2", none, &total), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, none), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemGetInfo_v2", none, none), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuDeviceTotalMem_v2", none, 0), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(total, 64 * kMiB);
    EXPECT_EQ(free, 64 * kMiB);
  });
}

// Without a current context the card was whatever lay on the stack.
TEST(MemoryRegression, NoCurrentContext_187) {
  Container container(64 * kMiB, 2);
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    CUdeviceptr address = 0;
    std::size_t free = 0, total = 0;
    EXPECT_EQ(program.allocate(&address, kMiB), CUDA_ERROR_INVALID_CONTEXT);
    EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_ERROR_INVALID_CONTEXT);
    EXPECT_EQ(container.booked(0) + container.booked(1), 0u);
    program.start(1);
    EXPECT_EQ(program.allocate(&address, 2 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(0), 0u);
    EXPECT_EQ(container.booked(1), 2 * kMiB);
  });
}

// A second process saw all of the share free.
TEST(MemoryRegression, FreeEqualsTotal_191) {
  Container container(64 * kMiB);
  const pid_t first = container.start([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 48 * kMiB), CUDA_SUCCESS);
    while (container.booked() > 0) usleep(1000);  // until it is killed
  });
  for (int i = 0; i < 5000 && container.booked() == 0; ++i) usleep(1000);
  container.run([&](Program& program) {
    program.start();
    std::size_t free = 0, total = 0;
    EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
    EXPECT_EQ(free, 16 * kMiB);
    EXPECT_EQ(total, 64 * kMiB);
    container.share().limits()->card[0].memory_bytes = 32 * kMiB;  // lowered below what is in use
    EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
    EXPECT_EQ(free, 0u);
    EXPECT_EQ(total, 32 * kMiB);
  });
  kill(first, SIGKILL);
  int status = 0;
  waitpid(first, &status, 0);
  // What it had is there for whoever needs it.
  container.run([&](Program& program) {
    program.start();
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, 32 * kMiB), CUDA_SUCCESS);
    EXPECT_LE(program.real().used, 32 * kMiB);
  });
}

TEST(Memory, WithoutAShareEverythingIsRefused) {
  Container container(64 * kMiB);
  container.remove_share();
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_ERROR_NO_DEVICE);
    CUcontext context = nullptr;
    program.call("cuCtxCreate_v2", &context, 0u, 0);
    CUdeviceptr address = 0;
    EXPECT_NE(program.allocate(&address, kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 0u);
  });
}

TEST(Memory, ACardThatIsNotInTheShareIsRefused) {
  Container container(64 * kMiB, 2);
  container.share().limits()->header.cards = 1;
  container.run([&](Program& program) {
    EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
    CUcontext context = nullptr;
    program.call("cuCtxCreate_v2", &context, 0u, 1);
    CUdeviceptr address = 0;
    EXPECT_NE(program.allocate(&address, kMiB), CUDA_SUCCESS);
    EXPECT_EQ(program.real(1).used, 0u);
  });
}

// Issue 4: threads and processes that race for one share.
TEST(Memory, ProcessesAndThreadsNeverPassTheLimit) {
  Container container(64 * kMiB);
  std::vector<pid_t> children;
  for (unsigned seed = 0; seed < 8; ++seed) {
    children.push_back(container.start([&, seed](Program& program) {
      CUcontext context = program.start();
      std::vector<std::thread> threads;
      for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          program.call("cuCtxSetCurrent", context);
          std::mt19937 random(seed * 16 + t);
          std::vector<CUdeviceptr> mine;
          for (int i = 0; i < 200; ++i) {
            CUdeviceptr address = 0;
            if (random() % 2 == 0 && program.allocate(&address, (1 + random() % 8) * kMiB) == CUDA_SUCCESS)
              mine.push_back(address);
            else if (!mine.empty()) {
              EXPECT_EQ(program.free(mine.back()), CUDA_SUCCESS);
              mine.pop_back();
            }
          }
          for (const CUdeviceptr address : mine) EXPECT_EQ(program.free(address), CUDA_SUCCESS);
        });
      }
      for (std::thread& thread : threads) thread.join();
      EXPECT_LE(program.real().high, 64 * kMiB);
      EXPECT_GE(program.real().high, 32 * kMiB);
    }));
  }
  for (const pid_t child : children) Container::finish(child);
  EXPECT_EQ(container.booked(), 0u);
}

}  // namespace
}  // namespace dure::gpu::share
