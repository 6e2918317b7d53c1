// K1, K2, K4, K8: the results report of S0 article 9, Form 2; the days of governance 6.7.
#include "programme/obligation.h"

#include <gtest/gtest.h>

#include "programme/samples.h"

namespace dure::programme {
namespace {

using model::ObligationState;

model::Allocation ending(base::Date last) {
  model::Allocation allocation;
  allocation.ends_on = allocation.agreed_ends_on = last;
  return allocation;
}

calendar::BusinessDays days() {
  return policy::business_days_of(regional_centre());
}

TEST(Obligation, K1_TheResultsReportFallsDueAfterTheEnd) {
  const auto due = obligations_of(ending({2027, 2, 28}), regional_centre().outcomes, days());
  ASSERT_EQ(due.size(), 1u) << "the notice of an outcome hangs on the outcome, not on the end";
  EXPECT_EQ(due[0].kind, "result_report");
  EXPECT_EQ(due[0].form, "form2");
  EXPECT_EQ(due[0].due_on, (base::Date{2027, 3, 31}));
  EXPECT_NE(due[0].source, "");
}

TEST(Obligation, K2_AMonthAfterTheEndAndADecemberEndInNovember) {  // governance 6.7
  policy::Outcomes outcomes;
  outcomes.obligations.emplace_back();
  auto& rule = outcomes.obligations.back();
  rule.kind = "result_report";
  rule.due = {{1, calendar::Unit::kMonths}, calendar::Roll::kNextBusinessDay, 12, 11};
  const auto due = [&](base::Date last) { return obligations_of(ending(last), outcomes, days())[0].due_on; };
  EXPECT_EQ(due({2024, 9, 30}), (base::Date{2024, 10, 31}));
  EXPECT_EQ(due({2024, 11, 30}), (base::Date{2024, 12, 31}));
  EXPECT_EQ(due({2024, 12, 31}), (base::Date{2024, 11, 30}));
}

TEST(Obligation, MovesWithTheEndOfTheAllocation) {
  model::Obligation obligation;
  obligation.kind = "result_report";
  EXPECT_EQ(due_on(obligation, {2027, 3, 10}, regional_centre().outcomes, days()), (base::Date{2027, 4, 12}))
      << "2027-04-10 is a Saturday";
  obligation.kind = "something_else";
  EXPECT_EQ(due_on(obligation, {2027, 3, 10}, regional_centre().outcomes, days()), std::nullopt);
}

TEST(Obligation, K1_ScheduledDueOverdue) {
  model::Obligation obligation;
  obligation.due_on = {2027, 3, 31};
  const base::Date end{2027, 2, 28};
  EXPECT_EQ(state_on(obligation, end, end), ObligationState::kScheduled);
  EXPECT_EQ(state_on(obligation, end, {2027, 3, 1}), ObligationState::kDue);
  EXPECT_EQ(state_on(obligation, end, {2027, 3, 31}), ObligationState::kDue);
  EXPECT_EQ(state_on(obligation, end, {2027, 4, 1}), ObligationState::kOverdue);
  obligation.state = ObligationState::kReturned;
  EXPECT_EQ(state_on(obligation, end, {2027, 3, 31}), ObligationState::kReturned);
  EXPECT_EQ(state_on(obligation, end, {2027, 4, 1}), ObligationState::kOverdue);
  obligation.state = ObligationState::kSubmitted;
  EXPECT_EQ(state_on(obligation, end, {2027, 4, 1}), ObligationState::kSubmitted);
}

TEST(Obligation, K2_AReportDueBeforeTheEndIsOpenedInTime) {
  model::Obligation obligation;
  obligation.due_on = {2024, 11, 30};
  const base::Date end{2024, 12, 31};
  EXPECT_EQ(state_on(obligation, end, {2024, 10, 30}), ObligationState::kScheduled);
  EXPECT_EQ(state_on(obligation, end, {2024, 10, 31}), ObligationState::kDue);
  EXPECT_EQ(state_on(obligation, end, {2024, 12, 1}), ObligationState::kOverdue);
}

TEST(Obligation, K1_AReportIsTakenAcceptedOrReturned) {
  const auto& outcomes = regional_centre().outcomes;
  model::Obligation obligation;
  obligation.state = ObligationState::kOverdue;
  model::ResultsReport report{"paper", "불량 검출 연구", "KCI 게재", "jupyter", {}, true};
  ASSERT_TRUE(submit(obligation, report, outcomes, base::Instant{5}).ok()) << "late, and taken";
  EXPECT_EQ(obligation.submitted_at, base::Instant{5});
  EXPECT_EQ(submit(obligation, report, outcomes, base::Instant{6}).failure().reason.code,
            "obligation.not_open");
  ASSERT_TRUE(give_back(obligation).ok());
  ASSERT_TRUE(submit(obligation, report, outcomes, base::Instant{7}).ok());
  ASSERT_TRUE(accept(obligation).ok());
  EXPECT_EQ(accept(obligation).failure().reason.code, "obligation.not_submitted");
}

TEST(Obligation, K1_R9_WhatIsWrongInAReport) {
  model::Obligation obligation;
  const auto refused = submit(obligation, {"poem", " ", "저자 900101-1234567", "", {}, false},
                              regional_centre().outcomes, base::Instant{});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(policy::faults(refused.failure()),
            (std::set<std::string>{"/kind obligation.kind_unknown", "/title obligation.field_missing",
                                   "/content obligation.resident_number"}));
  EXPECT_FALSE(obligation.report) << "nothing of it is kept";
}

TEST(Obligation, K4_TheAcknowledgementHasASlotForTheYear) {
  const auto& outcomes = regional_centre().outcomes;
  const auto sentence = acknowledgement(outcomes.acknowledgement.ko, 2026, "");
  EXPECT_NE(sentence.find("2026년도"), std::string::npos);
  EXPECT_EQ(sentence.find('{'), std::string::npos);
  EXPECT_TRUE(cites("감사의 글: " + sentence, outcomes.grant_number));
  EXPECT_FALSE(cites("감사의 글", outcomes.grant_number));
  EXPECT_FALSE(cites("감사의 글", ""));
}

}  // namespace
}  // namespace dure::programme
