// SIGKILL at every named step of every protocol of the share's books: claim, reserve, settle, release, reap,
// fork. After each kill the others go on at once, the total is what the living hold, and nothing underflows.
//
// A victim is a process that does a bit of everything; it is killed at the n-th time that it comes to a step
// of a given name. The next victim finds what the last one left. With DURE_TEST_TIER=full 10,000 kills.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gpu/share/step.h"
#include "gpu/share/stopwatch.h"
#include "gpu/share/test_share_folder.h"
#include "gpu/tier.h"

namespace dure::gpu::share {
namespace {

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kLimit = 16 * kMiB;

// What victims and the test have in common.
struct Shared {
  char name[64];        // die at the step of this name …
  uint32_t occurrence;  // … when it comes for the n-th time; 0: never
  uint32_t in_child;    // in the child that the victim forks, not in the victim
  uint32_t stop;        // stop there (SIGSTOP) instead
  uint32_t killed;      // how many died at a step
  uint32_t steps;       // while names are collected: how many of them
  char names[4096][64];
  uint64_t progress;  // of the bystander
};
Shared* shared = nullptr;
// Of a victim.
bool is_victim = false, is_child = false;
uint32_t seen = 0;

void note_name(const char* name) {
  if (!is_victim) return;
  const uint32_t at = __atomic_fetch_add(&shared->steps, 1, __ATOMIC_RELAXED);
  if (at < 4096) std::strncpy(shared->names[at], name, 63);
}
void die_here(const char* name) {
  if (!is_victim || is_child != (shared->in_child != 0) || std::strcmp(name, shared->name) != 0) return;
  if (++seen != shared->occurrence) return;
  __atomic_fetch_add(&shared->killed, 1, __ATOMIC_SEQ_CST);
  ::kill(::getpid(), shared->stop != 0 ? SIGSTOP : SIGKILL);
}

// Reserves, settles and releases with the table of pointers, as the wrappers do.
void allocate_and_free(Slot& slot, std::minstd_rand& random, unsigned rounds) {
  static uint64_t next = 1;
  std::vector<uint64_t> held;
  for (unsigned i = 0; i < rounds; ++i) {
    uint64_t units = 0;
    if (reserve_memory(slot, 0, random() % (2 * kMiB) + 1, &units) == CUDA_SUCCESS) {
      settle_memory(slot, 0, &units, random() % (2 * kMiB) + 1);
      if (!slot.pointers->insert({next << 9, units, 0, 1, AllocationKind::kLinear, 0, 0})) ::_exit(4);
      held.push_back(next++ << 9);
    }
    if (held.size() > 6 || (!held.empty() && random() % 3 == 0)) {
      Allocation freed = {};
      if (!slot.pointers->erase(AllocationKind::kLinear, held.back(), &freed)) ::_exit(5);
      if (!release_memory(slot, 0, freed.units)) ::_exit(6);
      held.pop_back();
    }
  }
}

// Leaves what it holds, as a process does that ends without freeing.
[[noreturn]] void be_victim(const char* folder, unsigned seed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  is_victim = true;
  std::minstd_rand random(seed);
  PageFault fault = PageFault::kNone;
  Slot* slot = own_slot(folder, &fault);
  if (slot == nullptr) ::_exit(2);
  allocate_and_free(*slot, random, 8);
  const pid_t pid = ::fork();
  if (pid == 0) {
    is_child = true;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Slot* mine = own_slot(folder, &fault);
    if (mine == nullptr || mine->index == slot->index) ::_exit(3);
    allocate_and_free(*mine, random, 4);
    ::_exit(0);
  }
  ::waitpid(pid, nullptr, 0);
  allocate_and_free(*slot, random, 4);
  ::_exit(0);
}

// All the time one more process changes the same total.
[[noreturn]] void be_bystander(const char* folder) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::minstd_rand random(3);
  PageFault fault = PageFault::kNone;
  Slot* slot = own_slot(folder, &fault);
  if (slot == nullptr) ::_exit(2);
  for (;;) {
    uint64_t units = 0;
    if (reserve_memory(*slot, 0, random() % kMiB + 1, &units) == CUDA_SUCCESS &&
        !release_memory(*slot, 0, units))
      ::_exit(3);
    __atomic_fetch_add(&shared->progress, 1, __ATOMIC_RELAXED);
  }
}

class Kills : public testing::Test {
 protected:
  void SetUp() override {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    shared = static_cast<Shared*>(
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  }
  void TearDown() override { ::munmap(shared, sizeof(Shared)); }

  // Returns when it and what it forked are gone, with its status.
  int run_victim(unsigned seed) {
    const pid_t pid = ::fork();
    if (pid == 0) be_victim(folder.path(), seed);
    int status = 0, victim = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, __WNOTHREAD)) > 0 && ended != bystander_)
      if (ended == pid) {
        victim = status;
        // What it forked and left is killed by the kernel; it is waited for as well.
        while (::waitpid(-1, nullptr, bystander_ == 0 ? 0 : WNOHANG) > 0) {
        }
        break;
      }
    EXPECT_NE(ended, bystander_) << "the bystander ended";
    return victim;
  }

  // The total, by the rule for dead processes, while nobody else changes it.
  void expect_books_in_order(const std::string& after) {
    EXPECT_EQ(folder.held_by_all(), folder.total()) << after;
    EXPECT_LE(memory_totals(folder.usage(), 0).high, units_of(kLimit)) << after;
  }

  // How often a victim comes to each step.
  std::map<std::string, unsigned> names_of_steps() {
    step_hook = note_name;
    std::map<std::string, unsigned> names;
    // The first leaves something to reap to the second.
    for (unsigned seed = 1; seed <= 2; ++seed) EXPECT_EQ(run_victim(seed), 0);
    for (uint32_t i = 0; i < shared->steps && i < 4096; ++i) ++names[shared->names[i]];
    step_hook = die_here;
    return names;
  }

  void aim(const std::string& name, unsigned occurrence, bool in_child) {
    std::strncpy(shared->name, name.c_str(), sizeof(shared->name) - 1);
    shared->name[name.size()] = '\0';
    shared->occurrence = occurrence;
    shared->in_child = in_child ? 1 : 0;
  }

  ShareFolder folder{kLimit};
  pid_t bystander_ = 0;
};

constexpr unsigned kFewer = kSanitized ? 10 : 1;

unsigned count_of_kills() {
  return is_full_tier() ? 10000 / kFewer : 300;
}

// P22, P3. Between kills the test itself asks for all of the share: it gets it, at once.
TEST_F(Kills, AtEveryStepNothingIsLostAndNobodyWaits) {
  const auto names = names_of_steps();
  for (const char* step :
       {"claim.bit", "claim.reap_lock", "claim.lock", "claim.pid", "claim.unlock", "ledger.intent",
        "ledger.helped", "ledger.total", "ledger.memory", "ledger.settled", "reap.lock", "reap.released",
        "reap.pid", "reap.unlock", "own.claiming"})
    EXPECT_TRUE(names.count(step)) << step;
  std::vector<std::string> steps;
  steps.reserve(names.size());
  for (const auto& [name, count] : names) steps.push_back(name);
  Slot mine = {};
  ASSERT_EQ(claim_slot(folder.path(), &mine), PageFault::kNone);
  std::mt19937 random(1);
  std::map<std::string, unsigned> died;
  double longest = 0;
  const unsigned kills = count_of_kills();
  for (unsigned i = 0; shared->killed < kills && i < 4 * kills; ++i) {
    const std::string& name = steps[i % steps.size()];
    const bool in_child = random() % 3 == 0;
    aim(name, random() % std::min(names.at(name), 12u) + 1, in_child);
    const auto before = shared->killed;
    run_victim(random());
    died[name] += shared->killed - before;
    const std::string after = name + " " + std::to_string(shared->occurrence);
    expect_books_in_order(after);
    if (random() % 3 != 0) continue;  // more of the dead lie about
    const Stopwatch watch;
    uint64_t units = 0;
    ASSERT_EQ(reserve_memory(mine, 0, kLimit, &units), CUDA_SUCCESS) << after;
    longest = std::max(longest, watch.milliseconds());
    ASSERT_EQ(folder.total(), units) << after;
    ASSERT_TRUE(release_memory(mine, 0, units));
    ASSERT_EQ(folder.total(), 0u) << after;
    expect_books_in_order(after);
    if (HasFailure()) return;
  }
  EXPECT_GE(shared->killed, kills);
  EXPECT_LT(longest, 100);
  for (const auto& name : steps) EXPECT_GT(died[name], 0u) << name;
  leave_slot(&mine);
  folder.reap();
  EXPECT_EQ(folder.usage()->taken[0], 0u);
  RecordProperty("kills", static_cast<int>(shared->killed));
}

// The same beside a process that changes the total all the time, so that the dead were helped, or not.
TEST_F(Kills, BesideAProcessThatGoesOn) {
  const auto names = names_of_steps();
  std::vector<std::string> steps;
  for (const auto& [name, count] : names)
    if (name.starts_with("ledger.") || name.starts_with("reap.")) steps.push_back(name);
  bystander_ = ::fork();
  if (bystander_ == 0) {
    step_hook = nullptr;
    be_bystander(folder.path());
  }
  std::mt19937 random(2);
  const unsigned kills = count_of_kills() / 2;
  for (unsigned i = 0; i < kills; ++i) {
    const std::string& name = steps[i % steps.size()];
    aim(name, random() % std::min(names.at(name), 12u) + 1, random() % 3 == 0);
    const uint64_t before = __atomic_load_n(&shared->progress, __ATOMIC_RELAXED);
    run_victim(random());
    for (const Stopwatch watch; __atomic_load_n(&shared->progress, __ATOMIC_RELAXED) == before;) {
      ASSERT_LT(watch.milliseconds(), 5000) << "the bystander waits after " << name;
      std::this_thread::yield();
    }
  }
  ::kill(bystander_, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  bystander_ = 0;
  expect_books_in_order("all");
  folder.reap();
  EXPECT_EQ(folder.total(), 0u);
  EXPECT_LE(memory_totals(folder.usage(), 0).high, units_of(kLimit));
}

// On a kernel that cannot wipe memory on fork a child knows by its process id that it has no slot yet.
TEST_F(Kills, WithoutMemoryThatIsWipedOnForkAChildHasASlotOfItsOwnToo) {
  without_wipe_on_fork = true;
  names_of_steps();  // both victims end as they should
  without_wipe_on_fork = false;
  EXPECT_EQ(folder.usage()->process[0].generation + folder.usage()->process[1].generation, 4u);
  folder.reap();
  EXPECT_EQ(folder.total(), 0u);
}

// Milliseconds of a core that this thread has had; what it waited for one while others ran does not count.
double milliseconds_of_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Study 1.3, HAMi#1662: a minute with hundreds of processes. All begin at once, and stay. None takes its slot
// by asking again and again for the lock of another.
TEST_F(Kills, ManyProcessesStartAtOnce_1662) {
  const unsigned count = is_full_tier() ? 1000 : 200;
  auto* times = static_cast<double*>(
      ::mmap(nullptr, count * sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  std::vector<pid_t> pids;
  for (unsigned i = 0; i < count; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      while (__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE) == 0) std::this_thread::yield();
      const double before = milliseconds_of_cpu();
      PageFault fault = PageFault::kNone;
      if (own_slot(folder.path(), &fault) == nullptr) ::_exit(2);
      times[i] = milliseconds_of_cpu() - before;
      __atomic_fetch_add(&shared->progress, 1, __ATOMIC_SEQ_CST);
      for (;;) ::pause();
    }
    pids.push_back(pid);
  }
  __atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
  for (const Stopwatch watch; __atomic_load_n(&shared->progress, __ATOMIC_SEQ_CST) < count;) {
    ASSERT_LT(watch.milliseconds(), 60000);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::sort(times, times + count);
  EXPECT_LT(times[count / 2], 2 * kFewer);
  EXPECT_LT(times[count * 95 / 100], 10 * kFewer);
  RecordProperty("p50_us", static_cast<int>(times[count / 2] * 1000));
  RecordProperty("p95_us", static_cast<int>(times[count * 95 / 100] * 1000));
  std::set<uint64_t> owners;
  for (unsigned slot = 0; slot < count; ++slot) owners.insert(folder.usage()->process[slot].pid);
  EXPECT_EQ(owners.size(), count) << "one slot each, the lowest ones";
  for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  while (::waitpid(-1, nullptr, 0) > 0) {
  }
  EXPECT_EQ(folder.reap(), count);
  ::munmap(times, count * sizeof(double));
}

class KillsByName : public Kills {
 protected:
  // A victim that dies, or stops, at the step; then another process starts and takes all memory. How long
  // that takes.
  double others_after(const char* name, bool stop) {
    for (unsigned seed = 1; seed <= 2; ++seed) run_victim(seed);  // somebody to reap
    step_hook = die_here;
    aim(name, 1, false);
    shared->stop = stop ? 1 : 0;
    shared->killed = 0;
    const pid_t pid = ::fork();
    if (pid == 0) be_victim(folder.path(), 9);
    int status = 0;
    ::waitpid(pid, &status, WUNTRACED);
    EXPECT_EQ(shared->killed, 1u) << name;
    EXPECT_EQ(WIFSTOPPED(status), stop);
    step_hook = nullptr;
    const Stopwatch watch;
    Slot mine = {};
    EXPECT_EQ(claim_slot(folder.path(), &mine), PageFault::kNone);
    uint64_t units = 0;
    // One that is stopped keeps what it has, and at most one dead slot from the others.
    const CUresult all = reserve_memory(mine, 0, stop ? kMiB : kLimit, &units);
    const double took = watch.milliseconds();
    EXPECT_EQ(all, CUDA_SUCCESS) << name;
    leave_slot(&mine);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    folder.reap();
    EXPECT_EQ(folder.total(), 0u) << name;
    return took;
  }
};

// Study 1.3, HAMi#2500: killed between clearing the owner and posting the semaphore, everybody waits for
// ever.
TEST_F(KillsByName, SigkillHoldingSemaphore_2500) {
  for (const char* step :
       {"reap.lock", "reap.lanes", "reap.released", "reap.pid", "reap.cleared", "ledger.total"})
    EXPECT_LT(others_after(step, false), 100) << step;
}

// Study 1.3, HAMi-core PR#248: killed while it starts, the others wait 328 s and run without a limit.
TEST_F(KillsByName, KilledInPostInit_248) {
  for (const char* step : {"own.claiming", "claim.open", "claim.mapped", "claim.bit", "claim.reap_lock",
                           "claim.lock", "claim.identity", "claim.pid", "claim.unlock"})
    EXPECT_LT(others_after(step, false), 100) << step;
}

// Study 1.3, HAMi-core#86: an endless loop of "lock shrreg". Here the one that has the locks is only stopped.
TEST_F(KillsByName, EndlessLockLoop_86) {
  for (const char* step : {"claim.reap_lock", "claim.lock", "reap.lock", "ledger.intent", "ledger.total"})
    EXPECT_LT(others_after(step, true), 100) << step;
}

}  // namespace
}  // namespace dure::gpu::share
