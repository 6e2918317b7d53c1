// Ceilings of projects and organisations, quotas of accounts, and who stands before something without a
// limit.
#include <gtest/gtest.h>

#include "queue/decide.h"
#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using placement::blocks_of;
using placement::Cluster;
using placement::room;
using placement::Rows;

struct QuotaCase {
  Rows rows = room(1, 4);
  std::vector<Running> running;
  Limits limits = limits_for({"a", "b", "c"});
  Rules rules;

  std::vector<Decision> decide(const std::vector<Entry>& entries) const {
    return queue::decide(entries, running, Cluster::from_rows(rows), limits, rules, kNow);
  }
};

Entry owned_by(Entry made, const std::string& organisation, const std::string& project) {
  made.organisation_id = model::OrganisationId(organisation);
  made.project_id = model::ProjectId(project);
  return made;
}

std::string scope(const Decision& decision) {
  return std::get<std::string>(*decision.reason->find("scope"));
}

TEST(Quota, OfAProjectKeepsOutItsOwnAndNobodyElse) {
  QuotaCase one;
  one.limits.projects[model::ProjectId("p")].gpu = base::MilliGpu::blocks(100);
  const auto decisions = one.decide({owned_by(entry("r1", "a", blocks_of("t4", 60), 1), "o", "p"),
                                     owned_by(entry("r2", "b", blocks_of("t4", 60), 2), "o", "p"),
                                     owned_by(entry("r3", "c", blocks_of("t4", 60), 3), "o", "q")});
  EXPECT_EQ(decisions[0].verdict, Verdict::kStart);
  EXPECT_EQ(decisions[1].verdict, Verdict::kWait);
  EXPECT_EQ(decisions[1].reason->code, "queue.ceiling");
  EXPECT_EQ(scope(decisions[1]), "project");
  EXPECT_EQ(decisions[2].verdict, Verdict::kStart);
}

TEST(Quota, OfAnOrganisationCountsAllOfItsProjects) {
  QuotaCase one;
  one.limits.organisations[model::OrganisationId("o")].runs = 1;
  const auto decisions = one.decide({owned_by(entry("r1", "a", blocks_of("t4", 60), 1), "o", "p"),
                                     owned_by(entry("r2", "b", blocks_of("t4", 60), 2), "o", "q"),
                                     owned_by(entry("r3", "c", blocks_of("t4", 60), 3), "other", "x")});
  EXPECT_EQ(decisions[1].reason->code, "queue.ceiling");
  EXPECT_EQ(scope(decisions[1]), "organisation");
  EXPECT_EQ(decisions[2].verdict, Verdict::kStart);
}

// What an operator may lift again ends nothing that waits; what the programme's rules say does.
TEST(Quota, WhatCanNeverFitWaits) {
  QuotaCase one;
  one.limits.projects[model::ProjectId("p")].gpu = base::MilliGpu::blocks(10);
  one.limits.account_quotas[model::AccountId("b")].runs = 0;
  const auto decisions = one.decide({owned_by(entry("r1", "a", blocks_of("t4", 60), 1), "o", "p"),
                                     owned_by(entry("r2", "b", blocks_of("t4", 60), 2), "o", "q"),
                                     owned_by(entry("r3", "c", blocks_of("t4", 60), 3), "o", "q")});
  for (const int i : {0, 1}) {
    EXPECT_EQ(decisions[i].verdict, Verdict::kWait);
    EXPECT_EQ(decisions[i].reason->code, "queue.over_ceiling");
    EXPECT_FALSE(decisions[i].estimated_start);
  }
  EXPECT_EQ(scope(decisions[0]), "project");
  EXPECT_EQ(scope(decisions[1]), "account");
  EXPECT_EQ(decisions[2].verdict, Verdict::kStart);
}

TEST(Quota, F14_OfAnAccountCannotWidenWhatPolicyAllows) {
  Ceiling policy, quota;
  policy.gpu = base::MilliGpu::blocks(40);
  policy.runs = 3;
  quota.gpu = base::MilliGpu::blocks(80);
  quota.runs = 2;
  quota.cpu_milli = 7;
  const Ceiling both = tighter(policy, quota);
  EXPECT_EQ(both.gpu, base::MilliGpu::blocks(40));
  EXPECT_EQ(both.runs, 2);
  EXPECT_EQ(both.cpu_milli, 7);
  EXPECT_EQ(first_said(quota, policy).gpu, base::MilliGpu::blocks(80));
  EXPECT_EQ(first_said({}, policy), policy);
  QuotaCase one;
  one.limits.accounts[model::AccountId("a")] = policy;
  one.limits.account_quotas[model::AccountId("a")] = quota;
  EXPECT_EQ(one.decide({entry("r", "a", blocks_of("t4", 50))})[0].verdict, Verdict::kRefuse);
}

// A machine whose run has no known end, and a first in line that needs all of it.
TEST(Decide, WhatHasNoKnownStartLetsOthersByForAWhile) {
  QuotaCase one;
  one.rows = room(1, 1);
  one.running = {running(one.rows, 0, "old", "c", 50)};
  one.rules.backfill = true;
  Entry big = entry("big", "a", blocks_of("t4", 100));
  Entry small = entry("small", "b", blocks_of("t4", 30));
  small.time_limit = base::Span::minutes(5);
  big.queued_at = kNow - base::Span::minutes(10);
  small.queued_at = kNow - base::Span::minutes(9);
  EXPECT_EQ(one.decide({big, small})[1].verdict, Verdict::kWait) << "it holds up its lane";
  one.rules.patience = base::Span::minutes(11);
  EXPECT_EQ(one.decide({big, small})[0].verdict, Verdict::kWait);
  EXPECT_EQ(one.decide({big, small})[1].verdict, Verdict::kStart);
  one.rules.patience = base::Span::minutes(10);
  EXPECT_EQ(one.decide({big, small})[1].verdict, Verdict::kWait) << "it has waited for long enough";
  one.rules.patience = base::Span::minutes(11);
  one.rules.backfill = false;
  EXPECT_EQ(one.decide({big, small})[1].verdict, Verdict::kWait) << "without backfill nobody overtakes";
}

}  // namespace
}  // namespace dure::queue
