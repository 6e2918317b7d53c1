// For tests of the gate: a card without work of its own, and the words of a share.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include "gpu/share/gate.h"

namespace dure::gpu::share {

// A card that has done everything as soon as it is told; times are the machine's.
inline std::atomic<std::uintptr_t> g_made = 0;
inline std::atomic<std::uint64_t> g_events[4096];

inline std::atomic<std::uint64_t>& at(CUevent event) {
  return g_events[reinterpret_cast<std::uintptr_t>(event) % 4096];
}

inline const EventDriver kDoneAtOnce = {
    [](CUevent* event, CUcontext, unsigned) -> CUresult {
      *event = std::bit_cast<CUevent>(std::uintptr_t{++g_made});
      return CUDA_SUCCESS;
    },
    [](CUevent event, CUstream) -> CUresult {
      at(event) = machine().now_ns();
      return CUDA_SUCCESS;
    },
    [](CUevent) -> CUresult { return CUDA_SUCCESS; },
    [](float* ms, CUevent start, CUevent end) -> CUresult {
      *ms = static_cast<float>(static_cast<double>(static_cast<std::int64_t>(at(end) - at(start))) / 1e6);
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

struct Words {
  dure_card_limits limits = {};
  dure_card_pace pace = {};
  dure_card_bucket bucket = {};
  dure_process_work work = {};
};

inline Work work_of(std::uintptr_t function) {
  return kernel_work(std::bit_cast<CUfunction>(function), {{8, 1, 1}, {32, 1, 1}, 0});
}

}  // namespace dure::gpu::share
