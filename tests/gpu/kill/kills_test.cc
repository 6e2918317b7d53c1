// Issue 4: SIGKILL at every step of every protocol. Programs that do everything by which the books of a share
// change (worker.h) are killed, three at a time, at every named step of the library, in the middle of the
// driver's calls and at any moment, beside two that go on. What is judged: by the driver's books and by the
// share's, what is left is what the survivors have, to the byte; neither ever passes the limit; and nobody
// waits for the dead.
//
// That nobody waits is asserted where it can be told apart from a machine that has much else to do: with all
// victims dead a survivor takes, at once, all of the share that it and the other do not have, and launches.
// The dead must be found, their books undone and their memory be free for that. The time is measured in which
// it could run, less what the container owes for what it had of the card, which is the gate's to ask. Beside
// the victims the survivors' calls are not timed, since the driver's own locks and the gate make them wait by
// right; that they come to rest is.
//
// With DURE_TEST_TIER=full 10,000 kills, else a few hundred.
#include <signal.h>

#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "gpu/kill/survivor.h"
#include "gpu/share/host.h"
#include "gpu/share/stopwatch.h"
#include "gpu/tier.h"

namespace dure::gpu::share {
namespace {

constexpr std::uint64_t kLimit = 128 * kMiB;
constexpr std::uint64_t kContext = 4 * kMiB;
// A module is measured after it is loaded: by so much victims can pass the limit, for want of knowing it
// before. Each of their threads has one module and one library at the most (worker.cc).
constexpr std::uint64_t kModules = Deaths::kVictims * 2 * (100'352 + 65'536 + 131'072);
constexpr unsigned kActs = 40;

constexpr unsigned kFewer = kSanitized ? 20 : 1;

class KillsOfEverything : public testing::Test {
 protected:
  KillsOfEverything() {
    auto& card = container.share().limits()->card[0];
    card.context_bytes = kContext;
    card.guaranteed_milli = 600;
    program = container.open();  // once, for all that are forked
  }

  // As one alone comes to them, in so many acts.
  std::map<std::string, unsigned> count_steps(unsigned runs) {
    std::map<std::string, unsigned> counts;
    deaths->collects = 1;
    for (unsigned run = 0; run < runs; ++run) {
      deaths->aim[0] = {Aim::How::kNot, "", 0, "", 1, run};
      Container::finish(container.start([this](Program& own) { be_victim(own, *deaths, 0, kActs); }));
    }
    deaths->collects = 0;
    for (const auto& one : deaths->name)
      if (one.text[0] != '\0') counts[one.text] = one.count / runs + 1;
    return counts;
  }

  Aim aim_at_step(const std::string& step, unsigned at_most) {
    Aim aim = {Aim::How::kAtStep, "", 0, "", 1 + static_cast<std::uint32_t>(random() % 2), pick_seed()};
    std::strncpy(aim.step, step.c_str(), sizeof(aim.step) - 1);
    aim.nth = static_cast<std::uint32_t>(random() % std::min(at_most, 12u)) + 1;
    if (random() % 4 == 0) std::snprintf(aim.fault, sizeof aim.fault, "%s", pick_refusal());
    return aim;
  }
  Aim aim_at_driver() {
    static constexpr const char* kCalls[] = {"cuMemAlloc_v2",
                                             "cuMemAllocPitch_v2",
                                             "cuMemAllocManaged",
                                             "cuMemFree_v2",
                                             "cuMemAllocAsync",
                                             "cuMemAllocFromPool*",
                                             "cuMemFreeAsync",
                                             "cuMemPoolDestroy",
                                             "cuMemPoolTrimTo",
                                             "cuMemCreate",
                                             "cuMemMap",
                                             "cuMemUnmap",
                                             "cuMemRelease",
                                             "cuMemImport*",
                                             "cuMemExport*",
                                             "cuArray3DCreate_v2",
                                             "cuArrayDestroy",
                                             "cuMipmapped*",
                                             "cuIpcOpen*",
                                             "cuIpcClose*",
                                             "cuCtxCreate_v2",
                                             "cuCtxDestroy_v2",
                                             "cuCtxSetLimit",
                                             "cuDevicePrimary*",
                                             "cuModuleLoadData",
                                             "cuModuleUnload",
                                             "cuLibrary*",
                                             "cuLaunchKernel",
                                             "cuLaunchKernel_ptsz",
                                             "cuEventRecord",
                                             "cuEventQuery",
                                             "cuCtxSynchronize",
                                             "cuStreamSynchronize",
                                             "cuGraphLaunch",
                                             "cuGraphInstantiate*",
                                             "cuGraphExecDestroy",
                                             "cuStreamEndCapture",
                                             "cuStreamBeginCapture_v2",
                                             "cuDeviceGraphMemTrim",
                                             "cuMemPoolGetAttribute"};
    Aim aim = {Aim::How::kInDriver, "", 0, "", 1 + static_cast<std::uint32_t>(random() % 2), pick_seed()};
    std::snprintf(aim.fault, sizeof aim.fault, "%s:%u=kill-%s", kCalls[random() % std::size(kCalls)],
                  static_cast<unsigned>(random() % 4 + 1), random() % 2 == 0 ? "before" : "after");
    return aim;
  }
  Aim aim_at_any_moment() {
    return {Aim::How::kAtAnyMoment, "", 0, "", 1 + static_cast<std::uint32_t>(random() % 2), pick_seed()};
  }
  std::uint32_t pick_seed() { return static_cast<std::uint32_t>(random() % 1'000'000); }
  // The driver refuses something: the ways back are steps as well.
  const char* pick_refusal() {
    static constexpr const char* kRefusals[] = {
        "cuMemAlloc_v2:2=fail:2;cuMemMap:1=fail:1;cuCtxCreate_v2:2=fail:2",
        "cuMemAllocAsync:1=fail:2;cuMemCreate:2=fail:2;cuGraphLaunch:1=fail:2",
        "cuLaunchKernel:2=fail:719;cuArray3DCreate_v2:1=fail:2;cuCtxSetLimit:1=fail:1"};
    return kRefusals[random() % std::size(kRefusals)];
  }

  // Victims with these aims, all at once, until all are gone. How many were killed.
  unsigned kill_some(const std::vector<Aim>& aims) {
    std::vector<pid_t> left;
    std::vector<double> when;
    for (unsigned v = 0; v < aims.size(); ++v) {
      deaths->aim[v] = aims[v];
      deaths->began[v] = deaths->at_step[v] = 0;
      when.push_back(static_cast<double>(random() % 20'000) / 1000);
      left.push_back(container.start([this, v](Program& own) { be_victim(own, *deaths, v, kActs); }));
    }
    unsigned killed = 0;
    const Stopwatch watch;
    for (unsigned gone = 0; gone < aims.size();) {
      for (unsigned v = 0; v < aims.size(); ++v) {
        if (left[v] == 0) continue;
        if (aims[v].how == Aim::How::kAtAnyMoment &&
            __atomic_load_n(&deaths->began[v], __ATOMIC_ACQUIRE) != 0 && watch.milliseconds() > when[v])
          kill(left[v], SIGKILL);
        int status = 0;
        if (waitpid(left[v], &status, WNOHANG) == 0) continue;
        const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        EXPECT_TRUE(was_killed || status == 0)
            << "victim of " << aims[v].step << aims[v].fault << ": " << status;
        killed += was_killed ? 1 : 0;
        if (was_killed && aims[v].how == Aim::How::kAtStep) ++died_at[aims[v].step];
        left[v] = 0;
        ++gone;
      }
      if (watch.milliseconds() > 120'000) {
        ADD_FAILURE() << "a victim waits";
        for (const pid_t child : left)
          if (child != 0) kill(child, SIGKILL);
      }
      correct_a_little();
      usleep(100);
    }
    return killed;
  }

  fake_memory real() const { return program.real(); }

  // While survivors rest, with the dead in the books or taken out of them.
  void expect_no_more_than_the_limit(Survivors& survivors, const std::string& after) {
    const MemoryTotals totals = memory_totals(container.share().usage(), 0);
    EXPECT_LE(totals.high, units_of(kLimit)) << after;
    EXPECT_EQ(container.share().held_by_all(), totals.units) << after;
    EXPECT_LE(real().high, kLimit + kModules) << after;
    EXPECT_LE(real().used, container.booked()) << after << ": somebody has memory that nobody is charged for";
    for (const auto& [pid, bytes] : survivors.held(container))
      EXPECT_LE(bytes, kLimit) << after << " " << pid;
  }

  void expect_all_is_the_survivors(Survivors& survivors, const std::string& after) {
    container.share().reap();
    const auto held = survivors.held(container);
    EXPECT_EQ(held.size(), Survivors::kCount) << after;
    std::uint64_t sum = 0;
    for (const auto& [pid, bytes] : held) sum += bytes;
    EXPECT_EQ(container.booked(), sum) << after;
    EXPECT_EQ(container.booked(), real().used) << after;
    expect_no_trace_of_the_dead(after);
  }

  void expect_no_trace_of_the_dead(const std::string& after) {
    for (const dure_process& process : container.share().usage()->process) {
      if (process.pid != 0) continue;
      if (process.generation == 0) break;
      std::uint64_t units = 0, under_way = 0;
      const dure_process_card& card = process.card[0];
      for (const dure_lane& lane : card.lane) {
        units += memory_units(lane.memory);
        under_way |= lane.intent;
      }
      EXPECT_EQ(low_bits(units, kLaneUnitBits), 0u) << after;
      EXPECT_EQ(under_way, 0u) << after;
      EXPECT_EQ(card.overhead | card.contexts, 0u) << after;
      EXPECT_EQ(card.work.outstanding_ns | card.work.pending_from_ns | card.work.waiting_ns |
                    card.work.unfinished_ns,
                0u)
          << after;
    }
  }

  // Between kills: the survivors rest and the books are read; they go on afterwards.
  void look(Survivors& survivors, unsigned round, const std::string& after) {
    ASSERT_TRUE(survivors.rest()) << after << ": a survivor waits";
    expect_no_more_than_the_limit(survivors, after);
    if (round % 2 == 0) {
      std::uint64_t room = kLimit;
      for (const auto& [pid, bytes] : survivors.held(container)) room -= bytes;
      room -= room % (2 * kMiB);
      const double owed = owed_ms();
      if (room != 0) longest = std::max(longest, survivors.take_all(room) - owed);
    }
    if (round % 3 == 0) expect_all_is_the_survivors(survivors, after);
    if (round % 16 == 0) {
      EXPECT_EQ(survivors.listed(), survivors.held(container)) << after;
    }
    survivors.go_on();
  }

  // How long a launch waits for what the container has had of the card, or was charged for (share/bucket.h).
  double owed_ms() {
    const std::uint64_t due = (container.share().usage()->card[0].bucket.due >> 10) * 16;
    const std::uint64_t now = machine_ns();
    return due > now ? static_cast<double>(due - now) / 1e6 : 0;
  }

  void correct_a_little() {
    // As dure-node does, so that somebody takes it over.
    const std::uint64_t more = random() % 2 == 0 ? 20'000 : 0 - std::uint64_t{20'000};
    __atomic_fetch_add(&container.share().limits()->pace[0].correction_ns, more, __ATOMIC_RELEASE);
  }

  Container container{kLimit, 1, "context=4MiB"};
  Program program;
  SharedDeaths deaths;
  std::mt19937 random{20261130};
  std::map<std::string, unsigned> died_at;
  double longest = 0;
};

// P22, P3.
TEST_F(KillsOfEverything, NothingIsLostNobodyWaitsAndNoLimitIsPassed) {
  const auto counts = count_steps(6);
  std::vector<std::string> steps;
  for (const auto& [step, file] : steps_in_source()) steps.push_back(step);
  ASSERT_GT(steps.size(), 90u);
  Survivors survivors(container, *deaths);
  survivors.go_on();
  const unsigned wanted = (is_full_tier() ? 10'000 : 300) / kFewer;
  unsigned killed = 0, next = 0, round = 0;
  const auto kill_and_look = [&](const std::vector<Aim>& aims) {
    killed += kill_some(aims);
    std::string after = "round " + std::to_string(round) + " after";
    for (const Aim& aim : aims)
      after += std::string(" ") + aim.step + ":" + std::to_string(aim.nth) + aim.fault;
    look(survivors, round++, after);
  };
  const auto at_step = [&](const std::string& step) {
    const auto found = counts.find(step);
    return aim_at_step(step, found == counts.end() ? 1 : found->second);
  };
  while (killed < wanted && round < wanted && !HasFailure()) {
    std::vector<Aim> aims;
    for (unsigned v = 0; v < Deaths::kVictims; ++v, ++next) {
      if (next % 5 == 3)
        aims.push_back(aim_at_driver());
      else if (next % 5 == 4)
        aims.push_back(aim_at_any_moment());
      else
        aims.push_back(at_step(steps[next * 7 % steps.size()]));
    }
    kill_and_look(aims);
  }
  EXPECT_GE(killed, wanted);
  // Every step, as often as it takes: rare ones by many that are to die there at once. To those of a reaper
  // it comes while nobody else reaps, and where somebody died in the middle of a change.
  const unsigned each = kFewer > 1 ? 0 : is_full_tier() ? 20 : 1;
  for (const std::string& step : steps)
    for (unsigned tries = 0; died_at[step] < each && tries < 20 + 2 * each && !HasFailure(); ++tries) {
      if (step.starts_with("reap.")) {
        ASSERT_TRUE(survivors.rest());
        killed += kill_some({at_step("ledger.total"), at_step("ledger.intent")});
      }
      kill_and_look({at_step(step), at_step(step), at_step(step)});
    }
  if (HasFailure()) return;
  for (const std::string& step : steps) EXPECT_GE(died_at[step], each) << step;
  EXPECT_LT(longest, kFewer > 1 ? 1000 : 100) << "ms: somebody waited for the dead";
  const auto done = survivors.end();
  for (unsigned act = 0; act < Worker::kActs; ++act) EXPECT_GT(done[act], 0u) << Worker::name_of(act);
  container.share().reap();
  EXPECT_EQ(container.booked(), 0u);
  EXPECT_EQ(real().used, 0u);
  expect_no_trace_of_the_dead("the end");
  RecordProperty("kills", static_cast<int>(killed));
  RecordProperty("steps", static_cast<int>(steps.size()));
  RecordProperty("longest_us", static_cast<int>(longest * 1000));
  std::printf(
      "%u kills at %zu steps, in the driver and between; the longest that one took to go on: %.1f ms\n",
      killed, steps.size(), longest);
}

}  // namespace
}  // namespace dure::gpu::share
