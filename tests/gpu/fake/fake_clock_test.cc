// A simulator as fake.h describes it: fibers that play processes, one loop that moves the clock. And the real
// clock.
#include <ucontext.h>

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "gpu/fake/testing.h"

namespace dure::gpu::fake {
namespace {

// Runs fibers, each of which plays a process, until all have ended.
class Simulator {
 public:
  using Body = std::function<void()>;

  Simulator() { fake_set_block_hook(block, this); }
  ~Simulator() { fake_set_block_hook(nullptr, nullptr); }

  void add(int process, Body body) {
    auto fiber = std::make_unique<Fiber>();
    fiber->process = process;
    fiber->body = std::move(body);
    getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack.data();
    fiber->context.uc_stack.ss_size = fiber->stack.size();
    fiber->context.uc_link = &main_;
    makecontext(&fiber->context, reinterpret_cast<void (*)()>(enter), 0);
    fibers_.push_back(std::move(fiber));
  }
  // For the fiber that runs: not before `ns`.
  void sleep_until(std::uint64_t ns) {
    current_->until = ns;
    leave();
  }
  void run() {
    active = this;
    while (step()) {
    }
  }

  static inline Simulator* active = nullptr;

 private:
  struct Fiber {
    int process = 0;
    Body body;
    ucontext_t context = {};
    std::vector<char> stack = std::vector<char>(256 * 1024);
    const fake_wait* wait = nullptr;
    std::uint64_t until = 0;
    bool ended = false;
  };

  static void enter() {
    Fiber* const own = active->current_;
    own->body();
    own->ended = true;
  }
  static void block(void* user, const fake_wait* wait) {
    auto* const self = static_cast<Simulator*>(user);
    self->current_->wait = wait;
    self->leave();
  }
  void leave() { swapcontext(&current_->context, &main_); }

  bool can_run(Fiber& fiber) {
    if (fiber.ended || fake_now() < fiber.until) return false;
    return fiber.wait == nullptr || fake_wait_is_over(fiber.wait) != 0;
  }
  // Runs whoever can, or moves the clock; false: all have ended.
  bool step() {
    std::uint64_t next = fake_next_event_ns();
    bool any = false;
    bool ran = false;
    for (const auto& fiber : fibers_) {
      any = any || !fiber->ended;
      if (fiber->ended) continue;
      if (!can_run(*fiber)) {
        if (fiber->until > fake_now()) next = std::min(next, fiber->until);
        continue;
      }
      fiber->wait = nullptr;
      fiber->until = 0;
      current_ = fiber.get();
      fake_play(fiber->process, 0);
      swapcontext(&main_, &fiber->context);
      ran = true;
    }
    if (any && !ran) {
      EXPECT_NE(next, FAKE_NEVER);
      if (next == FAKE_NEVER) return false;
      fake_advance_to(next);
    }
    return any;
  }

  ucontext_t main_ = {};
  std::vector<std::unique_ptr<Fiber>> fibers_;
  Fiber* current_ = nullptr;
};

// Three that launch and wait, over and over: while all three do, each gets a third.
TEST(FakeClock, FibersThatBlockShareTheCard) {
  begin();
  Simulator simulator;
  std::vector<std::uint64_t> ends(4);
  for (int process = 1; process <= 3; ++process) {
    simulator.add(process, [process, &ends] {
      const Player player(process);
      for (int i = 0; i < 10 * process; ++i) {
        player.launch(1 * kMillisecond);
        EXPECT_EQ(cuStreamSynchronize(nullptr), CUDA_SUCCESS);
      }
      ends[static_cast<std::size_t>(process)] = fake_now();
    });
  }
  simulator.run();
  EXPECT_EQ(ends[1], 30 * kMillisecond);
  EXPECT_EQ(ends[2], 50 * kMillisecond);
  EXPECT_EQ(ends[3], 60 * kMillisecond);
}

TEST(FakeClock, AFiberCanSleepAndOneThatWaitsCanBeKilled) {
  begin();
  Simulator simulator;
  std::uint64_t freed = 0;
  CUresult result = CUDA_SUCCESS;
  simulator.add(1, [&result] {
    const Player player(1);
    player.launch(100 * kMillisecond);
    result = cuStreamSynchronize(nullptr);
  });
  simulator.add(2, [&] {
    const Player player(2);
    player.launch(10 * kMillisecond);
    simulator.sleep_until(6 * kMillisecond);
    fake_kill(1);
    player.finish();
    freed = fake_now();
  });
  simulator.run();
  EXPECT_EQ(freed, 13 * kMillisecond);
  EXPECT_EQ(result, CUDA_ERROR_UNKNOWN);
}

TEST(FakeClock, AnEventInTheMiddleOfTheWorkIsNext) {
  begin();
  const Player a(1);
  a.launch(2 * kMillisecond);
  const CUevent middle = a.record();
  a.launch(5 * kMillisecond);
  EXPECT_EQ(fake_next_event_ns(), 7 * kMillisecond);  // nobody waits for the event
  EXPECT_EQ(cuEventSynchronize(middle), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 2 * kMillisecond);
  fake_advance_to(9 * kMillisecond);
  EXPECT_EQ(fake_next_event_ns(), FAKE_NEVER);
}

void note(void* user) {
  *static_cast<std::uint64_t*>(user) = fake_now();
}

// Real time: what blocks sleeps as long as the work takes, and host functions run on a thread of the
// driver's.
TEST(FakeClock, RealTimePasses) {
  ASSERT_EQ(fake_configure(""), 0);
  fake_play(0, 0);
  const Player a(0);
  std::uint64_t called = 0;
  const std::uint64_t before = fake_now();
  a.launch(20 * kMillisecond);
  EXPECT_EQ(cuStreamQuery(nullptr), CUDA_ERROR_NOT_READY);
  EXPECT_EQ(cuLaunchHostFunc(nullptr, note, &called), CUDA_SUCCESS);
  a.launch(10 * kMillisecond);
  const CUevent end = a.record();
  EXPECT_EQ(cuEventSynchronize(end), CUDA_SUCCESS);
  EXPECT_GE(fake_now(), before + 30 * kMillisecond);
  EXPECT_GE(called, before + 20 * kMillisecond);
  EXPECT_EQ(a.work().device_ns, 30 * kMillisecond);
  ASSERT_EQ(fake_configure(""), 0);
}

// Threads of one process, each with its own stream and memory: the books are right at the end.
TEST(FakeClock, ThreadsOfOneProcess) {
  ASSERT_EQ(fake_configure("memory=8MiB"), 0);
  fake_play(0, 0);
  const Player a(0);
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&a, i] {
      fake_play(0, i + 1);
      CUcontext context = a.context;
      EXPECT_EQ(cuCtxSetCurrent(context), CUDA_SUCCESS);
      CUstream stream = nullptr;
      EXPECT_EQ(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING), CUDA_SUCCESS);
      for (int step = 0; step < 200; ++step) {
        CUdeviceptr address = 0;
        const CUresult result = cuMemAlloc_v2(&address, static_cast<std::size_t>(step) * 1000 + 1);
        std::uint64_t ns = 1000;
        void* parameters[] = {&ns};
        EXPECT_EQ(cuLaunchKernel(a.sleep, 1, 1, 1, 1, 1, 1, 0, stream, parameters, nullptr), CUDA_SUCCESS);
        if (step % 50 == 0) {
          EXPECT_EQ(cuStreamSynchronize(stream), CUDA_SUCCESS);
        }
        if (result == CUDA_SUCCESS) {
          EXPECT_EQ(cuMemFree_v2(address), CUDA_SUCCESS);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cuCtxSynchronize(), CUDA_SUCCESS);
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(0, &memory), 0);
  EXPECT_EQ(memory.used, 0u);
  EXPECT_EQ(a.work().launches, 1600u);
  ASSERT_EQ(fake_configure(""), 0);
}

}  // namespace
}  // namespace dure::gpu::fake
