#include "node/facts.h"

#include <gtest/gtest.h>

#include "node/testing/scratch.h"

namespace dure::node {
namespace {

using model::ObservationKind;

constexpr std::int64_t kNow = 1'000'000'000;
const base::Instant kWall{1'790'000'000'000'000};

Evidence evidence(std::int64_t intent_us) {
  Evidence made;
  made.now = {"boot-1", kNow, kWall};
  made.history.intent = StartIntent{model::ReplicaId(test_uuid(1)), "c", "boot-1", intent_us, {}};
  made.container.emplace();
  return made;
}

fleet::Action action(fleet::ActionKind kind, fleet::Evidence from, std::optional<base::Instant> stamp = {}) {
  fleet::Action made;
  made.kind = kind;
  made.replica_id = model::ReplicaId(test_uuid(1));
  made.evidence = from;
  made.estimated = from != fleet::Evidence::kSeen;
  made.stamp = stamp;
  return made;
}

base::Instant ago(std::int64_t us) {
  return kWall - base::Span{us};
}

TEST(Facts, AMissedStartLiesBetweenItsIntentAndNowHoweverLateItWasSeen) {
  auto known = evidence(kNow - 5'000'000);
  known.sighting = Sighting{kNow - 1000, {}};
  known.history.intent->decided_at = ago(5'000'000);
  const auto start = [&](std::int64_t stamp_us_ago) {
    return observations_of(
        action(fleet::ActionKind::kRecordStarted, fleet::Evidence::kEngineStamp, ago(stamp_us_ago)), known);
  };
  const auto good = start(4'000'000);
  ASSERT_EQ(good.size(), 2u);
  EXPECT_EQ(good[0].boottime_us, kNow - 4'000'000);
  EXPECT_EQ(good[1].kind, ObservationKind::kRunning);
  EXPECT_EQ(good[1].boottime_us, kNow - 3'990'000) << "known to run within the grain of the stamp";
  for (const std::int64_t contradiction : {9'000'000, -7'000'000}) {  // before the intent; in the future
    const auto bad = start(contradiction);
    EXPECT_EQ(bad[0].boottime_us, kNow - 5'000'000) << "at its earliest";
    EXPECT_EQ(bad[1].boottime_us, kNow) << "and known to run only now";
  }
}

// The truth lies between the two observations, however the wall clock was stepped while nobody looked.
TEST(Facts, P14_AnEstimatedEndSaysHowFarTheTruthMayBeAway) {
  auto known = evidence(kNow - 60'000'000);
  model::Observation last;
  last.kind = ObservationKind::kStarted;
  last.boot_id = "boot-1";
  last.boottime_us = kNow - 50'000'000;
  last.observed_at = ago(50'000'000);
  known.history.started = known.history.last = last;
  known.history.seen = Sight{"boot-1", kNow - 9'000'000, ago(9'000'000), {}};
  const auto end = [&](std::int64_t stamp_us_ago) {
    return observations_of(
        action(fleet::ActionKind::kRecordEnded, fleet::Evidence::kEngineStamp, ago(stamp_us_ago)), known);
  };
  const auto expect = [&](const std::vector<model::Observation>& made, std::int64_t ran_us_ago,
                          std::int64_t ended_us_ago, const char* why) {
    ASSERT_EQ(made.size(), 2u) << why;
    EXPECT_EQ(made[0].kind, ObservationKind::kRunning) << why;
    EXPECT_EQ(made[0].boottime_us, kNow - ran_us_ago) << why;
    EXPECT_EQ(made[1].kind, ObservationKind::kEnded) << why;
    EXPECT_EQ(made[1].boottime_us, kNow - ended_us_ago) << why;
  };
  expect(end(4'000'000), 4'010'000, 4'000'000, "the clock ran on");
  expect(end(9'004'000), 9'000'000, 9'000'000, "not before it was last seen");
  known.history.seen->seen_at = ago(9'000'000) - base::Span{3'000'000};
  expect(end(4'000'000), 4'010'000, 1'000'000, "the clock was put forward by three seconds meanwhile");
  known.history.seen->seen_at = ago(9'000'000) - base::Span::hours(5);
  expect(end(4'000'000), 4'010'000, 4'000'000, "by five hours: it cannot have been before the end");
  expect(end(3'600'000'000), 9'000'000, 9'000'000, "no evidence: where it was last seen");
}

TEST(Facts, AnEndThatWasSeenIsTheKernelsMomentUnlessItContradicts) {
  auto known = evidence(kNow - 90'000'000);
  known.container->finished_at = ago(40'000);
  known.sighting = Sighting{kNow - 250'000, kNow - 60'000};
  const auto end = action(fleet::ActionKind::kRecordEnded, fleet::Evidence::kSeen);
  EXPECT_EQ(observations_of(end, known).back().boottime_us, kNow - 60'000);
  EXPECT_FALSE(observations_of(end, known).back().estimated);
  EXPECT_EQ(observations_of(end, known).back().observed_at, ago(60'000));
  known.sighting->ended_us = kNow - 900'000;  // another process had that number: it ran on afterwards
  EXPECT_EQ(observations_of(end, known).back().boottime_us, kNow - 40'000);
  known.sighting->ended_us.reset();
  known.container->finished_at = ago(3'600'000'000);  // the wall clock was stepped
  EXPECT_EQ(observations_of(end, known).back().boottime_us, kNow - 250'000) << "it still ran then";
}

TEST(Facts, WhatEndedWithAnEarlierBootEndsOnThatBootsClock) {
  auto known = evidence(5);
  known.history.intent->boot_id = "boot-0";
  model::Observation last;
  last.boot_id = "boot-0";
  last.boottime_us = 77'000'000;
  last.observed_at = ago(99'000'000);
  known.history.started = known.history.last = last;
  known.history.seen = Sight{"boot-0", 78'000'000, ago(98'000'000), {}};
  const auto made =
      observations_of(action(fleet::ActionKind::kRecordEnded, fleet::Evidence::kBootChanged), known);
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].kind, ObservationKind::kRunning);
  EXPECT_FALSE(made[0].estimated) << "it was seen";
  const auto& end = made[1];
  EXPECT_EQ(end.boot_id, "boot-0");
  EXPECT_EQ(end.boottime_us, 78'000'000) << "the newest sight";
  EXPECT_EQ(made[0].boottime_us, end.boottime_us);
  EXPECT_TRUE(end.estimated);
}

TEST(Facts, AStartThatWasCarriedOutLiesBetweenItsTwoReadings) {
  const Moment before{"boot-1", kNow - 2'000'000, ago(2'000'000)};
  const Moment after{"boot-1", kNow, kWall};
  std::optional<ports::ContainerStatus> container(std::in_place);
  const auto start = [&] {
    return started_observation(model::ReplicaId(test_uuid(1)), before, after, container).boottime_us;
  };
  EXPECT_EQ(start(), kNow) << "without a stamp: when it was confirmed";
  container->started_at = ago(700'000);
  EXPECT_EQ(start(), kNow - 700'000);
  container->started_at = ago(8'000'000);
  EXPECT_EQ(start(), kNow - 2'000'000);
}

}  // namespace
}  // namespace dure::node
