// What must hold for any queue: nobody overtakes in a lane, ceilings hold, plans commit, estimates come true.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "placement/place.h"
#include "queue/order.h"
#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::Cluster;

class SceneDice {
 public:
  explicit SceneDice(std::uint64_t seed) : engine_(seed) {}
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

struct Scene {
  placement::Rows rows;
  std::vector<Running> running;
  std::vector<Entry> entries;
  Limits limits = limits_for({"a", "b", "c"});
  Rules rules;
};

Scene random_scene(SceneDice& dice, bool everything_ends) {
  Scene scene;
  scene.rows = placement::room(dice.roll(1, 2), dice.roll(1, 3));
  if (dice.one_in(3)) scene.rows.cards.back().model = "a100-40gb";
  const std::vector<std::string> accounts{"a", "b", "c"};
  for (std::size_t c = 0; c < scene.rows.cards.size(); ++c)
    for (std::int64_t free = 100; free > 0 && !dice.one_in(3);) {
      const std::int64_t blocks = dice.roll(1, free);
      std::optional<base::Instant> ends;
      if (everything_ends || !dice.one_in(3)) ends = at(dice.roll(1, 60));
      const std::string id = "o" + std::to_string(scene.running.size());
      scene.running.push_back(
          running(scene.rows, c, id, accounts[static_cast<std::size_t>(dice.roll(0, 2))], blocks, ends));
      free -= blocks;
    }
  for (std::int64_t n = dice.roll(1, 8); n > 0; --n) {
    auto request = placement::blocks_of(dice.one_in(4) ? "a100-40gb" : "t4", dice.roll(1, 101));
    if (dice.one_in(6)) request = placement::cards_of("t4", dice.roll(1, 3));
    if (dice.one_in(5)) request.replicas = 2;
    scene.entries.push_back(entry("r" + std::to_string(n),
                                  accounts[static_cast<std::size_t>(dice.roll(0, 2))], request,
                                  dice.roll(0, 5)));
    if (dice.one_in(5)) scene.entries.back().priority = 1;
    if (everything_ends || dice.one_in(2))
      scene.entries.back().time_limit = base::Span::minutes(dice.roll(1, 90));
    if (dice.one_in(9)) scene.entries.back().held_by = "user";
  }
  if (dice.one_in(2)) scene.limits.any_account.gpu = base::MilliGpu::blocks(dice.roll(50, 200));
  return scene;
}

std::vector<Decision> decide_scene(const Scene& scene, const Cluster& cluster, base::Instant now) {
  return queue::decide(scene.entries, scene.running, cluster, scene.limits, scene.rules, now);
}

const Entry& entry_of(const Scene& scene, const Decision& decision) {
  return *std::find_if(scene.entries.begin(), scene.entries.end(),
                       [&](const Entry& each) { return each.run_id == decision.run_id; });
}

void expect_sound(const Scene& scene, const std::vector<Decision>& decisions, Cluster cluster) {
  std::map<std::pair<std::string, std::string>, bool> blocked;
  std::map<model::AccountId, std::int64_t> used;
  for (const Running& run : scene.running) used[run.account_id] += run.amount.gpu.value;
  for (const Decision& decision : decisions) {
    const Entry& of = entry_of(scene, decision);
    const auto lane = std::pair(of.request.pool, of.request.model);
    if (decision.verdict == Verdict::kStart) {
      EXPECT_FALSE(blocked[lane]) << "overtaken";
      std::vector<model::ReplicaId> ids;
      for (const auto& replica : decision.plan->replicas)
        ids.emplace_back(of.run_id.text + std::to_string(replica.number));
      ASSERT_TRUE(cluster.commit(*decision.plan, ids).ok());
      used[of.account_id] += placement::milli_gpu_per_replica(of.request).value * of.request.replicas;
      if (scene.limits.any_account.gpu) {
        EXPECT_LE(used[of.account_id], scene.limits.any_account.gpu->value);
      }
      continue;
    }
    ASSERT_TRUE(decision.reason.has_value());
    if (decision.verdict == Verdict::kWait && decision.reason->code.starts_with("placement."))
      blocked[lane] = true;
    if (decision.verdict == Verdict::kRefuse && decision.refusal == placement::RefusalKind::kNotEver) {
      EXPECT_TRUE(
          std::holds_alternative<placement::Refusal>(placement::place(cluster.emptied(), of.request)));
    }
  }
}

TEST(DecideProperty, F8_F14_NobodyOvertakesAndCeilingsHold) {
  SceneDice dice(5);
  int starts = 0, waits = 0, refusals = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Scene scene = random_scene(dice, false);
    const Cluster cluster = Cluster::from_rows(scene.rows);
    const auto decisions = decide_scene(scene, cluster, kNow);
    ASSERT_EQ(decisions.size(), scene.entries.size());
    expect_sound(scene, decisions, cluster);
    for (const Decision& decision : decisions)
      ++(decision.verdict == Verdict::kStart  ? starts
         : decision.verdict == Verdict::kWait ? waits
                                              : refusals);
    // Deciding again with the same input says the same.
    ASSERT_EQ(decisions, decide_scene(scene, cluster, kNow));
  }
  EXPECT_GT(starts, 5'000);
  EXPECT_GT(waits, 5'000);
  EXPECT_GT(refusals, 500);
}

// Commits what was decided, so that the scene is what it is after the loop's turn.
void carry_out(Scene& scene, Cluster& cluster, const std::vector<Decision>& decisions, base::Instant now,
               std::map<model::RunId, base::Instant>& started) {
  for (const Decision& decision : decisions) {
    if (decision.verdict == Verdict::kWait) continue;
    const Entry of = entry_of(scene, decision);
    std::erase_if(scene.entries, [&](const Entry& each) { return each.run_id == of.run_id; });
    if (decision.verdict == Verdict::kRefuse) continue;
    Running run;
    run.run_id = of.run_id;
    run.account_id = of.account_id;
    run.allocation_id = of.allocation_id;
    run.amount = amount_of(of.request, {16 * placement::kGiB});
    run.ends_by = now + *of.time_limit;
    for (const auto& replica : decision.plan->replicas)
      run.replica_ids.emplace_back(of.run_id.text + std::to_string(replica.number));
    ASSERT_TRUE(cluster.commit(*decision.plan, run.replica_ids).ok());
    scene.running.push_back(run);
    started[of.run_id] = now;
  }
}

// The promises that were made go in again, as the rows have them.
void remember(Scene& scene, const std::vector<Decision>& decisions) {
  for (Entry& each : scene.entries)
    for (const Decision& decision : decisions)
      if (decision.run_id == each.run_id) each.promise = decision.promise;
}

// If everything ends at its limit at the latest, each run starts when it was promised, or before; each
// decision is made from the rows alone.
TEST(DecideProperty, P5_PromisesAreKeptFromOneDecisionToTheNext) {
  SceneDice dice(6);
  int told = 0, exact = 0;
  for (int i = 0; i < 3'000; ++i) {
    Scene scene = random_scene(dice, true);
    scene.rules.backfill = dice.one_in(2);
    scene.rules.promises = dice.roll(1, 8);
    Cluster cluster = Cluster::from_rows(scene.rows);
    std::map<model::RunId, base::Instant> started, promised;
    for (auto now = std::optional(kNow); now;) {
      const auto decisions = decide_scene(scene, cluster, *now);
      for (const Decision& decision : decisions) {
        const auto before = promised.find(decision.run_id);
        const bool put_off =
            decision.promise && before != promised.end() && before->second < decision.promise->start;
        EXPECT_FALSE(put_off) << "case " << i;
        if (decision.promise) promised[decision.run_id] = decision.promise->start;
      }
      carry_out(scene, cluster, decisions, *now, started);
      remember(scene, decisions);
      now.reset();
      for (const Running& run : scene.running)
        if (!now || *run.ends_by < *now) now = run.ends_by;
      if (!now) break;
      for (const Running& run : scene.running)
        if (run.ends_by == now)
          for (const auto& id : run.replica_ids) cluster.release(id);
      std::erase_if(scene.running, [&](const Running& run) { return run.ends_by == now; });
    }
    for (const auto& [run, start] : promised) {
      ++told;
      ASSERT_TRUE(started.contains(run)) << "case " << i;
      EXPECT_LE(started[run], start) << "case " << i;
      exact += started[run] == start ? 1 : 0;
    }
  }
  EXPECT_GT(told, 2'000);
  EXPECT_GT(exact, 1'500) << "and the promises are no idle ones";
}

}  // namespace
}  // namespace dure::queue
