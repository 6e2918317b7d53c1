#include "programme/example_application.h"

#include <algorithm>
#include <optional>

#include "calendar/deadline.h"
#include "policy/conditions.h"
#include "programme/decision.h"
#include "programme/plan_checks.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using policy::AnswerType;
using policy::PlainCondition;
using policy::Predicate;

constexpr base::Date kFirstUse{2026, 9, 1};
constexpr calendar::Length kHalfAYear{6, calendar::Unit::kMonths};

// Early enough for half a year where all use ends on a day.
base::Date first_use(const ScreeningRules& rules) {
  if (!rules.use_until) return kFirstUse;
  return std::min(kFirstUse, calendar::last_notice_day(*rules.use_until, kHalfAYear));
}

model::Form1 plain_form(base::Date first_use) {
  model::Form1 form;
  auto& who = form.applicant;
  who = {"홍길동",
         "책임연구원",
         "가온정밀",
         "인공지능개발팀",
         "김지도",
         model::OrganisationClass::kSmallCompany,
         "ulsan",
         "120-81-47521",
         false,
         "gildong@example.org",
         "052-123-4567",
         "010-1234-5678",
         "울산광역시 남구"};
  form.login = "gaon";
  form.public_ip = "210.119.3.7";
  form.environments = {"jupyter"};
  form.resources = {"a100-40gb", 100, 8, {32LL << 30}, {100'000'000'000}};
  form.starts_on = first_use;
  form.plan = {"표면 결함 검출", "표면 영상으로 결함을 찾는 모델을 학습합니다.", "불량률 감소", ""};
  form.guideline_agreed = form.privacy_agreed = true;
  form.signer = who.name;
  form.signed_on = calendar::lead_day(first_use, 12);
  return form;
}

Facts plain_facts(base::Date first_use) {
  Facts facts;
  facts.received_on = calendar::lead_day(first_use, 11);
  facts.call_opens_on = calendar::lead_day(first_use, 31);
  facts.call_closes_on = calendar::lead_day(first_use, 10);
  facts.award_on = calendar::lead_day(first_use, 5);
  facts.restricted = false;
  facts.born_on = base::Date{1990, 5, 1};
  facts.appointed_on = base::Date{2022, 3, 1};
  facts.applicant_role = "pi";
  facts.open_source = true;
  return facts;
}

// Makes a condition hold, or not, as far as the facts beside class and region can.
void settle(const PlainCondition& condition, bool wanted, ExampleApplication& made) {
  auto& facts = made.facts;
  const bool holds = wanted != condition.negated;
  switch (condition.is) {
    case Predicate::kAffiliationParticipating:
      made.form.applicant.participating_university = holds;
      break;
    case Predicate::kApplicantRole:
      if (holds) facts.applicant_role = condition.in.front();
      break;
    case Predicate::kCertificateValid:
      if (holds) facts.certificates.push_back({condition.of, *facts.call_opens_on, std::nullopt});
      break;
    case Predicate::kDocumentPresent:
      if (holds) facts.documents.push_back({condition.of, "", {100'000}});
      break;
    case Predicate::kUsageRatio:
      facts.used.push_back({*condition.window_days, holds ? *condition.below_bp - 1 : *condition.below_bp});
      break;
    case Predicate::kProjectOpenSource:
      facts.open_source = holds;
      break;
    case Predicate::kProgrammeMember:
    case Predicate::kProgrammeContractor:
      if (!holds) break;
      facts.programmes.push_back(
          {condition.in.front(), condition.in.front(), true, *facts.call_opens_on, std::nullopt});
      made.form.plan.other_material = condition.in.front();
      break;
    case Predicate::kStatement:
      facts.statements.push_back({condition.of, holds, "담당자가 확인함"});
      break;
    default:
      break;  // class and region are tried; the rest holds as it is
  }
}

void settle(const policy::Rule& rule, bool wanted, ExampleApplication& made) {
  for (const auto& condition : rule.all) {
    settle(static_cast<const PlainCondition&>(condition), wanted, made);
    for (const auto& each : condition.conditions) settle(each, wanted != condition.negated, made);
  }
  if (!wanted) return;
  for (const auto& kind : rule.evidence) made.facts.documents.push_back({kind, "", {100'000}});
}

std::vector<std::int64_t> amounts(const policy::Pool& pool) {
  std::vector<std::int64_t> blocks;
  blocks.reserve(pool.unit_menu.size() + 3);
  for (const auto& unit : pool.unit_menu) blocks.push_back(unit.value / 10);
  blocks.insert(blocks.end(), {50, 100, 100 * std::max<std::int64_t>(1, pool.gpus_per_unit)});
  return blocks;
}

void fit_resources(const ScreeningRules& rules, model::Form1& form) {
  auto& asked = form.resources;
  if (!rules.pool.models.empty()) asked.model = rules.pool.models.front();
  for (const auto blocks : amounts(rules.pool)) {
    asked.blocks = blocks;
    if (!not_offered_by(asked, rules.pool) && over_ceiling(asked, rules.ceiling).empty()) break;
  }
  for (const std::int64_t months : {6, 3, 1})
    if (form.months == 0 && period_within(form.starts_on, months, rules.max_period) &&
        !end_beyond(form.starts_on, months, rules.use_until))
      form.months = months;
}

void fit_form(const policy::ApplicationRules& rules, model::Form1& form) {
  for (const auto& kind : rules.kinds)
    if (const auto known = model::parse_enum<model::ApplicationKind>(kind)) {
      form.kind = *known;
      break;
    }
  if (!rules.environments.empty()) form.environments = {rules.environments.front()};
}

std::vector<std::string> answer_to(const policy::FormField& field, const ExampleApplication& made) {
  const auto months = made.form.months;
  const auto number = std::to_string(std::clamp<std::int64_t>(1000, field.least, field.most));
  switch (field.type) {
    case AnswerType::kNumber:
      return {number};
    case AnswerType::kDate:
      if (field.id == kFirstUseField) return {base::to_text(made.form.starts_on)};
      return {base::to_text(made.facts.received_on)};
    case AnswerType::kChoice:
    case AnswerType::kChoices:
      return {field.choices.front()};
    case AnswerType::kYesNo:
      return {"yes"};
    case AnswerType::kContact:
      return {"홍길동", "gildong@example.org", "010-1234-5678"};
    case AnswerType::kMonthlyPlan: {
      std::vector<std::string> plan;
      for (std::int64_t month = 1; month <= months; ++month)
        plan.push_back(std::to_string(month) + "개월째: 학습과 평가");
      return plan;
    }
    case AnswerType::kQuarterlyPlan:
      return std::vector<std::string>(static_cast<std::size_t>((months + 2) / 3), number);
    case AnswerType::kText:
    case AnswerType::kLongText:
      break;
  }
  return {"영상 분류"};
}

// What is asked for in this very application, each in the first of its formats.
void fit_papers(const ScreeningRules& rules, ExampleApplication& made) {
  for (const auto& field : rules.application.fields)
    if (field.need != policy::Need::kOptional) made.facts.answers[field.id] = answer_to(field, made);
  auto& attached = made.facts.documents;
  std::vector<std::string> wanted;
  wanted.reserve(attached.size());
  for (const auto& document : attached) wanted.push_back(document.kind);
  attached.clear();
  for (const auto& rule : rules.documents.list) {
    const bool asked = rule.need == policy::Need::kRequired || among(wanted, rule.kind) ||
                       (rule.need == policy::Need::kConditional &&
                        evaluate(rule.when, made.form, made.facts).answer != Answer::kNo);
    if (asked)
      attached.push_back(
          {rule.kind, rule.mime_types.empty() ? "application/pdf" : rule.mime_types.front(), {100'000}});
  }
}

// All, a small company first.
std::vector<model::OrganisationClass> classes() {
  std::vector<model::OrganisationClass> all{model::OrganisationClass::kSmallCompany};
  for (const auto& each : model::EnumNames<model::OrganisationClass>::kAll)
    if (each.first != all.front()) all.push_back(each.first);
  return all;
}

ExampleApplication tried(const policy::Rule* include, model::OrganisationClass organisation_class,
                         const std::string& region, const ScreeningRules& rules) {
  const auto first = first_use(rules);
  ExampleApplication made{plain_form(first), plain_facts(first)};
  made.form.applicant.organisation_class = organisation_class;
  made.form.applicant.region = region;
  fit_form(rules.application, made.form);
  fit_resources(rules, made.form);
  for (const auto& rule : rules.eligibility.exclude) settle(rule, false, made);
  for (const auto& rule : rules.eligibility.person_decides) settle(rule, false, made);
  if (include != nullptr) settle(*include, true, made);
  if (rules.track && !rules.track->include.empty()) settle(rules.track->include.front(), true, made);
  fit_papers(rules, made);
  return made;
}

}  // namespace

ExampleApplication example_application(const ScreeningRules& rules) {
  std::vector<const policy::Rule*> includes;
  includes.reserve(rules.eligibility.include.size() + 1);
  for (const auto& rule : rules.eligibility.include) includes.push_back(&rule);
  if (includes.empty()) includes.push_back(nullptr);
  std::optional<ExampleApplication> with_person;
  ExampleApplication last;
  for (const auto* include : includes)
    for (const auto organisation_class : classes())
      for (const auto& region : policy::regions()) {
        last = tried(include, organisation_class, region, rules);
        const auto outcome = screen(last.form, last.facts, rules).outcome;
        if (outcome == ScreeningOutcome::kEligible) return last;
        if (outcome == ScreeningOutcome::kNeedsPerson && !with_person) with_person = last;
      }
  return with_person ? *with_person : last;
}

}  // namespace dure::programme
