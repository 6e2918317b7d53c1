// The driver's functions that launch kernels.
#include <time.h>

#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

// Real time only: what the launch itself costs the caller.
void spend(Call& call) {
  const std::uint64_t cost = call.state().config().launch_cost;
  if (cost == 0 || call.world().is_virtual()) return;
  const Ticks until = call.world().now() + ticks(cost);
  call.leave_state();
  while (call.world().now() < until) {
  }
}

Launch shape(unsigned x, unsigned y, unsigned z, void** parameters, void** extra) {
  return {.grid = {x, y, z}, .parameters = parameters, .extra = extra};
}

CUresult launch(const char* name, CUfunction function, const Launch& how, CUstream handle, bool per_thread) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Stream* const stream = find_stream(call, handle, per_thread);
    const CUresult put = put_kernel(call, function, how, stream);
    spend(call);
    return put;
  });
}

CUresult launch_ex(const char* name, const CUlaunchConfig* config, CUfunction function, void** parameters,
                   void** extra, bool per_thread) {
  if (config == nullptr) return CUDA_ERROR_INVALID_VALUE;
  return launch(name, function,
                shape(config->gridDimX, config->gridDimY, config->gridDimZ, parameters, extra),
                config->hStream, per_thread);
}

CUresult launch_old(const char* name, CUfunction handle, unsigned x, unsigned y, CUstream stream_handle) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Function* const function = find_function(call, handle);
    if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    function->parameters.resize(std::max<std::size_t>(function->parameters.size(), 8));
    void* parameters[] = {function->parameters.data()};
    return put_kernel(call, handle, shape(x, y, 1, parameters, nullptr),
                      find_stream(call, stream_handle, false));
  });
}

}  // namespace

bool enter_queue(Call& call, Stream& stream) {
  const auto limit = static_cast<std::size_t>(call.state().config().queue);
  if (stream.context->queued(stream) < limit) return true;
  return call.block({.what = Wait::What::kQueue, .stream = &stream}) &&
         call.process().streams.contains(&stream);
}

bool hold_local(Call& call, Context& context, const Function& function) {
  constexpr std::uint64_t kUsual = 1024, kThreads = 2048;
  const auto set = function.attributes.find(CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
  const std::uint64_t bytes =
      set == function.attributes.end() ? 0 : static_cast<std::uint64_t>(std::max(set->second, 0));
  const DeviceConfig& device = call.state().config().devices[static_cast<std::size_t>(context.device)];
  const std::uint64_t all =
      bytes > kUsual ? (bytes - kUsual) * kThreads * static_cast<std::uint64_t>(device.multiprocessors) : 0;
  if (all <= context.local) return true;
  if (!call.state().grant(call.process().slot, context.device, all - context.local)) return false;
  context.overhead += all - context.local;
  context.local = all;
  return true;
}

CUresult put_kernel(Call& call, CUfunction handle, const Launch& how, Stream* stream) {
  if (stream == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  const Function* const function = find_function(call, handle);
  if (function == nullptr) return CUDA_ERROR_INVALID_HANDLE;
  if (how.grid[0] == 0 || how.grid[1] == 0 || how.grid[2] == 0) return CUDA_ERROR_INVALID_VALUE;
  Context& context = *stream->context;
  const DeviceConfig& device = call.state().config().devices[static_cast<std::size_t>(context.device)];
  const std::uint64_t length = kernel_length(*function, how, device.multiprocessors);
  if (stream->capture != nullptr) {
    GraphNode* const node = capture_node(*stream, CU_GRAPH_NODE_TYPE_KERNEL);
    if (node == nullptr) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    node->function = find_function(call, handle);
    node->length = length;
    node->kernel = {
        .func = handle, .gridDimX = how.grid[0], .gridDimY = how.grid[1], .gridDimZ = how.grid[2]};
    return CUDA_SUCCESS;
  }
  if (!hold_local(call, context, *function)) return CUDA_ERROR_OUT_OF_MEMORY;
  if (!enter_queue(call, *stream)) return CUDA_ERROR_UNKNOWN;
  Op op;
  op.length = ticks(length);
  op.launch = true;
  ++context.engine().context[context.slot].launches;
  context.put(*stream, std::move(op));
  return CUDA_SUCCESS;
}

}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

#define GRID unsigned x, unsigned y, unsigned z, unsigned, unsigned, unsigned, unsigned

FAKE_EXPORT CUresult cuLaunchKernel(CUfunction function, GRID, CUstream stream, void** parameters,
                                    void** extra) {
  return launch("cuLaunchKernel", function, shape(x, y, z, parameters, extra), stream, false);
}
FAKE_EXPORT CUresult cuLaunchKernel_ptsz(CUfunction function, GRID, CUstream stream, void** parameters,
                                         void** extra) {
  return launch("cuLaunchKernel_ptsz", function, shape(x, y, z, parameters, extra), stream, true);
}
FAKE_EXPORT CUresult cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function, void** parameters,
                                      void** extra) {
  return launch_ex("cuLaunchKernelEx", config, function, parameters, extra, false);
}
FAKE_EXPORT CUresult cuLaunchKernelEx_ptsz(const CUlaunchConfig* config, CUfunction function,
                                           void** parameters, void** extra) {
  return launch_ex("cuLaunchKernelEx_ptsz", config, function, parameters, extra, true);
}
FAKE_EXPORT CUresult cuLaunchCooperativeKernel(CUfunction function, GRID, CUstream stream,
                                               void** parameters) {
  return launch("cuLaunchCooperativeKernel", function, shape(x, y, z, parameters, nullptr), stream, false);
}
FAKE_EXPORT CUresult cuLaunchCooperativeKernel_ptsz(CUfunction function, GRID, CUstream stream,
                                                    void** parameters) {
  return launch("cuLaunchCooperativeKernel_ptsz", function, shape(x, y, z, parameters, nullptr), stream,
                true);
}
FAKE_EXPORT CUresult cuLaunchCooperativeKernelMultiDevice(CUDA_LAUNCH_PARAMS* launches, unsigned count,
                                                          unsigned) {
  return enter("cuLaunchCooperativeKernelMultiDevice", Need::kContext, [&](Call& call) -> CUresult {
    if (launches == nullptr || count == 0) return CUDA_ERROR_INVALID_VALUE;
    for (unsigned i = 0; i < count; ++i) {
      const CUDA_LAUNCH_PARAMS& one = launches[i];
      const CUresult put = put_kernel(
          call, one.function, shape(one.gridDimX, one.gridDimY, one.gridDimZ, one.kernelParams, nullptr),
          find_stream(call, one.hStream, false));
      if (put != CUDA_SUCCESS) return put;
    }
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuLaunch(CUfunction function) {
  return launch_old("cuLaunch", function, 1, 1, nullptr);
}
FAKE_EXPORT CUresult cuLaunchGrid(CUfunction function, int x, int y) {
  return launch_old("cuLaunchGrid", function, static_cast<unsigned>(x), static_cast<unsigned>(y), nullptr);
}
FAKE_EXPORT CUresult cuLaunchGridAsync(CUfunction function, int x, int y, CUstream stream) {
  return launch_old("cuLaunchGridAsync", function, static_cast<unsigned>(x), static_cast<unsigned>(y),
                    stream);
}
