// D2, D5, D10, D11, D14, C6, R9: the fields that a pack adds to Form 1, and an example that any pack takes.
#include "programme/form_answers.h"

#include <gtest/gtest.h>

#include "programme/example_application.h"
#include "programme/form_fields.h"
#include "programme/samples.h"

namespace dure::programme {
namespace {

TEST(CheckForm, R9_AnswersAreLookedThroughToo) {
  auto form = good_form();
  form.answers.emplace()["contact"] = {"홍길동", "900101-1234567"};
  const auto checked = check_form(form);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.failure().details.at(0).pointer, "/answers/contact/1");
  EXPECT_EQ(checked.failure().details[0].reason.code, "eligibility.resident_number");
}

// D8: what a pack may name as a column is what the form has.
TEST(FormFields, D8_EachNameThatAPackMayUseIsRead) {
  auto form = good_form();
  auto& applicant = form.applicant;
  for (auto* text : {&applicant.name,
                     &applicant.position,
                     &applicant.organisation,
                     &applicant.unit,
                     &applicant.advisor,
                     &applicant.region,
                     &applicant.business_number,
                     &applicant.email,
                     &applicant.phone,
                     &applicant.mobile,
                     &applicant.address,
                     &form.login,
                     &form.public_ip,
                     &form.plan.title,
                     &form.plan.content,
                     &form.plan.effects,
                     &form.plan.other_material,
                     &form.data.description,
                     &form.signer,
                     &form.resources.model})
    *text = "x";
  form.environments = {"jupyter"};
  form.months = 1;
  form.starts_on = form.signed_on.emplace(base::Date{2026, 9, 1});
  form.resources.blocks = 1;
  form.resources.storage = base::Bytes{1};
  for (const auto name : policy::kFormNames) {
    const std::string each(name);
    EXPECT_TRUE(missing_fields(form, {each}).empty()) << each;
    EXPECT_NE(field_text(form, each), "") << each;
  }
  EXPECT_FALSE(missing_fields(form, {"weather"}).empty());
}

using model::ScreeningResult;
using policy::AnswerType;
using policy::FormField;

FormField field(AnswerType type, std::string id = "field") {
  FormField made;
  made.id = std::move(id);
  made.type = type;
  return made;
}

std::string wrong(const FormField& asked, const std::vector<std::string>& parts, std::int64_t months = 6) {
  const auto reason = wrong_answer(asked, parts, months);
  return reason ? reason->code : "";
}

TEST(Answers, D10_AMonthlyPlanHasEveryMonth) {
  const auto plan = field(AnswerType::kMonthlyPlan);
  EXPECT_EQ(wrong(plan, {"a", "b", "c"}, 3), "");
  EXPECT_EQ(wrong(plan, {"a", "b"}, 3), "answer.parts");
  EXPECT_EQ(wrong(plan, {"a", " ", "c"}, 3), "answer.part_blank");
  EXPECT_EQ(wrong(plan, {"", " "}, 3), "")
      << "no answer at all is not wrong; whether it is needed is asked elsewhere";
}

TEST(Answers, D10_AQuarterlyPlanHasEveryQuarterBegunInNumbers) {
  auto plan = field(AnswerType::kQuarterlyPlan);
  EXPECT_EQ(wrong(plan, {"100", "200"}, 6), "");
  EXPECT_EQ(wrong(plan, {"100", "200", "50"}, 7), "") << "a seventh month begins a third quarter";
  EXPECT_EQ(wrong(plan, {"100", "200"}, 7), "answer.parts");
  EXPECT_EQ(wrong(plan, {"100", "200.5"}, 6), "answer.no_number");
  EXPECT_EQ(wrong(plan, {"100", "-1"}, 6), "answer.number_out_of_range");
  plan.most = 200;
  EXPECT_EQ(wrong(plan, {"200", "201"}, 6), "answer.number_out_of_range");
  EXPECT_EQ(wrong(plan, {"99999999999999999999", "1"}, 6), "answer.no_number");
}

TEST(Answers, D5_AContactIsNameMailAndTelephone) {
  const auto contact = field(AnswerType::kContact);
  EXPECT_EQ(wrong(contact, {"김개발", "dev@example.org", "010-1111-2222"}), "");
  EXPECT_EQ(wrong(contact, {"김개발", "dev@example.org"}), "answer.parts");
  EXPECT_EQ(wrong(contact, {"김개발", "dev", "010-1111-2222"}), "answer.no_mail_address");
}

TEST(Answers, D14_ChoicesAreOfTheList) {
  auto kind = field(AnswerType::kChoice);
  kind.choices = {"vision", "language"};
  EXPECT_EQ(wrong(kind, {"vision"}), "");
  EXPECT_EQ(wrong(kind, {"speech"}), "answer.no_choice");
  EXPECT_EQ(wrong(kind, {"vision", "language"}), "answer.parts") << "C6: one model, one application";
  kind.type = AnswerType::kChoices;
  EXPECT_EQ(wrong(kind, {"vision", "language"}), "");
  EXPECT_EQ(wrong(field(AnswerType::kYesNo), {"maybe"}), "answer.no_choice");
  EXPECT_EQ(wrong(field(AnswerType::kDate), {"2024-02-30"}), "answer.no_date");
  EXPECT_EQ(wrong(field(AnswerType::kDate), {"2024-02-29"}), "");
}

TEST(Answers, D2_LengthIsCountedInCharacters) {
  auto text = field(AnswerType::kText);
  text.max_chars = 3;
  EXPECT_EQ(wrong(text, {"한국어"}), "");
  EXPECT_EQ(wrong(text, {"한국어판"}), "answer.too_long");
  text.max_chars = 0;
  EXPECT_EQ(wrong(text, {std::string(200, 'x')}), "");
  EXPECT_EQ(wrong(text, {std::string(201, 'x')}), "answer.too_long");
}

// A pack with S1's fields: kind of model, months, contacts, a reason for more storage.
ScreeningRules with_fields() {
  auto rules = screening_rules(regional_centre());
  auto kind = field(AnswerType::kChoice, "ai_model");
  kind.choices = {"vision", "language"};
  auto medical = field(AnswerType::kLongText, "irb");
  medical.need = policy::Need::kConditional;
  policy::Condition named;
  named.is = policy::Predicate::kDataContains;
  named.in = {"medical"};
  medical.when = {named};
  auto storage = field(AnswerType::kLongText, "more_storage");
  storage.need = policy::Need::kOptional;
  rules.application.fields = {kind, field(AnswerType::kMonthlyPlan, "monthly_plan"), medical, storage};
  rules.application.distinct_titles = true;
  return rules;
}

std::string not_met(const model::Form1& form, const Facts& facts) {
  std::string text;
  for (const auto& item : screen(form, facts, with_fields()).items)
    if (item.result == ScreeningResult::kNotMet)
      text += (text.empty() ? "" : "; ") + item.rule + " " + item.reason.code;
  return text;
}

Facts answered() {
  auto facts = good_facts();
  facts.answers = {{"ai_model", {"vision"}}, {"monthly_plan", {"1", "2", "3", "4", "5", "6"}}};
  return facts;
}

TEST(Fields, D10_D14_RequiredOnesAreAskedForAndTheApplicationGoesBack) {
  EXPECT_EQ(not_met(good_form(), answered()), "");
  EXPECT_EQ(not_met(good_form(), good_facts()),
            "application.fields.ai_model answer.missing; application.fields.monthly_plan answer.missing");
  EXPECT_EQ(screen(good_form(), good_facts(), with_fields()).outcome, ScreeningOutcome::kReturn);
}

TEST(Fields, D11_OptionalAndConditionalOnes) {
  auto form = good_form();
  form.data.medical = true;
  EXPECT_EQ(not_met(form, answered()), "application.fields.irb answer.missing");
  auto facts = answered();
  facts.answers["irb"] = {"IRB-2026-1"};
  facts.answers["more_storage"] = {"60 TB: 원본 영상이 큽니다."};
  EXPECT_EQ(not_met(form, facts), "");
}

TEST(Fields, R9_AnswersHoldNoResidentNumberAndNoUnknownField) {
  auto facts = answered();
  facts.answers["more_storage"] = {"900101-1234567"};
  facts.answers["budget"] = {"1"};
  EXPECT_EQ(not_met(good_form(), facts),
            "application.fields.more_storage eligibility.resident_number; application.fields.budget "
            "answer.field_unknown");
}

TEST(Fields, C6_AnotherModelIsAnotherApplicationWithAnotherTitle) {
  auto facts = answered();
  facts.other_applications = {{"언어 모델", "language"}};
  EXPECT_EQ(not_met(good_form(), facts), "");
  facts.other_applications.push_back({"  불량   검출 ", "language"});
  EXPECT_EQ(not_met(good_form(), facts), "application.distinct_titles answer.title_taken");
  auto form = good_form();
  form.plan.title = "Defects";
  facts.other_applications = {{"DEFECTS", ""}};
  EXPECT_EQ(not_met(form, facts), "application.distinct_titles answer.title_taken");
}

TEST(Example, IsEligibleUnderTheRegionalCentreAndUnderFieldsOfItsOwn) {
  for (const auto& rules : {screening_rules(regional_centre()), with_fields()}) {
    const auto made = example_application(rules);
    const auto screening = screen(made.form, made.facts, rules);
    EXPECT_EQ(screening.outcome, ScreeningOutcome::kEligible);
    EXPECT_TRUE(check_form(made.form).ok());
  }
}

// A pack that wants all that can be wanted.
TEST(Example, IsEligibleWhereARuleAsksForEverything) {
  auto rules = screening_rules(regional_centre());
  rules.eligibility.person_decides.clear();
  policy::Rule rule;
  rule.id = "all";
  for (const auto is :
       {policy::Predicate::kOrgClass, policy::Predicate::kOrgRegion, policy::Predicate::kApplicantRole,
        policy::Predicate::kProgrammeContractor, policy::Predicate::kCertificateValid,
        policy::Predicate::kPersonAgeOn, policy::Predicate::kUsageRatio, policy::Predicate::kRestrictionNone,
        policy::Predicate::kAffiliationParticipating}) {
    policy::Condition asked;
    asked.is = is;
    if (is == policy::Predicate::kOrgClass) asked.in = {"university"};
    if (is == policy::Predicate::kOrgRegion) asked.in = {"jeju"};
    if (is == policy::Predicate::kApplicantRole) asked.in = {"developer"};
    if (is == policy::Predicate::kProgrammeContractor) asked.in = {"cluster"};
    if (is == policy::Predicate::kCertificateValid) asked.of = "mou";
    if (is == policy::Predicate::kPersonAgeOn) asked.at_most = 39;
    if (is == policy::Predicate::kUsageRatio) asked.window_days = 30, asked.below_bp = 5000;
    rule.all.push_back(asked);
  }
  rules.eligibility.include = {rule};
  const auto made = example_application(rules);
  EXPECT_EQ(screen(made.form, made.facts, rules).outcome, ScreeningOutcome::kEligible);
}

}  // namespace
}  // namespace dure::programme
