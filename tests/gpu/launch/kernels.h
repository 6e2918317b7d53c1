// For tests of launches: a program of the container with kernels of any length, and what the books say.
#pragma once

#include <time.h>

#include "gpu/memory/container.h"

namespace dure::gpu::share {

constexpr std::uint64_t kMs = 1'000'000;

inline std::uint64_t clock_ns() {
  timespec at = {};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<std::uint64_t>(at.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(at.tv_nsec);
}

inline void sleep_ns(std::uint64_t ns) {
  const timespec how_long = {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  nanosleep(&how_long, nullptr);
}

// Its context is the current one. Kernels are known by their length: one function for each.
class Kernels {
 public:
  explicit Kernels(Program& program, int device = 0) : program_(program), context(program.start(device)) {
    CUmodule module = nullptr;
    const char* image = "fake image\nkernel sleep_ns\nkernel sleep_ns_b\n";
    EXPECT_EQ(program.call("cuModuleLoadData", &module, static_cast<const void*>(image)), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleGetFunction", &function, module, "sleep_ns"), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuModuleGetFunction", &other, module, "sleep_ns_b"), CUDA_SUCCESS);
  }

  CUresult launch(std::uint64_t ns, CUstream stream = nullptr, unsigned grid = 1,
                  const char* name = "cuLaunchKernel") const {
    void* parameters[] = {&ns};
    void** const extra = nullptr;
    return program_.call(name, function, grid, 1u, 1u, 1u, 1u, 1u, 0u, stream,
                         static_cast<void**>(parameters), extra);
  }
  void sync() const { EXPECT_EQ(program_.call("cuCtxSynchronize"), CUDA_SUCCESS); }
  CUstream stream() const {
    CUstream made = nullptr;
    EXPECT_EQ(program_.call("cuStreamCreate", &made, 1u), CUDA_SUCCESS);
    return made;
  }
  // What the card did for the tenant, by the fake driver's books.
  fake_work real(int card = 0) const {
    fake_work work = {};
    Named<int(const char*, int, fake_work*)>("fake_tenant_work", program_.fake)("tenant", card, &work);
    return work;
  }

  // What part of the card it has that launches as much as it may, over half a second after a tenth of one.
  template <class Launch>
  double share_of(Launch launch_once, int card = 0) const {
    const auto run = [&](std::uint64_t for_ns) {
      const std::uint64_t until = clock_ns() + for_ns;
      while (clock_ns() < until) EXPECT_EQ(launch_once(), CUDA_SUCCESS);
    };
    run(100 * kMs);
    const std::uint64_t before = real(card).device_ns;
    const std::uint64_t begin = clock_ns();
    run(500 * kMs);
    return static_cast<double>(real(card).device_ns - before) / static_cast<double>(clock_ns() - begin);
  }

 private:
  Program& program_;

 public:
  CUcontext context;
  CUfunction function = nullptr;
  CUfunction other = nullptr;
};

// The share's own books of the process in the first slot.
inline const dure_process_work& work_of(Container& container, unsigned card = 0, unsigned slot = 0) {
  return container.share().usage()->process[slot].card[card].work;
}

inline void promise(Container& container, std::uint32_t milli, unsigned card = 0) {
  container.share().limits()->card[card].guaranteed_milli = milli;
}

}  // namespace dure::gpu::share
