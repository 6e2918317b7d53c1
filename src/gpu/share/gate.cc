#include "gpu/share/gate.h"

#include "gpu/share/bucket.h"

namespace dure::gpu::share {
namespace {

// No sleep is longer, so that rates and corrections act: where the card is shared, a correction is likely.
constexpr std::uint64_t kSliceNs = 20'000'000;
constexpr std::uint64_t kSharedSliceNs = 5'000'000;
constexpr std::uint64_t kStaleNs =
    1'000'000'000;  // dure-node has not written for so long: what is lent is over
constexpr unsigned kSpins = 2000;
constexpr int kCaptureRelaxed = 2;

std::uint64_t read(const std::uint64_t& word) noexcept {
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

void write(std::uint64_t& word, std::uint64_t value) noexcept {
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

// Of a process's own words: nobody else changes them.
void add(std::uint64_t& word, std::uint64_t more) noexcept {
  write(word, __atomic_load_n(&word, __ATOMIC_RELAXED) + more);
}

void raise(std::uint64_t& word, std::uint64_t to) noexcept {
  std::uint64_t seen = read(word);
  while (seen < to &&
         !__atomic_compare_exchange_n(&word, &seen, to, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
  }
}

// rate_milli in the low half, own_milli in the high one: read together.
std::uint64_t read_pace(const dure_card_pace& pace) noexcept {
  static_assert(offsetof(dure_card_pace, rate_milli) % 8 == 0);
  static_assert(offsetof(dure_card_pace, own_milli) == offsetof(dure_card_pace, rate_milli) + 4);
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  std::uint64_t both;
  __atomic_load(reinterpret_cast<const std::uint64_t*>(&pace.rate_milli), &both, __ATOMIC_RELAXED);
  return both;
}

// For dure-node: in pieces, where one is longer than a word can say. The words come before their number.
void write_intervals(dure_process_work& work, Span span, std::uint32_t charged_milli) noexcept {
  constexpr std::uint64_t kLongest = std::uint64_t{DURE_TICK_NS} << (DURE_LENGTH_BITS - 1);
  add(work.elapsed_ns, span.to_ns - span.from_ns);
  while (span.from_ns < span.to_ns) {
    const std::uint64_t to = span.to_ns - span.from_ns > kLongest ? span.from_ns + kLongest : span.to_ns;
    const std::uint64_t number = __atomic_load_n(&work.intervals, __ATOMIC_RELAXED);
    write(work.interval[number % DURE_INTERVALS], dure_pack_interval(span.from_ns, to, charged_milli));
    write(work.intervals, number + 1);
    span.from_ns = to;
  }
}

std::uint32_t within(std::uint64_t milli) noexcept {
  if (milli < 1) return 1;
  return milli < 1000 ? static_cast<std::uint32_t>(milli) : 1000;
}

}  // namespace

// The right to keep the books, if it could be had; while captures are under way, with a mode in which events
// may be asked for.
class Gate::Books {
 public:
  explicit Books(Gate& gate) noexcept : gate_(gate) {
    for (unsigned turn = 0; turn < kSpins && !held_; ++turn)
      held_ = __atomic_exchange_n(&gate.busy_, 1U, __ATOMIC_ACQUIRE) == 0;
    if (held_ && __atomic_load_n(&gate.captures_, __ATOMIC_RELAXED) > 0) exchange();
  }
  ~Books() { release(); }
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  bool held() const noexcept { return held_; }
  void release() noexcept {
    if (!held_) return;
    if (exchanged_) exchange();
    exchanged_ = false;
    held_ = false;
    __atomic_store_n(&gate_.busy_, 0U, __ATOMIC_RELEASE);
  }

 private:
  void exchange() noexcept { exchanged_ = gate_.driver_->exchange_capture_mode(&mode_) == CUDA_SUCCESS; }

  Gate& gate_;
  int mode_ = kCaptureRelaxed;
  bool held_ = false;
  bool exchanged_ = false;
};

void Gate::attach(const CardWords& words, const Host& host, const EventDriver& driver) noexcept {
  words_ = words;
  host_ = &host;
  driver_ = &driver;
  batches_.start(driver);
  cover_ = Cover();
  predicted_ns_ = 0;
  busy_ = 0;
  captures_ = 0;
  write(words.work->outstanding_ns, 0);
  write(words.work->pending_from_ns, 0);
  write(words.work->waiting_ns, 0);
  raise(words.bucket->slots, words.slot + 1);
}

Pass Gate::enter(CUstream stream, const Work& work) noexcept {
  Pass pass;
  if (!host_ || (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0 && is_capturing(stream))) return pass;
  pass.work = work;
  pass.charged = true;
  bool waited = false;
  for (std::uint64_t now = host_->now_ns();; now = host_->now_ns()) {
    Books books(*this);
    if (books.held()) measure(now);
    if (waited) say_busy_until(now);  // it has work for the card: what it cannot have now it has later
    correct(now);
    pass.estimate = estimates_.find(work);
    const std::uint64_t wake = try_begin(pass.estimate, now, books.held());
    if (wake == 0) {
      if (books.held()) {
        pass.track = batches_.begin(stream, work, pass.estimate, now, own_milli());
        publish_launch(now);
        if (pass.track && pass.track->open.launches == 1) pass.ready_ns = host_->now_ns();
      }
      if (waited) write(words_.work->waiting_ns, 0);
      return pass;
    }
    if (books.held()) batches_.close_all(now, wake);
    const std::uint64_t expect = batches_.expect_ns();
    books.release();
    if (!waited) write(words_.work->waiting_ns, now);
    waited = true;
    sleep(wake < expect ? wake : expect, now);
  }
}

void Gate::leave(const Pass& pass, bool launched) noexcept {
  if (!pass.charged) return;
  if (launched) add(words_.work->launches, 1);
  if (launched && !pass.track) return;
  const std::uint64_t now = host_->now_ns();
  if (!launched && !has_all())
    settle_due(&words_.bucket->due, now, rate_milli(now), busy_until(now),
               -static_cast<std::int64_t>(pass.estimate.device_ns));
  if (!pass.track) return;
  // Here there is no way round: the track counts who is inside.
  for (;;) {
    const Books books(*this);
    if (!books.held()) {
      host_->sleep_until_ns(now);
      continue;
    }
    // On an idle stream the start's event passes at once, and the kernel comes when its launch is through.
    if (pass.ready_ns != 0 && now > pass.ready_ns) pass.track->open.lag_ns = now - pass.ready_ns;
    batches_.end(*pass.track, pass.work, pass.estimate, launched, now);
    if (!launched) publish_measured();
    return;
  }
}

void Gate::before_sync() noexcept {
  if (!host_) return;
  const Books books(*this);
  if (books.held()) batches_.close_all(host_->now_ns());
}

void Gate::after_sync() noexcept {
  if (!host_) return;
  const Books books(*this);
  if (!books.held()) return;
  batches_.hurry();
  measure(host_->now_ns());
}

void Gate::begin_capture() noexcept {
  __atomic_add_fetch(&captures_, 1U, __ATOMIC_RELAXED);
}

void Gate::end_capture() noexcept {
  if (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0) __atomic_sub_fetch(&captures_, 1U, __ATOMIC_RELAXED);
}

void Gate::forget_context(CUcontext context) noexcept {
  if (!host_) return;
  for (;;) {
    const Books books(*this);
    if (!books.held()) {
      host_->sleep_until_ns(0);
      continue;
    }
    batches_.forget(context);
    publish_measured();
    return;
  }
}

bool Gate::is_capturing(CUstream stream) noexcept {
  int status = 0;
  return driver_->stream_capturing(stream, &status) == CUDA_SUCCESS && status != 0;
}

std::uint64_t Gate::try_begin(const Estimate& estimate, std::uint64_t now, bool bounded) noexcept {
  if (has_all()) return 0;
  const std::uint32_t own = own_milli();
  if (bounded && !batches_.is_idle()) {
    const std::uint64_t remaining = batches_.remaining_ns(now, own);
    if (batches_.has_unknown() || batches_.is_full())
      return now + kSliceNs;  // until it is measured: the caller looks at expect_ns
    if (remaining > kBurstNs) return now + (remaining - kBurstNs) * 1000 / own;
  }
  dure_card_bucket& bucket = *words_.bucket;
  const std::uint64_t due =
      charge_if_due(&bucket.due, now, rate_milli(now), busy_until(now), estimate.device_ns);
  if (due != 0) return due;
  const std::uint64_t busy = read(bucket.busy_until_ns);
  say_busy_until((busy > now ? busy : now) + estimate.device_ns * 1000 / own);
  return 0;
}

void Gate::sleep(std::uint64_t until, std::uint64_t now) noexcept {
  const std::uint64_t slice = now + (own_milli() < 1000 ? kSharedSliceNs : kSliceNs);
  host_->sleep_until_ns(until < slice ? until : slice);
}

void Gate::measure(std::uint64_t now) noexcept {
  if (now < batches_.expect_ns()) return;
  Batches::Measured measured;
  bool any = false;
  while (batches_.measure(now, own_milli(), measured)) {
    account(measured, now);
    any = true;
  }
  if (any) publish_measured();
}

// What a batch took, less what was charged for it. A span that several streams share is charged once.
void Gate::account(const Batches::Measured& measured, std::uint64_t now) noexcept {
  if (!measured.known) return;
  const Batch& batch = measured.batch;
  const std::uint32_t own = own_milli();
  Span span = measured.span;
  if (measured.was_idle) {
    const std::uint64_t half = (span.to_ns - span.from_ns) / 2;
    span.from_ns += batch.lag_ns < half ? batch.lag_ns : half;
  }
  const std::uint64_t elapsed = span.to_ns - span.from_ns;
  const std::uint64_t expected = batch.estimate_ns * 1000 / own;
  if (batch.paused && elapsed > expected)
    span.to_ns = span.from_ns + expected;
  else
    learn(batch, elapsed * own / 1000);
  Span fresh[Cover::kSpans + 1];
  const unsigned pieces = cover_.add(span, fresh);
  dure_process_work& work = *words_.work;
  std::uint64_t device = 0;
  for (unsigned i = 0; i < pieces; ++i) {
    device += (fresh[i].to_ns - fresh[i].from_ns) * own / 1000;
    write_intervals(work, fresh[i], own);
  }
  raise(words_.bucket->busy_until_ns, span.to_ns);
  if (!has_all())
    settle_due(&words_.bucket->due, now, rate_milli(now), busy_until(now),
               static_cast<std::int64_t>(device) - static_cast<std::int64_t>(batch.estimate_ns));
  // Nothing more is outstanding: what was predicted for the container gives way to what was.
  if (!batches_.is_idle()) return;
  std::uint64_t mine = predicted_ns_;
  __atomic_compare_exchange_n(&words_.bucket->busy_until_ns, &mine, span.to_ns, false, __ATOMIC_ACQ_REL,
                              __ATOMIC_RELAXED);
}

void Gate::learn(const Batch& batch, std::uint64_t device_ns) noexcept {
  if (batch.estimate_ns == 0) return;
  for (unsigned i = 0; i < batch.part_count; ++i) {
    const Part& part = batch.parts[i];
    if (part.launches == 0) continue;
    const double fraction = static_cast<double>(part.estimate_ns) / static_cast<double>(batch.estimate_ns);
    const double each = static_cast<double>(device_ns) * fraction / part.launches;
    estimates_.learn(part.work, static_cast<std::uint64_t>(each));
  }
}

// What dure-node found out since: who takes it over charges it.
void Gate::correct(std::uint64_t now) noexcept {
  const std::uint64_t correction = read(words_.pace->correction_ns);
  std::uint64_t seen = __atomic_load_n(&words_.bucket->corrected_ns, __ATOMIC_RELAXED);
  if (seen == correction) return;
  if (!__atomic_compare_exchange_n(&words_.bucket->corrected_ns, &seen, correction, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_RELAXED))
    return;
  settle_due(&words_.bucket->due, now, rate_milli(now), busy_until(now),
             static_cast<std::int64_t>(correction - seen));
}

void Gate::publish_launch(std::uint64_t now) noexcept {
  dure_process_work& work = *words_.work;
  write(work.outstanding_ns, batches_.outstanding_ns());
  if (__atomic_load_n(&work.pending_from_ns, __ATOMIC_RELAXED) == 0 && !batches_.is_idle())
    write(work.pending_from_ns, now);
}

void Gate::publish_measured() noexcept {
  write(words_.work->outstanding_ns, batches_.outstanding_ns());
  write(words_.work->pending_from_ns, batches_.is_idle() ? 0 : batches_.earliest_ns());
}

void Gate::say_busy_until(std::uint64_t at) noexcept {
  predicted_ns_ = at;
  raise(words_.bucket->busy_until_ns, at);
}

// What is predicted may be too early: as long as something is not measured, the card is busy with it.
std::uint64_t Gate::busy_until(std::uint64_t now) const noexcept {
  const std::uint64_t known = read(words_.bucket->busy_until_ns);
  return known < now && !batches_.is_idle() ? now : known;
}

std::uint32_t Gate::rate_milli(std::uint64_t now) const noexcept {
  const std::uint32_t promised = within(__atomic_load_n(&words_.limits->guaranteed_milli, __ATOMIC_RELAXED));
  const auto rate = static_cast<std::uint32_t>(read_pace(*words_.pace));
  if (rate == 0) return promised;
  const bool stale = now > read(words_.pace->at_ns) + kStaleNs;
  return within(stale && rate > promised ? promised : rate);
}

std::uint32_t Gate::own_milli() const noexcept {
  const std::uint64_t own = read_pace(*words_.pace) >> 32;
  return own == 0 ? 1000 : within(own);
}

// All of the card, and nobody else has a promise on it.
bool Gate::has_all() const noexcept {
  const auto rate = static_cast<std::uint32_t>(read_pace(*words_.pace));
  return __atomic_load_n(&words_.limits->guaranteed_milli, __ATOMIC_RELAXED) >= 1000 &&
         (rate == 0 || rate >= 1000);
}

}  // namespace dure::gpu::share
