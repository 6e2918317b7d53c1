// Events on the tenant's streams, and where they lie on CLOCK_MONOTONIC: one for each context of a process.
//
// A context has a base event, whose time on the clock is known; every other event is placed by the driver's
// elapsed time from it. The driver gives that as a float of milliseconds, so the base is moved on before a
// microsecond would be lost. Two things are known of every measured span: it began after its start was
// recorded, and it had ended when the driver said so. A base that contradicts them is put right, which also
// follows the drift of the card's clock.
//
// Events are made at first use, kEvents at most. Not for several threads at once: but others may call while
// one records, which the driver lets wait where the stream's queue is full (Door).
#ifndef DURE_GPU_SHARE_TIMELINE_H
#define DURE_GPU_SHARE_TIMELINE_H

#include <cstdint>

#include "gpu/abi/cuda.h"
#include "gpu/share/cover.h"

namespace dure::gpu::share {

// The driver's functions that the controller of device time calls.
struct EventDriver {
  // In this context, whichever is the current one.
  CUresult (*event_create)(CUevent*, CUcontext, unsigned flags);
  CUresult (*event_record)(CUevent, CUstream);
  CUresult (*event_query)(CUevent);
  CUresult (*event_elapsed_ms)(float*, CUevent start, CUevent end);
  // The context that a stream belongs to: the current one for the streams that every context has.
  CUresult (*stream_context)(CUstream, CUcontext*);
  CUresult (*stream_capturing)(CUstream, int* status);  // status: enum CUstreamCaptureStatus; 0 is none
  CUresult (*exchange_capture_mode)(int* mode);         // of the thread; enum CUstreamCaptureMode
  // In this context. Null: events live as long as their context.
  CUresult (*event_destroy)(CUevent, CUcontext) = nullptr;
};

// What keeps others out of what is not for several threads at once: it is opened for as long as an event is
// recorded, and whoever comes back finds what others made of it meanwhile. Nulls: nobody else is there.
struct Door {
  void (*open)(void* of) noexcept = nullptr;
  void (*close)(void* of) noexcept = nullptr;  // returns when the others are out
  void* of = nullptr;
};

class Timeline {
 public:
  static constexpr unsigned kEvents = 256;

  // Before anything else, and again for another context: what was there is forgotten.
  void open(CUcontext context) noexcept;
  CUcontext context() const noexcept { return context_; }
  // Destroys its events and forgets the context. REQUIRES: is_idle().
  void close(const EventDriver& driver) noexcept;
  // None of its events is in use.
  bool is_idle() const noexcept { return free_count_ + (base_ ? 1U : 0U) == made_; }

  // An event to be recorded, or null: the driver refused, or all are in use.
  CUevent take(const EventDriver& driver) noexcept;
  void give_back(CUevent event) noexcept;
  // Records it in the stream now. False: the driver refused, or the context is forgotten by now. The first
  // one also sets the base.
  bool record(const EventDriver& driver, CUevent event, CUstream stream, std::uint64_t now,
              const Door& door) noexcept;

  enum class Answer { kReady, kNotYet, kLost };
  // From start to stop on the clock, once the card has passed both. begun: when the start was recorded. A
  // span that is ready takes both events back; so does one that is lost.
  Answer measure(const EventDriver& driver, CUevent start, CUevent stop, std::uint64_t begun,
                 std::uint64_t now, Span& span) noexcept;

 private:
  bool record_outside(const EventDriver& driver, CUevent event, CUstream stream, const Door& door) noexcept;

  CUcontext context_ = nullptr;
  CUevent base_ = nullptr;
  std::uint64_t base_ns_ = 0;
  unsigned made_ = 0;
  unsigned free_count_ = 0;
  CUevent free_[kEvents] = {};
};

}  // namespace dure::gpu::share

#endif
