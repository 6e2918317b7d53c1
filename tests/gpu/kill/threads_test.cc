// Issue 4: sixteen threads of one process do everything by which the books of a share change, at once: memory
// by every way, contexts, launches on shared streams, captures, graphs. With ThreadSanitizer the library is
// instrumented too.
#include <barrier>
#include <thread>
#include <vector>

#include "gpu/kill/worker.h"
#include "gpu/tier.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kThreads = 16;
constexpr std::uint64_t kLimit = 256 * kMiB;
// What modules can pass the limit by, before they are measured (worker.cc).
constexpr std::uint64_t kModules = kThreads * (100'352 + 65'536 + 131'072);

unsigned acts_of_each() {
  if (kThreadSanitized) return 30;
  return is_full_tier() ? 2000 : 60;
}

// P22.
TEST(Threads, SixteenDoEverything) {
  Container container(kLimit, 1, "context=4MiB");
  auto& card = container.share().limits()->card[0];
  card.context_bytes = 4 * kMiB;
  card.guaranteed_milli = 900;
  container.run([&](Program& program) {
    CUcontext context = program.start();
    std::array<std::uint64_t, Worker::kActs> done = {};
    std::barrier all_begin(kThreads), all_done(kThreads);
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        EXPECT_EQ(program.call("cuCtxSetCurrent", context), CUDA_SUCCESS);
        Worker worker(program, t, nullptr, true);
        all_begin.arrive_and_wait();
        for (unsigned i = 0; i < acts_of_each(); ++i) worker.act();
        for (unsigned act = 0; act < Worker::kActs; ++act)
          __atomic_fetch_add(&done[act], worker.succeeded()[act], __ATOMIC_RELAXED);
        all_done.arrive_and_wait();
        worker.give_all_back();
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (unsigned act = 0; act < Worker::kActs; ++act) EXPECT_GT(done[act], 0u) << Worker::name_of(act);
    EXPECT_LE(program.real().high, kLimit + kModules);
    EXPECT_GE(program.real().high, kLimit / 2);
    EXPECT_EQ(program.call("cuCtxDestroy_v2", context), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(container.share().usage()->process[0].card[0].work.outstanding_ns, 0u);
  });
}

}  // namespace
}  // namespace dure::gpu::share
