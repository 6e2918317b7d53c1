// The gate before every launch: holds a container to its device time on one card.
//
//   const Pass pass = gate.enter(stream, kernel_work(function, shape));   // may wait
//   const CUresult result = DURE_REAL(cuLaunchKernel)(...);
//   gate.leave(pass, result == CUDA_SUCCESS);
//
// A launch waits until the container is due (share/bucket.h), and while what is outstanding of this process
// is more than the card does in kBurstNs: without that bound a program that queues a thousand launches at
// once has them before the first is measured. Of a function that was never measured one launch is outstanding
// at a time, or one more for each second of device time that it could have had meanwhile: it may wait for
// what the program does after another. The estimate is charged before the launch and set right by what its
// events measured (share/batch.h); where the card was shared meanwhile, by what dure-node says was the
// container's own (abi/pace.h). Who has all of the card never waits.
//
// Most launches are one more of a batch that is open, and are paid from what was charged when the last one
// looked at all of this: at once for as much as the share has in 4 ms.
//
// A batch that was open when the host paused may have taken all of that time or little of it: who does not
// ask the driver for the end of its work is charged the estimate, and then every launch of the process is
// measured alone for many times as long as the pause, so that what may pass uncharged is a small part of the
// card.
//
// A stream that is being captured runs nothing, and nothing is charged: the graph is, when it is launched.
//
// What wrappers of other functions owe it:
//
//   before_sync, after_sync
//     around cuCtxSynchronize, cuStreamSynchronize, cuEventSynchronize and copies that wait
//
//   before_query
//     before cuStreamQuery and cuEventQuery, and before a stream is destroyed
//
//   begin_capture, end_capture
//     before cuStreamBeginCapture* (again with end_capture where it fails), and after cuStreamEndCapture
//
//   doubt
//     where what is launched under a key may have become something else
//
//   forget_context
//     before a context is destroyed or reset
//
// A null stream of a function whose name ends in _ptsz is CU_STREAM_PER_THREAD here.
//
// Threads: any, at once. A word of the process's own lets one at a time keep the books, never across a
// launch, a sleep or the record of an event, all of which wait where a stream's queue is full, perhaps for
// another thread of the program. So whoever wants the books has them soon, and nobody launches without,
// except who has all of the card; on a stream in which an event is being recorded the next launch waits until
// it is, as the driver would have it wait. A fork's child begins with attach() again. No call allocates.
#ifndef DURE_GPU_SHARE_GATE_H
#define DURE_GPU_SHARE_GATE_H

#include <cstdint>

#include "gpu/abi/page.h"
#include "gpu/share/batch.h"
#include "gpu/share/cover.h"
#include "gpu/share/estimate.h"
#include "gpu/share/host.h"

namespace dure::gpu::share {

// The words of one card of the share. They belong to the mapped files and must outlive the gate.
struct CardWords {
  const dure_card_limits* limits;
  const dure_card_pace* pace;
  dure_card_bucket* bucket;
  dure_process_work* work;  // of this process's slot
  unsigned slot;
};

// What a launch must bring back.
struct Pass {
  Track* track = nullptr;  // null: not measured
  std::uint64_t key = 0;   // of its work
  Estimate estimate = {};
  std::uint64_t ready_ns = 0;  // when the start of its batch was recorded, if it is the first of it
  bool charged = false;
};

// Of a launch that is one more of the batch that is open, as most are.
struct QuickPass {
  Track* track;  // null: it is not that
  std::uint64_t estimate_ns;
};

class Gate {
 public:
  constexpr Gate() noexcept = default;

  // Before any other call, once in every process. host and driver must outlive the gate.
  void attach(const CardWords& words, const Host& host, const EventDriver& driver) noexcept;

  // Returns when the launch may begin.
  Pass enter(CUstream stream, const Work& work) noexcept;
  void leave(const Pass& pass, bool launched) noexcept {
    if (!pass.charged) return;
    if (launched) __atomic_add_fetch(&words_.work->launches, 1U, __ATOMIC_RELAXED);
    // finish() ends those of the first two kinds itself.
    if (!launched || pass.ready_ns != 0 || (pass.track && Batches::end(*pass.track))) finish(pass, launched);
  }

  // What enter() and leave() do first, for wrappers that need a launch to cost as little as it can. Where
  // there is no track, nothing was done and enter() is to be called. `context` is the current one where the
  // stream is one that every context has, `now` what the host's clock says. REQUIRES: the gate is attached.
  QuickPass enter_quickly(CUstream stream, CUcontext context, std::uint64_t key, std::uint64_t now) noexcept;
  void leave_quickly(const QuickPass& pass, std::uint64_t key, bool launched) noexcept {
    if (launched) {
      __atomic_add_fetch(&words_.work->launches, 1U, __ATOMIC_RELAXED);
      if (!Batches::end(*pass.track)) return;
    }
    finish({pass.track, key, {pass.estimate_ns, true}, 0, true}, launched);
  }

  // Before the application asks whether something is done; before it waits for the card, and after it has.
  void before_query() noexcept;
  void before_sync() noexcept;
  void after_sync() noexcept;
  // Before a launch, past enter(), that returns when it is over; after it after_sync().
  void before_waiting_launch() noexcept;

  // A capture of any stream of this process begins, or ends.
  void begin_capture() noexcept;
  void end_capture() noexcept;

  // What was measured of this work may not hold for its next launch.
  void doubt(const Work& work) noexcept;

  void forget_context(CUcontext context) noexcept;

 private:
  class Books;
  // What holds at a moment: read once, for all that is done in it.
  struct Terms {
    std::uint64_t now;
    std::uint32_t rate;  // milli-GPU
    std::uint32_t own;   // so much of the card is ours while it is busy with us, in thousandths
    bool all;            // all of the card, and nobody else has a promise on it
    bool held;           // this thread keeps the books
  };

  // For Batches: others may keep the books meanwhile.
  static void open_books(void* gate) noexcept;
  static void close_books(void* gate) noexcept;

  Terms terms(bool held) const noexcept;
  bool is_capturing(CUstream stream) noexcept;
  void enter_slowly(Pass& pass, CUstream stream, const Work& work) noexcept;
  // 0: it may begin, and is charged. Else when to ask again.
  std::uint64_t try_begin(const Estimate& estimate, const Terms& terms, bool patient) noexcept;
  void begin(Pass& pass, CUstream stream, const Work& work, const Terms& terms) noexcept;
  void finish(const Pass& pass, bool launched) noexcept;
  void sleep(std::uint64_t until, const Terms& terms) noexcept;
  void measure(const Terms& terms) noexcept;
  void account(const Batches::Measured& measured, const Terms& terms) noexcept;
  void learn(const Batch& batch, std::uint64_t device_ns) noexcept;
  void correct(const Terms& terms) noexcept;
  void settle(std::int64_t device_ns, const Terms& terms) noexcept;
  void publish_measured() noexcept;
  void say_busy_until(std::uint64_t at, const Terms& terms) noexcept;
  std::uint64_t busy_until(const Terms& terms) const noexcept;

  CardWords words_ = {};
  const Host* host_ = nullptr;
  const EventDriver* driver_ = nullptr;
  Batches batches_;
  Cover cover_;
  std::uint64_t predicted_ns_ = 0;    // what this process said last in bucket.busy_until_ns
  std::uint64_t prepaid_ns_ = 0;      // device time that is charged and not used yet
  std::uint64_t alone_until_ns_ = 0;  // until then every launch is measured alone
  unsigned busy_ = 0;                 // a thread keeps the books
  unsigned captures_ = 0;
  Estimates estimates_;
};

}  // namespace dure::gpu::share

#endif
