// E12, F2, F5, F14, D12, J6, invariants 3 and 7: states of an application and the centre's decision.
#include "programme/decision.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "programme/samples.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using model::ApplicationState;

constexpr base::Date kToday{2026, 8, 25};

model::Application eligible() {
  model::Application application;
  application.state = ApplicationState::kEligible;
  application.form = good_form();
  const auto screening = screen(application.form, good_facts(), screening_rules(regional_centre()));
  application.screening = screening.items;
  return application;
}

DecideCommand approval(const model::Application& application) {
  DecideCommand command;
  command.awarded = application.form.resources;
  command.starts_on = application.form.starts_on;
  command.months = application.form.months;
  return command;
}

DecisionLimits limits() {
  return decision_limits(regional_centre());
}

TEST(Decision, E12_TheCentreApprovesWhatWasAskedFor) {
  const auto application = eligible();
  const auto outcome = decide(application, approval(application), limits(), kToday);
  ASSERT_TRUE(outcome.ok()) << code_of(outcome);
  EXPECT_EQ(outcome->state, ApplicationState::kSelected);
  EXPECT_EQ(outcome->outcome, "approved");
  EXPECT_EQ(outcome->awarded, application.form.resources);
  EXPECT_TRUE(outcome->reasons.empty());
}

TEST(Decision, F2_LessMayBeGivenAndIsTold) {
  const auto application = eligible();
  auto command = approval(application);
  command.awarded.blocks = 30;
  command.months = 3;
  const auto outcome = decide(application, command, limits(), kToday);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->requested.blocks, 50) << "one amount never overwrites another";
  EXPECT_EQ(outcome->awarded.blocks, 30);
  ASSERT_EQ(outcome->reasons.size(), 2u);
  EXPECT_EQ(outcome->reasons[0], base::Reason("decision.less_than_requested")
                                     .with("what", std::string("blocks"))
                                     .with("requested", std::int64_t{50})
                                     .with("awarded", std::int64_t{30}));
}

TEST(Decision, Invariant7_MoreThanAskedForNeedsAGround) {
  const auto application = eligible();
  auto command = approval(application);
  command.awarded.blocks = 60;
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.ground_missing");
  command.ground = "여유 자원이 있어 증설합니다.";
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "ok");
  command = approval(application);
  command.awarded.model = "t4";
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.ground_missing");
}

TEST(Decision, F14_NothingAboveTheCeilingWhateverTheGround) {
  const auto application = eligible();
  auto command = approval(application);
  command.awarded.blocks = 801;
  command.ground = "특별한 사정";
  const auto refused = decide(application, command, limits(), kToday);
  EXPECT_EQ(code_of(refused), "decision.over_ceiling");
  EXPECT_EQ(refused.failure().kind, base::ErrorKind::kNotEver);
  EXPECT_EQ(refused.failure().details[0].pointer, "/awarded/blocks");
  command.awarded.blocks = 50;
  for (const std::int64_t cores : {std::int64_t{-1}, std::int64_t{1} << 62}) {
    command.awarded.cpu_cores = cores;
    const auto odd = decide(application, command, limits(), kToday);
    EXPECT_EQ(code_of(odd), "number.out_of_range");
    EXPECT_EQ(odd.failure().details[0].pointer, "/awarded/cpu_cores");
  }
}

TEST(Decision, F5_TheLongestPeriodIsByTheCalendar) {
  const auto application = eligible();
  auto command = approval(application);
  command.months = 7;
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.period_too_long");
  EXPECT_TRUE(period_within({2026, 8, 31}, 6, {6, calendar::Unit::kMonths}));
  EXPECT_FALSE(period_within({2026, 8, 31}, 6, {180, calendar::Unit::kDays})) << "181 days";
  EXPECT_FALSE(period_within({2026, 2, 30}, 1, {6, calendar::Unit::kMonths}));
  for (const base::Date far : {base::Date{9995, 1, 1}, base::Date{9999, 12, 31}, base::Date{1, 1, 1}})
    EXPECT_FALSE(period_within(far, 1, {6, calendar::Unit::kMonths}));
  EXPECT_TRUE(period_within({2999, 12, 31}, 1200, {1000, calendar::Unit::kYears}));
  command = approval(application);
  command.starts_on = {9995, 1, 1};
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "calendar.date_not_plannable");
  command = approval(application);
  command.starts_on = {2026, 8, 24};
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.starts_in_the_past");
}

TEST(Decision, D12_NothingIsApprovedBeforeAPersonCheckedTheData) {
  auto application = eligible();
  application.form.data.medical = true;
  application.screening = screen(application.form, good_facts(), screening_rules(regional_centre())).items;
  auto command = approval(application);
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.person_must_decide");
  command.resolutions = {{"application.data_precheck", true, ""}};
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.person_must_decide")
      << "no ground";
  command.resolutions = {{"application.data_precheck", false, "동의서가 없습니다."}};
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.item_not_met");
  command.resolutions = {{"application.data_precheck", true, "가명처리를 확인했습니다."}};
  const auto outcome = decide(application, command, limits(), kToday);
  ASSERT_EQ(code_of(outcome), "ok");
  EXPECT_EQ(outcome->reasons.back().code, "decision.person_decided");
}

TEST(Decision, ReturnAndRejectSayWhy) {
  const auto application = eligible();
  DecideCommand command;
  command.verdict = Verdict::kReject;
  EXPECT_EQ(code_of(decide(application, command, limits(), kToday)), "decision.ground_missing");
  command.ground = "사용 목적이 맞지 않습니다.";
  EXPECT_EQ(decide(application, command, limits(), kToday)->state, ApplicationState::kNotSelected);
  command.verdict = Verdict::kReturn;
  EXPECT_EQ(decide(application, command, limits(), kToday)->state, ApplicationState::kReturned);
}

// What was scored by a panel, or waits for capacity, was eligible before.
TEST(Decision, Invariant3_OnlyAnEligibleApplicationIsApproved) {
  for (const auto& [state, name] : model::EnumNames<ApplicationState>::kAll) {
    auto application = eligible();
    application.state = state;
    EXPECT_EQ(code_of(decide(application, approval(application), limits(), kToday)) == "ok",
              state == ApplicationState::kEligible || state == ApplicationState::kScored ||
                  state == ApplicationState::kWaitlisted)
        << name;
  }
}

TEST(Decision, Invariant7_AMenuBindsTheAward) {
  policy::Pool pool;
  pool.unit = policy::OfferUnit::kGpu;
  pool.unit_menu = {base::MilliGpu::cards(1), base::MilliGpu::cards(2), base::MilliGpu::cards(4)};
  EXPECT_FALSE(not_offered_by({"bow", 400, 0, {}, {}}, pool));
  EXPECT_EQ(not_offered_by({"bow", 300, 0, {}, {}}, pool)->code, "decision.not_in_menu");
  pool.unit_menu.clear();
  EXPECT_FALSE(not_offered_by({"bow", 300, 0, {}, {}}, pool));
  EXPECT_EQ(not_offered_by({"bow", 350, 0, {}, {}}, pool)->code, "decision.not_whole_units");
  pool.unit = policy::OfferUnit::kServer;
  pool.gpus_per_unit = 2;
  EXPECT_EQ(not_offered_by({"bow", 300, 0, {}, {}}, pool)->code, "decision.not_whole_units");
  pool.models = {"t4"};
  EXPECT_EQ(not_offered_by({"bow", 200, 0, {}, {}}, pool)->code, "decision.model_not_offered");
}

TEST(States, EveryTransitionStartsWhereOneCanGetTo) {
  std::set<ApplicationState> reached{ApplicationState::kDraft};
  for (std::size_t i = 0; i < application_transitions().size(); ++i)
    for (const auto& each : application_transitions())
      if (reached.contains(each.from)) reached.insert(each.to);
  for (const auto& [state, name] : model::EnumNames<ApplicationState>::kAll)
    EXPECT_TRUE(reached.contains(state)) << name;
}

TEST(States, AreDeterministicAndTheEndIsTheEnd) {
  std::set<std::pair<ApplicationState, ApplicationEvent>> seen;
  for (const auto& each : application_transitions()) {
    EXPECT_TRUE(seen.insert({each.from, each.event}).second);
    EXPECT_NE(each.from, ApplicationState::kWithdrawn);
    EXPECT_NE(each.from, ApplicationState::kVoid);
  }
  const auto refused = next(ApplicationState::kDraft, ApplicationEvent::kApprove);
  EXPECT_EQ(code_of(refused), "decision.not_from_this_state");
  EXPECT_EQ(policy::parameter(refused.failure().reason, "possible"), "submit, withdraw");
}

TEST(States, J6_AFalseStatementVoidsAtAnyTimeAfterSubmission) {
  for (const auto state :
       {ApplicationState::kSubmitted, ApplicationState::kReturned, ApplicationState::kEligible,
        ApplicationState::kIneligible, ApplicationState::kSelected, ApplicationState::kNotSelected})
    EXPECT_EQ(*next(state, ApplicationEvent::kVoid), ApplicationState::kVoid);
}

// docs/application-states.md is what the table says. DURE_WRITE_DOCS=1 writes it anew.
TEST(States, TheDocumentIsTheTable) {
  constexpr const char* kPath = "docs/application-states.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << application_transition_table();
  std::stringstream written;
  written << std::ifstream(kPath).rdbuf();
  EXPECT_EQ(written.str(), application_transition_table()) << "run programme_test with DURE_WRITE_DOCS=1";
}

// B7: an amount near the end of the numbers is compared, not wrapped round.
TEST(Decide, B7_AnAmountThatNoMenuCanHoldIsRefused) {
  policy::Pool pool;
  pool.unit_menu = {base::MilliGpu{1000}};
  for (const std::int64_t blocks : {std::int64_t{1} << 62, std::numeric_limits<std::int64_t>::max(),
                                    (std::numeric_limits<std::int64_t>::max() / 10) + 101}) {
    const auto reason = not_offered_by({"", blocks, 0, {}, {}}, pool);
    ASSERT_TRUE(reason.has_value());
    EXPECT_EQ(reason->code, "decision.not_in_menu");
  }
}

}  // namespace
}  // namespace dure::programme
