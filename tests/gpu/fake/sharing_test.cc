// Processor sharing against closed forms, streams and events, in virtual time.
#include "gpu/fake/testing.h"

extern "C" CUresult cuLaunchKernel_ptsz(CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned,
                                        unsigned, unsigned, CUstream, void**, void**);

namespace dure::gpu::fake {
namespace {

// Alone a kernel takes its length.
TEST(FakeSharing, OneContextHasAllOfTheCard) {
  begin();
  const Player a(1);
  a.launch(3 * kMillisecond);
  EXPECT_EQ(a.finish(), 3 * kMillisecond);
  EXPECT_EQ(a.work().device_ns, 3 * kMillisecond);
  EXPECT_EQ(a.work().elapsed_ns, 3 * kMillisecond);
  EXPECT_EQ(a.work().launches, 1u);
}

// a: 10 ms of work at 0; b: 4 ms at 2. a is alone until 2, both share until b is done: 4 + 4 later; then a
// alone.
TEST(FakeSharing, TwoContextsGetHalfEach) {
  begin();
  const Player a(1);
  const Player b(2);
  a.launch(10 * kMillisecond);
  fake_advance_to(2 * kMillisecond);
  b.launch(4 * kMillisecond);
  EXPECT_EQ(b.finish(), 10 * kMillisecond);
  EXPECT_EQ(a.finish(), 14 * kMillisecond);
  EXPECT_EQ(a.work().device_ns, 10 * kMillisecond);
  EXPECT_EQ(a.work().elapsed_ns, 14 * kMillisecond);
  EXPECT_EQ(b.work().device_ns, 4 * kMillisecond);
  EXPECT_EQ(b.work().elapsed_ns, 8 * kMillisecond);
}

// Three that begin at 0, 3 and 6 ms with 12, 6, 2 ms of work: W is 3 at 3, 4.5 at 6; c ends at W 6.5 (t =
// 12), b at W 9 (t = 17), a at W 12 (t = 20).
TEST(FakeSharing, ThreeContextsByTheClosedForm) {
  begin();
  const Player a(1);
  const Player b(2);
  const Player c(3);
  a.launch(12 * kMillisecond);
  fake_advance_to(3 * kMillisecond);
  b.launch(6 * kMillisecond);
  fake_advance_to(6 * kMillisecond);
  c.launch(2 * kMillisecond);
  EXPECT_EQ(c.finish(), 12 * kMillisecond);
  EXPECT_EQ(b.finish(), 17 * kMillisecond);
  EXPECT_EQ(a.finish(), 20 * kMillisecond);
}

// An event's time is right even if nobody looked when it happened, and others came and went meanwhile.
TEST(FakeSharing, EventsKnowTheirTimeAfterwards) {
  begin();
  const Player a(1);
  const Player b(2);
  const CUevent start = a.record();
  a.launch(2 * kMillisecond);
  const CUevent middle = a.record();
  a.launch(2 * kMillisecond);
  const CUevent end = a.record();
  fake_advance_to(1 * kMillisecond);
  b.launch(1 * kMillisecond);
  fake_advance_to(100 * kMillisecond);
  a.play();
  EXPECT_FLOAT_EQ(milliseconds(start, middle), 3.0f);
  EXPECT_FLOAT_EQ(milliseconds(start, end), 5.0f);
}

// A stream takes so many launches; the next one waits until the first is over. Nothing else waits.
TEST(FakeSharing, AFullStreamBlocksTheLaunch) {
  begin("queue=3");
  const Player a(1);
  const CUstream stream = a.stream();
  const CUstream other = a.stream();
  for (int i = 0; i < 3; ++i) a.launch(2 * kMillisecond, stream);
  EXPECT_EQ(fake_now(), 0u);
  a.launch(1 * kMillisecond, other);
  EXPECT_EQ(fake_now(), 0u);
  a.launch(2 * kMillisecond, stream);
  EXPECT_EQ(fake_now(), 2 * kMillisecond);
  a.launch(2 * kMillisecond, stream);
  EXPECT_EQ(fake_now(), 4 * kMillisecond);
  EXPECT_EQ(a.finish(), 10 * kMillisecond);
}

// Kernels of one context run side by side over its streams, up to the limit.
TEST(FakeSharing, StreamsOfOneContextRunSideBySide) {
  begin("concurrent=2");
  const Player a(1);
  const CUstream one = a.stream();
  const CUstream two = a.stream();
  const CUstream three = a.stream();
  a.launch(4 * kMillisecond, one);
  a.launch(6 * kMillisecond, two);
  a.launch(1 * kMillisecond, three);
  EXPECT_EQ(cuStreamSynchronize(one), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 4 * kMillisecond);
  EXPECT_EQ(cuStreamSynchronize(three), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 5 * kMillisecond);
  EXPECT_EQ(a.finish(), 6 * kMillisecond);
  EXPECT_EQ(a.work().device_ns, 6 * kMillisecond);
}

TEST(FakeSharing, TheLegacyStreamWaitsForBlockingStreamsAndTheyForIt) {
  begin();
  const Player a(1);
  const CUstream blocking = a.stream(CU_STREAM_DEFAULT);
  const CUstream free = a.stream(CU_STREAM_NON_BLOCKING);
  a.launch(2 * kMillisecond, blocking);
  a.launch(3 * kMillisecond);
  a.launch(1 * kMillisecond, blocking);
  a.launch(1 * kMillisecond, free);
  EXPECT_EQ(cuStreamSynchronize(free), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 1 * kMillisecond);
  EXPECT_EQ(cuStreamSynchronize(nullptr), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 6 * kMillisecond);
}

TEST(FakeSharing, AStreamWaitsForAnEventOfAnotherAlsoAcrossContexts) {
  begin();
  const Player a(1);
  CUcontext second = nullptr;
  const CUstream one = a.stream();
  const CUstream two = a.stream();
  a.launch(5 * kMillisecond, one);
  const CUevent event = a.record(one);
  EXPECT_EQ(cuStreamWaitEvent(two, event, 0), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, two);
  EXPECT_EQ(cuCtxCreate_v2(&second, 0, 0), CUDA_SUCCESS);
  const CUstream other = a.stream();
  EXPECT_EQ(cuStreamWaitEvent(other, event, 0), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, other);
  EXPECT_EQ(cuStreamSynchronize(other), CUDA_SUCCESS);
  // From 5 on both contexts have a kernel of 1 ms: both end at 7.
  EXPECT_EQ(fake_now(), 7 * kMillisecond);
  EXPECT_EQ(cuStreamQuery(two), CUDA_SUCCESS);
}

// The per-thread default streams of two threads do not wait for one another; the legacy one waits for both.
TEST(FakeSharing, PerThreadDefaultStreams) {
  begin();
  const Player a(1);
  a.launch(4 * kMillisecond, CU_STREAM_PER_THREAD);
  a.play(1);
  CUcontext context = a.context;
  EXPECT_EQ(cuCtxSetCurrent(context), CUDA_SUCCESS);
  std::uint64_t ns = 2 * kMillisecond;
  void* parameters[] = {&ns};
  EXPECT_EQ(cuLaunchKernel_ptsz(a.sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, parameters, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuLaunchKernel(a.sleep, 1, 1, 1, 1, 1, 1, 0, nullptr, parameters, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(CU_STREAM_PER_THREAD), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 2 * kMillisecond);
  EXPECT_EQ(cuStreamSynchronize(CU_STREAM_LEGACY), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 6 * kMillisecond);
}

struct Called {
  std::uint64_t at = 0;
  int count = 0;
};
void note(void* user) {
  auto* called = static_cast<Called*>(user);
  called->at = fake_now();
  ++called->count;
}

TEST(FakeSharing, AHostFunctionRunsInTheOrderOfItsStream) {
  begin();
  const Player a(1);
  Called called;
  a.launch(2 * kMillisecond);
  EXPECT_EQ(cuLaunchHostFunc(nullptr, note, &called), CUDA_SUCCESS);
  a.launch(1 * kMillisecond);
  const CUevent event = a.record();
  EXPECT_EQ(cuEventQuery(event), CUDA_ERROR_NOT_READY);
  EXPECT_EQ(a.finish(), 3 * kMillisecond);
  EXPECT_EQ(called.count, 1);
  EXPECT_EQ(called.at, 2 * kMillisecond);
  EXPECT_EQ(cuEventQuery(event), CUDA_SUCCESS);
}

// The same work gives the same times, to the nanosecond.
TEST(FakeSharing, VirtualTimeIsDeterministic) {
  std::vector<std::uint64_t> runs[2];
  for (auto& times : runs) {
    begin();
    std::vector<Player> players;
    for (int i = 1; i <= 5; ++i) players.emplace_back(i);
    std::uint64_t seed = 42;
    for (int step = 0; step < 200; ++step) {
      seed = seed * 6364136223846793005ull + 1442695040888963407ull;
      players[(seed >> 33) % 5].launch((seed >> 40) % 100'000);
      fake_advance_to(fake_now() + (seed >> 45) % 20'000);
    }
    for (const Player& player : players) times.push_back(player.finish());
    for (const Player& player : players) times.push_back(player.work().device_ns);
  }
  EXPECT_EQ(runs[0], runs[1]);
}

// Work-conserving: what all receive adds up to the time during which the card was busy.
TEST(FakeSharing, NothingIsLostOrMade) {
  begin();
  std::vector<Player> players;
  for (int i = 1; i <= 7; ++i) players.emplace_back(i);
  std::uint64_t launched = 0;
  for (int i = 0; i < 7; ++i) {
    const std::uint64_t length = (static_cast<std::uint64_t>(i) + 1) * 777'777;
    players[static_cast<std::size_t>(i)].launch(length);
    launched += length;
    fake_advance_to(fake_now() + 100'003);
  }
  std::uint64_t received = 0;
  for (const Player& player : players) player.finish();
  const std::uint64_t end = fake_now();
  for (const Player& player : players) received += player.work().device_ns;
  EXPECT_NEAR(static_cast<double>(end), static_cast<double>(launched), 1.0);
  EXPECT_EQ(received, launched);
}

TEST(FakeSharing, AKilledProcessLeavesTheCardToTheOthers) {
  begin();
  const Player a(1);
  const Player b(2);
  a.launch(10 * kMillisecond);
  b.launch(10 * kMillisecond);
  fake_advance_to(4 * kMillisecond);
  fake_kill(2);
  EXPECT_EQ(a.finish(), 12 * kMillisecond);
  fake_work gone = {};
  EXPECT_EQ(fake_tenant_work("process-2", 0, &gone), 0);
  EXPECT_EQ(gone.device_ns, 2 * kMillisecond);
  EXPECT_EQ(fake_processes(), 1);
}

}  // namespace
}  // namespace dure::gpu::fake
