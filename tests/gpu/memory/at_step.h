// What another thread does in the middle of a call, at a named step of the library (gpu/share/step.h): here
// on the caller's own thread, so that a test shows it every time.
#pragma once

#include <cstring>
#include <functional>

#include "gpu/memory/container.h"

namespace dure::gpu::share {

struct AtStep {
  static inline const char* awaited = "";
  static inline std::function<void()> act;

  static void look(const char* step) {
    if (!act || std::strcmp(step, awaited) != 0) return;
    const std::function<void()> once = std::move(act);
    act = nullptr;
    once();
  }
};

// At the next time that the program's library comes to the step, once.
inline void at_step(const Program& program, const char* step, std::function<void()> act) {
  AtStep::awaited = step;
  AtStep::act = std::move(act);
  program.ours<void(void (*)(const char*))>("dure_gpu_share_on_step")(&AtStep::look);
}

}  // namespace dure::gpu::share
