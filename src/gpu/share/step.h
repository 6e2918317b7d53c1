// Named steps of the protocols that must survive SIGKILL: DURE_STEP("ledger.intent") between any two changes
// of shared state. In the library that ships it is nothing at all. In the flavour for tests (DURE_GPU_TEST)
// it calls step_hook, with which a test counts the steps, kills the process at one of them or stops it there.
#pragma once

#ifdef DURE_GPU_TEST
namespace dure::gpu::share {
// Set before the first call of anything else and not changed while threads run. Null: no effect.
inline void (*step_hook)(const char* name) = nullptr;
}  // namespace dure::gpu::share
#define DURE_STEP(name)                                                                \
  do {                                                                                 \
    if (::dure::gpu::share::step_hook != nullptr) ::dure::gpu::share::step_hook(name); \
  } while (false)
#else
#define DURE_STEP(name) \
  do {                  \
  } while (false)
#endif
