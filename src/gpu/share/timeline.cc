#include "gpu/share/timeline.h"

namespace dure::gpu::share {
namespace {

constexpr double kMillisecond = 1e6;
// A float of milliseconds has 24 bits: at 2 s its step is 0.24 us.
constexpr std::int64_t kMoveBaseNs = 2'000'000'000;

bool elapsed(const EventDriver& driver, CUevent start, CUevent end, std::int64_t& ns) noexcept {
  float ms = 0;
  if (driver.event_elapsed_ms(&ms, start, end) != CUDA_SUCCESS) return false;
  ns = static_cast<std::int64_t>(static_cast<double>(ms) * kMillisecond);
  return true;
}

}  // namespace

void Timeline::open(CUcontext context) noexcept {
  *this = Timeline();
  context_ = context;
}

void Timeline::close(const EventDriver& driver) noexcept {
  if (driver.event_destroy) {
    if (base_) driver.event_destroy(base_, context_);
    for (unsigned i = 0; i < free_count_; ++i) driver.event_destroy(free_[i], context_);
  }
  open(nullptr);
}

CUevent Timeline::take(const EventDriver& driver) noexcept {
  if (free_count_ > 0) return free_[--free_count_];
  if (made_ >= kEvents) return nullptr;
  CUevent event = nullptr;
  if (driver.event_create(&event, context_, CU_EVENT_DEFAULT) != CUDA_SUCCESS) return nullptr;
  ++made_;
  return event;
}

void Timeline::give_back(CUevent event) noexcept {
  if (event && free_count_ < kEvents) free_[free_count_++] = event;
}

bool Timeline::record_outside(const EventDriver& driver, CUevent event, CUstream stream,
                              const Door& door) noexcept {
  const CUcontext context = context_;
  if (door.open) door.open(door.of);
  const CUresult result = driver.event_record(event, stream);
  if (door.close) door.close(door.of);
  return result == CUDA_SUCCESS && context_ == context;
}

bool Timeline::record(const EventDriver& driver, CUevent event, CUstream stream, std::uint64_t now,
                      const Door& door) noexcept {
  if (!base_) {
    const CUcontext context = context_;
    CUevent base = take(driver);
    if (!base) return false;
    const bool recorded = record_outside(driver, base, stream, door);
    if (context_ != context) return false;
    if (recorded && !base_) {  // perhaps another thread's was sooner
      base_ = base;
      base_ns_ = now;
    } else {
      give_back(base);
    }
    if (!recorded) return false;
  }
  return record_outside(driver, event, stream, door);
}

Timeline::Answer Timeline::measure(const EventDriver& driver, CUevent start, CUevent stop,
                                   std::uint64_t begun, std::uint64_t now, Span& span) noexcept {
  const CUresult ready = driver.event_query(stop);
  if (ready == CUDA_ERROR_NOT_READY) return Answer::kNotYet;
  std::int64_t before = 0;
  std::int64_t length = 0;
  const bool known = ready == CUDA_SUCCESS && elapsed(driver, base_, start, before) &&
                     elapsed(driver, start, stop, length) && length >= 0;
  if (!known) {
    give_back(start);
    give_back(stop);
    return Answer::kLost;
  }
  std::uint64_t from = base_ns_ + static_cast<std::uint64_t>(before);
  if (from < begun) {
    base_ns_ += begun - from;
    from = begun;
  }
  std::uint64_t to = from + static_cast<std::uint64_t>(length);
  if (to > now) {
    base_ns_ -= to - now;
    from -= to - now;
    to = now;
  }
  span = {from, to};
  give_back(start);
  if (before > kMoveBaseNs) {
    give_back(base_);
    base_ = stop;
    base_ns_ = to;
  } else {
    give_back(stop);
  }
  return Answer::kReady;
}

}  // namespace dure::gpu::share
