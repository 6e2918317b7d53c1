// Many threads and many processes race for one share. What is proven for every instant is read from the high
// mark, which is exact (LedgerExplore): it is no more than the limit. An observer looks at the total all the
// while as well. With DURE_TEST_TIER=full eleven million reservations, else as many as take a second.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {
namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr unsigned kRacers = 16;

unsigned rounds() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 360000 : 6000;
}

// Reserves, settles and releases at random; holds nothing at the end. False where the books were wrong.
bool race(Slot& slot, unsigned seed) {
  std::minstd_rand random(seed);
  std::vector<uint64_t> held;
  for (unsigned i = rounds(); i-- > 0;) {
    uint64_t units = 0;
    const CUresult result = reserve_memory(slot, 0, random() % kMiB + 1, &units);
    if (result == CUDA_SUCCESS) {
      if (random() % 8 == 0 && settle_memory(slot, 0, &units, random() % kMiB + 1) == CUDA_ERROR_UNKNOWN)
        return false;
      held.push_back(units);
    } else if (result != CUDA_ERROR_OUT_OF_MEMORY) {
      return false;
    }
    while (held.size() > 60 || (!held.empty() && (i == 0 || result != CUDA_SUCCESS))) {
      if (!release_memory(slot, 0, held.back())) return false;
      held.pop_back();
    }
  }
  return true;
}

// A process that looks at the total as often as it can, and says what the most was that it saw.
class Observer {
 public:
  explicit Observer(const ShareFolder& folder)
      : most_(static_cast<uint64_t*>(
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
        pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
      const uint64_t now = folder.total();
      if (now > *most_) __atomic_store_n(most_, now, __ATOMIC_RELAXED);
    }
  }
  ~Observer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::munmap(most_, 4096);
  }
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  uint64_t most() const { return __atomic_load_n(most_, __ATOMIC_RELAXED); }

 private:
  uint64_t* most_;
  pid_t pid_;
};

// While `work` runs the total is looked at; afterwards everything is as it was.
void expect_limit_kept(ShareFolder& folder, const std::function<void()>& work) {
  const Observer observer(folder);
  work();
  const MemoryTotals totals = memory_totals(folder.usage(), 0);
  EXPECT_LE(totals.high, units_of(20 * kMiB));
  EXPECT_LE(observer.most(), totals.high);
  EXPECT_GT(totals.high, units_of(19 * kMiB));
  EXPECT_GT(totals.refused, 0u) << "they did not compete";
  EXPECT_EQ(totals.units, 0u);
  EXPECT_EQ(folder.held_by_all(), 0u);
}

// P3. Run under ThreadSanitizer in the full tier.
TEST(LedgerRace, SixteenThreadsOfOneProcess) {
  ShareFolder folder(20 * kMiB);
  Slot slot = {};
  ASSERT_EQ(claim_slot(folder.path(), &slot), PageFault::kNone);
  expect_limit_kept(folder, [&] {
    std::atomic<unsigned> right = 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kRacers; ++i) threads.emplace_back([&, i] { right += race(slot, i + 1); });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, kRacers);
  });
  leave_slot(&slot);
}

// P3.
TEST(LedgerRace, SixteenProcesses) {
  ShareFolder folder(20 * kMiB);
  expect_limit_kept(folder, [&] {
    std::vector<pid_t> children;
    for (unsigned i = 0; i < kRacers; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        PageFault fault = PageFault::kNone;
        Slot* slot = own_slot(folder.path(), &fault);
        ::_exit(slot != nullptr && race(*slot, i + 1) ? 0 : 1);
      }
      children.push_back(pid);
    }
    for (const pid_t pid : children) {
      int status = 0;
      ::waitpid(pid, &status, 0);
      EXPECT_EQ(status, 0);
    }
  });
}

// Study 1.3: a sum that is checked and then added to lets two processes pass. Each round only one of two
// fits.
TEST(LedgerRace, TwoProcessesBothPass) {
  ShareFolder folder(10 * kMiB);
  Slot mine = {};
  ASSERT_EQ(claim_slot(folder.path(), &mine), PageFault::kNone);
  const unsigned count = rounds();
  const pid_t pid = ::fork();
  const auto take_turns = [count](Slot& slot) {
    for (unsigned i = 0; i < count; ++i) {
      uint64_t units = 0;
      if (reserve_memory(slot, 0, 6 * kMiB, &units) == CUDA_SUCCESS) release_memory(slot, 0, units);
    }
  };
  if (pid == 0) {
    PageFault fault = PageFault::kNone;
    Slot* slot = own_slot(folder.path(), &fault);
    if (slot != nullptr) take_turns(*slot);
    ::_exit(slot != nullptr ? 0 : 1);
  }
  take_turns(mine);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(memory_totals(folder.usage(), 0).high, units_of(6 * kMiB));
  EXPECT_EQ(folder.total(), 0u);
  leave_slot(&mine);
}

}  // namespace
}  // namespace dure::gpu::share
