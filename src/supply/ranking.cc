#include "supply/ranking.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/quantity.h"
#include "supply/agreement.h"
#include "supply/refusals.h"
#include "supply/running_cost.h"

namespace dure::supply {
namespace {

using base::Reason;
using model::ProposalState;
using model::SupplierEvaluation;
using model::SupplierProposal;

constexpr std::int64_t kCenti = 100;

model::SupplyPhase phase_of(policy::SupplyPhaseKind kind) {
  switch (kind) {
    case policy::SupplyPhaseKind::kWritten:
      return model::SupplyPhase::kWritten;
    case policy::SupplyPhaseKind::kPresentation:
      return model::SupplyPhase::kPresentation;
    case policy::SupplyPhaseKind::kSiteVisit:
      return model::SupplyPhase::kSiteVisit;
  }
  return model::SupplyPhase::kWritten;
}
std::string phase_text(model::SupplyPhase phase) {
  return std::string(model::to_text(phase));
}

const policy::SupplyPhaseRule* find_phase(const policy::Supply& rules, model::SupplyPhase phase) {
  for (const auto& each : rules.phases)
    if (phase_of(each.phase) == phase) return &each;
  return nullptr;
}

const policy::Criterion* find_criterion(const policy::Supply& rules, const std::string& id) {
  for (const auto& each : rules.criteria)
    if (each.id == id) return &each;
  return nullptr;
}

// What the judges of one phase said who have no conflict of interest.
struct PhaseResult {
  std::int64_t weight = 0;
  std::int64_t judges = 0;
  std::int64_t failed = 0;
  std::int64_t need = 0;
  std::map<std::string, std::int64_t> sums;  // by criterion, over the judges
};
using PhaseResults = std::map<model::SupplyPhase, PhaseResult>;

// Who declared a conflict of interest in any phase: what else they said counts for nothing either, whether
// they said it before or after (invariant 5).
std::set<std::string> in_conflict(const std::vector<SupplierEvaluation>& evaluations) {
  std::set<std::string> accounts;
  for (const auto& each : evaluations)
    if (each.conflict != model::SupplyConflict::kNone && !each.account_id.empty())
      accounts.insert(each.account_id.text);
  return accounts;
}

PhaseResults results_of(const std::vector<SupplierEvaluation>& evaluations, const policy::Supply& rules) {
  PhaseResults results;
  for (const auto& rule : rules.phases) {
    auto& result = results[phase_of(rule.phase)];
    result.weight = rule.weight;
    result.need = rule.min_evaluators;
  }
  const auto conflicted = in_conflict(evaluations);
  for (const auto& each : evaluations) {
    const auto found = results.find(each.phase);
    if (found == results.end() || each.conflict != model::SupplyConflict::kNone) continue;
    if (conflicted.count(each.account_id.text) > 0) continue;
    ++found->second.judges;
    found->second.failed += each.passed ? 0 : 1;
    for (const auto& score : each.scores) found->second.sums[score.criterion] += score.centi_points;
  }
  return results;
}

// The weighted mean over the phases of the mean of the judges, of one criterion or of all (""), rounded down.
// REQUIRES: every phase has a judge.
std::int64_t points_of(const PhaseResults& results, const std::string& criterion) {
  base::Wide numerator = 0, judges = 1;
  std::int64_t weights = 0;
  for (const auto& [phase, result] : results) judges *= result.judges;
  for (const auto& [phase, result] : results) {
    std::int64_t sum = 0;
    for (const auto& [id, points] : result.sums)
      if (criterion.empty() || id == criterion) sum += points;
    numerator += static_cast<base::Wide>(sum) * result.weight * (judges / result.judges);
    weights += result.weight;
  }
  return weights == 0 ? 0 : static_cast<std::int64_t>(numerator / (judges * weights));
}

// What the order is made of.
struct Standing {
  bool member_first = false;
  std::int64_t points = 0;
  bool member = false;
  std::vector<std::int64_t> by_criterion;  // in their tie order
  std::int64_t cost = 0;                   // the price, and what running costs beside it, won
};

struct Entry {
  SupplierProposal proposal;
  Standing standing;
};

std::vector<std::string> tie_order(const policy::Supply& rules) {
  std::vector<const policy::Criterion*> compared;
  for (const auto& each : rules.criteria)
    if (each.tie_order > 0) compared.push_back(&each);
  std::stable_sort(compared.begin(), compared.end(),
                   [](const auto* a, const auto* b) { return a->tie_order < b->tie_order; });
  std::vector<std::string> ids;
  ids.reserve(compared.size());
  for (const auto* each : compared) ids.push_back(each->id);
  return ids;
}

// Above zero: a stands before b. `by`: what told them apart, once their points are equal.
int compare(const Entry& a, const Entry& b, const policy::Supply& rules, std::string& by) {
  const auto higher = [&](auto left, auto right, const std::string& what) {
    if (left == right) return 0;
    by = what;
    return left > right ? 1 : -1;
  };
  if (const int order = higher(a.standing.member_first, b.standing.member_first, "")) return order;
  if (const int order = higher(a.standing.points, b.standing.points, "")) return order;
  if (rules.member_preference == policy::MemberPreference::kBreakTies)
    if (const int order = higher(a.standing.member, b.standing.member, "member")) return order;
  const auto ids = tie_order(rules);
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (const int order = higher(a.standing.by_criterion[i], b.standing.by_criterion[i], ids[i]))
      return order;
  if (const int order = higher(b.standing.cost, a.standing.cost, "price")) return order;
  if (const int order = higher(b.proposal.created_at, a.proposal.created_at, "receipt")) return order;
  return higher(b.proposal.id.text, a.proposal.id.text, "id");
}

base::Status check_complete(const SupplierProposal& proposal, const PhaseResults& results) {
  for (const auto& [phase, result] : results)
    if (result.judges < std::max<std::int64_t>(1, result.need))
      return base::error(base::ErrorKind::kConflict, Reason("supply.evaluation_missing")
                                                         .with("proposal", proposal.id.text)
                                                         .with("phase", phase_text(phase))
                                                         .with("have", result.judges)
                                                         .with("need", result.need));
  return {};
}

// Why it cannot be selected whatever the others are; none where it can.
std::optional<Reason> unfit(const Entry& entry, const PhaseResults& results, const policy::Supply& rules) {
  const std::int64_t most = most_own_use(rules);
  if (entry.proposal.own_use_bp > most)
    return Reason("supply.own_use_above").with("own_use_bp", entry.proposal.own_use_bp).with("most_bp", most);
  for (const auto& [phase, result] : results)
    if (result.failed * 2 > result.judges)
      return Reason("supply.phase_failed")
          .with("phase", phase_text(phase))
          .with("failed", result.failed)
          .with("judges", result.judges);
  const auto& threshold = rules.proposal_threshold_points;
  if (threshold && entry.standing.points < *threshold * kCenti)
    return Reason("supply.below_threshold")
        .with("centi_points", entry.standing.points)
        .with("threshold_centi_points", *threshold * kCenti);
  return std::nullopt;
}

Entry weigh(const JudgedProposal& judged, const PhaseResults& results, const policy::Supply& rules) {
  Entry entry{judged.proposal, {}};
  entry.standing.member_first =
      judged.member && rules.member_preference == policy::MemberPreference::kRankFirst;
  entry.standing.member = judged.member;
  entry.standing.points = points_of(results, "");
  for (const auto& id : tie_order(rules)) entry.standing.by_criterion.push_back(points_of(results, id));
  auto& proposal = entry.proposal;
  proposal.rank.reset();
  proposal.centi_points = entry.standing.points;
  proposal.grounds = {Reason("supply.points").with("centi_points", entry.standing.points)};
  if (entry.standing.member_first) proposal.grounds.emplace_back("supply.member_first");
  entry.standing.cost = proposal.price.won;
  if (const auto running = running_cost_of(proposal, rules)) entry.standing.cost += running->left.won;
  if (auto told = told_running_cost(proposal, rules)) proposal.grounds.push_back(std::move(*told));
  return entry;
}

void give_ranks(std::vector<Entry>& ranked, const policy::Supply& rules) {
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    auto& proposal = ranked[i].proposal;
    proposal.rank = static_cast<std::int64_t>(i) + 1;
    if (i + 1 == ranked.size()) continue;
    std::string by;
    compare(ranked[i], ranked[i + 1], rules, by);
    if (!by.empty()) proposal.grounds.push_back(Reason("supply.tie_broken").with("by", by));
  }
}

void select(std::vector<Entry>& ranked, const policy::Supply& rules, base::Krw budget) {
  base::Krw left = budget;
  bool over = false;
  for (auto& entry : ranked) {
    auto& proposal = entry.proposal;
    const bool fits = !over && proposal.price <= left;
    proposal.state = fits ? ProposalState::kSelected : ProposalState::kReserve;
    proposal.grounds.push_back(Reason(fits ? "supply.within_budget" : "supply.beyond_budget")
                                   .with("price_won", proposal.price.won)
                                   .with("left_won", left.won));
    if (fits) left = left - proposal.price;
    over = over || (!fits && !rules.next_ranked_within_budget);
  }
}

}  // namespace

base::Status check_evaluation(const model::EvaluateProposal& evaluation, const policy::Supply& rules) {
  const auto* phase = find_phase(rules, evaluation.phase);
  if (phase == nullptr)
    return refused("/phase", Reason("supply.no_such_phase").with("phase", phase_text(evaluation.phase)));
  if (evaluation.conflict != model::SupplyConflict::kNone) {
    if (evaluation.scores.empty()) return {};
    return refused("/scores", Reason("supply.scores_in_conflict"));
  }
  if (phase->weight == 0 && !evaluation.scores.empty())
    return refused("/scores", Reason("supply.scores_not_asked").with("phase", phase_text(evaluation.phase)));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < evaluation.scores.size(); ++i) {
    const auto& score = evaluation.scores[i];
    const std::string pointer = "/scores/" + std::to_string(i);
    const auto* criterion = find_criterion(rules, score.criterion);
    if (criterion == nullptr)
      return refused(pointer, Reason("supply.criterion_unknown").with("criterion", score.criterion));
    if (!seen.insert(score.criterion).second)
      return refused(pointer, Reason("supply.criterion_twice").with("criterion", score.criterion));
    if (score.centi_points > criterion->max_points * kCenti)
      return refused(pointer, Reason("supply.too_many_points")
                                  .with("criterion", score.criterion)
                                  .with("centi_points", score.centi_points)
                                  .with("most", criterion->max_points * kCenti));
  }
  if (phase->weight == 0) return {};
  for (const auto& each : rules.criteria)
    if (!seen.count(each.id))
      return refused("/scores", Reason("supply.criterion_missing").with("criterion", each.id));
  return {};
}

base::Result<std::vector<SupplierProposal>> rank_proposals(std::vector<JudgedProposal> judged,
                                                           const policy::Supply& rules, base::Krw budget) {
  std::sort(judged.begin(), judged.end(), [](const auto& a, const auto& b) {
    return std::tie(a.proposal.created_at, a.proposal.id.text) <
           std::tie(b.proposal.created_at, b.proposal.id.text);
  });
  std::vector<Entry> ranked, out;
  for (const auto& each : judged) {
    if (each.proposal.state == ProposalState::kWithdrawn) continue;
    const auto results = results_of(each.evaluations, rules);
    DURE_TRY(check_complete(each.proposal, results));
    Entry entry = weigh(each, results, rules);
    if (auto why = unfit(entry, results, rules)) {
      entry.proposal.state = ProposalState::kNotSelected;
      entry.proposal.grounds.push_back(std::move(*why));
      out.push_back(std::move(entry));
    } else {
      ranked.push_back(std::move(entry));
    }
  }
  std::sort(ranked.begin(), ranked.end(), [&](const Entry& a, const Entry& b) {
    std::string by;
    return compare(a, b, rules, by) > 0;
  });
  give_ranks(ranked, rules);
  select(ranked, rules, budget);
  std::vector<SupplierProposal> result;
  for (auto* part : {&ranked, &out})
    for (auto& entry : *part) result.push_back(std::move(entry.proposal));
  return result;
}

}  // namespace dure::supply
