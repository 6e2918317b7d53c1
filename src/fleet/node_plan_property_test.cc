// A machine with an engine that does what engines do, a journal on disk, and a dure-node that is killed at
// any point: between deciding and acting, between acting and journalling, with the whole machine restarted
// under it. Whatever happens, nothing starts twice, and everything is accounted for in the end.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "fleet/node_plan.h"

namespace dure::fleet {
namespace {

using model::ReplicaId;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

struct JournalLine {
  std::optional<int> intent_boot;
  std::optional<int> start_boot;
  bool ended = false;
  bool acknowledged = false;
};

struct Machine {
  Dice& dice;
  int boot = 1;
  base::Instant clock{1'000'000};
  std::map<ReplicaId, ContainerFact> engine;
  std::map<ReplicaId, int> starts;  // what must never pass 1
  std::map<ReplicaId, JournalLine> journal;
  std::set<ReplicaId> watched;  // forgotten when the process dies
  std::optional<std::vector<model::ReplicaOrder>> orders;
  std::set<ReplicaId> ends_journalled;
  bool unlawful_start = false;

  NodeFacts facts() {
    NodeFacts made;
    made.orders = orders;
    for (const auto& [id, fact] : engine) {
      made.containers.push_back(fact);
      if (fact.state == ContainerState::kRunning) watched.insert(id);
    }
    for (const auto& [id, line] : journal) {
      JournalFact fact;
      fact.replica_id = id;
      fact.intended = line.intent_boot.has_value();
      fact.intended_this_boot = line.intent_boot == boot;
      fact.started = line.start_boot.has_value();
      fact.started_this_boot = line.start_boot == boot;
      fact.watched = watched.contains(id);
      fact.ended = line.ended;
      fact.acknowledged = line.acknowledged;
      made.journal.push_back(fact);
    }
    return made;
  }

  bool orphan_runs() const {
    for (const auto& [id, fact] : engine) {
      if (fact.state != ContainerState::kRunning) continue;
      bool listed = false;
      for (const auto& order : *orders) listed = listed || order.replica_id == id;
      if (!listed) return true;
    }
    return false;
  }

  // False where the engine refuses.
  bool engine_start(const ReplicaId& id) {
    const auto found = engine.find(id);
    if (found == engine.end()) return false;
    ContainerFact& fact = found->second;
    if (fact.state == ContainerState::kRunning) return true;
    if (orphan_runs()) unlawful_start = true;
    ++starts[id];
    fact.state = ContainerState::kRunning;
    fact.started_at = clock;
    fact.finished_at.reset();
    return true;
  }

  bool act(const Action& action) {
    const ReplicaId& id = action.replica_id;
    switch (action.kind) {
      case ActionKind::kCreate:
        if (dice.one_in(10)) return false;
        if (!engine.contains(id)) engine[id].replica_id = id;
        return true;
      case ActionKind::kIntend:
        journal[id].intent_boot = boot;
        return true;
      case ActionKind::kStart:
        if (!engine_start(id)) return false;
        if (dice.one_in(8)) return false;  // it started, and the answer was lost
        journal[id].start_boot = boot;
        return true;
      case ActionKind::kRecordStarted:
        journal[id].start_boot =
            action.evidence == Evidence::kLastSeen ? journal[id].intent_boot.value() : boot;
        return true;
      case ActionKind::kStop:
        if (dice.one_in(6)) return false;
        if (engine.contains(id)) exit(engine[id]);
        return true;
      case ActionKind::kRecordEnded:
        EXPECT_FALSE(journal[id].ended) << "an end is journalled once";
        journal[id].ended = true;
        ends_journalled.insert(id);
        return true;
      case ActionKind::kRemove:
        EXPECT_TRUE(journal[id].ended && journal[id].acknowledged);
        EXPECT_TRUE(!engine.contains(id) || engine[id].state != ContainerState::kRunning);
        engine.erase(id);
        return true;
      case ActionKind::kForget:
        EXPECT_FALSE(engine.contains(id));
        journal.erase(id);
        watched.erase(id);
        return true;
    }
    return false;
  }

  void exit(ContainerFact& fact) {
    if (fact.state != ContainerState::kRunning) return;
    fact.state = ContainerState::kExited;
    fact.finished_at = clock;
  }

  // One round; the process dies after `kill_after` actions.
  void round(std::int64_t kill_after) {
    std::set<ReplicaId> failed;
    for (const Action& action : node_plan(facts())) {
      if (kill_after-- == 0) return die();
      if (failed.contains(action.replica_id)) continue;
      if (!act(action)) failed.insert(action.replica_id);
    }
  }

  void die() {
    watched.clear();
    orders.reset();
  }

  void restart_machine() {
    die();
    ++boot;
    for (auto& [id, fact] : engine) {
      if (fact.state != ContainerState::kRunning) continue;
      // As some engines show it: exited without an end, or as if it had never started.
      fact.state = dice.one_in(2) ? ContainerState::kExited : ContainerState::kCreated;
      if (fact.state == ContainerState::kCreated) fact.started_at.reset();
      fact.finished_at.reset();
    }
  }
};

// dured as far as the node sees it: orders, and acknowledgements of ends.
struct Centre {
  std::map<ReplicaId, model::ReplicaOrder> orders;
  std::set<ReplicaId> ended;
  int made = 0;

  void add() {
    const ReplicaId id("r" + std::to_string(100 + made++));
    orders[id].replica_id = id;
  }
  void meet(Machine& machine, bool forget_ended) {
    for (auto& [id, line] : machine.journal)
      if (line.ended) ended.insert(id);
    if (forget_ended)
      for (const ReplicaId& id : ended) orders.erase(id);
    for (auto& [id, line] : machine.journal)
      if (line.ended) line.acknowledged = true;
    machine.orders.emplace();
    for (const auto& [id, order] : orders) machine.orders->push_back(order);
  }
};

void disturb(Machine& machine, Centre& centre, Dice& dice) {
  machine.clock.us += dice.roll(1, 5'000'000);
  if (dice.one_in(3) && centre.made < 12) centre.add();
  if (!centre.orders.empty() && dice.one_in(4)) {
    auto order =
        std::next(centre.orders.begin(), dice.roll(0, static_cast<std::int64_t>(centre.orders.size()) - 1));
    if (dice.one_in(4)) {
      centre.orders.erase(order);  // given up
    } else {
      order->second.desired = model::Desired::kStopped;
    }
  }
  for (auto& [id, fact] : machine.engine)
    if (dice.one_in(10)) machine.exit(fact);
  if (!machine.engine.empty() && dice.one_in(25)) machine.engine.erase(machine.engine.begin());  // by a hand
  if (dice.one_in(20)) machine.restart_machine();
  if (dice.one_in(12)) machine.die();
}

void expect_lawful(const Machine& machine) {
  for (const auto& [id, count] : machine.starts) ASSERT_LE(count, 1) << id.text << " started twice";
  ASSERT_FALSE(machine.unlawful_start) << "something started beside an orphan";
}

TEST(NodePlanProperty, NeverTwoStartsNoLeakWhateverIsKilled) {
  int starts = 0;
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    Dice dice(seed);
    Machine machine{dice};
    Centre centre;
    for (int step = 0; step < 40; ++step) {
      disturb(machine, centre, dice);
      if (dice.one_in(2)) centre.meet(machine, dice.one_in(2));
      machine.round(dice.one_in(3) ? dice.roll(0, 6) : 1'000);
      ASSERT_NO_FATAL_FAILURE(expect_lawful(machine)) << "seed " << seed;
    }
    // Quiet now: what is ordered converges.
    for (int step = 0; step < 60; ++step) {
      centre.meet(machine, true);
      machine.round(1'000);
    }
    ASSERT_NO_FATAL_FAILURE(expect_lawful(machine)) << "seed " << seed;
    for (const auto& [id, order] : centre.orders) {
      ASSERT_TRUE(machine.engine.contains(id)) << "seed " << seed;
      ASSERT_EQ(machine.engine[id].state, ContainerState::kRunning) << "seed " << seed;
      ASSERT_EQ(order.desired, model::Desired::kRunning);
    }
    ASSERT_EQ(machine.engine.size(), centre.orders.size()) << "a container leaked, seed " << seed;
    // All is withdrawn: nothing is left, and every start has its end.
    centre.orders.clear();
    for (int step = 0; step < 60; ++step) {
      centre.meet(machine, true);
      machine.round(1'000);
    }
    ASSERT_TRUE(machine.engine.empty()) << "seed " << seed;
    ASSERT_TRUE(machine.journal.empty()) << "seed " << seed;
    ASSERT_TRUE(node_plan(machine.facts()).empty());
    for (const auto& [id, count] : machine.starts) {
      starts += count;
      ASSERT_TRUE(machine.ends_journalled.contains(id)) << "an end was lost, seed " << seed;
    }
  }
  EXPECT_GT(starts, 10'000);
}

}  // namespace
}  // namespace dure::fleet
