// The way into and out of every function of the driver that is simulated.
#pragma once

#include <mutex>
#include <optional>

#include "gpu/abi/cuda.h"
#include "gpu/fake/fault.h"
#include "gpu/fake/process.h"
#include "gpu/fake/world.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace dure::gpu::fake {

enum class Need {
  kNothing,  // works without cuInit
  kInit,
  kContext,  // and a context must be current
};

// One call: holds both locks while its body runs, and the engines stand at its time.
class Call {
 public:
  Call() : lock_(World::get().mutex) {}

  // CUDA_SUCCESS, or what the call returns at once.
  CUresult begin(const char* function, Need need);
  CUresult end(CUresult result);

  World& world() { return World::get(); }
  State& state() { return World::get().state(); }
  Process& process() { return *process_; }
  Thread& thread() { return *thread_; }
  // REQUIRES: Need::kContext.
  Context& context() { return *context_; }

  // Lets go of the locks until the wait is over. False: the process was killed meanwhile; return at once.
  bool block(Wait wait);
  // Of the state's lock alone, for something that takes long (copying).
  void leave_state() { held_.reset(); }

 private:
  void kill();
  std::unique_lock<std::mutex> lock_;
  std::optional<State::Lock> held_;
  std::shared_ptr<Process> process_;
  Thread* thread_ = nullptr;
  Context* context_ = nullptr;
  Fault fault_;
};

template <typename Body>
CUresult enter(const char* function, Need need, Body&& body) {
  Call call;
  const CUresult refused = call.begin(function, need);
  return refused != CUDA_SUCCESS ? refused : call.end(body(call));
}

// The stream that the handle names in the current context; null: no such stream. `per_thread`: the function's
// twin for per-thread default streams (_ptsz) was called.
Stream* find_stream(Call& call, CUstream handle, bool per_thread);
// A new stream of the context.
Stream& make_stream(Process& process, Context& context, unsigned flags, int priority);

// The object that a handle names, in one of the process's tables; null: none.
template <typename Table>
auto find(Table& table, const void* handle) {
  const auto found = table.find(handle);
  return found == table.end() ? nullptr : found->second.get();
}

}  // namespace dure::gpu::fake
