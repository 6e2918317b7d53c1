#include "gpu/kill/survivor.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "gpu/share/stopwatch.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kListed = 16;
constexpr double kPatienceMs = 60'000;

void nap() {
  usleep(200);
}

}  // namespace

// An order has a number: odd ones say "rest". What is to be done in it stands in `what`.
struct Survivors::Common {
  enum What : std::uint32_t { kNothing, kTakeAll, kList, kEnd };
  std::uint32_t phase;
  std::uint32_t what;
  std::uint32_t done[kCount];  // the last phase that each has come to
  std::uint64_t bytes;
  double took_ms;
  std::uint32_t count;
  std::uint32_t pid[kListed];
  std::uint64_t memory[kListed];
  std::array<std::uint64_t, Worker::kActs> succeeded;
};

Survivors::Survivors(Container& container, Deaths& deaths)
    : deaths_(deaths),
      common_(static_cast<Common*>(
          mmap(nullptr, sizeof(Common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
  // At rest until they are told to go on; alone while their module is measured.
  common_->phase = 1;
  for (unsigned i = 0; i < kCount; ++i) {
    children_[i] = container.start([&, i](Program& program) { live(program, i); });
    for (const Stopwatch watch; __atomic_load_n(&common_->done[i], __ATOMIC_ACQUIRE) != 1;) {
      if (watch.milliseconds() > kPatienceMs) break;
      nap();
    }
  }
}

Survivors::~Survivors() {
  for (const pid_t child : children_) {
    if (child == 0) continue;
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  munmap(common_, sizeof(Common));
}

void Survivors::live(Program& program, unsigned number) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  program.start();
  Worker worker(program, 100 + number, &deaths_.handles, false);
  CUdeviceptr shared = share_one(program, deaths_, Deaths::kVictims + number);
  std::uint32_t done = 0;
  for (;;) {
    const std::uint32_t phase = __atomic_load_n(&common_->phase, __ATOMIC_ACQUIRE);
    if (phase == done) {
      nap();
      continue;
    }
    if (phase % 2 == 0) {
      worker.act();
      continue;
    }
    const std::uint32_t what = common_->what;
    if (what == Common::kEnd) {
      EXPECT_EQ(program.free(shared), CUDA_SUCCESS);
    }
    obey(worker, program, number);
    done = phase;
    __atomic_store_n(&common_->done[number], done, __ATOMIC_RELEASE);
    if (what == Common::kEnd) return;
    if (testing::Test::HasFailure()) return;
  }
}

void Survivors::obey(Worker& worker, const Program& program, unsigned number) {
  if (common_->what == Common::kEnd) {
    worker.give_all_back();
    for (unsigned act = 0; act < Worker::kActs; ++act)
      __atomic_fetch_add(&common_->succeeded[act], worker.succeeded()[act], __ATOMIC_RELAXED);
    return;
  }
  if (common_->what == Common::kNothing) return worker.rest();
  if (number != 0) return;
  if (common_->what == Common::kTakeAll) {
    const Stopwatch watch;
    CUdeviceptr address = 0;
    EXPECT_EQ(program.allocate(&address, common_->bytes), CUDA_SUCCESS) << common_->bytes;
    EXPECT_TRUE(worker.run_kernel());
    EXPECT_EQ(program.free(address), CUDA_SUCCESS);
    common_->took_ms = watch.milliseconds();
    return;
  }
  common_->count = 0;
  for (const auto& [pid, bytes] : list_processes()) {
    if (common_->count == kListed) break;
    common_->pid[common_->count] = pid;
    common_->memory[common_->count++] = bytes;
  }
}

bool Survivors::all_have(std::uint32_t phase) {
  for (unsigned i = 0; i < kCount; ++i) {
    for (const Stopwatch watch; __atomic_load_n(&common_->done[i], __ATOMIC_ACQUIRE) != phase; nap())
      if (watch.milliseconds() > kPatienceMs || waitpid(children_[i], nullptr, WNOHANG) != 0) return false;
  }
  return true;
}

// The next odd phase.
std::uint32_t Survivors::order(std::uint32_t what) {
  const std::uint32_t next = common_->phase % 2 == 0 ? common_->phase + 1 : common_->phase + 2;
  common_->what = what;
  __atomic_store_n(&common_->phase, next, __ATOMIC_RELEASE);
  return next;
}

bool Survivors::rest() {
  return all_have(order(Common::kNothing));
}

void Survivors::go_on() {
  __atomic_store_n(&common_->phase, common_->phase + 1, __ATOMIC_RELEASE);
}

double Survivors::take_all(std::uint64_t bytes) {
  common_->bytes = bytes;
  EXPECT_TRUE(all_have(order(Common::kTakeAll)));
  return common_->took_ms;
}

std::map<unsigned, std::uint64_t> Survivors::listed() {
  std::map<unsigned, std::uint64_t> found;
  EXPECT_TRUE(all_have(order(Common::kList)));
  for (unsigned i = 0; i < common_->count; ++i) found[common_->pid[i]] = common_->memory[i];
  return found;
}

std::map<unsigned, std::uint64_t> Survivors::held(Container& container) const {
  std::map<unsigned, std::uint64_t> found;
  dure_usage* usage = container.share().usage();
  const LedgerChange<RealMemory> books(&usage->card[0], usage->process, 0);
  for (unsigned slot = 0; slot < DURE_MAX_PROCESSES; ++slot)
    for (const pid_t child : children_)
      if (usage->process[slot].pid == static_cast<std::uint64_t>(child))
        found[static_cast<unsigned>(child)] = books.held(slot) * DURE_MEMORY_UNIT;
  return found;
}

std::array<std::uint64_t, Worker::kActs> Survivors::end() {
  EXPECT_TRUE(all_have(order(Common::kEnd)));
  for (pid_t& child : children_) {
    Container::finish(child);
    child = 0;
  }
  return common_->succeeded;
}

}  // namespace dure::gpu::share
