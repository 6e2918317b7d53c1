#include "gpu/share/batch.h"

namespace dure::gpu::share {
namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};
constexpr std::uint64_t kSoonestNs = 20'000;
constexpr std::uint64_t kSlackNs = 500;  // of the driver's clock for events
constexpr std::uint64_t kLatestNs = 2'000'000;

std::uint64_t sooner(std::uint64_t a, std::uint64_t b) noexcept {
  return a < b ? a : b;
}

std::uint64_t later(std::uint64_t a, std::uint64_t b) noexcept {
  return a > b ? a : b;
}

unsigned inside(const Track& track) noexcept {
  return __atomic_load_n(&track.inside, __ATOMIC_ACQUIRE);
}

void take_part(Batch& batch, std::uint64_t key, std::uint64_t estimate_ns) noexcept {
  batch.estimate_ns -= estimate_ns;
  --batch.launches;
  for (unsigned i = 0; i < batch.part_count; ++i) {
    Part& part = batch.parts[i];
    if (part.work.key != key) continue;
    --part.launches;
    part.estimate_ns -= estimate_ns;
    return;
  }
}

}  // namespace

void Batches::start(const EventDriver& driver, const Door& door) noexcept {
  driver_ = &driver;
  door_ = door;
  outstanding_ns_ = 0;
  expect_ns_ = kNever;
  unfinished_ns_ = 0;
  unknown_ = 0;
  open_count_ = 0;
  pending_count_ = 0;
  last_ = nullptr;
  for (Track& track : tracks_) track = Track();
  for (Timeline& timeline : timelines_)
    if (timeline.context()) timeline.open(nullptr);
}

bool Batches::is_after_pause(const Track& track, std::uint64_t now) const noexcept {
  return track.open.start && now > track.busy_ns && inside(track) == 0 && now - track.last_ns > kPauseNs;
}

bool Batches::prepare(CUstream stream, std::uint64_t now) noexcept {
  for (;;) {
    Track* track = find_track(stream);
    if (!track) return true;
    if (track->recording) return false;
    if (!is_after_pause(*track, now)) return true;
    track->open.paused = true;
    close(*track, now);
  }
}

[[gnu::always_inline]] inline Track* Batches::begin_on_track(CUstream stream, const Work& work,
                                                             const Estimate& estimate, std::uint64_t now,
                                                             std::uint32_t own_milli, bool alone) noexcept {
  Track* track = find_track(stream);
  if (!track) return nullptr;
  if (!door_.open && is_after_pause(*track, now)) {  // else prepare() has looked
    track->open.paused = true;
    close(*track, now);
  }
  if (is_idle()) alone = true;
  const bool opens = !track->open.start;
  if (opens && !open(*track, now)) return nullptr;
  if (alone) track->open.alone = true;
  if (!estimate.known) {
    ++track->open.unknown;
    ++unknown_;
  }
  track->open.add(work, estimate.device_ns);
  count(*track, estimate.device_ns, now, estimate.device_ns * 1000 / own_milli);
  // Others see all of the batch while its start is recorded, and find that they cannot add to it.
  const bool recorded = !opens || record_start(*track, now);
  if (!recorded) return nullptr;
  if (track->open.alone || track->open.unknown > 0 || track->open.estimate_ns >= kBatchNs)
    __atomic_store_n(&track->closes, true, __ATOMIC_RELEASE);
  return track;
}

// A track's stream may be another one by now, of the same name: it is forgotten where no event can be
// recorded in it, and the next one found is right.
Track* Batches::begin(CUstream stream, const Work& work, const Estimate& estimate, std::uint64_t now,
                      std::uint32_t own_milli, bool alone) noexcept {
  Track* track = nullptr;
  for (unsigned tries = 0; tries < 2 && !track; ++tries)
    track = begin_on_track(stream, work, estimate, now, own_milli, alone);
  return track;
}

void Batches::close_if_full(Track& track, std::uint64_t now) noexcept {
  if (track.open.start && track.closes && inside(track) == 0) close(track, now);
}

void Batches::take_back(Track& track, std::uint64_t key, const Estimate& estimate) noexcept {
  Batch& batch = track.open;
  if (!batch.start) return;  // its context is gone
  take_part(batch, key, estimate.device_ns);
  outstanding_ns_ -= estimate.device_ns;
  if (!estimate.known) {
    --batch.unknown;
    --unknown_;
  }
  if (batch.launches > 0 || inside(track) > 1) return;
  batch.timeline->give_back(batch.start);
  leave_open(track);
}

void Batches::close_all(std::uint64_t now, std::uint64_t until_ns) noexcept {
  for (unsigned i = open_count_; i > 0; --i) {
    if (i > open_count_) continue;  // others closed some meanwhile
    Track& track = tracks_[open_[i - 1]];
    if (inside(track) > 0 || (until_ns != kNever && track.busy_ns >= until_ns + kBatchNs)) continue;
    if (can_name(track)) {
      close(track, now);
    } else if (track.busy_ns < now && track.open.unknown == 0) {
      track.open.timeline->give_back(track.open.start);
      drop(track.open);
      leave_open(track);
    }
  }
}

bool Batches::measure(std::uint64_t now, std::uint32_t own_milli, Measured& measured) noexcept {
  for (unsigned i = 0; i < pending_count_; ++i) {
    Batch& batch = pending_[i];
    if (batch.expect_ns > now) continue;  // as where the stop is not recorded
    const auto answer =
        batch.timeline->measure(*driver_, batch.start, batch.stop, batch.begun_ns, now, measured.span);
    if (answer == Timeline::Answer::kNotYet) {
      std::uint64_t pause = (now - batch.begun_ns) / 16;
      if (pause < kSoonestNs) pause = kSoonestNs;
      if (pause > kLatestNs) pause = kLatestNs;
      unfinished_ns_ = now;
      batch.expect_ns = sooner(later(batch.end_ns, now + pause), now + kAskNs);
      continue;
    }
    measured.known = answer == Timeline::Answer::kReady;
    measured.batch = batch;
    Track& track = tracks_[batch.track];
    measured.was_idle = measured.known && measured.span.from_ns > track.measured_ns + kSlackNs;
    if (measured.known) track.measured_ns = later(track.measured_ns, measured.span.to_ns);
    drop(batch);
    --pending_count_;
    for (unsigned k = i; k < pending_count_; ++k) pending_[k] = pending_[k + 1];
    if (measured.known) expect_after(measured.batch.track, measured.span.to_ns, own_milli);
    expect_again();
    return true;
  }
  expect_again();
  return false;
}

void Batches::hurry() noexcept {
  for (unsigned i = 0; i < pending_count_; ++i)
    if (pending_[i].stop) pending_[i].expect_ns = 0;
  expect_again();
}

void Batches::forget(CUcontext context) noexcept {
  unsigned kept = 0;
  for (unsigned i = 0; i < pending_count_; ++i) {
    if (pending_[i].timeline->context() == context)
      drop(pending_[i]);
    else
      pending_[kept++] = pending_[i];
  }
  pending_count_ = kept;
  for (Track& track : tracks_) {
    if (track.context != context) continue;
    if (track.open.start) {
      drop(track.open);
      leave_open(track);
    }
    track = Track();
  }
  for (Timeline& timeline : timelines_)
    if (timeline.context() == context) timeline.open(nullptr);
  expect_again();
}

std::uint64_t Batches::earliest_ns() const noexcept {
  std::uint64_t earliest = kNever;
  for (unsigned i = 0; i < pending_count_; ++i) {
    const std::uint64_t bound = start_bound(pending_[i]);
    if (bound < earliest) earliest = bound;
  }
  for (unsigned i = 0; i < open_count_; ++i) {
    const std::uint64_t bound = start_bound(tracks_[open_[i]].open);
    if (bound < earliest) earliest = bound;
  }
  return earliest;
}

std::uint64_t Batches::remaining_ns(std::uint64_t now, std::uint32_t own_milli) const noexcept {
  if (pending_count_ == 0) return outstanding_ns_;
  const Batch& head = pending_[0];
  const std::uint64_t since = start_bound(head);
  const std::uint64_t done = now > since ? (now - since) * own_milli / 1000 : 0;
  return outstanding_ns_ - (done < head.estimate_ns ? done : head.estimate_ns);
}

Track* Batches::find_track(CUstream stream) noexcept {
  const bool special = reinterpret_cast<std::uintptr_t>(stream) <= 2;  // one for each context, or thread
  if (!special && last_ && last_->stream == stream && last_->context) return last_;
  return last_ = look_up_track(stream);
}

Track* Batches::look_up_track(CUstream stream) noexcept {
  const bool own = stream == CU_STREAM_PER_THREAD;
  const bool shared = !own && (!stream || stream == CU_STREAM_LEGACY);
  const void* thread = own ? __builtin_thread_pointer() : nullptr;
  CUcontext context = nullptr;
  if ((own || shared) && driver_->stream_context(stream, &context) != CUDA_SUCCESS) return nullptr;
  const auto hash = (reinterpret_cast<std::uintptr_t>(stream) ^ reinterpret_cast<std::uintptr_t>(thread) ^
                     reinterpret_cast<std::uintptr_t>(context)) *
                        0x9e3779b97f4a7c15U >>
                    58;
  // Most are found in their first place. Taken is the one of the first eight that was not used for longest,
  // or where all those are in use the next that is not: fewer batches are open than there are tracks.
  Track* spare = nullptr;
  for (unsigned probe = 0; probe < kTracks; ++probe) {
    Track& track = tracks_[(hash + probe) % kTracks];
    if (track.context && track.stream == stream && track.thread == thread &&
        (!context || track.context == context))
      return &track;
    if (track.open.start || track.recording || inside(track) > 0) continue;
    if (!spare || (probe < 8 && track.last_ns < spare->last_ns)) spare = &track;
  }
  if (!spare) return nullptr;
  if (!context && driver_->stream_context(stream, &context) != CUDA_SUCCESS) return nullptr;
  *spare = Track();
  spare->stream = stream;
  spare->thread = thread;
  spare->context = context;
  return spare;
}

Timeline* Batches::find_timeline(CUcontext context) noexcept {
  for (Timeline& timeline : timelines_)
    if (timeline.context() == context) return &timeline;
  Timeline* spare = nullptr;
  for (Timeline& timeline : timelines_) {
    if (!timeline.context()) {
      timeline.open(context);
      return &timeline;
    }
    if (timeline.is_idle()) spare = &timeline;
  }
  if (!spare) return nullptr;
  spare->close(*driver_);
  spare->open(context);
  return spare;
}

bool Batches::open(Track& track, std::uint64_t now) noexcept {
  if (is_full()) return false;  // so that it can always be closed
  Timeline* timeline = find_timeline(track.context);
  if (!timeline) return false;
  CUevent start = timeline->take(*driver_);
  if (!start) {
    track.context = nullptr;  // perhaps the stream is another one by now, of the same name
    return false;
  }
  Batch& batch = track.open;
  batch.start = start;
  batch.stop = nullptr;
  batch.timeline = timeline;
  batch.track = static_cast<unsigned>(&track - tracks_);
  batch.begun_ns = now;
  batch.end_ns = batch.expect_ns = batch.estimate_ns = batch.lag_ns = 0;
  batch.launches = batch.unknown = batch.part_count = 0;
  batch.alone = batch.paused = false;
  open_[open_count_++] = static_cast<unsigned char>(batch.track);
  return true;
}

// Of a batch that begins with its first launch, which is counted already.
bool Batches::record_start(Track& track, std::uint64_t now) noexcept {
  const CUcontext context = track.context;
  CUevent start = track.open.start;
  Timeline& timeline = *track.open.timeline;
  __atomic_store_n(&track.closes, true, __ATOMIC_RELEASE);  // no launch is added before the start
  track.recording = true;
  const bool recorded = timeline.record(*driver_, start, track.stream, now, door_);
  if (track.context != context || track.open.start != start) return false;  // forgotten
  track.recording = false;
  if (recorded) {
    __atomic_store_n(&track.closes, false, __ATOMIC_RELEASE);
    return true;
  }
  timeline.give_back(start);
  drop(track.open);
  leave_open(track);
  end(track);
  track.context = nullptr;  // as in open()
  return false;
}

void Batches::close(Track& track, std::uint64_t now) noexcept {
  Timeline& timeline = *track.open.timeline;
  const CUcontext context = track.context;
  CUevent start = track.open.start;
  CUevent stop = timeline.take(*driver_);
  track.open.expect_ns = kNever;
  pending_[pending_count_++] = track.open;
  leave_open(track);
  track.recording = true;
  const bool recorded = stop && timeline.record(*driver_, stop, track.stream, now, door_);
  unsigned at = pending_count_;  // others are before it, or came meanwhile
  while (at > 0 && (pending_[at - 1].start != start || pending_[at - 1].timeline != &timeline)) --at;
  if (at == 0 || track.context != context) return;  // forgotten
  --at;
  track.recording = false;
  Batch& batch = pending_[at];
  if (recorded) {
    batch.stop = stop;
    batch.end_ns = batch.unknown > 0 ? now + kSoonestNs : later(track.busy_ns, now);
    batch.expect_ns = sooner(batch.end_ns, now + kAskNs);
    if (batch.expect_ns < expect_ns_) expect_ns_ = batch.expect_ns;
    return;
  }
  timeline.give_back(start);
  timeline.give_back(stop);
  drop(batch);
  --pending_count_;
  for (; at < pending_count_; ++at) pending_[at] = pending_[at + 1];
  track.context = nullptr;
}

// The null stream is another one in every context, and that of a thread in every thread.
bool Batches::can_name(const Track& track) const noexcept {
  if (reinterpret_cast<std::uintptr_t>(track.stream) > 2) return true;
  if (track.thread && track.thread != __builtin_thread_pointer()) return false;
  CUcontext context = nullptr;
  return driver_->stream_context(track.stream, &context) == CUDA_SUCCESS && context == track.context;
}

// The track has no open batch any more.
void Batches::leave_open(Track& track) noexcept {
  track.open.start = nullptr;
  __atomic_store_n(&track.closes, false, __ATOMIC_RELEASE);
  unsigned at = 0;
  while (at < open_count_ && &tracks_[open_[at]] != &track) ++at;
  if (at < open_count_) open_[at] = open_[--open_count_];
}

void Batches::drop(const Batch& batch) noexcept {
  outstanding_ns_ -= batch.estimate_ns;
  unknown_ -= batch.unknown;
}

void Batches::expect_after(unsigned track, std::uint64_t ended_ns, std::uint32_t own_milli) noexcept {
  std::uint64_t end = ended_ns;
  for (unsigned i = 0; i < pending_count_; ++i) {
    Batch& batch = pending_[i];
    if (batch.track != track || !batch.stop) continue;
    end = later(end, batch.begun_ns) + batch.estimate_ns * 1000 / own_milli;
    batch.end_ns = sooner(batch.end_ns, end);
    batch.expect_ns = sooner(batch.expect_ns, end);
  }
  const Track& of = tracks_[track];
  if (of.open.start) end = later(end, of.open.begun_ns) + of.open.estimate_ns * 1000 / own_milli;
  tracks_[track].busy_ns = end;
}

void Batches::expect_again() noexcept {
  expect_ns_ = kNever;
  for (unsigned i = 0; i < pending_count_; ++i)
    if (pending_[i].expect_ns < expect_ns_) expect_ns_ = pending_[i].expect_ns;
}

std::uint64_t Batches::start_bound(const Batch& batch) const noexcept {
  return later(batch.begun_ns, tracks_[batch.track].measured_ns);
}

}  // namespace dure::gpu::share
