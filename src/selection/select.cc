#include "selection/select.h"

#include <algorithm>
#include <utility>

#include "policy/names.h"
#include "selection/check.h"
#include "selection/claims.h"
#include "selection/explain.h"
#include "selection/order.h"
#include "selection/serve.h"

namespace dure::selection {
namespace {

bool is_considered(const model::SelectionApplication& application, const SelectionRules& rules) {
  if (application.policy_hash && *application.policy_hash != rules.policy_hash) return false;
  if (application.state == model::ApplicationState::kEligible) return true;
  // A waiver is of eligibility (invariant 3); what was withdrawn or is void stays out.
  return application.state == model::ApplicationState::kIneligible && application.waiver_ground;
}

bool reaches_threshold(const Candidate& candidate, const SelectionRules& rules) {
  const auto& threshold = rules.evaluation.threshold_points;
  if (!threshold) return true;
  const bool on_base = rules.evaluation.threshold_on == policy::ThresholdOn::kBase;
  const Points& points = on_base ? candidate.score.base : candidate.total;
  return points >= Points{*threshold * kCentiOfPoint, 1};
}

// J2, invariant 18: who is excluded is not ranked, by a waiver neither; points are lost from the total.
void weigh_restrictions(const model::SelectionApplication& application, Candidate& candidate) {
  if (!application.restrictions) return;
  for (const auto& each : *application.restrictions) {
    if (each.effect == model::RestrictionEffect::kPoints) {
      candidate.lost += each.centi_points;
    } else if (candidate.barred == nullptr || each.id < candidate.barred->id) {
      candidate.barred = &each;
    }
  }
}

Candidate candidate_of(const model::SelectionRequest& request, const SelectionRules& rules,
                       const model::SelectionApplication& application) {
  Candidate candidate;
  candidate.application = &application;
  candidate.requested = *whole_units(application.requested, rules.pool);
  candidate.target = application.recommended ? *whole_units(application.recommended->amount, rules.pool)
                                             : candidate.requested;
  const auto& reservations = rules.selection.reservations;
  find_track(request, rules, candidate);
  const bool of_track = application.track && (!candidate.track || candidate.track->holds);
  for (std::size_t i = 0; of_track && i < reservations.size(); ++i)
    if (reservations[i].track == *application.track) candidate.reservation = i;
  weigh_restrictions(application, candidate);
  candidate.considered = is_considered(application, rules) && candidate.barred == nullptr;
  if (!candidate.considered) return candidate;
  find_claims(request, rules, candidate);
  if (!rules.scored()) {
    candidate.score.enough = true;
    candidate.above = true;
    return candidate;
  }
  candidate.score = join_reviews(application.reviews, rules);
  candidate.total = candidate.score.base + (candidate.bonus - candidate.lost);
  candidate.above = candidate.score.enough && reaches_threshold(candidate, rules);
  return candidate;
}

model::SelectionOutcome outcome_of(const Candidate& candidate) {
  using model::SelectionOutcome;
  if (!candidate.considered) return SelectionOutcome::kNotEligible;
  if (!candidate.score.enough) return SelectionOutcome::kNotEvaluated;
  if (!candidate.above) return SelectionOutcome::kBelowThreshold;
  if (candidate.awarded > 0) return SelectionOutcome::kSelected;
  return candidate.waiting_position > 0 ? SelectionOutcome::kWaitlisted : SelectionOutcome::kNotSelected;
}

void tell_points(const Candidate& candidate, const SelectionRules& rules, model::RankedApplication& told) {
  told.reviews_counted = candidate.score.counted;
  if (!rules.scored() || candidate.score.counted == 0) return;
  for (std::size_t i = 0; i < candidate.score.criteria.size(); ++i)
    told.criteria.push_back({rules.evaluation.criteria[i].id, centi_of(candidate.score.criteria[i])});
  told.base_centi_points = centi_of(candidate.score.base);
  told.bonus_centi_points = candidate.bonus;
  if (candidate.lost > 0) told.lost_centi_points = candidate.lost;
  told.total_centi_points = centi_of(candidate.total);
}

model::RankedApplication told_of(const Candidate& candidate, const Candidate* ahead,
                                 const Candidate* last_served, const Account& account) {
  const auto& application = *candidate.application;
  const auto unit = unit_of(account.rules.pool);
  model::RankedApplication told;
  if (candidate.above) told.rank = candidate.rank;
  told.id = application.id;
  told.title = application.title.value_or("");
  told.organisation = application.organisation;
  told.track = application.track.value_or("");
  told.outcome = outcome_of(candidate);
  if (candidate.waiting_position > 0) told.waiting_position = candidate.waiting_position;
  tell_points(candidate, account.rules, told);
  told.penalty_centi_points = candidate.penalty;
  told.requested = {candidate.requested, unit};
  if (application.recommended) told.recommended = {candidate.target, unit};
  told.awarded = {candidate.awarded, unit};
  told.conditional_count = candidate.conditional;
  told.steps = steps_of(candidate, ahead, account);
  told.needed = needed_of(candidate, last_served, account);
  return told;
}

// Those without a rank come after the others: by how far they came, by total where it is known, by id.
std::vector<Candidate*> unranked(std::vector<Candidate>& candidates) {
  std::vector<Candidate*> rest;
  for (auto& candidate : candidates)
    if (!candidate.above) rest.push_back(&candidate);
  std::sort(rest.begin(), rest.end(), [](const Candidate* a, const Candidate* b) {
    const auto outcome_a = outcome_of(*a);
    const auto outcome_b = outcome_of(*b);
    if (outcome_a != outcome_b) return outcome_a < outcome_b;
    if (outcome_a == model::SelectionOutcome::kBelowThreshold && a->total != b->total)
      return a->total > b->total;
    return a->application->id < b->application->id;
  });
  return rest;
}

void tell_all(std::vector<Candidate>& candidates, const std::vector<Candidate*>& ranked,
              const Account& account, model::SelectionResult& result) {
  result.ranking.reserve(candidates.size());
  const Candidate* ahead = nullptr;
  const Candidate* last_served = nullptr;
  for (const Candidate* each : ranked) {
    result.ranking.push_back(told_of(*each, ahead, last_served, account));
    ahead = each;
    if (each->awarded > 0) last_served = each;
  }
  for (const Candidate* each : unranked(candidates))
    result.ranking.push_back(told_of(*each, nullptr, nullptr, account));
}

void tell_capacity(const SelectionRules& rules, const Served& served, model::SelectionResult& result) {
  for (std::size_t i = 0; i < served.shelves.size(); ++i) {
    const auto& reservation = rules.selection.reservations[i];
    const Shelf& shelf = served.shelves[i];
    result.reservations.push_back({reservation.track, reservation.share_bp,
                                   std::string(policy::name_of(reservation.release)), shelf.reserved,
                                   shelf.awarded, shelf.released, shelf.held()});
    result.totals.held += shelf.held();
  }
  for (const Institution& each : served.institutions)
    if (each.awards > 0) result.institutions.push_back({*each.name, each.awards, each.awarded, served.cap});
  result.totals.left = served.left;
  for (const auto& each : result.ranking) {
    result.totals.awarded += each.awarded.count;
    result.totals.awarded_conditional += each.conditional_count;
  }
}

std::vector<std::string> evaluation_order(const std::vector<Candidate>& candidates) {
  std::vector<const Candidate*> considered;
  for (const auto& candidate : candidates)
    if (candidate.considered) considered.push_back(&candidate);
  std::sort(considered.begin(), considered.end(),
            [](const Candidate* a, const Candidate* b) { return Order::evaluated_before(*a, *b); });
  std::vector<std::string> ids;
  ids.reserve(considered.size());
  for (const Candidate* each : considered) ids.push_back(each->application->id);
  return ids;
}

}  // namespace

base::Result<model::SelectionResult> select(const model::SelectionRequest& request,
                                            const SelectionRules& rules) {
  DURE_TRY(check(request, rules));
  std::vector<Candidate> candidates;
  candidates.reserve(request.applications.size());
  for (const auto& application : request.applications)
    candidates.push_back(candidate_of(request, rules, application));

  model::SelectionResult result;
  result.programme = rules.programme;
  result.policy_hash = rules.policy_hash;
  result.pool = rules.pool.id;
  result.unit = unit_of(rules.pool);
  result.totals.in_service = *units_within(request.capacity->in_service, rules.pool);
  if (request.capacity->conditional)
    result.totals.conditional = *units_within(*request.capacity->conditional, rules.pool);

  const Order order(rules);
  auto ranked = order.rank(candidates);
  const Served served =
      serve(request, rules, order, ranked, result.totals.in_service, result.totals.conditional);
  if (rules.selection.waiting_list) {
    for (std::size_t i = 0; i < served.waiting.size(); ++i) {
      served.waiting[i]->waiting_position = static_cast<std::int64_t>(i) + 1;
      result.waiting_list.push_back(served.waiting[i]->application->id);
    }
  }
  const Account account{rules, order, served, static_cast<std::int64_t>(ranked.size())};
  tell_all(candidates, ranked, account, result);
  tell_capacity(rules, served, result);
  result.evaluation_order = evaluation_order(candidates);
  return result;
}

}  // namespace dure::selection
