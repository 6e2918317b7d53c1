// How a test that opens the library says what is to happen at its steps. In the library that ships: nothing.
#include "gpu/share/step.h"

#ifdef DURE_GPU_TEST
// Before the first call of anything else: see step_hook.
extern "C" __attribute__((visibility("default"))) void dure_gpu_share_on_step(
    void (*hook)(const char* name)) noexcept {
  dure::gpu::share::step_hook = hook;
}
#endif
