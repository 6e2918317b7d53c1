// B6, C6, invariant 8: one project, one pool and one model.
#include "programme/one_resource.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using ResourceNames = std::set<std::string>;

policy::Pool pool_named(const std::string& id, std::vector<std::string> models) {
  policy::Pool pool;
  pool.id = id;
  pool.models = std::move(models);
  return pool;
}

policy::Offer two_pools() {
  policy::Offer offer;
  offer.pools = {pool_named("small", {"t4"}), pool_named("large", {"h100", "h200"})};
  offer.one_pool_per_project = offer.one_model_per_project = true;
  return offer;
}

std::string code_against(const std::optional<base::Reason>& reason) {
  return reason ? reason->code : "ok";
}

TEST(OneResource, B6_TwoInOneApplicationAreToldByTheirNames) {
  const auto offer = two_pools();
  EXPECT_EQ(models_named(" h100,h200 +h100"), (std::vector<std::string>{"h100", "h200"}));
  EXPECT_EQ(code_against(against_one_model(offer, {}, {"large", "h100 / h200"})), "project.models_several");
  EXPECT_EQ(code_against(against_one_pool(offer, {}, {"large", "h100, h200"})), "ok") << "one pool has both";
  EXPECT_EQ(code_against(against_one_pool(offer, {}, {"small", "t4, h200"})), "project.pools_several");
  EXPECT_EQ(code_against(against_one_model(offer, {}, {"large", ""})), "project.model_unnamed");
  EXPECT_EQ(code_against(against_one_model(offer, {}, {"small", ""})), "ok") << "it has one only";
  EXPECT_EQ(code_against(against_one_model({}, {}, {"large", "h100, h200"})), "ok") << "no such rule";
}

TEST(OneResource, B6_WhatIsHeldBindsWhatComes) {
  auto offer = two_pools();
  const std::vector<HeldResource> held{{"large", "h100"}};
  EXPECT_TRUE(check_one_resource(offer, held, {"large", "h100"}).ok());
  EXPECT_EQ(code_of(base::Result<int>(check_one_resource(offer, held, {"small", "t4"}).failure())),
            "project.other_pool");
  EXPECT_EQ(code_of(base::Result<int>(check_one_resource(offer, held, {"large", "h200"}).failure())),
            "project.other_model");
  offer.one_model_per_project = false;
  EXPECT_TRUE(check_one_resource(offer, held, {"large", "h200"}).ok());
  offer.one_pool_per_project = false;
  EXPECT_TRUE(check_one_resource(offer, held, {"small", "t4"}).ok());
}

TEST(OneResource, B6_ScreeningHasAnItemForEachKeyWithItsSource) {
  ScreeningRules rules;
  rules.offer = two_pools();
  rules.pool = rules.offer.pools[1];
  rules.sources = {{"offer.one_pool_per_project", "p. 2"}, {"offer.one_model_per_project", "p. 3"}};
  model::Form1 form;
  form.resources.model = "h200";
  Facts facts;
  auto items = screen_one_resource(form, facts, rules);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].source + items[1].source, "p. 2p. 3");
  EXPECT_EQ(items[1].result, model::ScreeningResult::kMet);
  facts.held = {{"large", "h100"}};
  items = screen_one_resource(form, facts, rules);
  EXPECT_EQ(items[0].result, model::ScreeningResult::kMet);
  EXPECT_EQ(items[1].result, model::ScreeningResult::kNotMet);
  EXPECT_EQ(screen(form, facts, rules).outcome, ScreeningOutcome::kReturn) << "it may be mended";
  rules.offer.one_pool_per_project = rules.offer.one_model_per_project = false;
  EXPECT_TRUE(screen_one_resource(form, facts, rules).empty());
}

// Two projects over one random offer: allocations are opened, changed into something else, made larger and
// end. What the rule lets through, and what it refuses, is counted anew from the whole project each time.
class ProjectHistory {
 public:
  explicit ProjectHistory(std::uint64_t seed) : bits_(seed) {
    const auto pools = 1 + below(4);
    for (std::size_t i = 0; i < pools; ++i) {
      auto pool = pool_named("pool" + std::to_string(i), {});
      for (const auto* model : {"a", "b", "c", "d"})
        if (below(3) == 0) pool.models.push_back(model);
      offer_.pools.push_back(std::move(pool));
    }
    offer_.one_pool_per_project = below(4) != 0;
    offer_.one_model_per_project = below(4) != 0;
  }

  void live() {
    for (int step = 0; step < 40 && !testing::Test::HasFailure(); ++step) {
      auto& project = projects_[below(2)];
      if (!project.empty() && below(4) == 0) {
        project.erase(project.begin() + static_cast<std::ptrdiff_t>(below(project.size())));
        continue;
      }
      if (project.empty() || below(2) == 0)
        take(project, project.size(), any());
      else
        take(project, below(project.size()), below(2) == 0 ? any() : project.front());
      for (const auto& each : projects_) expect_one(each);
    }
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(bits_() % end); }

  HeldResource any() {
    const auto& pool = offer_.pools[below(offer_.pools.size())];
    const std::string models = "abcd";
    const std::string one(1, models[below(4)]);
    switch (below(6)) {
      case 0:
        return {pool.id, ""};
      case 1:
        return {pool.id, one + ", " + models[below(4)]};
      case 2:
        return {pool.id, one};
      default:
        return {pool.id, pool.models.empty() ? one : pool.models[below(pool.models.size())]};
    }
  }

  // In the place of the allocation at `at`, or a further one.
  void take(std::vector<HeldResource>& project, std::size_t at, const HeldResource& wanted) {
    auto others = project;
    if (at < others.size()) others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    const bool allowed = check_one_resource(offer_, others, wanted).ok();
    auto with = others;
    with.push_back(wanted);
    EXPECT_EQ(allowed, one_only(with)) << wanted.pool << " " << wanted.model << " beside " << others.size();
    if (!allowed) return;
    if (at < project.size())
      project[at] = wanted;
    else
      project.push_back(wanted);
  }

  const policy::Pool& pool_of(const HeldResource& of) const {
    return *std::find_if(offer_.pools.begin(), offer_.pools.end(),
                         [&](const auto& pool) { return pool.id == of.pool; });
  }
  ResourceNames models_of(const HeldResource& of) const {
    ResourceNames models;
    for (const char each : of.model)
      if (each >= 'a') models.insert(std::string(1, each));
    const auto& pool = pool_of(of);
    if (models.empty() && pool.models.size() == 1) models.insert(pool.models.front());
    if (models.empty()) models = {"any", "other"};  // it could be of several
    return models;
  }
  // Where more than one model is named they may be of several pools.
  ResourceNames pools_of(const HeldResource& of) const {
    const auto models = models_of(of);
    ResourceNames pools;
    for (const auto& model : models) {
      const auto has = [&](const auto& pool) {
        return std::find(pool.models.begin(), pool.models.end(), model) != pool.models.end();
      };
      const auto first = std::find_if(offer_.pools.begin(), offer_.pools.end(), has);
      if (has(pool_of(of)) || pool_of(of).models.empty())
        pools.insert(of.pool);
      else if (first != offer_.pools.end())
        pools.insert(first->id);
    }
    return pools.size() > 1 ? pools : ResourceNames{of.pool};
  }
  bool one_only(const std::vector<HeldResource>& project) const {
    ResourceNames pools, models;
    for (const auto& each : project) {
      pools.merge(pools_of(each));
      models.merge(models_of(each));
    }
    return (!offer_.one_pool_per_project || pools.size() <= 1) &&
           (!offer_.one_model_per_project || models.size() <= 1);
  }
  void expect_one(const std::vector<HeldResource>& project) const {
    ResourceNames pools, models;
    for (const auto& each : project) {
      pools.insert(each.pool);
      models.merge(models_of(each));
    }
    EXPECT_TRUE(!offer_.one_pool_per_project || pools.size() <= 1);
    EXPECT_TRUE(!offer_.one_model_per_project || models.size() <= 1);
  }

  std::mt19937_64 bits_;
  policy::Offer offer_;
  std::vector<HeldResource> projects_[2];
};

TEST(OneResourceHistory, B6_Invariant8_AProjectNeverHasTwoPoolsOrModelsWhereThePackSaysOne) {
  for (int seed = 1; seed <= histories(1'000) && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    ProjectHistory(static_cast<std::uint64_t>(seed)).live();
  }
}

}  // namespace
}  // namespace dure::programme
