// The launches of a process on one card, between events: what is open, what waits to be measured, what is
// outstanding.
//
// A batch is the launches on one stream between a start and a stop event of ours. It is closed
//
//   - after kBatchNs of estimated device time;
//   - after a launch on a card that had nothing of this process to do, or of a function that is not known:
//     such a launch is measured alone, and so an application that waits for every launch is measured without
//     its own pauses;
//   - before the application waits for the card or asks it, and before a launch has to wait for longer than
//     the stream has work (close_all);
//   - at a launch after a pause of the host of kPauseNs. The stop comes too late then: of the span, no more
//     than the estimate counts as busy.
//
// A batch is measured when its stop is found to be passed; the driver is asked for that at the expected end,
// and every kAskNs before that: what is expected may be wrong by as much as the estimate, and by as much as
// the card is shared otherwise by then. Nothing is allocated, and nothing here waits but the record of an
// event in a stream whose queue is full, as long as the program likes. Not for several threads at once: the
// gate lets one in at a time, and others while an event is recorded (Door, share/timeline.h). The stream's
// track says so meanwhile.
#ifndef DURE_GPU_SHARE_BATCH_H
#define DURE_GPU_SHARE_BATCH_H

#include <cstdint>

#include "gpu/abi/cuda.h"
#include "gpu/share/estimate.h"
#include "gpu/share/timeline.h"

namespace dure::gpu::share {

inline constexpr std::uint64_t kBatchNs = 4'000'000;
inline constexpr std::uint64_t kPauseNs = 50'000;
inline constexpr std::uint64_t kAskNs = 20'000'000;

struct Part {
  Work work;
  unsigned launches;
  std::uint64_t estimate_ns;  // of all of them
};

struct Batch {
  static constexpr unsigned kParts = 4;

  CUevent start = nullptr;
  CUevent stop = nullptr;  // null in what is to be measured: it is not recorded yet
  Timeline* timeline = nullptr;
  unsigned track = 0;
  std::uint64_t begun_ns = 0;   // when the start was recorded
  std::uint64_t end_ns = 0;     // the stop is expected then
  std::uint64_t expect_ns = 0;  // when to ask for it
  std::uint64_t estimate_ns = 0;
  unsigned launches = 0;
  std::uint64_t lag_ns = 0;  // from the record of the start to the return of the first launch
  unsigned unknown = 0;      // launches whose estimate is a guess
  bool alone = false;        // to be closed as soon as it is launched
  bool paused = false;       // the span has a pause of the application's in it
  unsigned part_count = 0;
  Part parts[kParts] = {};

  // One more of a work that is in it, or need not be. False, with nothing changed: it needs a part.
  bool add_more(std::uint64_t key, std::uint64_t estimate) noexcept {
    unsigned i = 0;
    while (i < part_count && parts[i].work.key != key) ++i;
    if (i < part_count) {
      ++parts[i].launches;
      parts[i].estimate_ns += estimate;
    } else if (part_count < kParts) {
      return false;
    }
    estimate_ns += estimate;
    ++launches;
    return true;
  }
  void add(const Work& work, std::uint64_t estimate) noexcept {
    if (add_more(work.key, estimate)) return;
    parts[part_count++] = {work, 1, estimate};
    estimate_ns += estimate;
    ++launches;
  }
};

// The batch that is open on a stream, if its start is set.
struct Track {
  CUstream stream = nullptr;
  const void* thread = nullptr;  // of the streams that each thread has one of
  CUcontext context = nullptr;
  unsigned inside = 0;     // launches that have begun and not returned; changed by __atomic operations only
  bool closes = false;     // the open batch is to be closed when nobody is inside; likewise
  bool recording = false;  // a thread records an event in it
  std::uint64_t last_ns = 0;      // the last launch
  std::uint64_t busy_ns = 0;      // what was launched is expected to end then
  std::uint64_t measured_ns = 0;  // what was measured ended then
  Batch open = {};
};

class Batches {
 public:
  static constexpr unsigned kTracks = 64;
  static constexpr unsigned kPending = 64;
  static constexpr unsigned kTimelines = 64;  // as many as batches: where one is opened, one is idle

  // Before anything else. The driver must outlive this.
  void start(const EventDriver& driver, const Door& door = {}) noexcept;

  // Before begin(), with nothing between that opens the door. False: another thread is recording an event in
  // the stream, before which this launch must not come. Where that takes long the driver would hold this one
  // up as well.
  bool prepare(CUstream stream, std::uint64_t now) noexcept;

  // Says that a launch begins. Null where it cannot be measured, since the driver refuses to record events in
  // the stream or because is_full(): its estimate is all that is charged for it then. However many streams
  // and contexts a process has, that is no reason: or it would launch in the next one for nothing. own_milli:
  // how much of the card is expected to be this process's. alone: it is to be measured alone. REQUIRES: where
  // there is a door, prepare().
  Track* begin(CUstream stream, const Work& work, const Estimate& estimate, std::uint64_t now,
               std::uint32_t own_milli, bool alone = false) noexcept;
  // The same for one more launch of the open batch on the stream of the last launch, and of a work that it
  // has already, which is what most are. Null where it is not that. `context` is the current one, for streams
  // that every context has. REQUIRES: the estimate is known.
  Track* add(CUstream stream, CUcontext context, std::uint64_t key, std::uint64_t estimate_ns,
             std::uint64_t now) noexcept;
  // It has returned. True: close_if_full() is to be called. Any thread, at any time.
  static bool end(Track& track) noexcept {
    return __atomic_sub_fetch(&track.inside, 1U, __ATOMIC_ACQ_REL) == 0 &&
           __atomic_load_n(&track.closes, __ATOMIC_ACQUIRE);
  }
  void close_if_full(Track& track, std::uint64_t now) noexcept;
  // A launch that failed is as if it had not been. Before end().
  void take_back(Track& track, std::uint64_t key, const Estimate& estimate) noexcept;
  // Closes what is open on streams that are expected to have nothing to do before until_ns, or soon after. A
  // stream that only another thread or context can name is left to them; what should have ended on it is
  // measured no more, and its estimate stays charged.
  void close_all(std::uint64_t now, std::uint64_t until_ns = ~std::uint64_t{0}) noexcept;

  struct Measured {
    Batch batch;
    bool known;     // else the events were lost, and the span means nothing
    bool was_idle;  // the stream had nothing to do when the start passed
    Span span;
  };
  // Takes one batch that has ended, if any is found.
  bool measure(std::uint64_t now, std::uint32_t own_milli, Measured& measured) noexcept;
  // All are asked for at the next opportunity: the application has just waited for the card.
  void hurry() noexcept;
  // The context is destroyed, and its streams and events with it.
  void forget(CUcontext context) noexcept;

  std::uint64_t outstanding_ns() const noexcept { return outstanding_ns_; }
  bool has_unknown() const noexcept { return unknown_ > 0; }
  // No batch can be opened before one is measured.
  bool is_full() const noexcept { return pending_count_ + open_count_ >= kPending; }
  bool has_open() const noexcept { return open_count_ > 0; }
  bool is_idle() const noexcept { return pending_count_ == 0 && open_count_ == 0; }
  // When measure() may find something; ~0: there is nothing to be measured.
  std::uint64_t expect_ns() const noexcept { return expect_ns_; }
  // When measure() was told last that something has not ended; 0: never.
  std::uint64_t unfinished_ns() const noexcept { return unfinished_ns_; }
  // What is still to be measured begins at that time or later. REQUIRES: !is_idle().
  std::uint64_t earliest_ns() const noexcept;
  // How long the card needs for what is outstanding, were it all this process's.
  std::uint64_t remaining_ns(std::uint64_t now, std::uint32_t own_milli) const noexcept;

 private:
  Track* find_track(CUstream stream) noexcept;
  Track* look_up_track(CUstream stream) noexcept;
  void count(Track& track, std::uint64_t estimate_ns, std::uint64_t now, std::uint64_t wall_ns) noexcept;
  Timeline* find_timeline(CUcontext context) noexcept;
  bool open(Track& track, std::uint64_t now) noexcept;
  Track* begin_on_track(CUstream stream, const Work& work, const Estimate& estimate, std::uint64_t now,
                        std::uint32_t own_milli, bool alone) noexcept;
  bool record_start(Track& track, std::uint64_t now) noexcept;
  bool is_after_pause(const Track& track, std::uint64_t now) const noexcept;
  void close(Track& track, std::uint64_t now) noexcept;
  void leave_open(Track& track) noexcept;
  bool can_name(const Track& track) const noexcept;
  void drop(const Batch& batch) noexcept;
  void expect_again() noexcept;
  // A batch of the track has ended: what comes after it on the stream is expected from then on.
  void expect_after(unsigned track, std::uint64_t ended_ns, std::uint32_t own_milli) noexcept;
  std::uint64_t start_bound(const Batch& batch) const noexcept;

  const EventDriver* driver_ = nullptr;
  Door door_ = {};
  std::uint64_t outstanding_ns_ = 0;
  std::uint64_t expect_ns_ = 0;
  std::uint64_t unfinished_ns_ = 0;
  unsigned unknown_ = 0;
  unsigned open_count_ = 0;
  unsigned pending_count_ = 0;
  Track* last_ = nullptr;             // the track of the last launch
  unsigned char open_[kTracks] = {};  // which tracks have an open batch
  Track tracks_[kTracks] = {};
  Batch pending_[kPending] = {};  // in the order in which they were closed
  Timeline timelines_[kTimelines] = {};
};

// In every launch: without a call.
[[gnu::always_inline]] inline void Batches::count(Track& track, std::uint64_t estimate_ns, std::uint64_t now,
                                                  std::uint64_t wall_ns) noexcept {
  outstanding_ns_ += estimate_ns;
  track.busy_ns = (track.busy_ns > now ? track.busy_ns : now) + wall_ns;
  track.last_ns = now;
  __atomic_add_fetch(&track.inside, 1U, __ATOMIC_ACQ_REL);
  if (track.open.estimate_ns >= kBatchNs) __atomic_store_n(&track.closes, true, __ATOMIC_RELEASE);
}

[[gnu::always_inline]] inline Track* Batches::add(CUstream stream, CUcontext context, std::uint64_t key,
                                                  std::uint64_t estimate_ns, std::uint64_t now) noexcept {
  Track* track = last_;
  if (!track || track->stream != stream || !track->open.start || track->closes ||
      now - track->last_ns > kPauseNs)
    return nullptr;
  if (reinterpret_cast<std::uintptr_t>(stream) <= 2 &&
      (track->context != context || (track->thread && track->thread != __builtin_thread_pointer())))
    return nullptr;
  if (!track->open.add_more(key, estimate_ns)) return nullptr;
  count(*track, estimate_ns, now, estimate_ns);
  return track;
}

}  // namespace dure::gpu::share

#endif
