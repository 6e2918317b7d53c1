// Slots: who is alive, what becomes of those who are not, and that nobody waits.
#include "gpu/share/slot.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "gpu/share/test_share_folder.h"

namespace dure::gpu::share {
namespace {

constexpr uint64_t kMiB = 1 << 20;

// A child that does `work` and then waits to be killed; the constructor returns when it has done it.
class Child {
 public:
  explicit Child(const std::function<void()>& work) {
    int pipes[2];
    EXPECT_EQ(::pipe(pipes), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      work();
      (void)!::write(pipes[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(pipes[1]);
    char byte = 0;
    EXPECT_EQ(::read(pipes[0], &byte, 1), 1) << "the child died";
    ::close(pipes[0]);
  }
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

Slot claimed(const char* folder) {
  Slot slot = {};
  EXPECT_EQ(claim_slot(folder, &slot), PageFault::kNone);
  return slot;
}

// Of a child of a test: no expectations there.
Slot must_claim(const char* folder) {
  Slot slot = {};
  if (claim_slot(folder, &slot) != PageFault::kNone) ::_exit(2);
  return slot;
}
void must_reserve(Slot& slot, uint64_t bytes) {
  uint64_t units = 0;
  if (reserve_memory(slot, 0, bytes, &units) != CUDA_SUCCESS) ::_exit(3);
}

// P3.
TEST(Slots, TwoClaimsGetTwoSlotsAndTheLowestComesFirst) {
  ShareFolder folder(64 * kMiB);
  Slot first = claimed(folder.path());
  Slot second = claimed(folder.path());
  EXPECT_EQ(first.index, 0u);
  EXPECT_EQ(second.index, 1u);
  EXPECT_EQ(folder.usage()->process[0].pid, static_cast<uint64_t>(::getpid()));
  EXPECT_GT(folder.usage()->process[0].started, 0u);
  EXPECT_EQ(folder.reap(), 0u);
  leave_slot(&first);
  EXPECT_EQ(folder.reap(), 1u);
  Slot third = claimed(folder.path());
  EXPECT_EQ(third.index, 0u);
  EXPECT_EQ(folder.usage()->process[0].generation, 2u);
  leave_slot(&second);
  leave_slot(&third);
}

TEST(Slots, TheLockStaysWhereTheProgramClosesEveryDescriptor) {
  ShareFolder folder(64 * kMiB);
  Child child([&] {
    static Slot slot = must_claim(folder.path());
    for (int file = 20; file < 200; ++file) ::close(file);
    must_reserve(slot, kMiB);
  });
  EXPECT_EQ(folder.reap(), 0u);
  EXPECT_EQ(folder.total(), units_of(kMiB));
  child.kill();
  EXPECT_EQ(folder.reap(), 1u);
  EXPECT_EQ(folder.total(), 0u);
}

// P22. What a killed process held is there again for whoever asks.
TEST(Slots, MemoryOfAKilledProcessIsGivenToWhoAsksNext) {
  ShareFolder folder(10 * kMiB);
  Slot mine = claimed(folder.path());
  uint64_t units = 0;
  {
    Child child([&] {
      static Slot slot = must_claim(folder.path());
      must_reserve(slot, 8 * kMiB);
    });
    EXPECT_EQ(reserve_memory(mine, 0, 8 * kMiB, &units), CUDA_ERROR_OUT_OF_MEMORY);
  }
  EXPECT_EQ(reserve_memory(mine, 0, 8 * kMiB, &units), CUDA_SUCCESS);
  EXPECT_EQ(folder.total(), units_of(8 * kMiB));
  EXPECT_EQ(memory_totals(folder.usage(), 0).refused, 1u);
  leave_slot(&mine);
}

TEST(Slots, AForkedChildHasASlotOfItsOwn) {
  ShareFolder folder(64 * kMiB);
  Child child([&] {
    PageFault fault = PageFault::kNone;
    Slot* parent = own_slot(folder.path(), &fault);
    if (parent == nullptr) ::_exit(4);
    must_reserve(*parent, kMiB);
    const auto index = parent->index;
    const pid_t pid = ::fork();
    if (pid == 0) {
      Slot* mine = own_slot(folder.path(), &fault);
      if (mine == nullptr || mine->index == index) ::_exit(5);
      must_reserve(*mine, 2 * kMiB);
      if (own_memory_units(*mine, 0) != units_of(2 * kMiB)) ::_exit(6);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) ::_exit(7);
    if (own_slot(folder.path(), &fault) != parent || parent->index != index) ::_exit(8);
  });
  EXPECT_EQ(folder.total(), units_of(3 * kMiB));
  EXPECT_EQ(folder.reap(), 1u);  // the grandchild
  EXPECT_EQ(folder.total(), units_of(kMiB));
}

TEST(Slots, AForkedChildThatNeverCallsDoesNotKeepItsParentAlive) {
  ShareFolder folder(64 * kMiB);
  int pipes[2];
  ASSERT_EQ(::pipe(pipes), 0);
  pid_t grandchild = 0;
  {
    Child child([&] {
      static Slot slot = must_claim(folder.path());
      must_reserve(slot, kMiB);
      const pid_t pid = ::fork();
      if (pid == 0)
        for (;;) ::pause();
      (void)!::write(pipes[1], &pid, sizeof(pid));
    });
    ASSERT_EQ(::read(pipes[0], &grandchild, sizeof(grandchild)), ssize_t{sizeof(grandchild)});
    EXPECT_EQ(folder.reap(), 0u);
  }
  EXPECT_EQ(folder.reap(), 1u);
  EXPECT_EQ(folder.total(), 0u);
  ::kill(grandchild, SIGKILL);
  ::close(pipes[0]);
  ::close(pipes[1]);
}

// The window between opening and mapping in which a thread forks: the child has the description, and the
// lock.
TEST(Slots, AnInheritedLockDoesNotCountOnceTheOwnerIsGone) {
  ShareFolder folder(64 * kMiB);
  int file = -1;
  ASSERT_EQ(open_usage(folder.path(), &file), PageFault::kNone);
  ASSERT_TRUE(lock_byte(file, DURE_LOCK_BASE + 5));  // as a child of slot 5's owner would hold it
  {
    Child child([&] {
      const auto identity = own_identity();
      auto& process = folder.usage()->process[5];
      process.pid = identity.pid, process.started = identity.started;
      process.pid_namespace = identity.pid_namespace;
      folder.usage()->taken[0] |= 1 << 5;
    });
    EXPECT_EQ(folder.reap(), 0u);
  }
  EXPECT_EQ(folder.reap(), 1u);
  // A process that has got the same id since is another.
  auto& process = folder.usage()->process[5];
  process.pid = static_cast<uint64_t>(::getpid());
  process.started = 1;
  process.pid_namespace = own_identity().pid_namespace;
  folder.usage()->taken[0] |= 1 << 5;
  EXPECT_EQ(folder.reap(), 1u);
  // One of another namespace is not judged by its id.
  process.pid = 4000000;
  process.pid_namespace = 1;
  folder.usage()->taken[0] |= 1 << 5;
  EXPECT_EQ(folder.reap(), 0u);
  close_file(file);
  EXPECT_EQ(folder.reap(), 1u);
}

// Study 1.3, HAMi-core PR#248 and HAMi#2500: whoever stops or dies while it starts keeps nobody waiting.
TEST(Slots, NobodyWaitsForAStoppedProcess) {
  ShareFolder folder(64 * kMiB);
  Child child([&] {
    static Slot slot = must_claim(folder.path());
    must_reserve(slot, kMiB);
  });
  ASSERT_EQ(::kill(child.pid(), SIGSTOP), 0);
  const auto began = std::chrono::steady_clock::now();
  Slot mine = claimed(folder.path());
  uint64_t units = 0;
  EXPECT_EQ(reserve_memory(mine, 0, 63 * kMiB, &units), CUDA_SUCCESS);
  EXPECT_EQ(reserve_memory(mine, 0, kMiB, &units), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
  leave_slot(&mine);
}

// Study 1.3, HAMi#1662.
TEST(Slots, ManyProcessesStart_1662) {
  ShareFolder folder(64 * kMiB);
  std::vector<Slot> slots(DURE_MAX_PROCESSES);
  // Of processor time: a machine that has others to run first is none of the protocol's.
  const std::clock_t began = std::clock();
  for (auto& slot : slots) slot = claimed(folder.path());
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  EXPECT_LT(seconds / static_cast<double>(slots.size()), 0.002);
  Slot one_more = {};
  EXPECT_EQ(claim_slot(folder.path(), &one_more), PageFault::kFull);
  leave_slot(&slots[700]);
  EXPECT_EQ(claim_slot(folder.path(), &one_more), PageFault::kNone);
  EXPECT_EQ(one_more.index, 700u);
  leave_slot(&one_more);
  slots.erase(slots.begin() + 700);
  for (auto& slot : slots) leave_slot(&slot);
  EXPECT_EQ(folder.reap(), 1024u);
}

// The bits are hints: a slot is empty when it is given to somebody, whatever they say.
TEST(Slots, ADeadSlotWhoseBitIsLostIsEmptiedByWhoClaimsIt) {
  ShareFolder folder(64 * kMiB);
  Slot slot = claimed(folder.path());
  must_reserve(slot, kMiB);
  leave_slot(&slot);
  folder.usage()->taken[0] = 0;
  slot = claimed(folder.path());
  EXPECT_EQ(slot.index, 0u);
  EXPECT_EQ(folder.total(), 0u);
  EXPECT_EQ(folder.usage()->taken[0], 1u);
  // Of one that is alive the lock decides.
  folder.usage()->taken[0] = 0;
  Slot other = claimed(folder.path());
  EXPECT_EQ(other.index, 1u);
  leave_slot(&slot);
  leave_slot(&other);
}

// What a dead process was about to do to the card is over: the node would go on settling others against it.
TEST(Slots, ADeadProcessHasNothingOutstanding) {
  ShareFolder folder(64 * kMiB);
  {
    Child child([&] {
      static Slot slot = must_claim(folder.path());
      auto& work = folder.usage()->process[slot.index].card[0].work;
      work.outstanding_ns = work.waiting_ns = work.pending_from_ns = 5;
    });
  }
  EXPECT_EQ(folder.usage()->process[0].card[0].work.pending_from_ns, 5u) << "this tests nothing";
  EXPECT_EQ(folder.reap(), 1u);
  const auto& work = folder.usage()->process[0].card[0].work;
  EXPECT_EQ(work.outstanding_ns, 0u);
  EXPECT_EQ(work.waiting_ns, 0u);
  EXPECT_EQ(work.pending_from_ns, 0u);
}

// The dead do not pile up even where nobody reaps on purpose.
TEST(Slots, WhoStartsClearsAwayThoseWhoEnded) {
  ShareFolder folder(64 * kMiB);
  uint32_t highest = 0;
  for (int i = 0; i < 200; ++i) {
    Slot slot = claimed(folder.path());
    highest = std::max(highest, slot.index);
    leave_slot(&slot);
  }
  EXPECT_LT(highest, 3u);
}

// Study 1.3: /proc/<pid>/stat parsed with %s breaks on names with spaces.
TEST(Slots, NameWithSpaces) {
  const std::string text = "71 (a) R 3 (b c) S 1 71 71 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 5 0 987654 1 2 3\n";
  ProcessStat stat = {};
  ASSERT_TRUE(parse_stat(text.data(), text.size(), &stat));
  EXPECT_EQ(stat.state, 'S');
  EXPECT_EQ(stat.threads, 5u);
  EXPECT_EQ(stat.started, 987654u);
  EXPECT_FALSE(parse_stat(text.data(), 40, &stat));
  EXPECT_FALSE(parse_stat("", 0, &stat));
  EXPECT_FALSE(parse_stat("71 no parentheses", 17, &stat));

  ShareFolder folder(64 * kMiB);
  Child child([&] {
    ::prctl(PR_SET_NAME, "a ) b (c) 1 2 ");
    must_reserve(*new Slot(must_claim(folder.path())), kMiB);
  });
  const auto& process = folder.usage()->process[0];
  EXPECT_GT(process.started, 0u);
  EXPECT_FALSE(is_gone({process.pid, process.started, process.pid_namespace}, own_identity()));
  child.kill();
  EXPECT_TRUE(is_gone({process.pid, process.started, process.pid_namespace}, own_identity()));
}

}  // namespace
}  // namespace dure::gpu::share
