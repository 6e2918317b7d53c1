// When there are rounds, and for whom: over real files, at chosen times.
#include "gpu/node/pace_rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <memory>

#include "gpu/node/share_guard.h"
#include "gpu/node/test_folder.h"
#include "gpu/share/slot.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kStart = 1000 * kSecond;

class PaceRoundsTest : public testing::Test {
 protected:
  void TearDown() override {
    while (!slots.empty()) end_process();
  }

  SharePages* add(const std::string& name, const std::string& card = "GPU-1") {
    fs::create_directories(root / name);
    auto made =
        SharePages::make(root / name, {{.uuid = card, .guaranteed_milli = 500}}, {::getuid(), ::getgid()});
    EXPECT_TRUE(made.ok());
    folders.push_back(root / name);
    pages.push_back(std::make_unique<SharePages>(std::move(*made)));
    rounds.add(name, pages.back().get());
    return pages.back().get();
  }
  // A process in slot 0, by the share library's own code; it lives until end_process or the test's end.
  void begin_process(SharePages* of) {
    const auto found = std::ranges::find(pages, of, [](const auto& each) { return each.get(); });
    const auto number = static_cast<std::size_t>(found - pages.begin());
    ASSERT_EQ(share::claim_slot(folders.at(number).c_str(), &slots.emplace_back()), share::PageFault::kNone);
    ASSERT_EQ(slots.back().index, 0u);
    of->usage_page()->card[0].bucket.slots = 1;
  }
  void end_process() {
    share::leave_slot(&slots.back());
    slots.pop_back();
  }
  static void report(SharePages* of, std::uint64_t from, std::uint64_t to) {
    dure_process_work& work = of->usage_page()->process[0].card[0].work;
    work.interval[work.intervals % DURE_INTERVALS] = dure_pack_interval(from, to, 1000);
    ++work.intervals;
    ++work.launches;
    work.elapsed_ns += to - from;
  }
  static std::uint64_t device_ns(SharePages* of) { return of->limits_page()->pace[0].settled_device_ns; }

  // Comes again whenever it is asked to; the number of rounds until then.
  std::uint64_t run_until(std::uint64_t until) {
    const std::uint64_t before = rounds.rounds();
    while (now < until) {
      const std::uint64_t next = rounds.look(now);
      EXPECT_GT(next, now);
      now = std::max(next, now + 1);
    }
    return rounds.rounds() - before;
  }

  TestFolder scratch;
  const fs::path root = scratch.path();
  std::vector<std::unique_ptr<SharePages>> pages;
  std::deque<std::string> folders;  // a slot keeps the pointer
  std::deque<share::Slot> slots;
  PaceRounds rounds;
  std::uint64_t now = kStart;
};

TEST_F(PaceRoundsTest, P3_RoundsAreMadeWhileThereIsWorkAndNotOtherwise) {
  EXPECT_EQ(rounds.look(now), 0u) << "nobody is there";
  auto* share = add("a");
  EXPECT_EQ(run_until(kStart + kSecond), 0u) << "no process has launched anything";
  EXPECT_EQ(rounds.look(now) - now, kIdleLookNs);
  begin_process(share);
  ++now;
  EXPECT_EQ(rounds.look(now) - now, kLookNs);
  report(share, now - 1'000'000, now);
  ++now;
  EXPECT_EQ(rounds.look(now) - now, kRoundNs);
  const auto working = run_until(now + kWorkNs - kRoundNs);
  EXPECT_NEAR(static_cast<double>(working), 199, 2);
  EXPECT_NEAR(static_cast<double>(device_ns(share)), 1e6, 1e3);
  EXPECT_LE(run_until(now + 5 * kSecond), 2u) << "it has been idle for a second";
}

TEST_F(PaceRoundsTest, WhoWaitsForALaunchIsAtWork) {
  auto* share = add("a");
  begin_process(share);
  share->usage_page()->process[0].card[0].work.waiting_ns = 1;
  EXPECT_GE(run_until(kStart + 3 * kSecond), 590u);
  EXPECT_GT(share->limits_page()->pace[0].rate_milli, 0u);
}

TEST_F(PaceRoundsTest, OnlyTheCardsWithWorkHaveRounds) {
  auto* busy = add("a", "GPU-1");
  auto* idle = add("b", "GPU-2");
  begin_process(busy);
  begin_process(idle);
  report(busy, now - 1'000'000, now);
  run_until(now + kSecond / 2);
  EXPECT_GT(busy->limits_page()->pace[0].rate_milli, 0u);
  EXPECT_EQ(idle->limits_page()->pace[0].at_ns, 0u);
}

TEST_F(PaceRoundsTest, TwoOnOneCardShareItsTime) {
  auto* a = add("a");
  auto* b = add("b");
  for (auto* each : {a, b}) begin_process(each);
  const std::uint64_t from = now;
  now += 20'000'000;
  for (auto* each : {a, b}) report(each, from, now);
  run_until(now + kSecond / 2);
  for (auto* each : {a, b}) EXPECT_NEAR(static_cast<double>(device_ns(each)), 10e6, 1e3);
}

TEST_F(PaceRoundsTest, ASuccessorGoesOnWhereItWas) {
  auto* share = add("a");
  begin_process(share);
  report(share, now - 1'000'000, now);
  run_until(now + kSecond / 10);
  const auto before = device_ns(share);
  rounds = PaceRounds();  // dure-node began anew
  rounds.add("a", share);
  report(share, now - 1'000'000, now);
  run_until(now + kSecond / 10);
  EXPECT_NEAR(static_cast<double>(device_ns(share)), static_cast<double>(before) + 1e6, 1e3);
}

TEST_F(PaceRoundsTest, WhoCutsOffItsFileIsLeftOutAndTheOthersGoOn) {
  auto* bad = add("a");
  auto* good = add("b");
  for (auto* each : {bad, good}) begin_process(each);
  report(bad, now - 1'000'000, now);
  run_until(now + 50'000'000);
  fs::resize_file(root / "a" / "usage", 0);
  report(good, now - 1'000'000, now);
  run_until(now + kSecond / 10);
  EXPECT_THAT(rounds.take_cut_off(), ElementsAre("a"));
  EXPECT_THAT(rounds.take_cut_off(), IsEmpty()) << "said once";
  EXPECT_NEAR(static_cast<double>(device_ns(good)), 1e6, 1e3);
  rounds.add("c", pages.front().get());
  EXPECT_THAT(rounds.take_cut_off(), ElementsAre("c")) << "so from the start";
}

TEST_F(PaceRoundsTest, TheDeadAreReapedWithoutBeingAsked) {
  auto* share = add("a");
  begin_process(share);
  run_until(now + 2 * kSecond);
  EXPECT_EQ(share->processes(), 1u) << "it lives";
  end_process();
  run_until(now + 2 * kSecond);
  EXPECT_EQ(share->processes(), 0u);
}

TEST(SharesGuard, SaysWhichPageIsMissing) {
  const TestFolder folder;
  auto pages =
      SharePages::make(folder.path(), {{.uuid = "GPU-1", .guaranteed_milli = 1}}, {::getuid(), ::getgid()});
  ASSERT_TRUE(pages.ok());
  fs::resize_file(folder.path() / "usage", 4096);
  const dure_process& last = pages->usage_page()->process[DURE_MAX_PROCESSES - 1];
  const void* missing = nullptr;
  EXPECT_FALSE(touch_pages([&] { __atomic_load_n(&last.pid, __ATOMIC_RELAXED); }, &missing));
  EXPECT_EQ(missing, &last.pid);
}

}  // namespace
}  // namespace dure::gpu
