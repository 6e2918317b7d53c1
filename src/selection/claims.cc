#include "selection/claims.h"

#include <algorithm>
#include <utility>

#include "programme/facts.h"

namespace dure::selection {
namespace {

using model::SelectionClaim;

// What the predicates of a pack are read on.
struct Known {
  model::Form1 form;
  programme::Facts facts;
};

Known known_of(const model::SelectionRequest& request, const SelectionRules& rules,
               const model::SelectionApplication& application) {
  const model::SelectionFacts& given = *application.facts;
  Known known;
  known.form.applicant.organisation = application.organisation;
  known.form.applicant.organisation_class = given.organisation_class;
  known.form.applicant.region = given.region;
  known.form.applicant.participating_university = given.participating_university.value_or(false);
  known.facts.received_on = calendar::local_date(application.submitted_at, rules.zone);
  known.facts.call_opens_on = request.call_opens_on;
  known.facts.call_closes_on = request.call_closes_on;
  known.facts.award_on = request.award_on;
  known.facts.applicant_role = given.applicant_role.value_or("");
  known.facts.born_on = given.born_on;
  known.facts.appointed_on = given.appointed_on;
  known.facts.open_source = given.open_source;
  if (given.certificates)
    for (const auto& each : *given.certificates)
      known.facts.certificates.push_back({each.kind, each.valid_from, each.valid_until});
  if (given.documents)
    for (const auto& kind : *given.documents) known.facts.documents.push_back({kind, "", {}});
  if (given.programmes)
    for (const auto& each : *given.programmes)
      known.facts.programmes.push_back({each.programme, each.name, each.contractor, each.from, each.until});
  known.form.plan.content = given.plan.value_or("");
  if (given.answers) known.facts.answers = *given.answers;
  return known;
}

const SelectionClaim* claim_of(const std::optional<std::vector<SelectionClaim>>& claims,
                               const std::string& rule) {
  if (!claims) return nullptr;
  const auto found =
      std::find_if(claims->begin(), claims->end(), [&](const auto& claim) { return claim.rule == rule; });
  return found == claims->end() ? nullptr : &*found;
}

// None where nobody claims it and the conditions do not speak for it, either.
std::optional<ClaimFinding> find(std::size_t place, const std::vector<policy::Condition>& when,
                                 const SelectionClaim* claim, const std::optional<Known>& known) {
  if (claim != nullptr) {
    base::Reason reason(claim->granted ? "selection.claim_granted" : "selection.claim_refused");
    reason.with("ground", claim->ground && !claim->ground->empty() ? *claim->ground : "-");
    return ClaimFinding{place, claim->granted, true, std::move(reason)};
  }
  if (!known || when.empty()) return std::nullopt;  // a rule without conditions is a person's to grant
  auto answer = programme::evaluate(when, known->form, known->facts);
  if (answer.answer == programme::Answer::kNo) return std::nullopt;
  return ClaimFinding{place, answer.answer == programme::Answer::kYes, false, std::move(answer.reason)};
}

}  // namespace

void find_track(const model::SelectionRequest& request, const SelectionRules& rules, Candidate& candidate) {
  const auto& application = *candidate.application;
  const auto* track = application.track ? rules.track(*application.track) : nullptr;
  if (track == nullptr || track->include.empty() || !application.facts) return;
  const Known known = known_of(request, rules, application);
  std::optional<ClaimFinding> failed, open;
  for (std::size_t i = 0; i < track->include.size(); ++i) {
    auto answer = programme::evaluate(track->include[i], known.form, known.facts);
    if (answer.answer == programme::Answer::kYes) return;
    auto& kept = answer.answer == programme::Answer::kUnknown ? open : failed;
    if (!kept)
      kept = ClaimFinding{i, answer.answer == programme::Answer::kUnknown, false, std::move(answer.reason)};
  }
  candidate.track = open ? std::move(open) : std::move(failed);
}

void find_claims(const model::SelectionRequest& request, const SelectionRules& rules, Candidate& candidate) {
  const auto& application = *candidate.application;
  const auto& bonuses = rules.evaluation.bonuses;
  const auto& classes = rules.selection.priority_classes;
  std::optional<Known> known;
  if (application.facts && !(bonuses.empty() && classes.empty()))
    known = known_of(request, rules, application);
  for (std::size_t i = 0; i < bonuses.size() && rules.scored(); ++i) {
    auto found = find(i, bonuses[i].when, claim_of(application.bonuses, bonuses[i].id), known);
    if (!found) continue;
    if (found->holds) candidate.bonus_uncapped += bonuses[i].points * kCentiOfPoint;
    candidate.bonuses.push_back(std::move(*found));
  }
  candidate.bonus = candidate.bonus_uncapped;
  if (const auto& cap = rules.evaluation.bonus_cap_points)
    candidate.bonus = std::min(candidate.bonus, *cap * kCentiOfPoint);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    auto found = find(i, classes[i].all, claim_of(application.priorities, classes[i].id), known);
    if (!found) continue;
    if (found->holds && candidate.priority == kNone) candidate.priority = i;
    candidate.priorities.push_back(std::move(*found));
  }
}

}  // namespace dure::selection
