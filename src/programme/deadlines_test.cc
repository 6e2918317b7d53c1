// B2, E11, F3, F5, G3, H1, I8, K2, K5, L1, R12, R16, R17, R18, invariant 20: what falls due after an event.
#include "programme/deadlines.h"

#include <gtest/gtest.h>

#include <random>

#include "programme/closure.h"
#include "programme/obligation.h"
#include "programme/samples.h"

namespace dure::programme {
namespace {

using base::Date;

// S1's figures as a layer of their own, so that the test stands whatever becomes of the programme's pack.
const policy::Pack& aica() {
  static const policy::Pack pack = [] {
    const auto sourced = [](const std::string& value) { return policy::sourced(value, "S1"); };
    const auto merged = policy::merge(
        {policy::layer_at("policies/default/policy.yaml"), policy::layer_at("policies/floors/policy.yaml"),
         policy::layer_of(
             policy::head("programme", "aica") + "meta:\n  programme: " + sourced("aica") +
             "\ncall:\n  kind: " + sourced("rolling") + "\n  panel_within: " + sourced("2 weeks") +
             "\n  result_within: " + sourced("3 weeks") + "\n  early_close_notice: " + sourced("3 weeks") +
             "\naward:\n  max_period: " + sourced("12 months") + "\n  setup_grace_days: " + sourced("14") +
             "\n  accept_within: " + sourced("7 days") + "\nutilisation:\n  review_cycle: " +
             sourced("quarterly") + "\nsupply:\n  agreement_term: " + sourced("5 years") +
             "\nsanctions:\n  appeal_within: " + sourced("30 days") +
             "\n  grounds: {source: S1, confidence: chosen, value: [{id: mining, title: {ko: 채굴, en: "
             "mining}, "
             "measures: [restrict], restriction: 1 year}]}"
             "\nbilling:\n  invoice_due_days: " +
             sourced("30") +
             "\noutcomes:\n  obligations: {source: S1, confidence: stated, value: [{kind: report, title: "
             "{ko: "
             "성과보고서}, after_event: allocation_end, due: {after: 1 month, roll: next_business_day, "
             "year_end_month: 12, due_month: 11}}, {kind: data_share, title: {ko: 데이터 공유}, after_event: "
             "allocation_end, due: {after: 1 month}}]}\n")});
    EXPECT_TRUE(merged.ok());
    return merged.ok() ? *merged : policy::Pack{};
  }();
  return pack;
}

std::vector<Deadline> all(CentreEvent event, Date day, const policy::Pack& pack = aica()) {
  const auto found = deadlines_of(event, day, pack);
  EXPECT_TRUE(found.ok());
  return found.ok() ? *found : std::vector<Deadline>{};
}

// The day of the one with that id, as text; "" where there is none.
std::string day_of(CentreEvent event, Date day, const std::string& id, const policy::Pack& pack = aica()) {
  for (const auto& each : all(event, day, pack))
    if (each.id == id) return base::to_text(each.day);
  return "";
}

// A day that might still move over a holiday says so.
TEST(Deadlines, E11_WhereNoHolidaysAreKnownItSaysSo) {
  const auto last_step = [](Date closed) {
    const auto found = all(CentreEvent::kCallClosed, closed);
    return found.at(0).steps.back().code;
  };
  EXPECT_EQ(last_step({2060, 3, 15}), "deadline.holidays_unknown");
  EXPECT_NE(last_step({2024, 3, 15}), "deadline.holidays_unknown");
}

// A3: the parts of a supplier's price, each by its day.
TEST(Deadlines, A3_EachPartOfAnAgreementsPriceHasItsDay) {
  const auto pack = policy::merge({policy::layer_of(
      policy::head("programme") + "supply:\n  agreement_term: " + policy::sourced("5 years") +
      "\n  payments: " +
      policy::sourced(
          "[{title: {ko: 선금}, share_bp: 40 %, after: 1 month}, {title: {ko: 잔금}, share_bp: 60 %, "
          "after: 6 months}]") +
      "\n")});
  ASSERT_TRUE(pack.ok());
  const auto event = CentreEvent::kAgreementSigned;
  EXPECT_EQ(day_of(event, {2025, 6, 2}, "milestone.1", *pack), "2025-07-02");
  EXPECT_EQ(day_of(event, {2025, 6, 2}, "milestone.2", *pack), "2025-12-02");
  EXPECT_EQ(day_of(event, {2025, 6, 2}, "agreement", *pack), "2030-06-01");
  EXPECT_TRUE(unset_keys(event, *pack).empty());
  EXPECT_EQ(unset_keys(event, aica()), (std::vector<std::string>{"supply.payments"}));
}

TEST(Deadlines, E11_ThePanelWithinTwoWeeksAndTheResultsWithinThree) {
  EXPECT_EQ(day_of(CentreEvent::kCallClosed, {2024, 3, 15}, "panel"), "2024-03-29");
  EXPECT_EQ(day_of(CentreEvent::kCallClosed, {2024, 3, 15}, "result"), "2024-04-05");
  EXPECT_EQ(day_of(CentreEvent::kCallClosed, {2024, 3, 27}, "panel"), "2024-04-11")
      << "two weeks end on the day of an election";
  EXPECT_EQ(day_of(CentreEvent::kCallClosed, {2026, 2, 2}, "panel"), "2026-02-19") << "over Seollal";
  EXPECT_EQ(day_of(CentreEvent::kCallClosed, {2024, 2, 15}, "panel"), "2024-02-29") << "a leap day";
}

TEST(Deadlines, B2_TheEarlyCloseIsSaidThreeWholeWeeksBefore) {
  EXPECT_EQ(day_of(CentreEvent::kCallClosing, {2024, 3, 15}, "early_close_notice"), "2024-02-22");
  EXPECT_EQ(day_of(CentreEvent::kCallClosing, {2024, 3, 22}, "early_close_notice"), "2024-02-29");
}

TEST(Deadlines, K2_K5_TheReportOfADecemberIsDueInNovember) {
  EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, {2024, 9, 30}, "obligation.report"), "2024-10-31");
  EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, {2024, 11, 30}, "obligation.report"), "2024-12-31");
  EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, {2024, 12, 31}, "obligation.report"), "2024-11-30");
  EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, {2024, 12, 31}, "obligation.data_share"), "2025-01-31");
  EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, {2024, 1, 31}, "obligation.report"), "2024-02-29");
  for (const auto& each : all(CentreEvent::kAllocationEnded, {2024, 12, 31}))
    if (each.id == "obligation.report") {
      EXPECT_EQ(each.then.code, "deadline.obligation_before_end_then");
      EXPECT_EQ(each.key, "outcomes.obligations");
      EXPECT_EQ(each.source, "S1");
      EXPECT_EQ(each.steps.front().code, "calendar.year_end_rule");
    }
}

TEST(Deadlines, F3_F5_GraceReviewAndPeriodCountTheirFirstDay) {
  EXPECT_EQ(day_of(CentreEvent::kAllocationStarted, {2024, 4, 8}, "setup_grace"), "2024-04-21")
      << "a Sunday: periods of use do not move";
  EXPECT_EQ(day_of(CentreEvent::kAllocationStarted, {2024, 4, 8}, "first_review"), "2024-06-30");
  const auto& six = regional_centre();
  EXPECT_EQ(day_of(CentreEvent::kAllocationStarted, {2026, 9, 1}, "period", six), "2027-02-28");
  EXPECT_EQ(day_of(CentreEvent::kAllocationStarted, {2026, 8, 31}, "period", six), "2027-02-28");
  EXPECT_EQ(day_of(CentreEvent::kAllocationStarted, {2026, 3, 15}, "period", six), "2026-09-14");
}

TEST(Deadlines, H1_TwentyOneIdleDaysAndThenTheNotice) {
  const auto& s0 = regional_centre();
  EXPECT_EQ(day_of(CentreEvent::kIdleSince, {2026, 5, 1}, "idle", s0), "2026-05-22");
  EXPECT_EQ(day_of(CentreEvent::kIdleSince, {2026, 5, 1}, "measure", s0), "2026-06-01");
  EXPECT_EQ(day_of(CentreEvent::kNoticeGiven, {2026, 5, 22}, "measure", s0), "2026-06-01");
  const auto found = all(CentreEvent::kIdleSince, {2026, 5, 1}, s0);
  ASSERT_EQ(found.size(), 2u);
  ASSERT_EQ(found[1].reminders.size(), 1u);
  EXPECT_EQ(base::to_text(found[1].reminders[0].on), "2026-05-22") << "told when the idle days are full";
}

// What all use ends before cannot be used: said, and nobody is told of an end of what has not begun.
TEST(Deadlines, F5_AStartAfterTheLastDayOfAllUseIsSaid) {
  auto pack = regional_centre();
  const auto period = [&](Date start) {
    for (const auto& each : all(CentreEvent::kAllocationStarted, start, pack))
      if (each.id == "period") return each;
    return Deadline{};
  };
  pack.award.use_until = Date{2026, 12, 31};
  const auto late = period({2027, 1, 5});
  EXPECT_EQ(base::to_text(late.day), "2026-12-31");
  ASSERT_FALSE(late.steps.empty());
  EXPECT_EQ(late.steps.back().code, "deadline.use_over_before_start");
  EXPECT_TRUE(late.reminders.empty());
  const auto short_one = period({2026, 12, 28});
  EXPECT_NE(short_one.steps.back().code, "deadline.use_over_before_start");
  for (const auto& each : short_one.reminders) EXPECT_GE(base::to_text(each.on), "2026-12-28");
  EXPECT_FALSE(period({2026, 8, 1}).reminders.empty());
}

TEST(Deadlines, R17_TenDaysForAnOpinionMoveOverAHoliday) {
  EXPECT_EQ(day_of(CentreEvent::kSanctionNoticed, {2026, 9, 14}, "opinion"), "2026-09-28") << "over Chuseok";
  EXPECT_EQ(day_of(CentreEvent::kSanctionImposed, {2024, 2, 29}, "restriction.mining"), "2025-02-28")
      << "a burden counts its first day and does not move; a year from a leap day ends with February";
  EXPECT_EQ(day_of(CentreEvent::kSanctionImposed, {2026, 3, 16}, "restriction.mining"), "2027-03-15");
  EXPECT_EQ(day_of(CentreEvent::kSanctionImposed, {2026, 1, 2}, "appeal"), "2026-02-02");
}

TEST(Deadlines, G3_APasswordLastsThreeMonthsAndIsToldBefore) {
  const auto& s0 = regional_centre();
  EXPECT_EQ(day_of(CentreEvent::kPasswordChanged, {2026, 1, 15}, "password", s0), "2026-04-15");
  EXPECT_EQ(day_of(CentreEvent::kPasswordChanged, {2025, 11, 30}, "password", s0), "2026-02-28");
  EXPECT_EQ(day_of(CentreEvent::kPasswordChanged, {2026, 1, 15}, "password_notice", s0), "2026-04-01");
  std::string reminders;
  for (const auto& each : all(CentreEvent::kPasswordChanged, {2026, 1, 15}, s0))
    for (const auto& reminder : each.reminders) reminders += base::to_text(reminder.on) + " ";
  EXPECT_EQ(reminders, "2026-04-01 2026-04-08 2026-04-14 ");
}

TEST(Deadlines, A3_I8_AgreementsRunFiveYearsAndInvoicesAMonth) {
  EXPECT_EQ(day_of(CentreEvent::kAgreementSigned, {2025, 7, 28}, "agreement"), "2030-07-27");
  EXPECT_EQ(day_of(CentreEvent::kAgreementSigned, {2024, 2, 29}, "agreement"), "2029-02-28");
  EXPECT_EQ(day_of(CentreEvent::kInvoiceIssued, {2026, 4, 5}, "payment"), "2026-05-06")
      << "the fifth of May is a holiday";
  EXPECT_EQ(day_of(CentreEvent::kAwardMade, {2024, 4, 5}, "accept"), "2024-04-12");
}

TEST(Deadlines, B3_K7_RoundsByTheQuarterAndSurveysByTheYear) {
  auto pack = aica();
  EXPECT_EQ(day_of(CentreEvent::kQuarterBegun, {2024, 2, 1}, "round", pack), "");
  pack.call.min_rounds_per_quarter = 1;
  pack.outcomes.surveys_per_year = 1;
  EXPECT_EQ(day_of(CentreEvent::kQuarterBegun, {2024, 2, 1}, "round", pack), "2024-03-31") << "a Sunday";
  EXPECT_EQ(day_of(CentreEvent::kQuarterBegun, {2024, 12, 31}, "round", pack), "2024-12-31");
  EXPECT_EQ(day_of(CentreEvent::kYearBegun, {2024, 2, 29}, "survey", pack), "2024-12-31");
}

TEST(Deadlines, L1_R12_TheDeletionIsThatOfTheClosure) {
  std::mt19937 random(3);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  const auto& s0 = regional_centre();
  for (int i = 0; i < 300; ++i) {
    model::Allocation allocation;
    allocation.ends_on = base::add_days({2024, 1, 1}, static_cast<std::int64_t>(random() % 3000));
    const auto plan = plan_closure(allocation, s0.retention);
    EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, allocation.ends_on, "deletion", s0),
              base::to_text(plan.purge_on));
    EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, allocation.ends_on, "deletion_notice", s0),
              base::to_text(plan.notice_on));
    const auto owed = obligations_of(allocation, s0.outcomes, policy::business_days_of(s0));
    for (const auto& each : owed)
      EXPECT_EQ(day_of(CentreEvent::kAllocationEnded, allocation.ends_on, "obligation." + each.kind, s0),
                base::to_text(each.due_on));
  }
}

TEST(Deadlines, R1_RecordsAreKeptForTheirDays) {
  EXPECT_EQ(day_of(CentreEvent::kAccessRecorded, {2026, 1, 1}, "access_record"), "2027-01-01");
  EXPECT_EQ(day_of(CentreEvent::kRightChanged, {2026, 1, 1}, "right_record"), "2028-12-31");
}

TEST(Deadlines, WhatThePackDoesNotSayGivesNone) {
  EXPECT_TRUE(all(CentreEvent::kCallClosed, {2026, 1, 1}, regional_centre()).empty());
  EXPECT_EQ(unset_keys(CentreEvent::kCallClosed, regional_centre()),
            (std::vector<std::string>{"call.panel_within", "call.result_within"}));
  EXPECT_TRUE(unset_keys(CentreEvent::kCallClosed, aica()).empty());
  EXPECT_EQ(unset_keys(CentreEvent::kAwardMade, aica()), (std::vector<std::string>{"outcomes.obligations"}));
}

TEST(Deadlines, EveryEventHasANameAndEachDeadlineItsRule) {
  for (const auto& info : centre_events()) {
    const auto found = find_event(info.name);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, info.event);
    for (const auto* pack : {&aica(), &regional_centre()})
      for (const auto& each : all(info.event, {2026, 3, 31}, *pack)) {
        EXPECT_TRUE(pack->value_text(each.key)) << each.key;
        EXPECT_FALSE(each.what.code.empty() || each.then.code.empty());
        EXPECT_EQ(each.steps.empty(), info.event == CentreEvent::kProgrammeEnds) << each.id;
      }
  }
  EXPECT_EQ(find_event("call_close").failure().reason.code, "deadline.event_unknown");
}

TEST(Deadlines, ADayBeyondTheCalendarIsRefused) {
  EXPECT_EQ(deadlines_of(CentreEvent::kOutcome, {3000, 1, 1}, aica()).failure().reason.code,
            "calendar.date_not_plannable");
  for (const auto& info : centre_events()) EXPECT_TRUE(deadlines_of(info.event, {2999, 12, 31}, aica()).ok());
}

}  // namespace
}  // namespace dure::programme
