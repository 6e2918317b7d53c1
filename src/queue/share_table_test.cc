#include "queue/share_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;

Entry waiting(const std::string& id, const std::string& organisation, const std::string& project,
              const std::string& account, std::int64_t blocks, std::int64_t queued_s = 0) {
  Entry made = entry(id, account, blocks_of("t4", blocks), queued_s);
  made.organisation_id = model::OrganisationId(organisation);
  made.project_id = model::ProjectId(project);
  return made;
}

Running holding(const std::string& organisation, const std::string& project, const std::string& account,
                std::int64_t blocks) {
  Running made;
  made.account_id = model::AccountId(account);
  made.project_id = model::ProjectId(project);
  made.organisation_id = model::OrganisationId(organisation);
  made.amount.runs = 1;
  made.amount.gpu = base::MilliGpu::blocks(blocks);
  return made;
}

std::map<std::string, OwnerShare> by_id(const std::vector<OwnerShare>& rows) {
  std::map<std::string, OwnerShare> found;
  for (const auto& row : rows) found[row.id] = row;
  return found;
}

TEST(ShareTable, SaysWhatEachShouldHaveAndHas) {
  Rules rules;
  rules.shares.organisation_weights[model::OrganisationId("o1")] = 3;
  rules.shares.weights[model::ProjectId("p1")] = 1;
  rules.shares.weights[model::ProjectId("p2")] = 2;
  rules.shares.used[model::AccountId("a2")] = 1'000;
  const auto rows =
      by_id(share_table({waiting("r1", "o1", "p1", "a1", 10), waiting("r2", "o2", "p3", "a3", 10)},
                        {holding("o1", "p2", "a2", 50)}, limits_for({"a1", "a2", "a3"}), rules, kNow));
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_EQ(rows.at("o1").due_ppm, 750'000);
  EXPECT_EQ(rows.at("o2").due_ppm, 250'000);
  EXPECT_EQ(rows.at("p1").due_ppm, 250'000);
  EXPECT_EQ(rows.at("a2").due_ppm, 500'000);
  EXPECT_EQ(rows.at("a2").had_ppm, 1'000'000);
  EXPECT_EQ(rows.at("o2").had_ppm, 0);
  EXPECT_EQ(rows.at("a2").held.gpu, base::MilliGpu::blocks(50));
  EXPECT_EQ(rows.at("a2").milli_gpu_s, 1'000 + 500 * 3600) << "what it holds counts for an hour at once";
  EXPECT_EQ(rows.at("p1").parent_id, "o1");
  EXPECT_EQ(rows.at("a1").parent_id, "p1");
  EXPECT_EQ(rows.at("o1").waiting, 1);
  EXPECT_EQ(rows.at("a2").waiting, 0);
}

TEST(ShareTable, WhoHasLeastForItsShareIsNext) {
  Rules rules;
  rules.shares.account_weights[model::AccountId("a1")] = 10;
  rules.shares.used = {{model::AccountId("a1"), 50'000}, {model::AccountId("a2"), 10'000}};
  const auto table = [&] {
    return by_id(share_table({waiting("r1", "o", "p", "a1", 10, 1), waiting("r2", "o", "p", "a2", 10, 0),
                              waiting("r3", "o", "p", "a3", 10, 2)},
                             {}, limits_for({"a1", "a2", "a3"}), rules, kNow));
  };
  EXPECT_EQ(table().at("a3").turn, 1) << "it has used nothing";
  EXPECT_EQ(table().at("a1").turn, 2) << "5000 for each of its weight";
  EXPECT_EQ(table().at("a2").turn, 3);
  EXPECT_EQ(table().at("p").turn, std::nullopt);
  rules.shares.account_weights.clear();
  EXPECT_EQ(table().at("a2").turn, 2) << "without the weight";
}

// Against shares added up anew, without a tree.
TEST(ShareTable, EqualsWhatIsAddedUpByHand) {
  std::mt19937_64 random(7);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  for (int round = 0; round < 200; ++round) {
    Rules rules;
    std::vector<Running> running;
    std::map<std::string, std::int64_t> held;
    std::int64_t all = 0;
    for (std::int64_t i = 0; i < 12; ++i) {
      const std::string o = "o" + std::to_string(below(3)), p = o + "p" + std::to_string(below(3)),
                        a = p + "a" + std::to_string(below(2));
      const std::int64_t blocks = below(100);
      running.push_back(holding(o, p, a, blocks));
      for (const auto& id : {o, p, a}) held[id] += blocks;
      all += blocks;
    }
    for (const auto& [id, sum] : held) {
      rules.shares.organisation_weights[model::OrganisationId(id)] = 1 + below(9);
      rules.shares.weights[model::ProjectId(id)] = 1 + below(9);
    }
    const auto rows = by_id(share_table({}, running, {}, rules, kNow));
    ASSERT_EQ(rows.size(), held.size());
    std::int64_t due = 0;
    for (const auto& [id, sum] : held) {
      const auto& row = rows.at(id);
      EXPECT_EQ(row.held.gpu, base::MilliGpu::blocks(sum)) << id;
      EXPECT_EQ(row.had_ppm, all == 0 ? 0 : sum * 1'000'000 / all) << id;
      if (row.kind != OwnerKind::kAccount) continue;
      due += row.due_ppm;
      const auto weight = [&](const std::string& of) { return rows.at(of).weight; };
      const std::string o = id.substr(0, 2), p = id.substr(0, 4);
      std::int64_t organisations = 0, projects = 0, accounts = 0;
      for (const auto& [other, unused] : held) {
        if (other.size() == 2) organisations += weight(other);
        if (other.size() == 4 && other.starts_with(o)) projects += weight(other);
        if (other.size() == 6 && other.starts_with(p)) accounts += weight(other);
      }
      const double exact = 1e6 * static_cast<double>(weight(o)) / static_cast<double>(organisations) *
                           static_cast<double>(weight(p)) / static_cast<double>(projects) /
                           static_cast<double>(accounts);
      EXPECT_NEAR(static_cast<double>(row.due_ppm), exact, 3) << id;
    }
    EXPECT_NEAR(static_cast<double>(due), 1e6, 60) << "all shares together are the whole";
  }
}

}  // namespace
}  // namespace dure::queue
