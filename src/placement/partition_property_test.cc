// Instances on cards in MIG mode that come and go at random, beside one who tries everything.
#include <gtest/gtest.h>

#include <algorithm>

#include "placement/partition_fixture.h"
#include "placement/place.h"

namespace dure::placement {
namespace {

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
