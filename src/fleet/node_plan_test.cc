#include "fleet/node_plan.h"

#include <gtest/gtest.h>

namespace dure::fleet {
namespace {

constexpr base::Instant kStart{1'000'000'000};
constexpr base::Instant kFinish{1'060'000'000};

model::ReplicaOrder order(const std::string& id, model::Desired desired = model::Desired::kRunning) {
  model::ReplicaOrder made;
  made.replica_id = model::ReplicaId(id);
  made.desired = desired;
  return made;
}

ContainerFact container(const std::string& id, ContainerState state) {
  ContainerFact made;
  made.replica_id = model::ReplicaId(id);
  made.state = state;
  if (state != ContainerState::kCreated) made.started_at = kStart;
  if (state == ContainerState::kExited) made.finished_at = kFinish;
  return made;
}

JournalFact intended(const std::string& id, bool this_boot = true) {
  JournalFact made;
  made.replica_id = model::ReplicaId(id);
  made.intended = true;
  made.intended_this_boot = this_boot;
  return made;
}

JournalFact started(const std::string& id, bool this_boot = true, bool watched = false) {
  JournalFact made = intended(id, this_boot);
  made.started = true;
  made.started_this_boot = this_boot;
  made.watched = watched;
  return made;
}

JournalFact ended(const std::string& id, bool acknowledged) {
  JournalFact made = started(id);
  made.ended = true;
  made.acknowledged = acknowledged;
  return made;
}

std::vector<ActionKind> kinds(const std::vector<Action>& actions) {
  std::vector<ActionKind> list;
  list.reserve(actions.size());
  for (const Action& each : actions) list.push_back(each.kind);
  return list;
}

using Kinds = std::vector<ActionKind>;
using Orders = std::vector<model::ReplicaOrder>;

TEST(NodePlan, AnOrderIsCreatedAndStarted) {
  EXPECT_EQ(kinds(node_plan({Orders{order("a")}, {}, {}})),
            (Kinds{ActionKind::kCreate, ActionKind::kIntend, ActionKind::kStart}));
}

TEST(NodePlan, AfterACrashBetweenIntentAndStartItMayStart) {
  const NodeFacts facts{Orders{order("a")}, {container("a", ContainerState::kCreated)}, {intended("a")}};
  EXPECT_EQ(kinds(node_plan(facts)), (Kinds{ActionKind::kStart}));
}

TEST(NodePlan, AStartThatWasNotJournalledIsJournalledAsAnEstimate) {
  const auto actions =
      node_plan({Orders{order("a")}, {container("a", ContainerState::kRunning)}, {intended("a")}});
  ASSERT_EQ(kinds(actions), (Kinds{ActionKind::kRecordStarted}));
  EXPECT_EQ(actions[0].evidence, Evidence::kEngineStamp);
  EXPECT_EQ(actions[0].stamp, kStart);
  EXPECT_TRUE(actions[0].estimated);
}

TEST(NodePlan, WhatRunsAsOrderedNeedsNothing) {
  EXPECT_TRUE(
      node_plan({Orders{order("a")}, {container("a", ContainerState::kRunning)}, {started("a")}}).empty());
}

TEST(NodePlan, AnEndThatWasWatchedIsExact) {
  NodeFacts facts{Orders{order("a")}, {container("a", ContainerState::kExited)}, {started("a", true, true)}};
  facts.containers[0].exit_code = 3;
  const auto actions = node_plan(facts);
  ASSERT_EQ(kinds(actions), (Kinds{ActionKind::kRecordEnded}));
  EXPECT_EQ(actions[0].evidence, Evidence::kSeen);
  EXPECT_FALSE(actions[0].estimated);
  EXPECT_EQ(actions[0].exit_code, 3);
}

TEST(NodePlan, AnEndThatWasNotWatchedIsTakenFromTheStamp) {
  const auto actions =
      node_plan({Orders{order("a")}, {container("a", ContainerState::kExited)}, {started("a")}});
  ASSERT_EQ(kinds(actions), (Kinds{ActionKind::kRecordEnded}));
  EXPECT_EQ(actions[0].evidence, Evidence::kEngineStamp);
  EXPECT_EQ(actions[0].stamp, kFinish);
  EXPECT_TRUE(actions[0].estimated);
}

TEST(NodePlan, WhatExitedOrVanishedIsNeverStartedAgain) {
  EXPECT_TRUE(
      node_plan({Orders{order("a")}, {container("a", ContainerState::kExited)}, {ended("a", true)}}).empty());
  EXPECT_TRUE(node_plan({Orders{order("a")}, {}, {ended("a", true)}}).empty());
  const auto vanished = node_plan({Orders{order("a")}, {}, {started("a")}});
  ASSERT_EQ(kinds(vanished), (Kinds{ActionKind::kRecordEnded}));
  EXPECT_EQ(vanished[0].evidence, Evidence::kLastSeen);
  EXPECT_FALSE(vanished[0].exit_code.has_value());
  const auto unknown = node_plan({Orders{order("a")}, {}, {intended("a")}});
  ASSERT_EQ(kinds(unknown), (Kinds{ActionKind::kRecordEnded})) << "it may have run";
  EXPECT_FALSE(unknown[0].failure.has_value());
}

TEST(NodePlan, AStopIsAskedForThenJournalledThenRemovedOnceStored) {
  const Orders stop{order("a", model::Desired::kStopped)};
  const auto running = node_plan({stop, {container("a", ContainerState::kRunning)}, {started("a")}});
  ASSERT_EQ(kinds(running), (Kinds{ActionKind::kStop}));
  EXPECT_EQ(running[0].grace, base::Span::seconds(10));
  const ContainerFact over = container("a", ContainerState::kExited);
  EXPECT_EQ(kinds(node_plan({stop, {over}, {started("a")}})), (Kinds{ActionKind::kRecordEnded}));
  EXPECT_TRUE(node_plan({Orders{}, {over}, {ended("a", false)}}).empty())
      << "dured does not have the end yet";
  EXPECT_TRUE(node_plan({stop, {over}, {ended("a", true)}}).empty()) << "dured still lists it";
  EXPECT_EQ(kinds(node_plan({Orders{}, {over}, {ended("a", true)}})),
            (Kinds{ActionKind::kRemove, ActionKind::kForget}));
  EXPECT_EQ(kinds(node_plan({Orders{}, {}, {ended("a", true)}})), (Kinds{ActionKind::kForget}));
}

TEST(NodePlan, StoppedBeforeItStarted) {
  const Orders stop{order("a", model::Desired::kStopped)};
  for (const bool made : {false, true}) {
    NodeFacts facts{stop, {}, {}};
    if (made) facts.containers = {container("a", ContainerState::kCreated)};
    const auto actions = node_plan(facts);
    ASSERT_EQ(kinds(actions), (Kinds{ActionKind::kRecordEnded}));
    EXPECT_EQ(actions[0].evidence, Evidence::kNever);
    EXPECT_EQ(actions[0].failure->code, "fleet.stopped_before_start");
  }
}

// A node that was given up comes back: its container is not in the orders any more.
TEST(NodePlan, AnOrphanIsStoppedAndNothingNewStartsBeside) {
  NodeFacts facts{Orders{order("new")}, {container("old", ContainerState::kRunning)}, {started("old")}};
  EXPECT_EQ(kinds(node_plan(facts)), (Kinds{ActionKind::kStop}));
  facts.containers[0].state = ContainerState::kExited;
  EXPECT_EQ(kinds(node_plan(facts)),
            (Kinds{ActionKind::kRecordEnded, ActionKind::kCreate, ActionKind::kIntend, ActionKind::kStart}));
}

TEST(NodePlan, AnOrphanThatTheJournalDoesNotKnowIsJournalledToo) {
  EXPECT_EQ(kinds(node_plan({Orders{}, {container("x", ContainerState::kRunning)}, {}})),
            (Kinds{ActionKind::kRecordStarted, ActionKind::kStop}));
  EXPECT_EQ(kinds(node_plan({Orders{}, {container("x", ContainerState::kExited)}, {}})),
            (Kinds{ActionKind::kRecordStarted, ActionKind::kRecordEnded}));
}

TEST(NodePlan, WithoutOrdersNothingIsTouchedAndEverythingJournalled) {
  const NodeFacts facts{
      std::nullopt,
      {container("runs", ContainerState::kRunning), container("over", ContainerState::kExited),
       container("made", ContainerState::kCreated)},
      {intended("runs"), started("over"), intended("made"), ended("gone", true)}};
  EXPECT_EQ(kinds(node_plan(facts)), (Kinds{ActionKind::kRecordEnded, ActionKind::kRecordStarted}));
}

TEST(NodePlan, AfterARestartOfTheMachineNothingStartsTwice) {
  // The engine may show what ran before as exited, as created, or as it never was.
  NodeFacts facts{Orders{order("a")}, {container("a", ContainerState::kCreated)}, {started("a", false)}};
  for (int i = 0; i < 2; ++i) {
    const auto actions = node_plan(facts);
    ASSERT_EQ(kinds(actions), (Kinds{ActionKind::kRecordEnded}));
    EXPECT_EQ(actions[0].evidence, Evidence::kBootChanged);
    EXPECT_FALSE(actions[0].exit_code.has_value());
    facts.containers.clear();
  }
  facts = {Orders{order("a")}, {container("a", ContainerState::kCreated)}, {intended("a", false)}};
  EXPECT_EQ(kinds(node_plan(facts)), (Kinds{ActionKind::kRecordEnded})) << "it may have run in that boot";
}

TEST(NodePlan, AnExitCodeFromBeforeTheRestartCountsOnlyWithAStampOfTheEnd) {
  NodeFacts facts{Orders{order("a")}, {container("a", ContainerState::kExited)}, {started("a", false)}};
  EXPECT_EQ(node_plan(facts)[0].exit_code, 0);
  facts.containers[0].finished_at.reset();
  EXPECT_FALSE(node_plan(facts)[0].exit_code.has_value()) << "0 would call a killed job a success";
}

TEST(NodePlan, WhatFreesComesBeforeWhatStarts) {
  const NodeFacts facts{Orders{order("a"), order("z", model::Desired::kStopped)},
                        {container("z", ContainerState::kRunning)},
                        {started("z")}};
  const auto actions = node_plan(facts);
  EXPECT_EQ(kinds(actions),
            (Kinds{ActionKind::kStop, ActionKind::kCreate, ActionKind::kIntend, ActionKind::kStart}));
  EXPECT_EQ(actions[0].replica_id.text, "z");
}

TEST(NodePlan, OnlyWhatWillNotPassIsFinal) {
  EXPECT_TRUE(is_final(base::ErrorKind::kNotFound));
  EXPECT_FALSE(is_final(base::ErrorKind::kUnavailable));
}

TEST(NodePlan, WhoIsHeldOffIsSaidAndByWhom) {
  NodeFacts facts;
  facts.orders = Orders{order("a"), order("b", model::Desired::kStopped), order("c")};
  facts.containers = {container("c", ContainerState::kRunning),
                      container("stranger", ContainerState::kRunning)};
  facts.journal = {started("c"), started("stranger")};
  const auto held = held_off(facts);
  ASSERT_EQ(held.size(), 1u) << "what runs, and what shall not run, is held off from nothing";
  EXPECT_EQ(held[0].replica_id.text, "a");
  EXPECT_EQ(held[0].reason, base::Reason("fleet.held_off").with("replica", std::string("stranger")));
  facts.containers.pop_back();
  EXPECT_TRUE(held_off(facts).empty());
}

}  // namespace
}  // namespace dure::fleet
