// The node's rounds: what they read of the containers' words and what they answer.
#include "gpu/node/pace.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <memory>

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
