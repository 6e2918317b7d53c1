#include "evaluation/review.h"

#include <algorithm>
#include <set>

#include "programme/review_states.h"
#include "programme/words.h"
#include "selection/points.h"

namespace dure::evaluation {
namespace {

using base::Detail;
using base::Reason;
using model::Review;
using model::ReviewState;
using programme::ReviewEvent;
using selection::SelectionRules;

base::Status move(Review& review, ReviewEvent event) {
  DURE_LET(state, programme::next(review.state, event));
  review.state = state;
  return {};
}

base::Status no_conflict(const Conflicts& conflicts) {
  if (may_read(conflicts)) return {};
  return base::error(base::ErrorKind::kNotAllowed, Reason("evaluation.conflict_open"));
}

base::Status need_ground(const std::string& ground) {
  if (!ground.empty()) return {};
  const Reason reason = Reason("evaluation.ground_missing");
  return base::invalid(reason, {{"/ground", reason}});
}

const policy::Criterion* find(const SelectionRules& rules, const std::string& id) {
  const auto& all = rules.evaluation.criteria;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string names_of(const SelectionRules& rules) {
  std::vector<std::string> names;
  for (const auto& each : rules.evaluation.criteria) names.push_back(each.id);
  return programme::joined(names);
}

void check_items(const model::ReviewScore& score, const policy::Criterion& criterion, const std::string& at,
                 std::vector<Detail>& faults) {
  if (score.items.empty()) return;
  const bool negative = std::any_of(score.items.begin(), score.items.end(),
                                    [](auto each) { return each < 0 || each > model::kMostCentiPoints; });
  if (negative || score.items.size() != criterion.items.size()) {
    faults.push_back({at + "/items", Reason("evaluation.items_wrong")
                                         .with("criterion", score.criterion)
                                         .with("given", static_cast<std::int64_t>(score.items.size()))
                                         .with("wanted", static_cast<std::int64_t>(criterion.items.size()))});
    return;
  }
  std::int64_t sum = 0;
  for (const auto each : score.items) sum += each;
  if (sum != score.centi_points)
    faults.push_back({at + "/items", Reason("evaluation.items_sum")
                                         .with("criterion", score.criterion)
                                         .with("sum", sum)
                                         .with("centi_points", score.centi_points)});
}

void check_score(const model::ReviewScore& score, const SelectionRules& rules, const std::string& at,
                 std::vector<Detail>& faults) {
  const auto* criterion = find(rules, score.criterion);
  if (criterion == nullptr) {
    faults.push_back({at + "/criterion", Reason("evaluation.criterion_unknown")
                                             .with("criterion", score.criterion)
                                             .with("criteria", names_of(rules))});
    return;
  }
  const std::int64_t most = criterion->max_points * selection::kCentiOfPoint;
  if (score.centi_points < 0 || score.centi_points > most)
    faults.push_back({at + "/centi_points", Reason("evaluation.points_above")
                                                .with("criterion", score.criterion)
                                                .with("centi_points", score.centi_points)
                                                .with("most", most)});
  check_items(score, *criterion, at, faults);
}

base::Status check_scores(const model::GiveScores& given, const SelectionRules& rules, bool whole) {
  std::vector<Detail> faults;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < given.scores.size(); ++i) {
    const std::string at = "/scores/" + std::to_string(i);
    check_score(given.scores[i], rules, at, faults);
    if (!seen.insert(given.scores[i].criterion).second)
      faults.push_back(
          {at, Reason("evaluation.criterion_twice").with("criterion", given.scores[i].criterion)});
  }
  if (whole)
    for (const auto& each : rules.evaluation.criteria)
      if (!seen.contains(each.id))
        faults.push_back({"/scores", Reason("evaluation.criterion_missing").with("criterion", each.id)});
  if (faults.empty()) return {};
  const auto count = static_cast<std::int64_t>(faults.size());
  return base::invalid(Reason("evaluation.scores_wrong").with("count", count), std::move(faults));
}

base::Status put_down(Review& review, const model::GiveScores& given, const Conflicts& conflicts,
                      const SelectionRules& rules, bool whole) {
  DURE_TRY(no_conflict(conflicts));
  Review changed = review;
  if (changed.state == ReviewState::kAccepted) DURE_TRY(move(changed, ReviewEvent::kStart));
  if (changed.state != ReviewState::kInProgress) {
    // The table says what there is instead.
    DURE_TRY(programme::next(changed.state, whole ? ReviewEvent::kSubmit : ReviewEvent::kStart));
  }
  DURE_TRY(check_scores(given, rules, whole));
  if (given.recommended) DURE_TRY(check_recommendation(*given.recommended, rules));
  changed.scores = given.scores;
  changed.recommended = given.recommended;
  changed.comment = given.comment;
  review = std::move(changed);
  return {};
}

}  // namespace

base::Status accept(Review& review, const Conflicts& conflicts) {
  DURE_TRY(no_conflict(conflicts));
  return move(review, ReviewEvent::kAccept);
}

base::Status decline(Review& review, const std::string& ground) {
  DURE_TRY(need_ground(ground));
  DURE_TRY(move(review, ReviewEvent::kDecline));
  review.ground = ground;
  return {};
}

base::Status start(Review& review, const Conflicts& conflicts) {
  DURE_TRY(no_conflict(conflicts));
  return move(review, ReviewEvent::kStart);
}

base::Status draft(Review& review, const model::GiveScores& given, const Conflicts& conflicts,
                   const SelectionRules& rules) {
  return put_down(review, given, conflicts, rules, false);
}

base::Status submit(Review& review, const model::GiveScores& given, const Conflicts& conflicts,
                    const SelectionRules& rules, base::Instant now) {
  Review changed = review;
  DURE_TRY(put_down(changed, given, conflicts, rules, true));
  DURE_TRY(move(changed, ReviewEvent::kSubmit));
  changed.submitted_at = now;
  review = std::move(changed);
  return {};
}

base::Status lock(Review& review, base::Instant now) {
  DURE_TRY(move(review, ReviewEvent::kLock));
  review.locked_at = now;
  return {};
}

base::Status reopen(Review& review, const std::string& ground) {
  DURE_TRY(need_ground(ground));
  DURE_TRY(move(review, ReviewEvent::kReopen));
  review.ground = ground;
  review.locked_at.reset();
  review.submitted_at.reset();
  ++review.reopened;
  return {};
}

void meet_conflict(Review& review) {
  if (const auto state = programme::next(review.state, ReviewEvent::kFindConflict)) review.state = *state;
}

void leave_conflict(Review& review, bool recused) {
  const auto event = recused ? ReviewEvent::kRecuse : ReviewEvent::kWaive;
  if (const auto state = programme::next(review.state, event)) review.state = *state;
}

base::Status check_recommendation(const model::PanelRecommendation& recommended,
                                  const SelectionRules& rules) {
  if (!rules.evaluation.panel_may_change)
    return base::error(base::ErrorKind::kNotAllowed, Reason("evaluation.amount_stays"));
  if (recommended.ground.empty()) {
    const Reason reason = Reason("evaluation.ground_missing");
    return base::invalid(reason, {{"/recommended/ground", reason}});
  }
  const auto units = selection::whole_units(recommended.amount, rules.pool);
  const auto menu = selection::menu_of(rules.pool);
  const bool offered =
      units && (*units == 0 || menu.empty() || std::find(menu.begin(), menu.end(), *units) != menu.end());
  if (offered) return {};
  std::vector<std::string> words;
  for (const auto each : menu) words.push_back(std::to_string(each));
  const Reason reason = Reason("evaluation.not_on_menu")
                            .with("count", recommended.amount.count)
                            .with("menu", words.empty() ? "-" : programme::joined(words));
  return base::invalid(reason, {{"/recommended/amount", reason}});
}

}  // namespace dure::evaluation
