// The driver's functions for contexts.
#include "gpu/fake/call.h"
#include "gpu/fake/capture.h"
#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

std::uint64_t context_ids = 0;

CUresult make_context(Call& call, int device, unsigned flags, Context** out) {
  if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
  if (call.state().shared().device[device].lost != 0) return CUDA_ERROR_DEVICE_UNAVAILABLE;
  Process& process = call.process();
  const std::uint64_t overhead = call.state().config().context;
  if (!call.state().grant(process.slot, device, overhead)) return CUDA_ERROR_OUT_OF_MEMORY;
  const int slot = call.state().open_context(process.slot, device);
  if (slot < 0) {
    call.state().give_back(process.slot, device, overhead);
    return CUDA_ERROR_OUT_OF_MEMORY;
  }
  auto made = std::make_unique<Context>(&process, device, slot, flags);
  Context& context = *made;
  context.id = ++context_ids;
  context.overhead = overhead;
  context.limits = {{CU_LIMIT_STACK_SIZE, 1024},
                    {CU_LIMIT_PRINTF_FIFO_SIZE, 1 << 20},
                    {CU_LIMIT_MALLOC_HEAP_SIZE, 8 << 20},
                    {CU_LIMIT_DEV_RUNTIME_PENDING_LAUNCH_COUNT, 2048},
                    {CU_LIMIT_MAX_L2_FETCH_GRANULARITY, 128},
                    {CU_LIMIT_PERSISTING_L2_CACHE_SIZE, 0}};
  process.contexts.emplace(&context, std::move(made));
  context.legacy = &make_stream(process, context, CU_STREAM_DEFAULT, 0);
  *out = &context;
  return CUDA_SUCCESS;
}

template <typename Table, typename Belongs>
void erase_of(Table& table, Belongs belongs) {
  std::erase_if(table, [&](const auto& entry) { return belongs(*entry.second); });
}

// Everything that lives in the context goes with it.
void unmake_context(Call& call, Context& context) {
  Process& process = call.process();
  const Context* const gone = &context;
  context.drop();
  forget_capture(context);
  erase_of(process.events, [&](const Event& event) { return event.context == gone; });
  erase_of(process.streams, [&](const Stream& stream) { return stream.context == gone; });
  erase_of(process.execs, [&](const GraphExec& exec) { return exec.context == gone; });
  free_context_memory(call, context);
  unload_modules(call, gone);
  call.state().give_back(process.slot, context.device, context.overhead);
  call.state().close_context(context.slot, context.device);
  for (auto& [number, thread] : process.threads) {
    std::erase(thread.stack, gone);
  }
  process.contexts.erase(gone);
}

CUresult create(const char* name, CUcontext* out, unsigned flags, CUdevice device) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    Context* context = nullptr;
    const CUresult made = make_context(call, device, flags, &context);
    if (made != CUDA_SUCCESS) return made;
    call.thread().stack.push_back(context);
    *out = handle_of<CUcontext>(context);
    return CUDA_SUCCESS;
  });
}

CUresult destroy(const char* name, CUcontext handle) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Context* const context = find(call.process().contexts, handle);
    if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    if (context->primary) return CUDA_ERROR_INVALID_CONTEXT;
    unmake_context(call, *context);
    return CUDA_SUCCESS;
  });
}

CUresult push(const char* name, CUcontext handle) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Context* const context = find(call.process().contexts, handle);
    if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    call.thread().stack.push_back(context);
    return CUDA_SUCCESS;
  });
}

CUresult pop(const char* name, CUcontext* out) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    auto& stack = call.thread().stack;
    if (stack.empty()) return CUDA_ERROR_INVALID_CONTEXT;
    if (out != nullptr) *out = handle_of<CUcontext>(stack.back());
    stack.pop_back();
    return CUDA_SUCCESS;
  });
}

CUresult release(const char* name, CUdevice device) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    auto& primary = call.process().primary[device];
    if (primary.retained == 0) return CUDA_ERROR_INVALID_CONTEXT;
    if (--primary.retained > 0) return CUDA_SUCCESS;
    unmake_context(call, *primary.context);
    primary.context = nullptr;
    return CUDA_SUCCESS;
  });
}

CUresult reset(const char* name, CUdevice device) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    auto& primary = call.process().primary[device];
    if (primary.context != nullptr) unmake_context(call, *primary.context);
    primary.context = nullptr;
    primary.retained = 0;
    return CUDA_SUCCESS;
  });
}

CUresult set_primary_flags(const char* name, CUdevice device, unsigned flags) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    call.process().primary[device].flags = flags;
    return CUDA_SUCCESS;
  });
}

CUresult synchronise(const char* name, CUcontext handle) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Context* const context = handle == nullptr ? &call.context() : find(call.process().contexts, handle);
    if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    if (context->capturing > 0) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (!call.block({.what = Wait::What::kContext, .context = context})) return CUDA_ERROR_UNKNOWN;
    release_pools(call);
    return CUDA_SUCCESS;
  });
}

CUresult set_limit(Call& call, Context& context, int limit, std::size_t value) {
  if (!context.limits.contains(limit)) return CUDA_ERROR_UNSUPPORTED_LIMIT;
  // The device's heap is granted at its size beyond what the context holds from the start.
  if (limit == CU_LIMIT_MALLOC_HEAP_SIZE) {
    const std::uint64_t before = context.overhead;
    const std::uint64_t after =
        call.state().config().context + context.local + (value > (8 << 20) ? value - (8 << 20) : 0);
    const int slot = call.process().slot;
    if (after > before && !call.state().grant(slot, context.device, after - before)) {
      return CUDA_ERROR_OUT_OF_MEMORY;
    }
    if (after < before) call.state().give_back(slot, context.device, before - after);
    context.overhead = after;
  }
  context.limits[limit] = value;
  return CUDA_SUCCESS;
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuCtxCreate(CUcontext* out, unsigned flags, CUdevice device) {
  return create("cuCtxCreate", out, flags, device);
}
FAKE_EXPORT CUresult cuCtxCreate_v2(CUcontext* out, unsigned flags, CUdevice device) {
  return create("cuCtxCreate_v2", out, flags, device);
}
FAKE_EXPORT CUresult cuCtxCreate_v3(CUcontext* out, void*, int, unsigned flags, CUdevice device) {
  return create("cuCtxCreate_v3", out, flags, device);
}
FAKE_EXPORT CUresult cuCtxCreate_v4(CUcontext* out, CUctxCreateParams*, unsigned flags, CUdevice device) {
  return create("cuCtxCreate_v4", out, flags, device);
}
FAKE_EXPORT CUresult cuCtxDestroy(CUcontext context) {
  return destroy("cuCtxDestroy", context);
}
FAKE_EXPORT CUresult cuCtxDestroy_v2(CUcontext context) {
  return destroy("cuCtxDestroy_v2", context);
}
FAKE_EXPORT CUresult cuCtxPushCurrent(CUcontext context) {
  return push("cuCtxPushCurrent", context);
}
FAKE_EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) {
  return push("cuCtxPushCurrent_v2", context);
}
FAKE_EXPORT CUresult cuCtxPopCurrent(CUcontext* out) {
  return pop("cuCtxPopCurrent", out);
}
FAKE_EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* out) {
  return pop("cuCtxPopCurrent_v2", out);
}

FAKE_EXPORT CUresult cuCtxSetCurrent(CUcontext handle) {
  return enter("cuCtxSetCurrent", Need::kInit, [&](Call& call) -> CUresult {
    auto& stack = call.thread().stack;
    if (handle == nullptr) {
      if (!stack.empty()) stack.pop_back();
      return CUDA_SUCCESS;
    }
    Context* const context = find(call.process().contexts, handle);
    if (context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    if (stack.empty()) {
      stack.push_back(context);
    } else {
      stack.back() = context;
    }
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuCtxGetCurrent(CUcontext* out) {
  return enter("cuCtxGetCurrent", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    auto& stack = call.thread().stack;
    *out = stack.empty() ? nullptr : handle_of<CUcontext>(stack.back());
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuCtxGetDevice(CUdevice* out) {
  return enter("cuCtxGetDevice", Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = call.context().device;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxGetDevice_v2(CUdevice* out, CUcontext handle) {
  return enter("cuCtxGetDevice_v2", Need::kInit, [&](Call& call) -> CUresult {
    Context* const context = find(call.process().contexts, handle);
    if (out == nullptr || context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    *out = context->device;
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuCtxSynchronize() {
  return synchronise("cuCtxSynchronize", nullptr);
}
FAKE_EXPORT CUresult cuCtxSynchronize_v2(CUcontext context) {
  return synchronise("cuCtxSynchronize_v2", context);
}

FAKE_EXPORT CUresult cuCtxGetFlags(unsigned* out) {
  return enter("cuCtxGetFlags", Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = call.context().flags;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxSetFlags(unsigned flags) {
  return enter("cuCtxSetFlags", Need::kContext, [&](Call& call) -> CUresult {
    call.context().flags = flags;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxGetId(CUcontext handle, unsigned long long* out) {
  return enter("cuCtxGetId", Need::kInit, [&](Call& call) -> CUresult {
    Context* const context = find(call.process().contexts, handle);
    if (out == nullptr || context == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
    *out = context->id;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxGetApiVersion(CUcontext, unsigned* out) {
  return enter("cuCtxGetApiVersion", Need::kInit, [&](Call&) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = 3020;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
  return enter("cuCtxGetStreamPriorityRange", Need::kContext, [&](Call&) -> CUresult {
    if (least != nullptr) *least = 0;
    if (greatest != nullptr) *greatest = -5;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuCtxSetLimit(int limit, std::size_t value) {
  return enter("cuCtxSetLimit", Need::kContext,
               [&](Call& call) -> CUresult { return set_limit(call, call.context(), limit, value); });
}
FAKE_EXPORT CUresult cuCtxGetLimit(std::size_t* out, int limit) {
  return enter("cuCtxGetLimit", Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (!call.context().limits.contains(limit)) return CUDA_ERROR_UNSUPPORTED_LIMIT;
    *out = call.context().limits[limit];
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* out, CUdevice device) {
  return enter("cuDevicePrimaryCtxRetain", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    auto& primary = call.process().primary[device];
    if (primary.context == nullptr) {
      const CUresult made = make_context(call, device, primary.flags, &primary.context);
      if (made != CUDA_SUCCESS) return made;
      primary.context->primary = true;
    }
    ++primary.retained;
    *out = handle_of<CUcontext>(primary.context);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device) {
  return release("cuDevicePrimaryCtxRelease", device);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
  return release("cuDevicePrimaryCtxRelease_v2", device);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxReset(CUdevice device) {
  return reset("cuDevicePrimaryCtxReset", device);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
  return reset("cuDevicePrimaryCtxReset_v2", device);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned flags) {
  return set_primary_flags("cuDevicePrimaryCtxSetFlags", device, flags);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
  return set_primary_flags("cuDevicePrimaryCtxSetFlags_v2", device, flags);
}
FAKE_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
  return enter("cuDevicePrimaryCtxGetState", Need::kInit, [&](Call& call) -> CUresult {
    if (device < 0 || device >= call.state().devices()) return CUDA_ERROR_INVALID_DEVICE;
    const auto& primary = call.process().primary[device];
    if (flags != nullptr) *flags = primary.flags;
    if (active != nullptr) *active = primary.context != nullptr ? 1 : 0;
    return CUDA_SUCCESS;
  });
}
