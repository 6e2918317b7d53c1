#include "node/keeper.h"

#include <gtest/gtest.h>

#include "node/testing/stage.h"

namespace dure::node {
namespace {

using model::Desired;
using model::ObservationKind;

std::int64_t length_us(const Books& books, int replica) {
  return books.ended(replica)->boottime_us - books.started(replica)->boottime_us;
}
std::int64_t real_length_us(const ports::MemoryEngine& engine, int replica) {
  return (*engine.real_end(test_uuid(replica)) - *engine.real_start(test_uuid(replica))).us;
}

TEST(Keeper, P6_AWorkspaceRunsUntilItIsStoppedAndItsLengthIsExact) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  const auto spec = stage.engine.spec(test_uuid(1));
  EXPECT_EQ(spec->environment.at("DURE_BLOCKS"), "10");
  EXPECT_EQ(spec->environment.at("DURE_GPU_SIMULATED"), "1");
  EXPECT_EQ(spec->environment.at("DURE_WORKLOAD_ID"), test_uuid(1001));
  EXPECT_TRUE(spec->command.empty());
  stage.pass(base::Span::seconds(35));
  EXPECT_GE(stage.books.of(1, ObservationKind::kRunning).size(), 3u) << "checkpoints every ten seconds";
  stage.books.edit(1).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1) && !stage.exists(1); }));
  EXPECT_EQ(length_us(stage.books, 1), real_length_us(stage.engine, 1));
  EXPECT_FALSE(stage.books.started(1)->estimated);
  EXPECT_FALSE(stage.books.ended(1)->estimated);
  EXPECT_EQ(stage.books.ended(1)->exit_code, 143);
  ASSERT_TRUE(stage.until([&] { return stage.journal->histories().empty(); }));
}

TEST(Keeper, AJobsExitIsReportedWithItsCodeAndItsContainerStaysUntilThatIsKnown) {
  Stage stage;
  stage.books.order(1, Desired::kRunning, {"train"});
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.engine.finish(test_uuid(1), 3, true);
  for (int n = 0; n < 50; ++n) stage.step(false);  // dured is away
  EXPECT_TRUE(stage.exists(1));
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1) && !stage.exists(1); }));
  EXPECT_EQ(stage.books.ended(1)->exit_code, 3);
  EXPECT_TRUE(stage.books.ended(1)->out_of_memory);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
}

TEST(Keeper, AContainerThatNobodyOrdersIsStoppedBeforeAnythingNewStarts) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.books.withdraw(1);
  stage.books.order(2);
  ASSERT_TRUE(
      stage.until([&] { return stage.books.started(2) && stage.books.ended(1) && !stage.exists(1); }));
  EXPECT_GE(*stage.engine.real_start(test_uuid(2)), *stage.engine.real_end(test_uuid(1)));
}

TEST(Keeper, WithoutOrdersEverythingIsLeftAsItIs) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.fall();
  stage.rise();
  for (int n = 0; n < 100; ++n) stage.step(false);
  EXPECT_TRUE(stage.runs(1));
}

TEST(Keeper, OneSlowContainerDoesNotHoldUpTheOthers) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.engine.hold("stop");
  stage.books.edit(1).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.keeper->pending(); }));
  stage.books.order(2);
  EXPECT_TRUE(stage.until([&] { return stage.books.started(2).has_value(); }));
  stage.engine.release("stop");
  EXPECT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
}

TEST(Keeper, AFailureThatStaysEndsTheReplicaWithItsReason) {
  Stage stage;
  stage.engine.fail("create", base::error(base::ErrorKind::kNotFound, base::Reason("engine.no_image")), 99);
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_EQ(stage.books.ended(1)->failure->code, "engine.no_image");
  EXPECT_FALSE(stage.books.ended(1)->exit_code);
  EXPECT_FALSE(stage.books.started(1));
}

TEST(Keeper, AFailureThatPassesIsTriedAgainMoreAndMoreSeldom) {
  Stage stage;
  stage.engine.fail("create", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.unavailable")),
                    3);
  stage.books.order(1);
  const auto begin = stage.clock.now().boottime_us;
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }, 20000));
  EXPECT_GT(stage.clock.now().boottime_us - begin, base::Span::milliseconds(300 + 600 + 1200).us);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
}

std::optional<model::ReplicaTrouble> trouble(Stage& stage, int replica) {
  for (const auto& each : stage.keeper->report().troubles)
    if (each.replica_id.text == test_uuid(replica)) return each;
  return std::nullopt;
}

TEST(Keeper, AFailureThatDoesNotPassIsReportedAndInTimeGivenUp) {
  Stage stage;
  stage.engine.fail(
      "create", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.create_failed")), 100'000);
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return trouble(stage, 1).has_value(); }));
  EXPECT_EQ(trouble(stage, 1)->reason.code, "engine.create_failed");
  stage.pass(base::Span::minutes(4));
  EXPECT_TRUE(trouble(stage, 1));
  EXPECT_FALSE(stage.books.ended(1)) << "it may still pass";
  stage.pass(base::Span::minutes(2));
  ASSERT_TRUE(stage.books.ended(1)) << "its share is wanted by others";
  EXPECT_EQ(stage.books.ended(1)->failure->code, "engine.create_failed");
  EXPECT_FALSE(trouble(stage, 1));
}

TEST(Keeper, AFailureGoesOnCountingWhileTheEngineComesAndGoes) {
  Stage stage;
  stage.engine.fail(
      "create", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.create_failed")), 100'000);
  stage.books.order(1);
  for (int half_minute = 0; half_minute < 12 && !stage.books.ended(1); ++half_minute) {
    stage.pass(base::Span::seconds(30));
    stage.engine.fail("list", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.unavailable")),
                      1);
  }
  ASSERT_TRUE(stage.books.ended(1));
  EXPECT_EQ(stage.books.ended(1)->failure->code, "engine.create_failed");
}

TEST(Keeper, AFailureThatPassedIsNoLongerReported) {
  Stage stage;
  stage.engine.fail("start", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.start_failed")),
                    2);
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return trouble(stage, 1).has_value(); }));
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }, 20'000));
  EXPECT_TRUE(stage.until([&] { return !trouble(stage, 1); }));
}

TEST(Keeper, WhoWaitsForAnotherToEndIsToldSoAndInTimeGivenUp) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.engine.fail("stop", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.stop_failed")),
                    100'000);
  stage.books.withdraw(1);
  stage.books.order(2);
  ASSERT_TRUE(stage.until([&] { return trouble(stage, 2).has_value(); }));
  EXPECT_EQ(trouble(stage, 2)->reason, base::Reason("fleet.held_off").with("replica", test_uuid(1)));
  stage.pass(base::Span::minutes(4));
  EXPECT_FALSE(stage.books.ended(2));
  stage.pass(base::Span::minutes(2));
  ASSERT_TRUE(stage.books.ended(2));
  EXPECT_EQ(stage.books.ended(2)->failure->code, "fleet.held_off");
  EXPECT_EQ(stage.engine.starts(test_uuid(2)), 0);
}

TEST(Keeper, WhileTheEngineIsAwayWhatWaitsForItSaysSo) {
  Stage stage;
  stage.engine.fail("list", base::error(base::ErrorKind::kUnavailable, base::Reason("engine.unavailable")),
                    100'000);
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return trouble(stage, 1).has_value(); }));
  EXPECT_EQ(trouble(stage, 1)->reason.code, "engine.unavailable");
  stage.pass(base::Span::minutes(6));
  ASSERT_TRUE(stage.books.ended(1));
  EXPECT_EQ(stage.books.ended(1)->failure->code, "engine.unavailable");
}

TEST(Keeper, AnOrderWhoseIdsAreNoIdsIsRefused) {
  Stage stage;
  stage.books.order(1);
  stage.books.edit(1).volumes = {{model::VolumeId("../../etc"), "/home/user", 0, 0, {}}};
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_EQ(stage.books.ended(1)->failure->code, "node.order_malformed");
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 0);
}

TEST(Keeper, AnEndWhileTheProcessWasDeadIsEstimatedFromTheEnginesStamp) {
  Stage stage;
  stage.books.order(1);
  stage.books.order(2);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1) && stage.books.started(2); }));
  stage.fall();
  stage.clock.advance(base::Span::seconds(3));
  stage.engine.finish(test_uuid(1), 0);
  stage.clock.advance(base::Span::seconds(50));
  stage.rise();
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_TRUE(stage.books.ended(1)->estimated);
  EXPECT_EQ(length_us(stage.books, 1), real_length_us(stage.engine, 1));
  const auto bound = stage.books.of(1, ObservationKind::kRunning).back();
  EXPECT_EQ(stage.books.ended(1)->boottime_us - bound.boottime_us, 10'000) << "how far it may be wrong";
  stage.books.edit(2).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(2).has_value(); }));
  EXPECT_FALSE(stage.books.ended(2)->estimated) << "it ran on, and its end was seen";
  EXPECT_EQ(length_us(stage.books, 2), real_length_us(stage.engine, 2));
}

TEST(Keeper, P14_StepsOfTheWallClockDoNotChangeALength) {
  Stage stage;
  stage.books.order(1);
  stage.books.order(2);
  const auto begin = stage.clock.now().boottime_us;
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1) && stage.books.started(2); }));
  stage.pass(base::Span::seconds(12));
  stage.clock.step_wall(base::Span::hours(-5));
  stage.pass(base::Span::seconds(12));
  stage.clock.step_wall(base::Span::hours(11));
  stage.books.edit(1).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_NEAR(static_cast<double>(length_us(stage.books, 1)),
              static_cast<double>(stage.clock.now().boottime_us - begin), 300'000);
  // Dead while the clock steps back by hours, and the container ends: held between what is known.
  stage.fall();
  stage.clock.step_wall(base::Span::hours(-9));
  stage.engine.finish(test_uuid(2), 0);
  stage.clock.step_wall(base::Span::hours(9));
  stage.clock.advance(base::Span::seconds(1));
  stage.rise();
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(2).has_value(); }));
  EXPECT_TRUE(stage.books.ended(2)->estimated);
  EXPECT_GE(stage.books.ended(2)->boottime_us,
            stage.books.of(2, ObservationKind::kRunning).back().boottime_us);
  EXPECT_LE(stage.books.ended(2)->boottime_us, stage.clock.now().boottime_us);
}

TEST(Keeper, ARestartOfTheMachineEndsWhatRanOnTheClockOfItsOwnBoot) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.pass(base::Span::seconds(25));
  const auto fell_us = stage.clock.now().boottime_us;
  stage.fall();
  stage.engine.reboot();
  stage.clock.reboot();
  stage.rise();
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1) && !stage.exists(1); }));
  EXPECT_EQ(stage.books.ended(1)->boot_id, "boot-1");
  EXPECT_LE(fell_us - stage.books.ended(1)->boottime_us, base::Span::milliseconds(1300).us)
      << "what runs is noted every second";
  EXPECT_EQ(stage.books.ended(1)->boottime_us,
            stage.books.of(1, ObservationKind::kRunning).back().boottime_us);
  EXPECT_TRUE(stage.books.ended(1)->estimated);
  EXPECT_FALSE(stage.books.ended(1)->exit_code);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
  ASSERT_TRUE(stage.until([&] { return stage.journal->histories().empty(); }));
}

TEST(Keeper, AContainerThatVanishesIsClosedAndNotStartedAgain) {
  Stage stage;
  stage.books.order(1);
  ASSERT_TRUE(stage.until([&] { return stage.books.started(1).has_value(); }));
  stage.pass(base::Span::seconds(5));
  stage.engine.vanish(test_uuid(1));
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); }));
  EXPECT_TRUE(stage.books.ended(1)->estimated);
  EXPECT_LE(real_length_us(stage.engine, 1) - length_us(stage.books, 1), base::Span::seconds(1).us);
  EXPECT_EQ(stage.engine.starts(test_uuid(1)), 1);
}

// One life of two replicas, a job that ends by itself and a workspace that is stopped.
void live(Stage& stage, const std::string& where) {
  stage.books.order(1, Desired::kRunning, {"train"});
  stage.books.order(2);
  ASSERT_TRUE(stage.until([&] { return stage.runs(1) && stage.books.started(2); })) << where;
  stage.engine.finish(test_uuid(1), 0);
  ASSERT_TRUE(stage.until([&] { return stage.books.ended(1).has_value(); })) << where;
  stage.books.edit(2).desired = Desired::kStopped;
  ASSERT_TRUE(stage.until([&] {
    return stage.books.ended(2) && !stage.exists(1) && !stage.exists(2) && stage.journal->histories().empty();
  })) << where;
}

void check_life(Stage& stage, const std::string& where) {
  for (const int replica : {1, 2}) {
    ASSERT_EQ(stage.engine.starts(test_uuid(replica)), 1) << where;
    ASSERT_TRUE(stage.books.started(replica)) << where << ": one start";
    ASSERT_TRUE(stage.books.ended(replica)) << where << ": one end";
    // Estimates come from the engine's stamps, which are right here: they are as good as what was seen.
    const auto error = std::abs(length_us(stage.books, replica) - real_length_us(stage.engine, replica));
    ASSERT_LE(error, 1000) << where;
  }
  ASSERT_EQ(stage.engine.running(), 0u) << where;
}

// Killed at each call to the engine in turn, before and after it took effect: it costs a retry and nothing
// else.
TEST(Keeper, KilledAtAnyCallOfTheEngineNothingIsLostDoubledOrOrphaned) {
  int falls = 0;
  for (const bool after : {false, true}) {
    for (int call = 1; call <= 7; ++call) {
      const std::string where = std::to_string(call) + (after ? " after" : " before");
      Stage stage;
      stage.engine.kill_at(call, after);
      live(stage, where);
      check_life(stage, where);
      falls += stage.falls;
    }
  }
  EXPECT_EQ(falls, 14) << "each was killed once";
}

TEST(Keeper, KilledAtAnyWriteOfTheJournalNothingIsLostDoubledOrOrphaned) {
  int falls = 0;
  for (int write = 1; write <= 12; ++write) {
    Stage stage;
    stage.write_kill = write;
    live(stage, "write " + std::to_string(write));
    check_life(stage, "write " + std::to_string(write));
    falls += stage.falls;
  }
  EXPECT_GE(falls, 9);
}

}  // namespace
}  // namespace dure::node
