// C2, C3, C4, C5, C7, D9, D15, E7, invariant 18: the closed predicates at their edges, and what would settle
// what is not known.
#include <gtest/gtest.h>

#include <functional>

#include "programme/evidence.h"
#include "programme/facts_check.h"
#include "programme/samples.h"

namespace dure::programme {
namespace {

using policy::Predicate;

policy::Condition limited(Predicate is, std::int64_t at_most) {
  auto made = condition_of(is);
  made.at_most = at_most;
  return made;
}

policy::Condition about(Predicate is, std::string of) {
  auto made = condition_of(is);
  made.of = std::move(of);
  return made;
}

Answer answer(const policy::Condition& asked, const Facts& facts, const model::Form1& form = good_form()) {
  return evaluate(asked, form, facts).answer;
}

Facts received(base::Date day) {
  auto facts = good_facts();
  facts.received_on = day;
  return facts;
}

TEST(Conditions, C4_ThirtyNineUntilTheDayBeforeTheBirthday) {
  const auto age = limited(Predicate::kPersonAgeOn, 39);
  auto facts = received({2026, 3, 25});
  facts.born_on = base::Date{1986, 3, 26};
  EXPECT_EQ(answer(age, facts), Answer::kYes);
  facts.born_on = base::Date{1986, 3, 25};
  EXPECT_EQ(answer(age, facts), Answer::kNo) << "40 on the very day";
  facts.born_on = base::Date{1987, 3, 25};
  EXPECT_EQ(answer(age, facts), Answer::kYes) << "39 on the very day";
  facts.born_on = base::Date{2026, 3, 26};
  EXPECT_EQ(answer(age, facts), Answer::kUnknown) << "born tomorrow: a slip of the pen";
}

TEST(Conditions, C4_ABirthdayOnALeapDay) {
  const auto age = limited(Predicate::kPersonAgeOn, 38);
  auto facts = received({2023, 2, 28});
  facts.born_on = base::Date{1984, 2, 29};
  EXPECT_EQ(answer(age, facts), Answer::kYes) << "still 38 on the last of February";
  facts.received_on = {2023, 3, 1};
  EXPECT_EQ(answer(age, facts), Answer::kNo);
  facts.received_on = {2024, 2, 29};
  EXPECT_EQ(answer(limited(Predicate::kPersonAgeOn, 39), facts), Answer::kNo) << "40 on it";
}

TEST(Conditions, C4_SevenYearsToTheDay) {
  const auto within = limited(Predicate::kPersonYearsSinceAppointment, 7);
  auto facts = received({2026, 3, 25});
  EXPECT_EQ(answer(within, facts), Answer::kUnknown);
  facts.appointed_on = base::Date{2019, 3, 25};
  EXPECT_EQ(answer(within, facts), Answer::kYes);
  facts.appointed_on = base::Date{2019, 3, 24};
  EXPECT_EQ(answer(within, facts), Answer::kNo);
  facts.appointed_on = base::Date{2026, 3, 26};
  EXPECT_EQ(answer(within, facts), Answer::kNo) << "not appointed yet";
  EXPECT_EQ(evaluate(within, good_form(), facts).reason.code, "eligibility.not_appointed_yet");
}

// A date of a file may be any year of four digits.
TEST(Conditions, C4_AnAppointmentThatCannotBeCountedFromIsUnknownAndRefused) {
  auto facts = received({2026, 3, 25});
  for (const std::int32_t year : {1, 1899, 3000, 9991, 9999}) {
    facts.appointed_on = base::Date{year, 1, 1};
    EXPECT_EQ(answer(limited(Predicate::kPersonYearsSinceAppointment, 7), facts), Answer::kUnknown) << year;
    facts.certificates = {{"sme", {2026, 1, 1}, base::Date{year, 12, 31}}};
    const auto refused = check_facts(facts);
    ASSERT_FALSE(refused.ok()) << year;
    ASSERT_EQ(refused.failure().details.size(), 2u);
    EXPECT_EQ(refused.failure().details[0].pointer, "/appointed_on");
    EXPECT_EQ(refused.failure().details[1].pointer, "/certificates/0/valid_until");
    EXPECT_EQ(refused.failure().details[0].reason.code, "calendar.date_not_plannable");
  }
  EXPECT_TRUE(check_facts(good_facts()).ok());
}

TEST(Conditions, D3_C5_FactsThatCannotBeAreRefused) {
  const auto fault = [](const std::function<void(Facts&)>& change) {
    auto facts = good_facts();
    change(facts);
    const auto checked = check_facts(facts);
    if (checked.ok()) return std::string();
    const auto& detail = checked.failure().details.front();
    return detail.pointer + " " + detail.reason.code;
  };
  EXPECT_EQ(fault([](auto& it) {
              it.documents = {{"form1", "", {0}}};
            }),
            "/documents/0/size_bytes number.out_of_range");
  EXPECT_EQ(fault([](auto& it) { it.used = {{30, -1}}; }), "/used/0/used_bp number.out_of_range");
  EXPECT_EQ(fault([](auto& it) {
              it.used = {{30, 1}, {7, 1}, {30, 2}};
            }),
            "/used/2/window_days selection.listed_twice");
  EXPECT_EQ(fault([](auto& it) { it.used = {{30, 0}, {7, 12'000}}; }), "");
}

TEST(Conditions, C4_TheDayOfReferenceIsTheRules) {
  auto age = limited(Predicate::kPersonAgeOn, 39);
  auto facts = received({2026, 3, 25});
  facts.born_on = base::Date{1986, 3, 27};
  facts.call_closes_on = base::Date{2026, 3, 31};
  facts.call_opens_on = base::Date{2026, 3, 1};
  EXPECT_EQ(answer(age, facts), Answer::kYes);
  age.on = policy::ReferenceDay::kCallClose;
  EXPECT_EQ(answer(age, facts), Answer::kNo);
  age.on = policy::ReferenceDay::kCallOpen;
  EXPECT_EQ(answer(age, facts), Answer::kYes);
  age.on = policy::ReferenceDay::kAward;
  const auto open = evaluate(age, good_form(), facts);
  EXPECT_EQ(open.answer, Answer::kUnknown);
  EXPECT_EQ(policy::parameter(open.reason, "fact"), "award_on");
}

TEST(Conditions, C4_AnyOfTheTwoIsEnoughAndOneUnknownDoesNotHurt) {
  auto young = condition_of(Predicate::kAny);
  young.conditions = {limited(Predicate::kPersonYearsSinceAppointment, 7),
                      limited(Predicate::kPersonAgeOn, 39)};
  auto facts = received({2026, 3, 25});
  EXPECT_EQ(answer(young, facts), Answer::kUnknown);
  facts.born_on = base::Date{1990, 1, 1};
  EXPECT_EQ(answer(young, facts), Answer::kYes) << "when he was appointed does not matter";
  facts.born_on = base::Date{1970, 1, 1};
  EXPECT_EQ(answer(young, facts), Answer::kUnknown);
  facts.appointed_on = base::Date{2010, 1, 1};
  EXPECT_EQ(answer(young, facts), Answer::kNo);
  young.negated = true;
  EXPECT_EQ(answer(young, facts), Answer::kYes);
  young.is = Predicate::kAll;
  young.negated = false;
  facts.appointed_on = base::Date{2024, 1, 1};
  EXPECT_EQ(answer(young, facts), Answer::kNo) << "each of all";
}

TEST(Conditions, C7_ACertificateThatEndsOnTheDayOfReceiptCounts) {
  const auto sme = about(Predicate::kCertificateValid, "sme");
  auto facts = received({2024, 3, 15});
  facts.certificates = {{"sme", {2023, 3, 16}, base::Date{2024, 3, 15}}};
  EXPECT_EQ(answer(sme, facts), Answer::kYes);
  facts.certificates = {{"sme", {2023, 3, 16}, base::Date{2024, 3, 14}}};
  EXPECT_EQ(answer(sme, facts), Answer::kNo);
  facts.certificates = {{"sme", {2024, 3, 15}, std::nullopt}};
  EXPECT_EQ(answer(sme, facts), Answer::kYes) << "from the day on";
  facts.certificates = {{"sme", {2024, 3, 16}, std::nullopt}};
  EXPECT_EQ(answer(sme, facts), Answer::kNo);
}

// C2: large companies only with the club's certificate.
policy::Rule large_company() {
  auto large = condition_of(Predicate::kOrgClass);
  large.in = {"large_company"};
  auto without = about(Predicate::kCertificateValid, "digital_leaders");
  without.negated = true;
  return {"large-company", {"대기업", ""}, {large, without}, {"digital_leaders"}, ""};
}

TEST(Rules, C2_C7_APaperThatNobodyHasLookedAtIsNeitherYesNorNo) {
  auto form = good_form();
  form.applicant.organisation_class = model::OrganisationClass::kLargeCompany;
  auto facts = good_facts();
  EXPECT_EQ(evaluate(large_company(), form, facts).answer, Answer::kYes)
      << "excluded: no certificate, no paper";
  facts.documents.push_back({"digital_leaders", "application/pdf", {1000}});
  const auto open = evaluate(large_company(), form, facts);
  EXPECT_EQ(open.answer, Answer::kUnknown);
  EXPECT_EQ(open.reason.code, "eligibility.certificate_unchecked");
  facts.certificates = {{"digital_leaders", {2026, 1, 1}, base::Date{2026, 12, 31}}};
  EXPECT_EQ(evaluate(large_company(), form, facts).answer, Answer::kNo) << "looked at, and valid";
  facts.certificates[0].valid_until = base::Date{2026, 1, 31};
  EXPECT_EQ(evaluate(large_company(), form, facts).answer, Answer::kYes) << "looked at, and over";
  form.applicant.organisation_class = model::OrganisationClass::kStartup;
  facts.certificates.clear();
  EXPECT_EQ(evaluate(large_company(), form, facts).answer, Answer::kNo)
      << "no large company, whatever the paper";
}

// C7: a paper leaves open what it can change, and nothing else.
TEST(Rules, C7_ACertificateWithinAllOrAnyIsOpenOnlyWhereTheAnswerHangsOnIt) {
  auto region = condition_of(Predicate::kOrgRegion);
  region.in = {"ulsan"};
  auto both = condition_of(Predicate::kAll);
  both.conditions = {about(Predicate::kCertificateValid, "sme"), region};
  policy::Rule rule{"sme-of-the-region", {"지역 중소기업", ""}, {both}, {"sme_certificate"}, ""};
  auto form = good_form();
  auto facts = good_facts();
  facts.documents.push_back({"sme_certificate", "application/pdf", {1000}});
  EXPECT_EQ(evaluate(rule, form, facts).answer, Answer::kUnknown);
  form.applicant.region = "seoul";
  EXPECT_EQ(evaluate(rule, form, facts).answer, Answer::kNo) << "whatever the paper says";
  rule.all[0].is = Predicate::kAny;
  EXPECT_EQ(evaluate(rule, form, facts).answer, Answer::kUnknown);
  form.applicant.region = "ulsan";
  EXPECT_EQ(evaluate(rule, form, facts).answer, Answer::kYes) << "likewise";
}

TEST(Rules, C7_APaperShowsTheCertificateThatThePackSays) {
  policy::Rule rule{"sme", {"중소기업", ""}, {about(Predicate::kCertificateValid, "sme")}, {"plan"}, ""};
  auto facts = good_facts();
  facts.documents.push_back({"plan", "application/pdf", {1000}});
  EXPECT_EQ(evaluate(rule, good_form(), facts).answer, Answer::kUnknown) << "the pack does not say";
  policy::DocumentRule paper;
  paper.kind = "sme_certificate";
  paper.shows = "sme";
  EXPECT_EQ(evaluate(rule, good_form(), facts, {paper}).answer, Answer::kNo);
  facts.documents.push_back({"sme_certificate", "application/pdf", {1000}});
  EXPECT_EQ(evaluate(rule, good_form(), facts, {paper}).answer, Answer::kUnknown);
}

TEST(Rules, C7_TheEvidenceThatWouldSettleItIsNamed) {
  auto rules = screening_rules(regional_centre());
  rules.eligibility.include = {
      {"young",
       {"신진", ""},
       {limited(Predicate::kPersonAgeOn, 39), about(Predicate::kCertificateValid, "sme")},
       {"sme_certificate"},
       ""}};
  auto facts = good_facts();
  facts.documents.push_back({"sme_certificate", "application/pdf", {1000}});
  const auto screening = screen(good_form(), facts, rules);
  EXPECT_EQ(screening.outcome, ScreeningOutcome::kNeedsPerson);
  const auto& item = screening.items.front();
  EXPECT_EQ(item.rule, "eligibility.include.young");
  EXPECT_EQ(evidence_for(item, good_form(), facts, rules),
            (std::vector<Evidence>{{EvidenceKind::kDocument, "sme_certificate", true},
                                   {EvidenceKind::kFact, "born_on", false},
                                   {EvidenceKind::kCertificate, "sme", false}}));
}

TEST(Rules, D2_D9_MissingFieldsAndPapersAreEvidenceToo) {
  auto form = good_form();
  form.plan.effects.clear();
  form.applicant.mobile.clear();
  auto facts = good_facts();
  facts.documents.clear();
  const auto rules = screening_rules(regional_centre());
  std::string wanted;
  for (const auto& item : screen(form, facts, rules).items)
    for (const auto& each : evidence_for(item, form, facts, rules))
      wanted += std::string(to_text(each.kind)) + ":" + each.id + " ";
  EXPECT_EQ(wanted, "field:applicant.mobile field:plan.effects document:form1 ");
}

TEST(Conditions, C5_ARestrictionIsReadOnItsDay) {
  const auto none = condition_of(Predicate::kRestrictionNone);
  auto facts = received({2026, 3, 25});
  facts.restricted.reset();
  EXPECT_EQ(answer(none, facts), Answer::kUnknown) << "nobody has looked";
  facts.restrictions = {{"organisation", "off purpose", {2025, 3, 26}, base::Date{2026, 3, 25}}};
  EXPECT_EQ(answer(none, facts), Answer::kNo) << "its last day";
  facts.restrictions[0].until = base::Date{2026, 3, 24};
  EXPECT_EQ(answer(none, facts), Answer::kYes) << "over yesterday";
  facts.restrictions[0] = {"person", "mining", {2026, 3, 26}, std::nullopt};
  EXPECT_EQ(answer(none, facts), Answer::kYes) << "begins tomorrow";
  facts.restrictions[0].from = {2026, 3, 25};
  EXPECT_EQ(answer(none, facts), Answer::kNo) << "without an end";
}

TEST(Conditions, C5_UseIsThatOfTheWindowAskedFor) {
  auto low = condition_of(Predicate::kUsageRatio);
  low.window_days = 30;
  low.below_bp = 100;
  auto facts = good_facts();
  EXPECT_EQ(answer(low, facts), Answer::kUnknown);
  facts.used = {{90, 0}};
  EXPECT_EQ(answer(low, facts), Answer::kUnknown) << "another window says nothing";
  facts.used = {{90, 5000}, {30, 99}};
  EXPECT_EQ(answer(low, facts), Answer::kYes);
  facts.used = {{30, 100}};
  EXPECT_EQ(answer(low, facts), Answer::kNo) << "below, not at";
}

TEST(Conditions, D15_AProgrammeCountsOnlyWhereFormAndPlanNameIt) {
  auto contractor = condition_of(Predicate::kProgrammeContractor);
  contractor.in = {"cluster-rnd"};
  auto member = contractor;
  member.is = Predicate::kProgrammeMember;
  auto form = good_form();
  auto facts = received({2024, 3, 15});
  EXPECT_EQ(answer(contractor, facts, form), Answer::kNo);
  facts.programmes = {{"cluster-rnd", "집적단지 조성사업", true, {2023, 1, 1}, base::Date{2024, 3, 15}}};
  EXPECT_EQ(evaluate(contractor, form, facts).reason.code, "eligibility.programme_not_named");
  form.plan.content += " 이 과제는 집적단지 조성사업으로 수행합니다.";
  EXPECT_EQ(answer(contractor, facts, form), Answer::kYes);
  facts.answers["other_programmes"] = {"없음"};
  EXPECT_EQ(answer(contractor, facts, form), Answer::kNo) << "the form must name it, too";
  facts.answers["other_programmes"] = {"집적단지 조성사업"};
  EXPECT_EQ(answer(contractor, facts, form), Answer::kYes);
  facts.programmes[0].contractor = false;
  EXPECT_EQ(answer(contractor, facts, form), Answer::kNo);
  EXPECT_EQ(answer(member, facts, form), Answer::kYes);
  facts.received_on = {2024, 3, 16};
  EXPECT_EQ(answer(member, facts, form), Answer::kNo) << "over yesterday";
}

TEST(Conditions, C3_StartupsAndAssociationsAreClassesOfTheForm) {
  auto industry = condition_of(Predicate::kOrgClass);
  industry.in = {"small_company", "startup"};
  auto form = good_form();
  form.applicant.organisation_class = model::OrganisationClass::kStartup;
  EXPECT_EQ(answer(industry, good_facts(), form), Answer::kYes);
  form.applicant.organisation_class = model::OrganisationClass::kAssociation;
  EXPECT_EQ(answer(industry, good_facts(), form), Answer::kNo);
}

}  // namespace
}  // namespace dure::programme
