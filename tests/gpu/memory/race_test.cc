// Issue 4: 16 threads, and 16 processes, race for one share by every way there is to get memory. The judge is
// the driver beneath: by its own high-water mark the limit is never passed, and at the end nothing is left.
//
// DURE_TEST_ALLOCATIONS says how many attempts there are in the two tests together; without it ten million
// with DURE_TEST_TIER=full (a tenth of that under a sanitizer), else as many as take a second or two.
#include <sys/mman.h>

#include <barrier>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "gpu/memory/racer.h"
#include "gpu/tier.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kRacers = 16;
constexpr std::uint64_t kLimit = 128 * kMiB;

std::uint64_t allocations_of_each() {
  constexpr std::uint64_t kFull = kSanitized ? 1'000'000 : 10'000'000;
  const char* text = std::getenv("DURE_TEST_ALLOCATIONS");
  std::uint64_t all = is_full_tier() ? kFull : 40'000;
  if (text != nullptr) all = std::strtoull(text, nullptr, 10);
  return all / 2 / kRacers + 1;
}

void expect_within(const Program& program, Container& container) {
  EXPECT_LE(program.real().high, kLimit);
  EXPECT_GE(program.real().high, kLimit / 2);
  EXPECT_GT(container.share().usage()->card[0].refused, 0u) << "nobody had to be refused: this tests nothing";
}

// How often each way succeeded, of all racers.
struct Ways {
  std::uint64_t count[Racer::kWays];

  void add(const Racer& racer) {
    for (unsigned way = 0; way < Racer::kWays; ++way)
      __atomic_fetch_add(&count[way], racer.succeeded()[way], __ATOMIC_RELAXED);
  }
  void expect_all(unsigned ways) const {
    for (unsigned way = 0; way < ways; ++way) EXPECT_GT(count[way], 0u) << "way " << way;
  }
};

void empty_default_pool(const Program& program) {
  CUmemoryPool pool = nullptr;
  EXPECT_EQ(program.call("cuCtxSynchronize"), CUDA_SUCCESS);
  EXPECT_EQ(program.call("cuDeviceGetDefaultMemPool", &pool, 0), CUDA_SUCCESS);
  EXPECT_EQ(program.call("cuMemPoolTrimTo", pool, std::size_t{0}), CUDA_SUCCESS);
}

TEST(MemoryRace, SixteenThreadsByEveryWay) {
  Container container(kLimit);
  container.run([&](Program& program) {
    CUcontext context = program.start();
    std::vector<std::thread> threads;
    Ways ways = {};
    std::barrier when_full(kRacers);  // each with all that it holds
    for (unsigned t = 0; t < kRacers; ++t) {
      threads.emplace_back([&, t] {
        program.call("cuCtxSetCurrent", context);
        Racer racer(program, t, nullptr);
        racer.run(allocations_of_each());
        when_full.arrive_and_wait();
        racer.give_all_back();
        ways.add(racer);
      });
    }
    for (std::thread& thread : threads) thread.join();
    ways.expect_all(Racer::kWays - 1);  // all but those of other processes
    expect_within(program, container);
    empty_default_pool(program);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_EQ(container.booked(), 0u);
  });
}

TEST(MemoryRace, SixteenProcessesByEveryWay) {
  Container container(kLimit);
  struct Common {
    Handles handles;
    Ways ways;
    std::uint32_t at_start, when_full, at_end;
  };
  auto* common = static_cast<Common*>(
      mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(common, MAP_FAILED);
  // Waits for all: what one shares, it keeps until the others have ended.
  const auto meet = [](std::uint32_t* here) {
    __atomic_add_fetch(here, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 600'000 && __atomic_load_n(here, __ATOMIC_ACQUIRE) < kRacers; ++i) usleep(1000);
  };
  std::vector<pid_t> children;
  for (unsigned p = 0; p < kRacers; ++p) {
    children.push_back(container.start([&, p](Program& program) {
      program.start();
      CUdeviceptr shared = 0;
      EXPECT_EQ(program.allocate(&shared, kMiB / 2), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuIpcGetMemHandle", &common->handles.handle[p], shared), CUDA_SUCCESS);
      __atomic_store_n(&common->handles.there[p], 1, __ATOMIC_RELEASE);
      meet(&common->at_start);
      Racer racer(program, 1000 + p, &common->handles);
      racer.run(allocations_of_each());
      meet(&common->when_full);  // with all that each holds
      racer.give_all_back();
      common->ways.add(racer);
      meet(&common->at_end);
      EXPECT_EQ(program.free(shared), CUDA_SUCCESS);
      empty_default_pool(program);
      expect_within(program, container);
    }));
  }
  for (const pid_t child : children) Container::finish(child);
  EXPECT_EQ(container.booked(), 0u);
  common->ways.expect_all(Racer::kWays);
  munmap(common, sizeof(Common));
}

}  // namespace
}  // namespace dure::gpu::share
