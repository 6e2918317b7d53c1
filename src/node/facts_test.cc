#include "node/facts.h"

#include <gtest/gtest.h>

#include "node/testing/scratch.h"

namespace dure::node {
namespace {

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
  const auto start = [&](std::int64_t stamp_us_ago) {
    return observation_of(
               action(fleet::ActionKind::kRecordStarted, fleet::Evidence::kEngineStamp, ago(stamp_us_ago)),
               known)
        .boottime_us;
  };
  EXPECT_EQ(start(4'000'000), kNow - 4'000'000);
  EXPECT_EQ(start(9'000'000), kNow - 5'000'000) << "not before the intent";
  EXPECT_EQ(start(-7'000'000), kNow) << "not in the future";
}

TEST(Facts, AnEndThatWasSeenIsTheKernelsMomentUnlessItContradicts) {
  auto known = evidence(kNow - 90'000'000);
  known.container->finished_at = ago(40'000);
  known.sighting = Sighting{kNow - 250'000, kNow - 60'000};
  const auto end = action(fleet::ActionKind::kRecordEnded, fleet::Evidence::kSeen);
  EXPECT_EQ(observation_of(end, known).boottime_us, kNow - 60'000);
  EXPECT_FALSE(observation_of(end, known).estimated);
  EXPECT_EQ(observation_of(end, known).observed_at, ago(60'000));
  known.sighting->ended_us = kNow - 900'000;  // another process had that number: it ran on afterwards
  EXPECT_EQ(observation_of(end, known).boottime_us, kNow - 40'000);
  known.sighting->ended_us.reset();
  known.container->finished_at = ago(3'600'000'000);  // the wall clock was stepped
  EXPECT_EQ(observation_of(end, known).boottime_us, kNow - 250'000) << "it still ran then";
}

TEST(Facts, WhatEndedWithAnEarlierBootEndsOnThatBootsClock) {
  auto known = evidence(5);
  known.history.intent->boot_id = "boot-0";
  model::Observation last;
  last.boot_id = "boot-0";
  last.boottime_us = 77'000'000;
  last.observed_at = ago(99'000'000);
  known.history.started = known.history.last = last;
  const auto end =
      observation_of(action(fleet::ActionKind::kRecordEnded, fleet::Evidence::kBootChanged), known);
  EXPECT_EQ(end.boot_id, "boot-0");
  EXPECT_EQ(end.boottime_us, 77'000'000);
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
