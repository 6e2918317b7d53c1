// Wrappers: what launches kernels. Each launch goes through the gate of its card (gates.h, gate.h).
//
// What is launched is known by the handle that the program names, be it a CUfunction or a CUkernel, of which
// the driver makes the function of the stream's context; and there is a gate, with estimates of its own, for
// each card. A kernel that launches others on the device (dynamic parallelism) ends when they have: they are
// charged with it.
#include "gpu/share/gates.h"
#include "gpu/share/local_memory.h"
#include "gpu/share/real.h"

namespace dure::gpu::share {
namespace {

CUfunction function_of(const Work& work) noexcept {
  return static_cast<CUfunction>(const_cast<void*>(work.function));
}

// work() is what is launched: of it the usual case needs no more than the key.
template <class MakeWork, class Call>
[[gnu::always_inline]] inline CUresult launch(CUstream stream, MakeWork work, Call call) noexcept {
  CUcontext context = nullptr;
  Gate* gate = remembered_gate(stream, &context);
  if (gate != nullptr) {
    const std::uint64_t now = machine_ns();  // before the key, which would have to be kept over the call
    const std::uint64_t key = work().key;
    const QuickPass quick = gate->enter_quickly(stream, context, key, now);
    if (quick.track != nullptr) {
      const CUresult result = call();
      gate->leave_quickly(quick, key, result == CUDA_SUCCESS);
      return result;
    }
  }
  const CUresult found = find_gate(stream, &gate);
  if (found != CUDA_SUCCESS) return found;
  const Work what = work();
  const CUresult paid = pay_for_local_memory(function_of(what), stream);
  if (paid != CUDA_SUCCESS) return paid;
  const Pass pass = gate->enter(stream, what);
  const CUresult result = call();
  gate->leave(pass, result == CUDA_SUCCESS);
  return result;
}

Work work_of(const CUlaunchConfig& config, CUfunction function) noexcept {
  return kernel_work(function, {{config.gridDimX, config.gridDimY, config.gridDimZ},
                                {config.blockDimX, config.blockDimY, config.blockDimZ},
                                config.sharedMemBytes});
}

// The shape of the blocks was said before, by functions that are not wrapped.
Work work_of(CUfunction function, int x, int y) noexcept {
  return kernel_work(function, {{static_cast<unsigned>(x), static_cast<unsigned>(y), 1}, {}, 0});
}

// One launch on each of several cards: all of them must be due.
template <class Call>
CUresult launch_on_all(const CUDA_LAUNCH_PARAMS* list, unsigned count, Call call) noexcept {
  if (list == nullptr || count == 0) return call();
  if (count > DURE_MAX_CARDS) return CUDA_ERROR_INVALID_VALUE;
  Gate* gates[DURE_MAX_CARDS];
  Pass passes[DURE_MAX_CARDS];
  for (unsigned i = 0; i < count; ++i) {
    const CUresult found = find_gate(list[i].hStream, &gates[i]);
    if (found != CUDA_SUCCESS) return found;
    const CUresult paid = pay_for_local_memory(list[i].function, list[i].hStream);
    if (paid != CUDA_SUCCESS) return paid;
  }
  for (unsigned i = 0; i < count; ++i) {
    const CUDA_LAUNCH_PARAMS& one = list[i];
    const Shape shape = {{one.gridDimX, one.gridDimY, one.gridDimZ},
                         {one.blockDimX, one.blockDimY, one.blockDimZ},
                         one.sharedMemBytes};
    passes[i] = gates[i]->enter(one.hStream, kernel_work(one.function, shape));
  }
  const CUresult result = call();
  for (unsigned i = 0; i < count; ++i) gates[i]->leave(passes[i], result == CUDA_SUCCESS);
  return result;
}

CUstream same_stream(CUstream stream) noexcept {
  return stream;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuLaunch(CUfunction function) noexcept;
DURE_EXPORT CUresult cuLaunchGrid(CUfunction function, int x, int y) noexcept;
DURE_EXPORT CUresult cuLaunchGridAsync(CUfunction function, int x, int y, CUstream stream) noexcept;
DURE_EXPORT CUresult cuLaunchCooperativeKernelMultiDevice(CUDA_LAUNCH_PARAMS* list, unsigned count,
                                                          unsigned flags) noexcept;

#define DURE_SHAPE                                                                                         \
  unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z, \
      unsigned shared_bytes
#define DURE_SHAPE_WORDS grid_x, grid_y, grid_z, block_x, block_y, block_z, shared_bytes
#define DURE_GIVEN \
  { {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes }
#define DURE_WORK [&]() noexcept { return kernel_work(function, DURE_GIVEN); }

#define DURE_LAUNCHES(twin, stream_of)                                                                      \
  DURE_EXPORT CUresult cuLaunchKernel##twin(CUfunction function, DURE_SHAPE, CUstream stream,               \
                                            void** parameters, void** extra) noexcept;                      \
  DURE_EXPORT CUresult cuLaunchKernelEx##twin(const CUlaunchConfig* config, CUfunction function,            \
                                              void** parameters, void** extra) noexcept;                    \
  DURE_EXPORT CUresult cuLaunchCooperativeKernel##twin(CUfunction function, DURE_SHAPE, CUstream stream,    \
                                                       void** parameters) noexcept;                         \
  CUresult cuLaunchKernel##twin(CUfunction function, DURE_SHAPE, CUstream stream, void** parameters,        \
                                void** extra) noexcept {                                                    \
    return launch(stream_of(stream), DURE_WORK, [&]() noexcept {                                            \
      return DURE_REAL(cuLaunchKernel##twin)(function, DURE_SHAPE_WORDS, stream, parameters, extra);        \
    });                                                                                                     \
  }                                                                                                         \
  CUresult cuLaunchKernelEx##twin(const CUlaunchConfig* config, CUfunction function, void** parameters,     \
                                  void** extra) noexcept {                                                  \
    if (config == nullptr) return DURE_REAL(cuLaunchKernelEx##twin)(config, function, parameters, extra);   \
    return launch(                                                                                          \
        stream_of(config->hStream), [&]() noexcept { return work_of(*config, function); },                  \
        [&]() noexcept { return DURE_REAL(cuLaunchKernelEx##twin)(config, function, parameters, extra); }); \
  }                                                                                                         \
  CUresult cuLaunchCooperativeKernel##twin(CUfunction function, DURE_SHAPE, CUstream stream,                \
                                           void** parameters) noexcept {                                    \
    return launch(stream_of(stream), DURE_WORK, [&]() noexcept {                                            \
      return DURE_REAL(cuLaunchCooperativeKernel##twin)(function, DURE_SHAPE_WORDS, stream, parameters);    \
    });                                                                                                     \
  }
DURE_LAUNCHES(, same_stream)
DURE_LAUNCHES(_ptsz, twin_stream)

CUresult cuLaunchCooperativeKernelMultiDevice(CUDA_LAUNCH_PARAMS* list, unsigned count,
                                              unsigned flags) noexcept {
  return launch_on_all(list, count, [&]() noexcept {
    return DURE_REAL(cuLaunchCooperativeKernelMultiDevice)(list, count, flags);
  });
}

CUresult cuLaunch(CUfunction function) noexcept {
  return launch(
      nullptr, [=]() noexcept { return work_of(function, 1, 1); },
      [&]() noexcept { return DURE_REAL(cuLaunch)(function); });
}
CUresult cuLaunchGrid(CUfunction function, int x, int y) noexcept {
  return launch(
      nullptr, [=]() noexcept { return work_of(function, x, y); },
      [&]() noexcept { return DURE_REAL(cuLaunchGrid)(function, x, y); });
}
CUresult cuLaunchGridAsync(CUfunction function, int x, int y, CUstream stream) noexcept {
  return launch(
      stream, [=]() noexcept { return work_of(function, x, y); },
      [&]() noexcept { return DURE_REAL(cuLaunchGridAsync)(function, x, y, stream); });
}
