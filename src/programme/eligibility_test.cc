// C1, C5, C7, D1, D2, D4, D6, D12, F5, F14, R9, R20 on the regional centre's own pack (S0 articles 1, 2, 4,
// 6, 7).
#include "programme/eligibility.h"

#include <gtest/gtest.h>

#include <functional>

#include "programme/samples.h"

namespace dure::programme {
namespace {

using model::OrganisationClass;
using model::ScreeningItem;
using model::ScreeningResult;
using FormChange = std::function<void(model::Form1&, Facts&)>;

Screening screened(const FormChange& change = [](auto&, auto&) {}) {
  auto form = good_form();
  auto facts = good_facts();
  change(form, facts);
  return screen(form, facts, screening_rules(regional_centre()));
}

// The items that are not met, as "rule code".
std::string open_items(const Screening& screening) {
  std::string text;
  for (const auto& item : screening.items)
    if (item.result != ScreeningResult::kMet)
      text += (text.empty() ? "" : "; ") + item.rule + " " + item.reason.code;
  return text;
}

TEST(Screening, ACompleteFormOfACompanyInTheRegionIsEligible) {
  const auto screening = screened();
  EXPECT_EQ(screening.outcome, ScreeningOutcome::kEligible) << open_items(screening);
  EXPECT_EQ(open_items(screening), "");
  for (const auto& item : screening.items) {
    EXPECT_NE(item.source, "") << item.rule << ": each rule says where it stands";
    EXPECT_NE(item.reason.code, "") << item.rule;
  }
}

TEST(Screening, F5_AStartBeyondTheCalendarGoesBackWithItsReason) {
  const auto screening = screened([](auto& form, auto&) { form.starts_on = {9995, 1, 1}; });
  EXPECT_EQ(screening.outcome, ScreeningOutcome::kReturn);
  EXPECT_EQ(open_items(screening),
            "application.form calendar.date_not_plannable; award.max_period eligibility.period_not_within");
  const auto huge = screened([](auto& form, auto&) { form.resources.memory = {std::int64_t{1} << 62}; });
  EXPECT_NE(open_items(huge).find("eligibility.number_too_large"), std::string::npos);
}

TEST(Screening, C1_TheRegionBindsCompaniesAndInstitutions) {
  for (const char* region : {"ulsan", "gyeongnam"})
    EXPECT_EQ(screened([&](auto& form, auto&) { form.applicant.region = region; }).outcome,
              ScreeningOutcome::kEligible);
  const auto seoul = screened([](auto& form, auto&) { form.applicant.region = "seoul"; });
  EXPECT_EQ(seoul.outcome, ScreeningOutcome::kIneligible);
  EXPECT_EQ(open_items(seoul),
            "eligibility.include.resident-organisation eligibility.region_not_included; "
            "eligibility.include.participating-university eligibility.class_not_included");
}

TEST(Screening, C1_ResearchersOfParticipatingUniversitiesAreABranchOfTheirOwn) {
  const auto researcher = [](bool participating) {
    return screened([&](auto& form, auto&) {
      form.applicant.organisation_class = OrganisationClass::kUniversity;
      form.applicant.region = "busan";
      form.applicant.participating_university = participating;
    });
  };
  EXPECT_EQ(researcher(true).outcome, ScreeningOutcome::kEligible);
  EXPECT_EQ(researcher(false).outcome, ScreeningOutcome::kIneligible);
}

TEST(Screening, C7_AMissingDocumentSendsTheApplicationBack) {
  const auto without = screened([](auto&, auto& facts) { facts.documents.clear(); });
  EXPECT_EQ(without.outcome, ScreeningOutcome::kReturn);
  EXPECT_EQ(open_items(without), "documents.list.form1 document.missing");
}

TEST(Screening, C7_WhereAPackSaysSoMissingEvidenceIsFinal) {
  auto rules = screening_rules(regional_centre());
  rules.eligibility.missing_evidence = policy::MissingEvidence::kIneligible;
  auto facts = good_facts();
  facts.documents.clear();
  EXPECT_EQ(screen(good_form(), facts, rules).outcome, ScreeningOutcome::kIneligible);
}

// C7: evidence of the rule that lets the applicant in is asked for, though the list has it as optional.
TEST(Screening, C7_TheEvidenceOfTheRuleThatDecidesIsNeeded) {
  auto rules = screening_rules(regional_centre());
  auto& rule = rules.eligibility.include.front();
  rule.evidence = {"sme_certificate"};
  rules.documents.list.push_back({});
  auto& paper = rules.documents.list.back();
  paper.kind = "sme_certificate";
  paper.need = policy::Need::kOptional;
  auto facts = good_facts();
  const auto screened_now = [&] { return screen(good_form(), facts, rules); };
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kReturn);
  EXPECT_EQ(open_items(screened_now()), "documents.list.sme_certificate document.missing");
  rules.eligibility.missing_evidence = policy::MissingEvidence::kIneligible;
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kIneligible);
  // The paper; or a certificate that the centre recorded and that the paper would show, on the day of
  // receipt.
  facts.certificates = {{"sme", base::Date{2020, 1, 1}, std::nullopt}};
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kIneligible) << "the paper shows another";
  paper.shows = "sme";
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kEligible);
  facts.certificates.front().valid_until = base::Date{2020, 12, 31};
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kIneligible) << "it has run out";
  facts.documents.push_back({"sme_certificate", "", {1'000}});
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kEligible);
  // Another rule that holds, and asks for nothing that is missing, decides.
  facts.documents.pop_back();
  rules.eligibility.include.push_back(rules.eligibility.include.front());
  rules.eligibility.include.back().id = "other";
  rules.eligibility.include.back().evidence.clear();
  EXPECT_EQ(screened_now().outcome, ScreeningOutcome::kEligible);
}

TEST(Screening, D3_ADocumentOfAnotherTypeIsNotTheDocument) {
  const auto renamed = screened([](auto&, auto& facts) { facts.documents[0].media_type = "text/html"; });
  EXPECT_EQ(open_items(renamed), "documents.list.form1 document.type_refused");
  EXPECT_EQ(renamed.outcome, ScreeningOutcome::kReturn);
}

TEST(Screening, D2_MissingFieldsAreNamedTogether) {
  const auto incomplete = screened([](auto& form, auto&) {
    form.applicant.mobile.clear();
    form.plan.effects = "  ";
    form.environments.clear();
  });
  EXPECT_EQ(incomplete.outcome, ScreeningOutcome::kReturn);
  ASSERT_EQ(open_items(incomplete), "application.required_fields eligibility.fields_missing");
  for (const auto& item : incomplete.items) {
    if (item.rule != "application.required_fields") continue;
    EXPECT_EQ(policy::parameter(item.reason, "fields"), "applicant.mobile, environments, plan.effects");
  }
}

TEST(Screening, D4_D6_ConsentAndSignature) {
  EXPECT_EQ(open_items(screened([](auto& form, auto&) { form.guideline_agreed = false; })),
            "application.guideline_consent_required eligibility.guideline_not_agreed");
  EXPECT_EQ(open_items(screened([](auto& form, auto&) { form.privacy_agreed = false; })),
            "application.privacy_consent_required eligibility.privacy_not_agreed");
  EXPECT_EQ(open_items(screened([](auto& form, auto&) {
              form.signed_on = base::Date{2026, 8, 22};
            })),
            "application.signature_required eligibility.not_signed")
      << "signed on the day after receipt";
}

TEST(Screening, F5_SixMonthsAtMost) {
  const auto months = [](std::int64_t count) {
    return open_items(screened([&](auto& form, auto&) { form.months = count; }));
  };
  EXPECT_EQ(months(1), "");
  EXPECT_EQ(months(6), "");
  EXPECT_EQ(months(7), "award.max_period eligibility.period_not_within");
  EXPECT_NE(months(0).find("award.max_period eligibility.period_not_within"), std::string::npos);
}

TEST(Screening, F5_TheShortestPeriodOfUseIsPermittedAndNothingBelowIt) {
  auto rules = screening_rules(regional_centre());
  const auto said = [&](std::int64_t months) {
    auto form = good_form();
    form.months = months;
    for (const auto& each : screen(form, Facts{}, rules).items)
      if (each.rule == "award.min_period") return each.reason.code;
    return std::string();
  };
  EXPECT_EQ(said(1), "") << "the regional centre knows none";
  rules.min_period = calendar::Length{2, calendar::Unit::kMonths};
  EXPECT_EQ(said(1), "eligibility.period_too_short");
  EXPECT_EQ(said(2), "eligibility.period_long_enough");
}

TEST(Screening, F14_WhatOneAccountMayHold) {
  const auto amount = [](std::int64_t blocks, std::int64_t cores, std::int64_t memory_gib,
                         std::int64_t storage) {
    return open_items(screened([&](auto& form, auto&) {
      form.resources = {"a100-40gb", blocks, cores, {memory_gib << 30}, {storage}};
    }));
  };
  EXPECT_EQ(amount(800, 255, 1000, 1'000'000'000'000), "") << "the ceiling itself is permitted";
  EXPECT_EQ(amount(801, 255, 1000, 0), "offer.ceiling decision.over_ceiling");
  EXPECT_EQ(amount(800, 256, 1001, 1'000'000'000'001),
            "offer.ceiling decision.over_ceiling; offer.ceiling decision.over_ceiling; offer.ceiling "
            "decision.over_ceiling");
  EXPECT_EQ(amount(0, 1, 1, 1), "offer.pools decision.nothing_awarded");
}

TEST(Screening, D12_DeclaredDataNeedAPersonsCheck) {
  const auto medical = screened([](auto& form, auto&) { form.data.medical = form.data.copyrighted = true; });
  EXPECT_EQ(medical.outcome, ScreeningOutcome::kNeedsPerson);
  ASSERT_EQ(open_items(medical), "application.data_precheck eligibility.data_precheck");
  EXPECT_EQ(policy::parameter(medical.items.back().reason, "kinds"), "medical, copyrighted");
}

TEST(Screening, C5_ARestrictionIsForAPersonToWeigh) {
  const auto restricted = screened([](auto&, auto& facts) { facts.restricted = true; });
  EXPECT_EQ(restricted.outcome, ScreeningOutcome::kNeedsPerson);
  EXPECT_EQ(open_items(restricted), "eligibility.person_decides.former-misuse eligibility.restricted");
}

TEST(Screening, AnEmptyRegionIsAMissingFieldAndNotAnotherRegion) {
  const auto unknown = screened([](auto& form, auto&) { form.applicant.region.clear(); });
  EXPECT_EQ(unknown.outcome, ScreeningOutcome::kReturn);
}

TEST(Screening, IneligibleWeighsMoreThanIncompleteAndThatMoreThanOpen) {
  const auto both = screened([](auto& form, auto& facts) {
    form.applicant.region = "seoul";
    form.data.medical = true;
    facts.documents.clear();
  });
  EXPECT_EQ(both.outcome, ScreeningOutcome::kIneligible);
  const auto open_and_incomplete = screened([](auto& form, auto& facts) {
    form.data.medical = true;
    facts.documents.clear();
  });
  EXPECT_EQ(open_and_incomplete.outcome, ScreeningOutcome::kReturn);
}

std::string faults(const FormChange& change) {
  auto form = good_form();
  auto facts = good_facts();
  change(form, facts);
  const auto checked = check_form(form);
  std::string text;
  if (checked.ok()) return text;
  for (const auto& detail : checked.failure().details)
    text += (text.empty() ? "" : "; ") + detail.pointer + " " + detail.reason.code;
  return text;
}

TEST(CheckForm, ADraftMayBeEmpty) {
  EXPECT_TRUE(check_form({}).ok());
  EXPECT_TRUE(check_form(good_form()).ok());
}

TEST(CheckForm, R20_ABusinessNumberIsChecked) {
  EXPECT_EQ(faults([](auto& form, auto&) { form.applicant.business_number = "120-81-47522"; }),
            "/applicant/business_number eligibility.business_number_wrong");
}

TEST(CheckForm, R9_AResidentNumberIsRefusedWhereverItStands) {
  EXPECT_EQ(faults([](auto& form, auto&) { form.plan.content = "참여자: 900101-1234567"; }),
            "/plan/content eligibility.resident_number");
  EXPECT_EQ(faults([](auto& form, auto&) { form.applicant.business_number = "900101-1234567"; }),
            "/applicant/business_number eligibility.resident_number; "
            "/applicant/business_number eligibility.business_number_wrong");
  auto form = good_form();
  form.plan.content = "900101-1234567";
  EXPECT_TRUE(check_form(form, false).ok()) << "where another law permits it";
}

TEST(CheckForm, WhatIsMalformedIsNamedByItsPointer) {
  EXPECT_EQ(faults([](auto& form, auto&) {
              form.applicant.email = "gildong@example";
              form.login = "Gaon";
              form.months = -1;
              form.resources.blocks = -5;
              form.environments = {"jupyter", ""};
              form.plan.title = std::string(601, 'x');
            }),
            "/plan/title eligibility.text_too_long; /environments/1 eligibility.environment_malformed; "
            "/applicant/email eligibility.mail_address_malformed; /login eligibility.login_malformed; "
            "/resources/blocks eligibility.number_negative; /months eligibility.number_negative");
}

TEST(CheckDocument, D3_KindTypeSizeAndNumber) {
  const auto& documents = regional_centre().documents;
  const auto code = [&](const AttachedDocument& document, std::size_t already = 0) {
    const auto checked = check_document(document, already, documents);
    return checked.ok() ? std::string("ok") : checked.failure().reason.code;
  };
  EXPECT_EQ(code({"form1", "application/pdf", {1000}}), "ok");
  EXPECT_EQ(code({"form1", "application/x-hwp", {1000}}), "ok");
  EXPECT_EQ(code({"form1", "application/x-dosexec", {1000}}), "document.type_refused");
  EXPECT_EQ(code({"photo", "image/png", {1000}}), "document.kind_unknown");
  EXPECT_EQ(code({"form1", "application/pdf", {documents.max_bytes + 1}}), "document.too_large");
  EXPECT_EQ(code({"form1", "application/pdf", {1000}}, static_cast<std::size_t>(documents.max_files)),
            "document.too_many");
}

TEST(Conditions, C4_YoungResearchersByAgeOrYearsSinceAppointment) {
  auto age = condition_of(policy::Predicate::kPersonAgeOn);
  age.at_most = 39;
  auto facts = good_facts();
  facts.received_on = {2026, 4, 30};
  EXPECT_EQ(evaluate(age, good_form(), facts).answer, Answer::kUnknown);
  facts.born_on = base::Date{1986, 5, 1};
  EXPECT_EQ(evaluate(age, good_form(), facts).answer, Answer::kYes) << "40 tomorrow";
  facts.born_on = base::Date{1986, 4, 30};
  EXPECT_EQ(evaluate(age, good_form(), facts).answer, Answer::kNo) << "40 today";
  age.on = policy::ReferenceDay::kCallClose;
  EXPECT_EQ(evaluate(age, good_form(), facts).answer, Answer::kUnknown) << "the call has no end";
}

TEST(Conditions, C2_ACertificateCountsOnTheDayAskedFor) {
  auto certificate = condition_of(policy::Predicate::kCertificateValid);
  certificate.of = "digital_leaders_club";
  auto facts = good_facts();
  EXPECT_EQ(evaluate(certificate, good_form(), facts).answer, Answer::kNo);
  facts.certificates = {{"digital_leaders_club", {2026, 1, 1}, base::Date{2026, 8, 21}}};
  EXPECT_EQ(evaluate(certificate, good_form(), facts).answer, Answer::kYes);
  facts.received_on = {2026, 8, 22};
  EXPECT_EQ(evaluate(certificate, good_form(), facts).answer, Answer::kNo);
}

TEST(Conditions, NegationTurnsAnswersButNotIgnorance) {
  for (const auto is : {policy::Predicate::kRestrictionNone, policy::Predicate::kProjectOpenSource,
                        policy::Predicate::kStatement, policy::Predicate::kAffiliationPresent}) {
    auto plain = condition_of(is), turned = condition_of(is);
    turned.negated = true;
    const auto a = evaluate(plain, good_form(), good_facts()).answer;
    const auto b = evaluate(turned, good_form(), good_facts()).answer;
    EXPECT_EQ(a == Answer::kUnknown, b == Answer::kUnknown);
    EXPECT_EQ(a != Answer::kUnknown, a != b);
  }
}

TEST(Conditions, OneNoOutweighsWhatIsUnknown) {
  auto statement = condition_of(policy::Predicate::kStatement);
  statement.of = "controversy";
  auto region = condition_of(policy::Predicate::kOrgRegion);
  region.in = {"gwangju"};
  EXPECT_EQ(evaluate({statement, region}, good_form(), good_facts()).answer, Answer::kNo);
  region.in = {"ulsan"};
  const auto open = evaluate({statement, region}, good_form(), good_facts());
  EXPECT_EQ(open.answer, Answer::kUnknown);
  EXPECT_EQ(open.reason.code, "eligibility.person_must_say");
}

}  // namespace
}  // namespace dure::programme
