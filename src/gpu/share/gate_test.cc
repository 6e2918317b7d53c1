// The gate under threads: several launch on the streams of one process at once. (What it holds a container to
// is shown end to end, in virtual time, in tests/gpu/time.)
#include "gpu/share/test_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <memory>
#include <thread>
#include <vector>

namespace dure::gpu::share {
namespace {

class GateTest : public testing::Test {
 protected:
  void attach(std::uint32_t promise) {
    words->limits.guaranteed_milli = promise;
    gate->attach({&words->limits, &words->pace, &words->bucket, &words->work, 3}, machine(), kDoneAtOnce);
  }
  std::unique_ptr<Words> words = std::make_unique<Words>();
  std::unique_ptr<Gate> gate = std::make_unique<Gate>();
};

TEST_F(GateTest, BeforeItIsAttachedItLetsEverythingThrough) {
  const Pass pass = gate->enter(nullptr, work_of(1));
  EXPECT_FALSE(pass.charged);
  gate->leave(pass, true);
  gate->before_sync();
  gate->after_sync();
  gate->forget_context(nullptr);
}

TEST_F(GateTest, SlotsAreAnnouncedToTheNode) {
  attach(500);
  EXPECT_EQ(words->bucket.slots, 4u);
}

// For the node, which would not know how long a kernel takes that was never measured.
TEST_F(GateTest, WhoWaitsInTheDriverSaysSo) {
  attach(500);
  gate->before_query();
  EXPECT_EQ(words->work.unfinished_ns, 0u);
  gate->before_sync();
  EXPECT_EQ(words->work.unfinished_ns, DURE_UNTIL_IT_IS_DONE);
  gate->after_sync();
  EXPECT_EQ(words->work.unfinished_ns, 0u);
}

TEST_F(GateTest, ThreadsThatLaunchAtOnceAreAllCounted) {
  attach(900);
  constexpr unsigned kThreads = 8;
  constexpr unsigned kLaunches = 4000;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([this, t] {
      for (unsigned i = 0; i < kLaunches; ++i) {
        // Streams of their own, and one that all share; some launches fail.
        const std::uintptr_t stream = i % 3 == 0 ? 64 : 1000 + 16 * t;
        const Pass pass = gate->enter(std::bit_cast<CUstream>(stream), work_of(1 + i % 5));
        gate->leave(pass, i % 11 != 0);
        if (i % 97 == 0) {
          gate->before_sync();
          gate->after_sync();
        }
        if (i % 501 == 0) {
          gate->begin_capture();
          gate->end_capture();
        }
      }
    });
  for (auto& thread : threads) thread.join();
  unsigned failed = 0;
  for (unsigned i = 0; i < kLaunches; ++i) failed += i % 11 == 0;
  EXPECT_EQ(words->work.launches, kThreads * (kLaunches - failed));
  gate->before_sync();
  for (int i = 0; i < 200; ++i) gate->after_sync();
  EXPECT_EQ(words->work.outstanding_ns, 0u);
  EXPECT_EQ(words->work.pending_from_ns, 0u);
  EXPECT_EQ(words->work.waiting_ns, 0u);
}

}  // namespace
}  // namespace dure::gpu::share
