// What the gate costs a launch, for counting instructions: tests/gpu/time/cost runs it. Kernels of 50 us on a
// stream that is never without work, of a container that is due; the driver and the clock do next to nothing.
#include <bit>
#include <cstdlib>

#include "gpu/share/gate.h"

using namespace dure::gpu::share;

namespace {

std::uint64_t g_now = 3'600'000'000'000;
std::uint64_t g_free = 0;  // the card has done what it was given
std::uint64_t g_events[1024];
std::uintptr_t g_made = 0;

std::uint64_t later(std::uint64_t a, std::uint64_t b) {
  return a > b ? a : b;
}

const Host kHost = {[]() noexcept -> std::uint64_t { return g_now; },
                    [](std::uint64_t at) noexcept { g_now = later(g_now, at); }};
const EventDriver kDriver = {
    [](CUevent* event, CUcontext, unsigned) -> CUresult {
      *event = std::bit_cast<CUevent>(++g_made);
      return CUDA_SUCCESS;
    },
    [](CUevent event, CUstream) -> CUresult {
      g_events[reinterpret_cast<std::uintptr_t>(event)] = later(g_free, g_now);
      return CUDA_SUCCESS;
    },
    [](CUevent event) -> CUresult {
      return g_now < g_events[reinterpret_cast<std::uintptr_t>(event)] ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
    },
    [](float* ms, CUevent start, CUevent end) -> CUresult {
      *ms = static_cast<float>(static_cast<double>(g_events[reinterpret_cast<std::uintptr_t>(end)]) -
                               static_cast<double>(g_events[reinterpret_cast<std::uintptr_t>(start)])) /
            1e6F;
      return CUDA_SUCCESS;
    },
    [](CUstream, CUcontext* context) -> CUresult {
      *context = reinterpret_cast<CUcontext>(1);
      return CUDA_SUCCESS;
    },
    [](CUstream, int* status) -> CUresult {
      *status = 0;
      return CUDA_SUCCESS;
    },
    [](int*) -> CUresult { return CUDA_SUCCESS; },
};

dure_card_limits g_limits;
dure_card_pace g_pace;
dure_card_bucket g_bucket;
dure_process_work g_work;
Gate g_gate;

}  // namespace

extern "C" {

[[gnu::noinline]] int real_launch() {
  g_free = later(g_free, g_now) + 50'000;
  return CUDA_SUCCESS;
}

// As a wrapper does it around the driver's call.
[[gnu::noinline]] int launch_way(CUfunction function, unsigned grid, unsigned block, CUstream stream) {
  const Pass pass = g_gate.enter(stream, kernel_work(function, {{grid, 1, 1}, {block, 1, 1}, 0}));
  const int result = real_launch();
  g_gate.leave(pass, result == CUDA_SUCCESS);
  return result;
}

}  // extern "C"

// The difference of two numbers of rounds is free of what the start costs.
int main(int count, char** words) {
  if (count != 2) return 2;
  g_limits.guaranteed_milli = 999;  // of all it would never wait
  g_pace.rate_milli = g_pace.own_milli = 1000;
  g_pace.at_ns = ~std::uint64_t{0} / 2;
  g_gate.attach({&g_limits, &g_pace, &g_bucket, &g_work, 0}, kHost, kDriver);
  const int rounds = std::atoi(words[1]);
  for (int i = 0; i < rounds; ++i) {
    g_now += i < 20 ? 1000 : 50'000;
    launch_way(reinterpret_cast<CUfunction>(4096), 128, 256, reinterpret_cast<CUstream>(4096));
  }
  return g_work.launches == static_cast<std::uint64_t>(rounds) ? 0 : 1;
}
