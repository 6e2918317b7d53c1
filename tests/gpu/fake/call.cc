#include "gpu/fake/call.h"

#include <unistd.h>

#include <csignal>

#include "gpu/fake/graph.h"

namespace dure::gpu::fake {

CUresult Call::begin(const char* function, Need need) {
  World& all = World::get();
  if (!all.ready()) return all.is_dead() ? CUDA_ERROR_NOT_INITIALIZED : CUDA_ERROR_NO_DEVICE;
  held_.emplace(all.state());
  all.poke();
  all.process();
  thread_ = &all.thread();
  process_ = all.process().shared_from_this();
  if (any_faults()) {
    fault_ = next_fault(process_->number, function);
    if (fault_.action == Fault::Action::kFail) return static_cast<CUresult>(fault_.number);
    if (fault_.action == Fault::Action::kKillBefore) {
      kill();
      return CUDA_ERROR_UNKNOWN;
    }
    if (fault_.action == Fault::Action::kBlock) {
      const Ticks until = all.now() + ticks(fault_.number * 1'000'000);
      if (!block({.what = Wait::What::kTime, .until = until})) return CUDA_ERROR_UNKNOWN;
    }
  }
  if (need == Need::kNothing) return CUDA_SUCCESS;
  if (!process_->initialised) return CUDA_ERROR_NOT_INITIALIZED;
  if (!thread_->stack.empty()) context_ = thread_->stack.back();
  if (need == Need::kInit) return CUDA_SUCCESS;
  if (context_ == nullptr) return CUDA_ERROR_INVALID_CONTEXT;
  if (!process_->contexts.contains(context_)) return CUDA_ERROR_CONTEXT_IS_DESTROYED;
  if (state().shared().device[context_->device].lost != 0) return CUDA_ERROR_DEVICE_UNAVAILABLE;
  return CUDA_SUCCESS;
}

CUresult Call::end(CUresult result) {
  if (fault_.action == Fault::Action::kKillAfter) {
    kill();
    return CUDA_ERROR_UNKNOWN;
  }
  return fault_.action == Fault::Action::kLie ? static_cast<CUresult>(fault_.number) : result;
}

void Call::kill() {
  if (!World::get().is_virtual() || process_->number == 0) {
    ::kill(getpid(), SIGKILL);
    while (true) pause();
  }
  World::get().kill(process_->number);
}

bool Call::block(Wait wait) {
  wait.process = process_;
  held_.reset();
  World::get().block(lock_, wait);
  held_.emplace(World::get().state());
  World::get().poke();
  return !process_->dead;
}

Stream& make_stream(Process& process, Context& context, unsigned flags, int priority) {
  static std::uint64_t ids = 0;
  auto made = std::make_unique<Stream>();
  Stream& stream = *made;
  stream.context = &context;
  stream.flags = flags;
  stream.priority = priority;
  stream.id = ++ids;
  stream.blocking = (flags & CU_STREAM_NON_BLOCKING) == 0;
  process.streams.emplace(&stream, std::move(made));
  context.streams.push_back(&stream);
  return stream;
}

Stream* find_stream(Call& call, CUstream handle, bool per_thread) {
  Context& context = call.context();
  if (handle == CU_STREAM_PER_THREAD || (handle == nullptr && per_thread)) {
    Stream*& own = context.per_thread[call.world().thread_number()];
    if (own == nullptr) own = &make_stream(call.process(), context, CU_STREAM_DEFAULT, 0);
    return own;
  }
  if (handle == nullptr || handle == CU_STREAM_LEGACY) return context.legacy;
  Stream* const stream = find(call.process().streams, handle);
  return stream == nullptr || stream->doomed || !stream->visible ? nullptr : stream;
}

}  // namespace dure::gpu::fake
