// The state itself: configuration, a death with the lock in hand, blocks, slots.
#include "gpu/fake/state.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "gpu/tier.h"

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

class FakeState : public testing::Test {
 protected:
  void SetUp() override { forget(); }
  void TearDown() override { forget(); }
  void forget() const {
    unlink(path_.c_str());
    unlink((path_ + ".pids").c_str());
  }
  std::unique_ptr<State> open(const std::string& config = "memory=100MiB") const {
    return State::open(path_, config, false, 0);
  }
  const std::string path_ = testing::TempDir() + "fake-state-alone-" + std::to_string(getpid());
};

TEST(FakeConfig, IsReadOrRefused) {
  EXPECT_TRUE(Config::parse("").has_value());
  const auto config =
      Config::parse("cards=2; memory=96GiB\nname = Some Card # really\nmig1=3g.40gb, 1g.10gb");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->name, "Some Card");
  ASSERT_EQ(config->devices.size(), 3u);
  EXPECT_EQ(config->devices[0].memory, std::uint64_t{96} << 30);
  EXPECT_EQ(config->devices[1].card, 1);
  EXPECT_EQ(config->devices[1].memory, std::uint64_t{40} << 30);
  EXPECT_EQ(config->devices[2].instance, 1);
  for (const char* bad :
       {"cards=0", "colour=blue", "memory=lots", "cards", "mig0=half", "mig0=9g.10gb", "granule=0"}) {
    EXPECT_FALSE(Config::parse(bad).has_value()) << bad;
  }
}

TEST_F(FakeState, TheFirstConfigurationStays) {
  const auto first = open("memory=1MiB");
  const auto second = open("memory=2MiB");
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->config().memory, kMiB);
  EXPECT_EQ(State::open(path_ + "/not/there", "", false, 0), nullptr);
}

// Somebody dies with the lock in his hand and the books half changed: whoever comes next makes the sums anew.
TEST_F(FakeState, ADeathWithTheLockInHandIsRepaired) {
  const auto state = open();
  int mine = -1;
  {
    const State::Lock lock(*state);
    mine = state->attach("living", 1);
    EXPECT_TRUE(state->grant(mine, 0, 10 * kMiB));
  }
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = open();
    const State::Lock lock(*theirs);
    const int slot = theirs->attach("dying", 2);
    if (!theirs->grant(slot, 0, 20 * kMiB)) _exit(1);
    const int context = theirs->open_context(slot, 0);
    theirs->engine(0).extend(context, ticks(1'000'000'000));
    theirs->shared().device[0].memory.used += 7 * kMiB;
    theirs->shared().tenant[0].memory[0].used -= 3 * kMiB;
    theirs->engine(0).active = 5;
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const State::Lock lock(*state);
  EXPECT_EQ(state->shared().device[0].memory.used, 10 * kMiB);
  EXPECT_EQ(state->shared().tenant[state->find_tenant("living")].memory[0].used, 10 * kMiB);
  EXPECT_EQ(state->shared().tenant[state->find_tenant("dying")].memory[0].used, 0u);
  EXPECT_EQ(state->shared().tenant[state->find_tenant("dying")].memory[0].high, 20 * kMiB);
  EXPECT_EQ(state->engine(0).active, 0u);
  EXPECT_EQ(state->alive(), 1);
}

// Whoever lets go of the lock wakes one that waits for it; if that one is killed before it has the lock,
// nobody wakes the next. So a lock that is free while somebody sleeps is no reason to sleep on.
TEST_F(FakeState, NobodySleepsBesideALockThatIsFree) {
  if (kThreadSanitized) GTEST_SKIP() << "where pthread_mutex_timedlock is not known for robust mutexes";
  const auto state = open();
  auto* const word = reinterpret_cast<std::uint32_t*>(&state->shared().mutex);  // glibc's: who has it
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = open();
    const State::Lock lock(*theirs);
    // Let go of as by one that is killed after the kernel has woken somebody: nobody else is woken.
    while ((__atomic_load_n(word, __ATOMIC_ACQUIRE) & FUTEX_WAITERS) == 0) usleep(100);
    __atomic_store_n(word, 0, __ATOMIC_RELEASE);
    _exit(0);
  }
  for (int n = 0; n < 50'000 && __atomic_load_n(word, __ATOMIC_ACQUIRE) == 0; ++n) usleep(100);
  std::atomic<bool> has_it = false;
  std::thread waits([&] {
    const State::Lock lock(*state);
    has_it = true;
  });
  waitpid(child, nullptr, 0);
  for (int n = 0; n < 2000 && !has_it; ++n) usleep(1000);
  EXPECT_TRUE(has_it);
  syscall(SYS_futex, word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  waits.join();
}

TEST_F(FakeState, SlotsAreUsedAgainAndRunOut) {
  const auto state = open();
  const State::Lock lock(*state);
  for (int i = 0; i < kMaxProcesses; ++i) EXPECT_EQ(state->attach("one", i), i);
  EXPECT_EQ(state->attach("one", 0), -1);
  state->detach(7);
  EXPECT_EQ(state->attach("other", 0), 7);
}

TEST_F(FakeState, AProcessIsKnownByItsNumberAsTheCallerSeesIt) {
  const auto state = open();
  int told[2];
  int go[2];
  ASSERT_EQ(pipe(told), 0);
  ASSERT_EQ(pipe(go), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto theirs = open();
    char slot = 0;
    {
      const State::Lock lock(*theirs);
      slot = static_cast<char>(theirs->attach("somebody", 4242));
    }
    char end = 0;
    if (write(told[1], &slot, 1) != 1 || read(go[0], &end, 1) != 1) _exit(1);
    _exit(0);
  }
  unsigned char slot = 255;
  EXPECT_EQ(read(told[0], &slot, 1), 1);
  {
    const State::Lock lock(*state);
    EXPECT_EQ(state->shared().process[slot].pid, 4242);
    EXPECT_EQ(state->pid_of(slot), child);
    EXPECT_EQ(state->pid_of(state->attach("me", 99)), 99);  // its own lock a process does not see
  }
  EXPECT_EQ(write(go[1], "x", 1), 1);
  waitpid(child, nullptr, 0);
  for (const int end : {told[0], told[1], go[0], go[1]}) close(end);
}

}  // namespace
}  // namespace dure::gpu::fake
