// The node's rounds: what they read of the containers' words and what they answer.
#include "gpu/node/pace.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <memory>
#include <vector>

namespace dure::gpu {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kBegin = 3'600'000 * kMs;

// One container's files.
class Container {
 public:
  explicit Container(std::uint32_t promise) : usage_(map_usage()) {
    limits_->card[0].guaranteed_milli = promise;
  }
  ~Container() { munmap(usage_, sizeof *usage_); }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  dure_process_work& start(std::size_t slot) {
    usage_->process[slot].pid = slot + 100;
    std::uint64_t& slots = usage_->card[0].bucket.slots;
    slots = std::max<std::uint64_t>(slots, slot + 1);
    return usage_->process[slot].card[0].work;
  }
  void end(std::size_t slot) { usage_->process[slot].pid = 0; }
  PaceTenant tenant() { return {limits_.get(), &limits_->pace[0], usage_, 0}; }
  const dure_card_pace& pace() const { return limits_->pace[0]; }
  std::int64_t correction() const { return static_cast<std::int64_t>(pace().correction_ns); }

 private:
  static dure_usage* map_usage() {
    return static_cast<dure_usage*>(mmap(nullptr, sizeof(dure_usage), PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }
  std::unique_ptr<dure_limits> limits_ = std::make_unique<dure_limits>();
  dure_usage* usage_;
};

void report(dure_process_work& work, std::uint64_t from, std::uint64_t to, std::uint32_t charged = 1000) {
  work.interval[work.intervals % DURE_INTERVALS] = dure_pack_interval(kBegin + from, kBegin + to, charged);
  ++work.intervals;
  work.elapsed_ns += to - from;
}

TEST(Pace, AnIntervalIsOneWordThatIsReadBack) {
  for (const std::uint64_t now :
       {kBegin, kBegin + (std::uint64_t{DURE_TICK_NS} << 30), kBegin + 123'456 * kMs}) {
    const dure_interval interval = dure_pack_interval(now - 160 * kMs, now - 60 * kMs, 437);
    EXPECT_EQ(dure_interval_end_ns(interval, now), now - 60 * kMs);
    EXPECT_EQ(dure_interval_end_ns(interval, now + 7000 * kMs), now - 60 * kMs);
    EXPECT_EQ(dure_interval_length_ns(interval), 100 * kMs);
    EXPECT_EQ(dure_interval_charged_milli(interval), 437u);
  }
  EXPECT_EQ(dure_interval_length_ns(dure_pack_interval(kBegin, kBegin + 900 * kMs, 0)),
            ((1U << 24) - 1) * 16ULL);
}

// P1, P22. What two charged in full while they shared the card is half of it given back.
TEST(Pace, WhatWasSharedIsGivenBack) {
  Container a(500);
  Container b(500);
  CardPace pace;
  report(a.start(0), 0, 0);  // before the node came
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  report(a.start(0), 0, 10 * kMs);
  report(b.start(0), 5 * kMs, 15 * kMs);
  pace.round(kBegin + 20 * kMs);
  EXPECT_NEAR(static_cast<double>(a.correction()), -2.5e6, 100);
  EXPECT_NEAR(static_cast<double>(b.correction()), -2.5e6, 100);
  EXPECT_NEAR(static_cast<double>(a.pace().settled_device_ns), 7.5e6, 100);
  EXPECT_NEAR(static_cast<double>(a.pace().settled_elapsed_ns), 10e6, 100);
  EXPECT_EQ(a.pace().sequence % 2, 0u);
  EXPECT_EQ(a.pace().at_ns, kBegin + 20 * kMs);
  pace.round(kBegin + 25 * kMs);
  EXPECT_NEAR(static_cast<double>(a.correction()), -2.5e6, 100);  // once
}

// Long before a neighbour's long kernel is measured.
TEST(Pace, WhatIsNotMeasuredYetIsSettledForNow) {
  Container a(500);
  Container b(500);
  dure_process_work& long_one = b.start(0);
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  long_one.pending_from_ns = kBegin;
  long_one.outstanding_ns = 100 * kMs;
  report(a.start(0), 0, 10 * kMs);
  pace.round(kBegin + 12 * kMs);
  EXPECT_NEAR(static_cast<double>(a.correction()), -5e6, 100);
  EXPECT_EQ(a.pace().settled_elapsed_ns, 0u);  // not for good
  EXPECT_NEAR(b.pace().own_milli, 583, 5);     // 7 of 12 ms
  // It turns out to have begun when the other's had ended.
  long_one.pending_from_ns = 0;
  long_one.outstanding_ns = 0;
  report(long_one, 10 * kMs, 50 * kMs);
  pace.round(kBegin + 60 * kMs);
  EXPECT_EQ(a.correction(), 0);
  EXPECT_NEAR(static_cast<double>(a.pace().settled_device_ns), 10e6, 100);
}

TEST(Pace, WhoNeverReportsHoldsNobodyUp) {
  Container a(500);
  Container b(500);
  b.start(0).pending_from_ns = kBegin;
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  report(a.start(0), 0, 10 * kMs);
  pace.round(kBegin + 500 * kMs);
  EXPECT_EQ(a.pace().settled_elapsed_ns, 0u);
  pace.round(kBegin + 10 * kMs + kPatienceNs);
  EXPECT_NEAR(static_cast<double>(a.pace().settled_elapsed_ns), 10e6, 100);
  // What comes after all stays as it was charged.
  report(b.start(0), 0, 10 * kMs, 600);
  pace.round(kBegin + 20 * kMs + kPatienceNs);
  EXPECT_EQ(b.correction(), 0);
  EXPECT_NEAR(static_cast<double>(b.pace().settled_device_ns), 6e6, 100);
}

// Nine kernels take turns for longer than the node waits: who reports the last, after two seconds, had a
// ninth.
TEST(Pace, WhatComesTooLateHadItsTurns) {
  std::vector<std::unique_ptr<Container>> all;
  CardPace pace;
  for (std::uint64_t i = 0; i < 9; ++i) {
    all.push_back(std::make_unique<Container>(100));
    dure_process_work& work = all.back()->start(0);
    work.pending_from_ns = kBegin;
    work.outstanding_ns = 500 * kMs;
    pace.add(i, all.back()->tenant());
  }
  for (std::uint64_t at = 5; at <= 2000; at += 5) pace.round(kBegin + at * kMs);
  dure_process_work& late = all[4]->start(0);
  late.pending_from_ns = late.outstanding_ns = 0;
  for (std::uint64_t at = 0; at < 2000; at += 100) report(late, at * kMs, (at + 100) * kMs, 1000);
  pace.round(kBegin + 2005 * kMs);
  EXPECT_NEAR(static_cast<double>(all[4]->correction()), -2e9 * 8 / 9, 2e6);
}

// Its estimate is over after 0.4 ms; but it says that its kernel has not ended.
TEST(Pace, WhatItsProcessSawUnfinishedIsPresumedToRun) {
  for (const bool in_driver : {false, true}) {
    Container a(500);
    Container b(500);
    dure_process_work& other = b.start(0);
    CardPace pace;
    pace.add(1, a.tenant());
    pace.add(2, b.tenant());
    pace.round(kBegin);
    other.pending_from_ns = kBegin;
    other.outstanding_ns = kMs / 10;
    other.unfinished_ns = in_driver ? DURE_UNTIL_IT_IS_DONE : kBegin + 195 * kMs;
    report(a.start(0), 0, 200 * kMs);
    pace.round(kBegin + 200 * kMs);
    EXPECT_NEAR(static_cast<double>(a.correction()), -100e6, 1e5);
    EXPECT_EQ(b.pace().own_milli, 500u);
    // What it saw holds for 100 ms.
    report(a.start(0), 200 * kMs, 400 * kMs);
    pace.round(kBegin + 400 * kMs);
    EXPECT_NEAR(static_cast<double>(a.correction()), in_driver ? -200e6 : -147.5e6, 1e5);
  }
}

// Who was stopped in the driver is not presumed to be at work for ever.
TEST(Pace, WhoWaitsInTheDriverDoesNotForEver) {
  Container a(500);
  Container b(500);
  dure_process_work& stopped = b.start(0);
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  stopped.pending_from_ns = kBegin;
  stopped.unfinished_ns = DURE_UNTIL_IT_IS_DONE;
  for (std::uint64_t s = 1; s <= 60; ++s) {
    report(a.start(0), s * 1000 * kMs - 100 * kMs, s * 1000 * kMs);
    pace.round(kBegin + s * 1000 * kMs);
  }
  EXPECT_NEAR(static_cast<double>(a.correction()), -30 * 50e6, 1e6);  // of 30 s
}

// A kernel of 40 s beside another's is in three hundred pieces, and each has its half.
TEST(Pace, ALongIntervalIsPlacedPieceByPiece) {
  Container a(500);
  Container b(500);
  dure_process_work& longest = b.start(0);
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  longest.pending_from_ns = kBegin;
  for (std::uint64_t at = 100; at <= 40'000; at += 100) {
    longest.unfinished_ns = kBegin + at * kMs;
    if (at <= 10'000) report(a.start(0), (at - 100) * kMs, at * kMs);
    pace.round(kBegin + at * kMs);
  }
  EXPECT_NEAR(static_cast<double>(a.pace().settled_device_ns), 5e9, 1e6);
  longest.pending_from_ns = longest.unfinished_ns = 0;
  for (std::uint64_t at = 0; at < 40'000; at += 100) report(longest, at * kMs, (at + 100) * kMs);
  longest.newest_end_ns = kBegin + 40'000 * kMs;
  pace.round(kBegin + 40'005 * kMs);
  EXPECT_NEAR(static_cast<double>(b.pace().settled_device_ns), 35e9, 1e7);
  EXPECT_NEAR(static_cast<double>(b.correction()), -5e9, 1e7);
}

// Nobody knew of it while the time was settled: it costs no more than it was charged, and no less than turns.
TEST(Pace, WhatComesTooLateAndUnannouncedCostsNoMoreThanItsCharge) {
  for (const std::uint32_t charged : {100U, 900U}) {
    Container a(500);
    Container b(500);
    CardPace pace;
    pace.add(1, a.tenant());
    pace.add(2, b.tenant());
    pace.round(kBegin);
    report(a.start(0), 0, 100 * kMs);
    pace.round(kBegin + 100 * kMs);
    pace.round(kBegin + 200 * kMs);
    report(b.start(0), 0, 200 * kMs, charged);  // beside a, then alone
    pace.round(kBegin + 205 * kMs);
    EXPECT_NEAR(static_cast<double>(b.pace().settled_device_ns), 200e3 * charged, 1e5);
  }
}

TEST(Pace, TheDeadHoldNobodyUp) {
  Container a(500);
  Container b(500);
  b.start(3).pending_from_ns = kBegin;
  b.end(3);
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  report(a.start(0), 0, 10 * kMs);
  pace.round(kBegin + 12 * kMs);
  EXPECT_NEAR(static_cast<double>(a.pace().settled_elapsed_ns), 10e6, 100);
}

TEST(Pace, WhatWasOverwrittenStaysAsItWasCharged) {
  Container a(500);
  CardPace pace;
  pace.add(1, a.tenant());
  pace.round(kBegin);
  dure_process_work& work = a.start(0);
  for (std::uint64_t i = 0; i < 3 * DURE_INTERVALS; ++i) report(work, i * 1600, i * 1600 + 800, 500);
  pace.round(kBegin + 20 * kMs);
  // The last ones are settled: alone on the card, and charged by half. One may be under way to be
  // overwritten.
  EXPECT_EQ(a.pace().settled_elapsed_ns, (DURE_INTERVALS - 1) * 800U);
  EXPECT_EQ(a.correction(), static_cast<std::int64_t>(DURE_INTERVALS - 1) * 400);
}

// kill -9 of dure-node: its successor goes on from what it wrote.
TEST(Pace, ANewNodeGoesOnWhereTheLastOneWas) {
  Container a(500);
  Container b(500);
  {
    CardPace pace;
    pace.add(1, a.tenant());
    pace.add(2, b.tenant());
    pace.round(kBegin);
    report(a.start(0), 0, 10 * kMs);
    report(b.start(0), 0, 10 * kMs);
    pace.round(kBegin + 20 * kMs);
  }
  const std::int64_t before = a.correction();
  EXPECT_NEAR(static_cast<double>(before), -5e6, 100);
  report(a.start(0), 20 * kMs, 25 * kMs);  // while there was none
  CardPace next;
  next.add(1, a.tenant());
  next.add(2, b.tenant());
  next.round(kBegin + 30 * kMs);
  EXPECT_NEAR(static_cast<double>(a.correction()), static_cast<double>(before), 2);
  report(a.start(0), 30 * kMs, 40 * kMs, 500);
  next.round(kBegin + 50 * kMs);
  EXPECT_NEAR(static_cast<double>(a.correction() - before), 5e6, 100);
}

// What a container writes is its own affair.
TEST(Pace, NonsenseFromAContainerHarmsNobodyElse) {
  Container good(500);
  Container bad(500);
  CardPace pace;
  pace.add(1, good.tenant());
  pace.add(2, bad.tenant());
  pace.round(kBegin);
  dure_process_work& work = bad.start(0);
  const_cast<dure_usage*>(bad.tenant().usage)->card[0].bucket.slots = ~std::uint64_t{0};
  work.intervals = ~std::uint64_t{0} - 7;
  for (auto& interval : work.interval) interval = ~std::uint64_t{0};
  work.pending_from_ns = ~std::uint64_t{0};
  work.outstanding_ns = ~std::uint64_t{0};
  work.waiting_ns = 1;
  for (std::uint64_t at = 1; at < 400; ++at) {
    report(good.start(0), at * 5 * kMs - 2 * kMs, at * 5 * kMs - kMs);
    if (at == 200) work.intervals = 3;
    if (at == 250) work.pending_from_ns = 5;
    pace.round(kBegin + at * 5 * kMs);
  }
  EXPECT_GE(good.pace().rate_milli, 500u);
  EXPECT_LE(good.correction(), 0);  // never charged for another's words
  EXPECT_GE(good.pace().settled_elapsed_ns, 399 * kMs - kPatienceNs / 5);  // held up for kPatienceNs at most
}

TEST(Pace, RatesComeFromTheLimits) {
  Container a(300);
  Container b(900);
  a.start(0).waiting_ns = 1;
  b.start(0).waiting_ns = 1;
  CardPace pace;
  pace.add(1, a.tenant());
  pace.add(2, b.tenant());
  pace.round(kBegin);
  EXPECT_EQ(a.pace().rate_milli, 250u);
  EXPECT_EQ(b.pace().rate_milli, 750u);
  pace.remove(2);
  pace.round(kBegin + 5 * kMs);
  EXPECT_EQ(a.pace().rate_milli, 300u);
}

}  // namespace
}  // namespace dure::gpu
