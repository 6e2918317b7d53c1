#include "gpu/share/gate.h"

#include "gpu/share/bucket.h"
#include "gpu/share/step.h"

namespace dure::gpu::share {
namespace {

// No sleep is longer, so that rates and corrections act: where the card is shared, a correction is likely.
constexpr std::uint64_t kSliceNs = 20'000'000;
constexpr std::uint64_t kSharedSliceNs = 5'000'000;
constexpr std::uint64_t kStaleNs =
    1'000'000'000;                              // dure-node has not written for so long: what is lent is over
constexpr std::uint64_t kPrepayNs = 4'000'000;  // of the clock
// A pause with a batch open may have been a kernel's that was longer than ever: for so many times as long
// every launch is measured alone, or who alternates would have most of the card.
constexpr std::uint64_t kAlone = 64;
constexpr unsigned kSpins = 2000;
// Of waiting for a launch of an unknown function, of device time: perhaps it waits for what this thread will
// do.
constexpr std::uint64_t kPatienceNs = 1'000'000'000;
constexpr std::uint64_t kBooksNs = 20'000;  // of sleep, where the books or a stream cannot be had
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
    DURE_STEP("gate.interval");
    write(work.newest_end_ns, to);
    write(work.intervals, number + 1);
    span.from_ns = to;
  }
}

std::uint64_t later(std::uint64_t a, std::uint64_t b) noexcept {
  return a > b ? a : b;
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
    held_ = take(gate);
    DURE_STEP("gate.held");
    if (held_ && __atomic_load_n(&gate.captures_, __ATOMIC_RELAXED) > 0) exchange();
  }
  ~Books() { release(); }
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  static bool take(Gate& gate) noexcept {
    for (unsigned turn = 0; turn < kSpins; ++turn)
      if (__atomic_exchange_n(&gate.busy_, 1U, __ATOMIC_ACQUIRE) == 0) return true;
    return false;
  }
  static void give(Gate& gate) noexcept { __atomic_store_n(&gate.busy_, 0U, __ATOMIC_RELEASE); }
  bool held() const noexcept { return held_; }
  void release() noexcept {
    if (!held_) return;
    if (exchanged_) exchange();
    exchanged_ = false;
    held_ = false;
    give(gate_);
  }

 private:
  void exchange() noexcept { exchanged_ = gate_.driver_->exchange_capture_mode(&mode_) == CUDA_SUCCESS; }

  Gate& gate_;
  int mode_ = kCaptureRelaxed;
  bool held_ = false;
  bool exchanged_ = false;
};

void Gate::open_books(void* gate) noexcept {
  Books::give(*static_cast<Gate*>(gate));
  DURE_STEP("gate.recording");
}

void Gate::close_books(void* of) noexcept {
  Gate& gate = *static_cast<Gate*>(of);
  while (!Books::take(gate)) gate.host_->sleep_until_ns(gate.host_->now_ns() + kBooksNs);
}

void Gate::attach(const CardWords& words, const Host& host, const EventDriver& driver) noexcept {
  words_ = words;
  host_ = &host;
  driver_ = &driver;
  batches_.start(driver, {open_books, close_books, this});
  cover_ = Cover();
  predicted_ns_ = 0;
  alone_until_ns_ = 0;
  prepaid_ns_ = 0;
  busy_ = 0;
  captures_ = 0;
  write(words.work->outstanding_ns, 0);
  write(words.work->pending_from_ns, 0);
  write(words.work->waiting_ns, 0);
  write(words.work->unfinished_ns, 0);
  raise(words.bucket->slots, words.slot + 1);
}

// No call in it, so nothing to be kept over one.
QuickPass Gate::enter_quickly(CUstream stream, CUcontext context, std::uint64_t key,
                              std::uint64_t now) noexcept {
  QuickPass pass = {nullptr, 0};
  if (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0) return pass;
  if (__atomic_exchange_n(&busy_, 1U, __ATOMIC_ACQUIRE) != 0) return pass;
  const Estimate estimate = estimates_.glance(key);
  if (estimate.known && estimate.device_ns <= prepaid_ns_ && now < batches_.expect_ns()) {
    pass = {batches_.add(stream, context, key, estimate.device_ns, now), estimate.device_ns};
    if (pass.track) prepaid_ns_ -= estimate.device_ns;
  }
  __atomic_store_n(&busy_, 0U, __ATOMIC_RELEASE);
  return pass;
}

Pass Gate::enter(CUstream stream, const Work& work) noexcept {
  Pass pass;
  if (!host_) return pass;
  if (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0 && is_capturing(stream)) return pass;
  pass.key = work.key;
  pass.charged = true;
  CUcontext context = nullptr;
  if (reinterpret_cast<std::uintptr_t>(stream) <= 2) driver_->stream_context(stream, &context);
  const QuickPass quick = enter_quickly(stream, context, work.key, host_->now_ns());
  if (quick.track) {
    pass.track = quick.track;
    pass.estimate = {quick.estimate_ns, true};
    return pass;
  }
  enter_slowly(pass, stream, work);
  return pass;
}

void Gate::enter_slowly(Pass& pass, CUstream stream, const Work& work) noexcept {
  bool waited = false;
  std::uint64_t since = 0;
  for (;;) {
    Books books(*this);
    const Terms now = terms(books.held());
    if (now.held ? !batches_.prepare(stream, now.now) : !now.all) {
      books.release();
      host_->sleep_until_ns(now.now + kBooksNs);
      continue;
    }
    if (now.held) measure(now);
    if (waited)
      say_busy_until(now.now, now);  // it has work for the card: what it cannot have now it has later
    correct(now);
    pass.estimate = estimates_.find(work);
    const bool patient = !waited || now.now - since < kPatienceNs * 1000 / now.own;
    const std::uint64_t wake = try_begin(pass.estimate, now, patient);
    DURE_STEP("gate.charged");
    if (wake == 0) {
      if (books.held()) begin(pass, stream, work, now);
      if (waited) write(words_.work->waiting_ns, 0);
      return;
    }
    if (books.held()) batches_.close_all(now.now, wake);
    const std::uint64_t expect = books.held() ? batches_.expect_ns() : ~std::uint64_t{0};
    books.release();
    if (!waited) write(words_.work->waiting_ns, since = now.now);
    waited = true;
    DURE_STEP("gate.waiting");
    sleep(wake < expect ? wake : expect, now);
  }
}

void Gate::begin(Pass& pass, CUstream stream, const Work& work, const Terms& terms) noexcept {
  pass.track = batches_.begin(stream, work, pass.estimate, terms.now, terms.own, terms.now < alone_until_ns_);
  if (!pass.track) return;
  // Its stream may be drawn into a capture, where no event of ours must be recorded.
  if (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0)
    __atomic_store_n(&pass.track->closes, true, __ATOMIC_RELEASE);
  dure_process_work& words = *words_.work;
  write(words.outstanding_ns, batches_.outstanding_ns());
  DURE_STEP("gate.outstanding");
  if (__atomic_load_n(&words.pending_from_ns, __ATOMIC_RELAXED) == 0) write(words.pending_from_ns, terms.now);
  if (pass.track->open.launches == 1) pass.ready_ns = host_->now_ns();
}

// What a launch leaves to be done, if it is not one of many.
void Gate::finish(const Pass& pass, bool launched) noexcept {
  DURE_STEP("gate.launched");
  const Terms now = terms(false);
  if (!launched) settle(-static_cast<std::int64_t>(pass.estimate.device_ns), now);
  if (!pass.track) return;
  for (;;) {
    const Books books(*this);
    if (!books.held()) {  // there is no way round: the track counts who is inside
      host_->sleep_until_ns(now.now);
      continue;
    }
    Track& track = *pass.track;
    // On an idle stream the start's event passes at once, and the kernel comes when its launch is through.
    if (pass.ready_ns != 0 && now.now > pass.ready_ns) track.open.lag_ns = now.now - pass.ready_ns;
    if (!launched) batches_.take_back(track, pass.key, pass.estimate);
    if (!launched || pass.ready_ns != 0) Batches::end(track);
    batches_.close_if_full(track, now.now);
    if (!launched) publish_measured();
    return;
  }
}

void Gate::before_query() noexcept {
  if (!host_) return;
  const Books books(*this);
  if (books.held() && batches_.has_open()) batches_.close_all(host_->now_ns());
}

// Until it is back nobody asks the driver what has ended: for as long as this takes the card has work.
void Gate::before_sync() noexcept {
  if (!host_) return;
  before_query();
  write(words_.work->unfinished_ns, DURE_UNTIL_IT_IS_DONE);
}

void Gate::before_waiting_launch() noexcept {
  write(words_.work->unfinished_ns, DURE_UNTIL_IT_IS_DONE);
}

void Gate::after_sync() noexcept {
  if (!host_) return;
  write(words_.work->unfinished_ns, 0);
  const Books books(*this);
  if (!books.held()) return;
  batches_.hurry();
  measure(terms(true));
}

void Gate::begin_capture() noexcept {
  __atomic_add_fetch(&captures_, 1U, __ATOMIC_RELAXED);
}

void Gate::end_capture() noexcept {
  if (__atomic_load_n(&captures_, __ATOMIC_RELAXED) > 0) __atomic_sub_fetch(&captures_, 1U, __ATOMIC_RELAXED);
}

void Gate::doubt(const Work& work) noexcept {
  estimates_.doubt(work);
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

std::uint64_t Gate::try_begin(const Estimate& estimate, const Terms& terms, bool patient) noexcept {
  if (terms.all) {
    if (terms.held) prepaid_ns_ = kPrepayNs;
    return 0;
  }
  const std::uint64_t now = terms.now;
  if (terms.held) {
    if ((batches_.has_unknown() && patient) || batches_.is_full())
      return now + kSliceNs;  // until it is measured: the caller looks at expect_ns
    if (batches_.outstanding_ns() > kBurstNs) {
      const std::uint64_t remaining = batches_.remaining_ns(now, terms.own);
      if (remaining > kBurstNs) return now + (remaining - kBurstNs) * 1000 / terms.own;
    }
  }
  const std::uint64_t busy = busy_until(terms);
  // Who has something outstanding pays for the next ones too, by no more than its share has soon.
  const std::uint64_t most = kPrepayNs * terms.rate / 1000;
  const std::uint64_t ahead =
      terms.held && !batches_.is_idle() && prepaid_ns_ < most ? most - prepaid_ns_ : 0;
  const std::uint64_t due =
      charge_if_due(&words_.bucket->due, now, terms.rate, busy, estimate.device_ns + ahead);
  if (due != 0) return due;
  if (ahead > 0) prepaid_ns_ += ahead;
  say_busy_until((busy > now ? busy : now) + estimate.device_ns * 1000 / terms.own, terms);
  return 0;
}

void Gate::sleep(std::uint64_t until, const Terms& terms) noexcept {
  const std::uint64_t slice = terms.now + (terms.own < 1000 ? kSharedSliceNs : kSliceNs);
  host_->sleep_until_ns(until < slice ? until : slice);
}

void Gate::measure(const Terms& terms) noexcept {
  if (terms.now < batches_.expect_ns()) return;
  Batches::Measured measured;
  bool any = false;
  while (batches_.measure(terms.now, terms.own, measured)) {
    account(measured, terms);
    any = true;
  }
  if (any) publish_measured();
  // Another thread may wait in the driver, which says more.
  if (batches_.unfinished_ns() == terms.now && read(words_.work->unfinished_ns) != DURE_UNTIL_IT_IS_DONE)
    write(words_.work->unfinished_ns, terms.now);
}

// What a batch took, less what was charged for it. A span that several streams share is charged once.
void Gate::account(const Batches::Measured& measured, const Terms& terms) noexcept {
  if (!measured.known) return;
  const Batch& batch = measured.batch;
  Span span = measured.span;
  if (measured.was_idle) {
    const std::uint64_t half = (span.to_ns - span.from_ns) / 2;
    span.from_ns += batch.lag_ns < half ? batch.lag_ns : half;
  }
  const std::uint64_t elapsed = span.to_ns - span.from_ns;
  const std::uint64_t expected = batch.estimate_ns * 1000 / terms.own;
  if (batch.paused && elapsed > expected) {
    span.to_ns = span.from_ns + expected;
    alone_until_ns_ = later(alone_until_ns_, terms.now) + (elapsed - expected) * kAlone;
  } else {
    learn(batch, elapsed * terms.own / 1000);
  }
  Span fresh[Cover::kSpans + 1];
  const unsigned pieces = cover_.add(span, fresh);
  std::uint64_t device = 0;
  for (unsigned i = 0; i < pieces; ++i) {
    device += (fresh[i].to_ns - fresh[i].from_ns) * terms.own / 1000;
    write_intervals(*words_.work, fresh[i], terms.own);
  }
  raise(words_.bucket->busy_until_ns, span.to_ns);
  DURE_STEP("gate.measured");
  settle(static_cast<std::int64_t>(device) - static_cast<std::int64_t>(batch.estimate_ns), terms);
  DURE_STEP("gate.settled");
  // Nothing more is outstanding: what was predicted for the container gives way to what was.
  if (!batches_.is_idle()) return;
  std::uint64_t mine = predicted_ns_;
  __atomic_compare_exchange_n(&words_.bucket->busy_until_ns, &mine, span.to_ns, false, __ATOMIC_ACQ_REL,
                              __ATOMIC_RELAXED);
}

void Gate::settle(std::int64_t device_ns, const Terms& terms) noexcept {
  if (!terms.all) settle_due(&words_.bucket->due, terms.now, terms.rate, busy_until(terms), device_ns);
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
void Gate::correct(const Terms& terms) noexcept {
  const std::uint64_t correction = read(words_.pace->correction_ns);
  std::uint64_t seen = __atomic_load_n(&words_.bucket->corrected_ns, __ATOMIC_RELAXED);
  if (seen == correction) return;
  if (__atomic_compare_exchange_n(&words_.bucket->corrected_ns, &seen, correction, false, __ATOMIC_ACQ_REL,
                                  __ATOMIC_RELAXED)) {
    DURE_STEP("gate.correcting");
    settle(static_cast<std::int64_t>(correction - seen), terms);
  }
}

void Gate::publish_measured() noexcept {
  write(words_.work->outstanding_ns, batches_.outstanding_ns());
  write(words_.work->pending_from_ns, batches_.is_idle() ? 0 : batches_.earliest_ns());
}

void Gate::say_busy_until(std::uint64_t at, const Terms& terms) noexcept {
  if (terms.held) predicted_ns_ = at;
  raise(words_.bucket->busy_until_ns, at);
}

// What is predicted may be too early: as long as something is not measured, the card is busy with it.
std::uint64_t Gate::busy_until(const Terms& terms) const noexcept {
  const std::uint64_t known = read(words_.bucket->busy_until_ns);
  return known < terms.now && terms.held && !batches_.is_idle() ? terms.now : known;
}

Gate::Terms Gate::terms(bool held) const noexcept {
  const std::uint64_t now = host_->now_ns();
  const std::uint32_t promised = within(__atomic_load_n(&words_.limits->guaranteed_milli, __ATOMIC_RELAXED));
  const std::uint64_t pace = read_pace(*words_.pace);
  const auto said = static_cast<std::uint32_t>(pace);
  const auto own = static_cast<std::uint32_t>(pace >> 32);
  Terms terms = {now, promised, own == 0 ? 1000 : within(own), false, held};
  if (said != 0) terms.rate = within(said);
  if (terms.rate > promised && now > read(words_.pace->at_ns) + kStaleNs) terms.rate = promised;
  terms.all = promised == 1000 && terms.rate == 1000;
  return terms;
}

}  // namespace dure::gpu::share
