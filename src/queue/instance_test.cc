// Instances on cards in MIG mode in the queue: they are promised, held back, shared and counted as cards are.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "placement/partition_fixture.h"
#include "queue/defaults.h"
#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::Cluster;
using placement::instance_of;
using placement::kA100;

struct Room {
  placement::Rows rows;
  std::vector<Running> runs;
  std::vector<Entry> entries;
  Limits limits = limits_for({"a", "b"});
  Rules rules;

  explicit Room(std::int64_t cards) {
    rows.nodes.push_back(placement::node("n1"));
    for (std::int64_t c = 0; c < cards; ++c)
      rows.cards.push_back(placement::mig_card(rows.nodes.back(), c, kA100));
  }

  // Somebody has so much of an instance, until that minute.
  void runs_on(std::size_t card, const std::string& profile, std::int64_t start, std::int64_t blocks,
               std::int64_t ends) {
    const std::string id = "o" + std::to_string(number_++);
    const auto request = instance_of(kA100, profile, blocks == 100 ? 0 : blocks);
    model::Share share = placement::share(rows.cards[card], id, 1);
    share.milli_gpu = placement::milli_gpu_per_replica(request);
    share.mig_profile = profile;
    share.mig_start = start;
    share.mig_milli_gpu = base::MilliGpu::blocks(blocks);
    rows.shares.push_back(share);
    Running made;
    made.run_id = model::RunId(id);
    made.account_id = model::AccountId("b");
    made.allocation_id = model::AllocationId("allocation-b");
    made.amount = amount_of(request, {});
    made.replica_ids = {model::ReplicaId(id)};
    made.ends_by = at(ends);
    runs.push_back(made);
  }

  void asks(const std::string& id, const std::string& profile, std::int64_t blocks, std::int64_t minutes) {
    entries.push_back(
        entry(id, "a", instance_of(kA100, profile, blocks), static_cast<std::int64_t>(entries.size())));
    entries.back().time_limit = base::Span::minutes(minutes);
  }

  std::vector<Decision> decide() const {
    return queue::decide(entries, runs, Cluster::from_rows(rows), limits, rules, kNow);
  }

 private:
  std::int64_t number_ = 0;  // of who runs
};

const placement::PlannedShare& share_of(const Decision& decision) {
  return decision.plan->replicas.front().shares.front();
}

TEST(Instances, P3_AStartSaysWhichInstance) {
  Room room(1);
  room.asks("r1", "3g.20gb", 30, 10);
  room.asks("r2", "3g.20gb", 70, 10);
  room.asks("r3", "4g.20gb", 0, 10);
  const auto decisions = room.decide();
  ASSERT_EQ(decisions.size(), 3u);
  for (const Decision& each : decisions) ASSERT_EQ(each.verdict, Verdict::kStart);
  EXPECT_EQ(share_of(decisions[0]).mig_start, 4);
  EXPECT_EQ(share_of(decisions[1]).mig_start, 4);
  EXPECT_EQ(share_of(decisions[1]).mig_milli_gpu.value, 700);
  EXPECT_EQ(share_of(decisions[2]).mig_profile, "4g.20gb");
}

TEST(Instances, P5_TheFirstIsPromisedItsSlicesForWhenTheyAreFree) {
  Room room(1);
  room.runs_on(0, "3g.20gb", 0, 100, 20);
  room.runs_on(0, "3g.20gb", 4, 100, 10);
  room.asks("r1", "4g.20gb", 0, 60);
  const auto first = room.decide().front();
  EXPECT_EQ(first.reason->code, "placement.no_instance");
  ASSERT_TRUE(first.promise.has_value());
  EXPECT_EQ(first.promise->start, at(20)) << "4g begins at slice 0 only";
  EXPECT_EQ(first.promise->replicas.front().shares.front().mig_start, 0);
  room.entries.front().promise = first.promise;
  EXPECT_EQ(room.decide().front(), first) << "kept by the next decision";
}

TEST(Instances, P5_WhoStandsBehindIsNotOvertakenButInTimeThatNobodyWasPromised) {
  Room room(1);
  room.runs_on(0, "1g.5gb", 6, 100, 30);
  room.asks("r1", "7g.40gb", 0, 60);
  room.asks("r2", "1g.5gb", 0, 20);
  room.asks("r3", "1g.5gb", 0, 60);
  auto decisions = room.decide();
  EXPECT_EQ(decisions[1].reason->code, "queue.behind") << "in order";
  EXPECT_EQ(decisions[1].ahead, 1);
  room.rules.backfill = true;
  decisions = room.decide();
  EXPECT_EQ(decisions[0].promise->start, at(30));
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart) << "over before the promise begins";
  EXPECT_EQ(decisions[2].verdict, Verdict::kWait) << "it would stand in the way";
  EXPECT_EQ(decisions[2].promise->start, at(90));
}

TEST(Instances, P5_BlocksJoinAnInstanceOnlyAsLongAsItIsTheirs) {
  Room room(1);
  room.runs_on(0, "3g.20gb", 0, 50, 30);
  room.runs_on(0, "3g.20gb", 4, 100, 200);
  room.asks("r1", "4g.20gb", 0, 60);  // promised slice 0 from minute 30
  room.asks("r2", "3g.20gb", 50, 30);
  room.asks("r3", "3g.20gb", 50, 31);
  room.rules.backfill = true;
  const auto decisions = room.decide();
  EXPECT_EQ(decisions[0].promise->start, at(30));
  ASSERT_EQ(decisions[1].verdict, Verdict::kStart);
  EXPECT_EQ(share_of(decisions[1]).mig_start, 0);
  EXPECT_EQ(decisions[2].verdict, Verdict::kWait);
}

TEST(Instances, F14_TheyCountAsTheirPartOfTheCard) {
  Room room(2);
  room.limits.any_account.gpu = base::MilliGpu{900};
  for (const char* id : {"r1", "r2", "r3"}) room.asks(id, "3g.20gb", 0, 10);
  const auto decisions = room.decide();
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[1].verdict, Verdict::kStart) << "428 each";
  EXPECT_EQ(decisions[2].reason->code, "queue.ceiling");
  EXPECT_EQ(decisions[2].estimated_start, at(10)) << "when the first of them ends";
}

TEST(Instances, CpuThatIsLeftOutGoesWithItsPartOfTheCard) {
  Room room(1);
  model::WorkloadSpec spec;
  spec.model = "a100-40gb-mig-3g.20gb";
  spec.cards = 1;
  const auto cpu = [&] {
    return with_defaults(spec, portions_of(Cluster::from_rows(room.rows), "", spec.model)).cpu_milli;
  };
  EXPECT_EQ(cpu(), 56'000 * 428 / 1000);
  room.rows.cards.push_back(placement::card(room.rows.nodes.front(), 1, spec.model));
  EXPECT_EQ(cpu(), 56'000 * 428 / 1428) << "beside one that the node has";
}

TEST(Instances, F14_AnAllocationOfACardHasItsInstances) {
  Room room(1);
  room.limits.allocations[model::AllocationId("allocation-a")].model = kA100;
  room.asks("r1", "1g.5gb", 0, 10);
  EXPECT_EQ(room.decide().front().verdict, Verdict::kStart);
  room.limits.allocations[model::AllocationId("allocation-a")].model = "t4";
  EXPECT_EQ(room.decide().front().reason->code, "queue.model_not_allocated");
}

// Whatever waits and ends: plans commit one after the other, and no promise is put off by the next decision.
class Days {
 public:
  explicit Days(placement::Dice& dice) : room_(dice.roll(1, 2)) {
    room_.rules.backfill = dice.one_in(2);
    const auto& profiles = placement::listed_profiles(kA100);
    for (std::int64_t n = dice.roll(2, 9); n > 0; --n)
      room_.asks("r" + std::to_string(n), profiles[static_cast<std::size_t>(dice.roll(0, 6))].name,
                 dice.one_in(2) ? dice.roll(1, 100) : 0, dice.roll(1, 30));
  }

  bool done() const { return room_.entries.empty(); }

  void minute(std::int64_t minute) {
    Cluster cluster = Cluster::from_rows(room_.rows);
    const auto decisions =
        queue::decide(room_.entries, room_.runs, cluster, room_.limits, room_.rules, at(minute));
    std::vector<Entry> left;
    for (const Decision& decision : decisions) {
      Entry entry = *std::ranges::find(room_.entries, decision.run_id, &Entry::run_id);
      ASSERT_NE(decision.verdict, Verdict::kRefuse);
      if (decision.verdict == Verdict::kStart) {
        ASSERT_TRUE(cluster.commit(*decision.plan, {model::ReplicaId(entry.run_id.text)}).ok());
        not_later_than_promised(entry, at(minute));
        starts(entry, share_of(decision), minute);
        continue;
      }
      if (decision.promise) {
        ++promised;
        not_later_than_promised(entry, decision.promise->start);
        promised_[entry.run_id] = decision.promise->start;
      }
      entry.promise = decision.promise;
      left.push_back(entry);
    }
    EXPECT_TRUE(cluster.faults().empty());
    room_.entries = left;
    end_until(minute + 1);
  }

  int promised = 0, started = 0;

 private:
  void not_later_than_promised(const Entry& entry, base::Instant start) const {
    const auto found = promised_.find(entry.run_id);
    EXPECT_TRUE(found == promised_.end() || start <= found->second) << entry.run_id.text;
  }

  void starts(const Entry& entry, const placement::PlannedShare& planned, std::int64_t minute) {
    const auto length = entry.time_limit->us / base::Span::minutes(1).us;
    const auto card = std::ranges::find(room_.rows.cards, planned.card_id, &model::Card::id);
    room_.runs_on(static_cast<std::size_t>(card - room_.rows.cards.begin()), planned.mig_profile,
                  planned.mig_start, planned.mig_milli_gpu.value / 10, minute + length);
    ++started;
  }

  void end_until(std::int64_t minute) {
    std::erase_if(room_.runs, [&](const Running& run) {
      if (*run.ends_by > at(minute)) return false;
      std::erase_if(room_.rows.shares,
                    [&](const model::Share& share) { return share.replica_id == run.replica_ids.front(); });
      return true;
    });
  }

  Room room_;
  std::map<model::RunId, base::Instant> promised_;
};

TEST(InstancesProperty, P5_PromisesAreKept) {
  placement::Dice dice(11);
  int promised = 0, started = 0;
  for (int round = 0; round < 150; ++round) {
    Days days(dice);
    for (std::int64_t minute = 0; minute < 60 && !days.done(); ++minute) days.minute(minute);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
    promised += days.promised;
    started += days.started;
  }
  EXPECT_GT(promised, 100);
  EXPECT_GT(started, 300);
}

}  // namespace
}  // namespace dure::queue
