// Launches between events: when a batch is closed, when it is measured, and what is lost.
#include "gpu/share/batch.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace dure::gpu::share {
namespace {

constexpr std::uint64_t kUs = 1000;
constexpr std::uint64_t kBegin = 3'600'000'000'000;
constexpr std::uint64_t kNotPassed = ~std::uint64_t{0};

// A driver whose events pass when the test says so.
struct Driver {
  std::vector<std::uint64_t> events;  // when each passed
  std::vector<int> recorded;          // in order
  bool refuses = false;
  bool lost = false;
  std::uintptr_t context = 1;  // of every stream that is asked about
  unsigned destroyed = 0;
  std::vector<std::uintptr_t> owner;  // of each event: its context
};
Driver* g_driver = nullptr;

std::size_t index_of(CUevent event) {
  return reinterpret_cast<std::uintptr_t>(event) - 1;
}
const EventDriver kDriver = {
    [](CUevent* event, CUcontext context, unsigned) -> CUresult {
      g_driver->events.push_back(kNotPassed);
      g_driver->owner.push_back(std::bit_cast<std::uintptr_t>(context));
      *event = std::bit_cast<CUevent>(std::uintptr_t{g_driver->events.size()});
      return CUDA_SUCCESS;
    },
    [](CUevent event, CUstream) -> CUresult {
      if (g_driver->refuses || g_driver->owner[index_of(event)] != g_driver->context)
        return CUDA_ERROR_INVALID_HANDLE;
      g_driver->events[index_of(event)] = kNotPassed;
      g_driver->recorded.push_back(static_cast<int>(index_of(event)));
      return CUDA_SUCCESS;
    },
    [](CUevent event) -> CUresult {
      if (g_driver->lost) return CUDA_ERROR_INVALID_CONTEXT;
      return g_driver->events[index_of(event)] == kNotPassed ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS;
    },
    [](float* ms, CUevent start, CUevent end) -> CUresult {
      *ms = static_cast<float>(static_cast<double>(static_cast<std::int64_t>(
                                   g_driver->events[index_of(end)] - g_driver->events[index_of(start)])) /
                               1e6);
      return CUDA_SUCCESS;
    },
    [](CUstream, CUcontext* context) -> CUresult {
      *context = std::bit_cast<CUcontext>(g_driver->context);
      return CUDA_SUCCESS;
    },
    [](CUstream, int* status) -> CUresult {
      *status = 0;
      return CUDA_SUCCESS;
    },
    [](int*) -> CUresult { return CUDA_SUCCESS; },
    [](CUevent, CUcontext) -> CUresult {
      ++g_driver->destroyed;
      return CUDA_SUCCESS;
    },
};

class BatchesTest : public testing::Test {
 protected:
  BatchesTest() {
    g_driver = &driver;
    batches->start(kDriver);
  }
  void launch(std::uint64_t at, std::uint64_t estimate, bool known = true, std::uintptr_t stream = 16) {
    Track* track =
        batches->begin(std::bit_cast<CUstream>(stream), kWork, {estimate, known}, kBegin + at, 1000);
    ASSERT_NE(track, nullptr);
    if (Batches::end(*track)) batches->close_if_full(*track, kBegin + at);
  }
  // All that was recorded and has not passed passes now.
  void pass(std::uint64_t at) {
    for (auto& event : driver.events)
      if (event == kNotPassed) event = kBegin + at;
  }
  bool measure(std::uint64_t at) { return batches->measure(kBegin + at, 1000, measured); }

  const Work kWork = {11, nullptr, 1};
  Driver driver;
  std::unique_ptr<Batches> batches = std::make_unique<Batches>();
  Batches::Measured measured;
};

TEST_F(BatchesTest, TheFirstLaunchOfAnIdleStreamIsMeasuredAlone) {
  launch(0, 50 * kUs);
  EXPECT_EQ(driver.recorded.size(), 3u);  // the base, the start, the stop
  EXPECT_EQ(batches->outstanding_ns(), 50 * kUs);
  EXPECT_EQ(batches->expect_ns(), kBegin + 50 * kUs);
  EXPECT_FALSE(measure(10 * kUs));  // it is not asked for before
  pass(52 * kUs);
  ASSERT_TRUE(measure(55 * kUs));
  EXPECT_TRUE(measured.known);
  EXPECT_EQ(measured.batch.launches, 1u);
  EXPECT_TRUE(batches->is_idle());
  EXPECT_EQ(batches->outstanding_ns(), 0u);
}

// An estimate may be far too long, or made of a share of the card that is another by now.
TEST_F(BatchesTest, OfALongOneTheDriverIsAskedFromTimeToTime) {
  launch(0, 1'000'000 * kUs);
  EXPECT_EQ(batches->expect_ns(), kBegin + kAskNs);
  EXPECT_EQ(batches->unfinished_ns(), 0u);
  EXPECT_FALSE(measure(20'001 * kUs));
  EXPECT_EQ(batches->unfinished_ns(), kBegin + 20'001 * kUs);
  EXPECT_EQ(batches->expect_ns(), kBegin + 20'001 * kUs + kAskNs);
  pass(30'000 * kUs);
  EXPECT_FALSE(measure(40'000 * kUs));  // not asked
  ASSERT_TRUE(measure(40'001 * kUs));
  EXPECT_TRUE(measured.known);
}

TEST_F(BatchesTest, WhatFollowsIsMeasuredTogether) {
  launch(0, 50 * kUs);
  const auto before = driver.recorded.size();
  for (unsigned i = 0; i < 79; ++i) launch(1 + i, 50 * kUs);
  EXPECT_EQ(driver.recorded.size(), before + 1);  // a start
  launch(80, 50 * kUs);                           // four milliseconds are full
  EXPECT_EQ(driver.recorded.size(), before + 2);
  pass(4050 * kUs);
  ASSERT_TRUE(measure(4100 * kUs));
  ASSERT_TRUE(measure(4100 * kUs));
  EXPECT_EQ(measured.batch.launches, 80u);
  EXPECT_EQ(measured.batch.part_count, 1u);
}

TEST_F(BatchesTest, AFunctionThatIsNotKnownIsMeasuredAlone) {
  launch(0, 50 * kUs);
  launch(1, kUnknownNs, false);
  EXPECT_TRUE(batches->has_unknown());
  EXPECT_EQ(driver.recorded.size(), 5u);
  pass(100 * kUs);
  while (measure(200 * kUs)) {
  }
  EXPECT_FALSE(batches->has_unknown());
}

TEST_F(BatchesTest, BeforeAPauseABatchIsClosed) {
  launch(0, 50 * kUs);
  launch(1, 50 * kUs);
  const auto before = driver.recorded.size();
  batches->close_all(kBegin + 10 * kUs, kBegin + 20 * kUs);
  EXPECT_EQ(driver.recorded.size(), before + 1);  // the stream will soon have nothing to do
  launch(11 * kUs, 3900 * kUs);
  launch(12 * kUs, 50 * kUs);
  launch(13 * kUs, 3900 * kUs);
  launch(14 * kUs, 50 * kUs);
  const auto open = driver.recorded.size();
  batches->close_all(kBegin + 15 * kUs, kBegin + 20 * kUs);
  EXPECT_EQ(driver.recorded.size(), open);  // it has work for longer than the pause
  batches->close_all(kBegin + 15 * kUs);
  EXPECT_EQ(driver.recorded.size(), open + 1);
}

TEST_F(BatchesTest, APauseThatWasNotForeseenDoesNotCountAsBusy) {
  launch(0, 50 * kUs);
  launch(1, 50 * kUs);
  EXPECT_FALSE(batches->is_idle());
  launch(5000 * kUs, 50 * kUs);  // the application looked at something else than the driver meanwhile
  pass(5000 * kUs);
  ASSERT_TRUE(measure(6000 * kUs));
  ASSERT_TRUE(measure(6000 * kUs));
  EXPECT_TRUE(measured.batch.paused);
}

TEST_F(BatchesTest, ALaunchThatFailsLeavesNothing) {
  const Estimate estimate = {50 * kUs, false};
  Track* track = batches->begin(reinterpret_cast<CUstream>(16), kWork, estimate, kBegin, 1000);
  ASSERT_NE(track, nullptr);
  batches->take_back(*track, kWork.key, estimate);
  Batches::end(*track);
  EXPECT_TRUE(batches->is_idle());
  EXPECT_FALSE(batches->has_unknown());
  EXPECT_EQ(batches->outstanding_ns(), 0u);
}

TEST_F(BatchesTest, LostEventsLoseNothingElse) {
  launch(0, 50 * kUs);
  driver.lost = true;
  ASSERT_TRUE(measure(100 * kUs));
  EXPECT_FALSE(measured.known);
  EXPECT_EQ(batches->outstanding_ns(), 0u);
  driver.lost = false;
  launch(200 * kUs, 50 * kUs);
  pass(260 * kUs);
  EXPECT_TRUE(measure(300 * kUs));
}

TEST_F(BatchesTest, ADriverThatRefusesIsLeftAlone) {
  driver.refuses = true;
  EXPECT_EQ(batches->begin(reinterpret_cast<CUstream>(16), kWork, {50 * kUs, true}, kBegin, 1000), nullptr);
  EXPECT_TRUE(batches->is_idle());
  EXPECT_EQ(batches->outstanding_ns(), 0u);
}

TEST_F(BatchesTest, AContextThatGoesTakesItsBatchesAlong) {
  launch(0, 50 * kUs);
  launch(1, 50 * kUs);
  launch(2, kUnknownNs, false, 32);
  batches->forget(reinterpret_cast<CUcontext>(1));
  EXPECT_TRUE(batches->is_idle());
  EXPECT_EQ(batches->outstanding_ns(), 0u);
  EXPECT_FALSE(batches->has_unknown());
  launch(3, 50 * kUs);
}

// The name of a thread's own stream means another one to every other thread: nothing must be recorded there.
TEST_F(BatchesTest, AThreadsOwnStreamIsClosedByThatThreadAlone) {
  constexpr std::uintptr_t kOwn = 2;
  launch(0, 50 * kUs, true, kOwn);
  launch(1 * kUs, 50 * kUs, true, kOwn);
  const auto before = driver.recorded.size();
  const auto from_elsewhere = [this](std::uint64_t at) {
    std::thread([&] { batches->close_all(kBegin + at); }).join();
  };
  from_elsewhere(50 * kUs);
  EXPECT_EQ(driver.recorded.size(), before);
  EXPECT_TRUE(batches->has_open());
  from_elsewhere(200 * kUs);  // it should be over: it is measured no more, and nobody waits for it
  EXPECT_EQ(driver.recorded.size(), before);
  EXPECT_FALSE(batches->has_open());
  EXPECT_EQ(batches->outstanding_ns(), 50 * kUs);
  launch(300 * kUs, 50 * kUs, true, kOwn);
  batches->close_all(kBegin + 350 * kUs);
  EXPECT_FALSE(batches->has_open());
}

TEST_F(BatchesTest, ThereIsAnEndToWhatIsNotMeasured) {
  for (unsigned i = 0; i < Batches::kPending; ++i) launch(i, 4000 * kUs);
  EXPECT_TRUE(batches->is_full());
  EXPECT_EQ(batches->begin(reinterpret_cast<CUstream>(16), kWork, {50 * kUs, true}, kBegin + 100, 1000),
            nullptr);
  pass(1000 * kUs);
  while (measure(1'000'000 * kUs)) {
  }
  EXPECT_TRUE(batches->is_idle());
  EXPECT_EQ(batches->outstanding_ns(), 0u);
  const std::size_t events = driver.events.size();
  for (unsigned round = 0; round < 1000; ++round) {
    launch(2'000'000 * kUs + round * 100 * kUs, 50 * kUs);
    pass(2'000'050 * kUs + round * 100 * kUs);
    ASSERT_TRUE(measure(2'000'060 * kUs + round * 100 * kUs));
  }
  EXPECT_EQ(driver.events.size(), events);  // they are used again
}

// Where eight neighbours in the table of streams had open batches, the next stream was not measured.
TEST_F(BatchesTest, EveryOneOfManyStreamsIsMeasured) {
  launch(0, 50 * kUs);
  for (unsigned i = 1; i + 1 < Batches::kPending; ++i) launch(i, 50 * kUs, true, 4096 + 64 * i);
  EXPECT_TRUE(batches->has_open());
  EXPECT_FALSE(batches->is_full());
}

// The ninth context of a process was not measured: all that ran in it was charged as 100 us.
TEST_F(BatchesTest, EveryOneOfManyContextsIsMeasured) {
  for (unsigned i = 0; i < 4 * Batches::kTimelines; ++i) {
    driver.context = 1 + i;
    launch(i * 100 * kUs, 50 * kUs, false, 4096 + 64 * i);
    pass(i * 100 * kUs + 50 * kUs);
    ASSERT_TRUE(measure(i * 100 * kUs + 60 * kUs));
    EXPECT_TRUE(measured.known);
  }
  EXPECT_EQ(driver.events.size() - driver.destroyed, 3 * Batches::kTimelines)
      << "what is not used is destroyed";
}

// A stream that was destroyed, and another one of its name in another context: its first launch was not
// measured.
TEST_F(BatchesTest, AStreamOfTheSameNameInAnotherContextIsMeasured) {
  for (unsigned i = 0; i < 6; ++i) {
    driver.context = 1 + i % 2;
    launch(i * 100 * kUs, 50 * kUs);
    pass(i * 100 * kUs + 50 * kUs);
    ASSERT_TRUE(measure(i * 100 * kUs + 60 * kUs));
    EXPECT_TRUE(measured.known);
  }
}

// Floats of milliseconds, a card whose clock runs 50 ppm fast, an hour: still within 20 us.
TEST_F(BatchesTest, SpansStayOnTheMachinesClock) {
  for (std::uint64_t second = 1; second <= 3600; ++second) {
    const std::uint64_t at = second * 1'000'000 * kUs;
    launch(at, 50 * kUs);
    const std::uint64_t from = at + at / 20'000 + 3 * kUs;
    driver.events[static_cast<std::size_t>(driver.recorded[driver.recorded.size() - 2])] = kBegin + from;
    driver.events[static_cast<std::size_t>(driver.recorded.back())] = kBegin + from + 50 * kUs;
    pass(from);
    ASSERT_TRUE(measure(at + 60 * kUs));
    EXPECT_GE(measured.span.from_ns, kBegin + at);
    EXPECT_LE(measured.span.to_ns, kBegin + at + 60 * kUs);
    EXPECT_NEAR(static_cast<double>(measured.span.to_ns - measured.span.from_ns), 50'000, 500);
  }
}

}  // namespace
}  // namespace dure::gpu::share
