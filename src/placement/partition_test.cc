// Instances that Dure makes on cards in MIG mode: what fits, where it goes, what is said where it does not.
#include "placement/partition.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "placement/inventory.h"
#include "placement/partition_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

constexpr const char* kA100 = "a100-40gb";

Rows mig_room(std::int64_t nodes, std::int64_t cards) {
  Rows rows;
  for (std::int64_t n = 1; n <= nodes; ++n) {
    rows.nodes.push_back(node("n" + std::to_string(n)));
    for (std::int64_t c = 0; c < cards; ++c) rows.cards.push_back(mig_card(rows.nodes.back(), c, kA100));
  }
  return rows;
}

// Starts it; the share that it got.
PlannedShare start(Cluster& cluster, const Request& request, const std::string& id) {
  const Answer answer = place(cluster, request);
  const Plan* plan = std::get_if<Plan>(&answer);
  if (plan == nullptr) {
    ADD_FAILURE() << id << ": " << std::get<Refusal>(answer).reason.code;
    return {};
  }
  EXPECT_TRUE(cluster.commit(*plan, {model::ReplicaId(id)}).ok());
  return plan->replicas.front().shares.front();
}

Refusal refusal(const Cluster& cluster, const Request& request) {
  const Answer answer = place(cluster, request);
  if (const auto* refused = std::get_if<Refusal>(&answer)) return *refused;
  ADD_FAILURE() << "it fits";
  return {};
}

std::string text_of(const base::Reason& reason, const std::string& name) {
  const auto* value = reason.find(name);
  if (value == nullptr) return "";
  if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
  return std::get<std::string>(*value);
}

TEST(Partition, P3_AnInstanceIsMadeForWhoAsksForOne) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 2));
  const PlannedShare share = start(cluster, instance_of(kA100, "3g.20gb"), "a");
  EXPECT_EQ(share.mig_profile, "3g.20gb");
  EXPECT_EQ(share.mig_start, 4) << "the low end stays free for 4g";
  EXPECT_EQ(share.mig_milli_gpu.value, 1000);
  EXPECT_EQ(share.milli_gpu.value, 428) << "three of seven compute slices";
  EXPECT_EQ(share.memory.value, 20 * kGiB);
  EXPECT_EQ(start(cluster, instance_of(kA100, "4g.20gb"), "b").card_id, share.card_id)
      << "the card that is split anyway";
  EXPECT_NE(start(cluster, instance_of(kA100, "7g.40gb"), "c").card_id, share.card_id);
  EXPECT_TRUE(cluster.faults().empty());
}

TEST(Partition, P3_BlocksShareAnInstanceUntilItIsEmpty) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const PlannedShare first = start(cluster, instance_of(kA100, "3g.20gb", 30), "a");
  EXPECT_EQ(first.mig_milli_gpu.value, 300);
  EXPECT_EQ(first.milli_gpu.value, 128);
  EXPECT_EQ(first.memory.value, 6 * kGiB);
  EXPECT_EQ(start(cluster, instance_of(kA100, "3g.20gb", 70), "b").mig_start, first.mig_start);
  EXPECT_EQ(start(cluster, instance_of(kA100, "4g.20gb", 10), "c").mig_start, 0);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "3g.20gb", 1)).kind, RefusalKind::kNotNow);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "3g.20gb")).kind, RefusalKind::kNotNow);
  cluster.release(model::ReplicaId("a"));
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "1g.5gb")).kind, RefusalKind::kNotNow) << "b is still there";
  cluster.release(model::ReplicaId("b"));
  start(cluster, instance_of(kA100, "1g.5gb"), "d");
}

TEST(Partition, P3_FixedInstancesAreTakenFirst) {
  Rows rows = mig_room(1, 1);
  rows.cards.push_back(card(rows.nodes.front(), 1, "a100-40gb-mig-3g.20gb", 20 * kGiB));
  Cluster cluster = Cluster::from_rows(rows);
  const PlannedShare fixed = start(cluster, instance_of(kA100, "3g.20gb", 60), "a");
  EXPECT_EQ(fixed.mig_start, -1);
  EXPECT_EQ(fixed.card_id, rows.cards.back().id);
  const PlannedShare made = start(cluster, instance_of(kA100, "3g.20gb", 60), "b");
  EXPECT_EQ(made.mig_start, 4);
  EXPECT_EQ(made.card_id, rows.cards.front().id);
}

TEST(Partition, P7_ACardInMigModeIsGivenOutInInstancesAlone) {
  const Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const Refusal whole = refusal(cluster, cards_of(kA100, 1));
  EXPECT_EQ(whole.kind, RefusalKind::kNotEver);
  EXPECT_EQ(whole.reason.code, "placement.unknown_model");
  EXPECT_NE(text_of(whole.reason, "known").find("a100-40gb-mig-3g.20gb"), std::string::npos)
      << "what can be asked for instead";
  EXPECT_EQ(refusal(cluster, blocks_of(kA100, 10)).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "5g.25gb")).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, instance_of("a30", "1g.6gb")).kind, RefusalKind::kNotEver);
  EXPECT_EQ(refusal(cluster, cards_of("a100-40gb-mig-3g.20gb", 2)).reason.code, "placement.too_many_cards");
}

TEST(Partition, P20_ARefusalSaysWhichProfilesFitNow) {
  Rows rows = mig_room(1, 3);
  rows.cards[2].health = model::CardHealth::kUnhealthy;
  Cluster cluster = Cluster::from_rows(rows);
  start(cluster, instance_of(kA100, "7g.40gb"), "a");
  start(cluster, instance_of(kA100, "4g.20gb"), "b");
  start(cluster, instance_of(kA100, "2g.10gb"), "c");
  const Refusal refused = refusal(cluster, instance_of(kA100, "4g.20gb", 50));
  EXPECT_EQ(refused.kind, RefusalKind::kNotNow);
  EXPECT_EQ(refused.reason.code, "placement.node_unavailable") << "the third would do if it were healthy";
  EXPECT_EQ(refused.counts, (Counts{.looked_at = 3, .unhealthy = 1, .busy = 2}));
  Request four = instance_of(kA100, "3g.20gb");
  four.replicas = 4;
  const Refusal gang = refusal(cluster, four);
  EXPECT_EQ(gang.reason.code, "placement.no_instance");
  EXPECT_EQ(text_of(gang.reason, "profiles_that_fit"), "1g.5gb, 1g.5gb+me, 1g.10gb");
  EXPECT_EQ(text_of(gang.reason, "cards"), "3");
  EXPECT_EQ(text_of(gang.reason, "full_cards"), "2");
  EXPECT_EQ(text_of(gang.reason, "cards_out_of_service"), "1");
}

TEST(Partition, TheNodesCpuIsCountedToo) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  Request request = instance_of(kA100, "1g.5gb");
  request.cpu_milli = 30'000;
  start(cluster, request, "a");
  EXPECT_EQ(refusal(cluster, request).reason.code, "placement.no_cpu");
  request.cpu_milli = 60'000;
  EXPECT_EQ(refusal(cluster, request).reason.code, "placement.too_much_cpu");
}

TEST(Partition, RowsThatCannotBeAreNamedAndTheirCardTakesNothing) {
  Rows rows = mig_room(1, 1);
  for (const auto& [id, profile] : {std::pair{"a", "3g.20gb"}, {"b", "2g.10gb"}}) {
    rows.shares.push_back(share(rows.cards.front(), id, 10));
    rows.shares.back().mig_profile = profile;
    rows.shares.back().mig_start = 0;
    rows.shares.back().mig_milli_gpu = {100};
  }
  const Cluster cluster = Cluster::from_rows(rows);
  ASSERT_EQ(cluster.faults().size(), 1u);
  EXPECT_EQ(cluster.faults().front().code, "placement.instances_overlap");
  EXPECT_EQ(refusal(cluster, instance_of(kA100, "1g.5gb")).kind, RefusalKind::kNotNow);
}

TEST(Partition, ACommitChecksTheSlicesAgain) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 1));
  const Answer one = place(cluster, instance_of(kA100, "3g.20gb"));
  const Answer other = place(cluster, instance_of(kA100, "1g.10gb"));
  ASSERT_TRUE(cluster.commit(std::get<Plan>(one), {model::ReplicaId("a")}).ok());
  const auto late = cluster.commit(std::get<Plan>(other), {model::ReplicaId("b")});
  ASSERT_FALSE(late.ok()) << "both had planned the same end of the card";
  EXPECT_EQ(late.failure().reason.code, "placement.changed");
  EXPECT_TRUE(cluster.faults().empty());
}

const InventoryRow* row(const std::vector<InventoryRow>& rows, const std::string& resource) {
  const auto found = std::ranges::find(rows, resource, &InventoryRow::resource);
  return found == rows.end() ? nullptr : &*found;
}

TEST(Partition, P2_TheTableSaysHowManyOfEachProfileFitNow) {
  Cluster cluster = Cluster::from_rows(mig_room(1, 2));
  start(cluster, instance_of(kA100, "3g.20gb"), "a");
  start(cluster, instance_of(kA100, "2g.10gb", 40), "b");
  const Inventory table = inventory(cluster);
  const auto expect = [&](const char* profile, std::int64_t total, std::int64_t available) {
    const InventoryRow* found = row(table.resources, std::string("a100-40gb-mig-") + profile);
    ASSERT_NE(found, nullptr) << profile;
    EXPECT_EQ(found->total, total) << profile;
    EXPECT_EQ(found->available, available) << profile;
    EXPECT_EQ(found->used, total - available) << profile;
    EXPECT_EQ(found->request_max, available > 0 ? 1 : 0) << profile;
  };
  expect("1g.5gb", 14, 9);
  expect("2g.10gb", 6, 4);
  expect("3g.20gb", 4, 2);
  expect("7g.40gb", 2, 1);
  EXPECT_EQ(row(table.resources, kA100), nullptr) << "no whole card can be had";
  const InventoryRow* blocks = row(table.block_types, "a100-40gb-mig-2g.10gb-block");
  ASSERT_NE(blocks, nullptr);
  EXPECT_EQ(blocks->available, 460) << "four more, and 60 of the one that is there";
}

// Random comings and goings on a few cards, beside one who tries everything.
class Churn {
 public:
  explicit Churn(std::uint64_t seed) : dice_(seed) {
    for (std::int64_t n = dice_.roll(1, 3); n > 0; --n) {
      rows_.nodes.push_back(node("n" + std::to_string(n), "shared", dice_.roll(4, 12) * 1000));
      for (std::int64_t c = dice_.roll(1, 2); c > 0; --c)
        rows_.cards.push_back(mig_card(rows_.nodes.back(), c, dice_.one_in(3) ? "a30" : kA100));
    }
    cluster_ = Cluster::from_rows(rows_);
  }

  void step() {
    if (!held_.empty() && dice_.one_in(3)) return release();
    const std::string model = dice_.one_in(3) ? "a30" : kA100;
    const auto& profiles = listed_profiles(model);
    const auto& profile =
        profiles[static_cast<std::size_t>(dice_.roll(0, static_cast<std::int64_t>(profiles.size()) - 1))];
    Request request =
        instance_of(model, profile.name, dice_.one_in(2) ? dice_.roll(1, 100) : std::int64_t{0});
    request.replicas = dice_.one_in(4) ? dice_.roll(2, 3) : 1;
    request.cpu_milli = dice_.one_in(3) ? 1000 : 0;
    ask(request, model, profile.name);
  }

  int started = 0, refused = 0;

 private:
  struct Held {
    std::string id;
    PlannedReplica replica;
  };

  static std::int64_t asked_milli(const Request& request) {
    return request.cards > 0 ? 1000 : request.blocks * 10;
  }

  // As the pencil has them, of the nodes with enough CPU for one.
  std::vector<NaiveMigCard> cards(std::int64_t cpu_milli) const {
    std::vector<NaiveMigCard> all;
    for (const model::Card& card : rows_.cards) {
      NaiveMigCard made{card.model, {}};
      std::int64_t cpu = 0;
      for (const model::Node& node : rows_.nodes) cpu += node.id == card.node_id ? node.cpu_milli : 0;
      for (const Held& held : held_) {
        cpu -= held.replica.node_id == card.node_id ? held.replica.cpu_milli : 0;
        for (const PlannedShare& share : held.replica.shares)
          if (share.card_id == card.id) add(made, share);
      }
      if (cpu >= cpu_milli) all.push_back(made);
    }
    return all;
  }

  static void add(NaiveMigCard& card, const PlannedShare& share) {
    for (NaiveInstance& each : card.instances)
      if (each.profile == share.mig_profile && each.start == share.mig_start) {
        each.held += share.mig_milli_gpu.value;
        return;
      }
    card.instances.push_back({share.mig_profile, share.mig_start, share.mig_milli_gpu.value});
  }

  void ask(const Request& request, const std::string& model, const std::string& profile) {
    const Answer answer = place(cluster_, request);
    const Plan* plan = std::get_if<Plan>(&answer);
    expect_as_from_rows(request, plan);
    auto all = cards(request.cpu_milli);
    const bool fits = fit_all(all, model, profile, asked_milli(request), request.replicas);
    // CPU is looked at for one replica: with several and CPU the pencil may be too hopeful.
    if (request.replicas == 1 || request.cpu_milli == 0) {
      EXPECT_EQ(plan != nullptr, fits) << model << " " << profile;
    } else if (plan != nullptr) {
      EXPECT_TRUE(fits);
    }
    if (plan == nullptr) {
      ++refused;
      return;
    }
    if (request.replicas == 1) expect_least_loss(*plan, request, model, profile);
    commit(*plan);
  }

  // What came and went leaves no trace.
  void expect_as_from_rows(const Request& request, const Plan* plan) const {
    const Answer answer = place(as_rows(), request);
    const Plan* same = std::get_if<Plan>(&answer);
    ASSERT_EQ(plan == nullptr, same == nullptr);
    if (plan != nullptr) {
      EXPECT_EQ(plan->replicas, same->replicas);
    }
  }

  void commit(const Plan& plan) {
    std::vector<model::ReplicaId> ids;
    for (const PlannedReplica& replica : plan.replicas) {
      ids.emplace_back("r" + std::to_string(started++));
      held_.push_back({ids.back().text, replica});
    }
    ASSERT_TRUE(cluster_.commit(plan, ids).ok());
    EXPECT_TRUE(cluster_.faults().empty());
    for (const NaiveMigCard& card : cards(INT64_MIN)) EXPECT_EQ(card.wrong(), "");
  }

  // Into an instance that is there, where there is one with room; else where least is lost.
  void expect_least_loss(const Plan& plan, const Request& request, const std::string& model,
                         const std::string& profile) {
    std::int64_t least = INT64_MAX;
    for (const NaiveMigCard& card : cards(request.cpu_milli)) {
      if (card.model != model) continue;
      for (const NaiveMigCard& way : card.ways(profile, asked_milli(request)))
        least = std::min(least, card.weight() - way.weight());
    }
    const PlannedShare& share = plan.replicas.front().shares.front();
    NaiveMigCard before{model, {}};
    for (const Held& held : held_)
      for (const PlannedShare& each : held.replica.shares)
        if (each.card_id == share.card_id) add(before, each);
    NaiveMigCard after = before;
    add(after, share);
    EXPECT_EQ(before.weight() - after.weight(), least) << profile;
  }

  void release() {
    const auto i = static_cast<std::size_t>(dice_.roll(0, static_cast<std::int64_t>(held_.size()) - 1));
    EXPECT_TRUE(cluster_.release(model::ReplicaId(held_[i].id)));
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  Cluster as_rows() const {
    Rows rows = rows_;
    for (const Held& held : held_) {
      rows.holds.push_back(
          {model::ReplicaId(held.id), held.replica.node_id, held.replica.cpu_milli, held.replica.memory, {}});
      for (const PlannedShare& part : held.replica.shares) {
        model::Share made;
        made.replica_id = model::ReplicaId(held.id);
        made.node_id = held.replica.node_id;
        made.card_id = part.card_id;
        made.milli_gpu = part.milli_gpu;
        made.memory = part.memory;
        made.mig_profile = part.mig_profile;
        made.mig_start = part.mig_start;
        made.mig_milli_gpu = part.mig_milli_gpu;
        rows.shares.push_back(made);
      }
    }
    return Cluster::from_rows(rows);
  }

  Dice dice_;
  Rows rows_;
  Cluster cluster_;
  std::vector<Held> held_;
};

TEST(PartitionProperty, P3_AgreesWithTryingEverything) {
  int started = 0, refused = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Churn churn(seed);
    for (int i = 0; i < 60 && !::testing::Test::HasFailure(); ++i) churn.step();
    started += churn.started;
    refused += churn.refused;
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(started, 500);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace dure::placement
