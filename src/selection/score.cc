#include "selection/score.h"

#include <algorithm>
#include <utility>

namespace dure::selection {
namespace {

// The points of one review that counts, in the pack's order of criteria.
struct Sheet {
  std::size_t place;  // in the list of reviews
  const std::string* reviewer;
  std::int64_t total = 0;
  std::vector<std::int64_t> points;
};

Sheet sheet_of(const model::SelectionReview& review, std::size_t place,
               const std::vector<policy::Criterion>& criteria) {
  Sheet sheet{place, &review.reviewer, 0, std::vector<std::int64_t>(criteria.size(), 0)};
  for (const auto& score : review.scores) {
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      if (criteria[i].id != score.criterion) continue;
      sheet.points[i] = score.centi_points;
      sheet.total += score.centi_points;
    }
  }
  return sheet;
}

// Takes the `each_side` reviews with the least and with the most points out. Among equal totals the
// reviewer's id decides, so that the order of the list does not.
void trim_by_total(std::vector<Sheet>& sheets, std::size_t each_side, Score& score) {
  std::sort(sheets.begin(), sheets.end(), [](const Sheet& a, const Sheet& b) {
    return std::pair(a.total, std::string_view(*a.reviewer)) <
           std::pair(b.total, std::string_view(*b.reviewer));
  });
  const auto cut = static_cast<std::ptrdiff_t>(each_side);
  for (auto each = sheets.begin(); each != sheets.begin() + cut; ++each) score.trimmed.push_back(each->place);
  for (auto each = sheets.end() - cut; each != sheets.end(); ++each) score.trimmed.push_back(each->place);
  std::sort(score.trimmed.begin(), score.trimmed.end());
  sheets.erase(sheets.end() - cut, sheets.end());
  sheets.erase(sheets.begin(), sheets.begin() + cut);
}

// The sum of one criterion without its `each_side` least and most.
std::int64_t trimmed_sum(const std::vector<Sheet>& sheets, std::size_t criterion, std::size_t each_side) {
  std::int64_t sum = 0;
  if (each_side == 0) {
    for (const auto& sheet : sheets) sum += sheet.points[criterion];
    return sum;
  }
  std::vector<std::int64_t> points;
  points.reserve(sheets.size());
  for (const auto& sheet : sheets) points.push_back(sheet.points[criterion]);
  std::sort(points.begin(), points.end());
  for (std::size_t i = each_side; i + each_side < points.size(); ++i) sum += points[i];
  return sum;
}

}  // namespace

bool counts(const model::SelectionReview& review) {
  using model::ConflictState;
  const bool done =
      review.state == model::ReviewState::kSubmitted || review.state == model::ReviewState::kLocked;
  const auto conflict = review.conflict.value_or(ConflictState::kNone);
  return done && conflict != ConflictState::kUnresolved && conflict != ConflictState::kRecused;
}

std::int64_t reviews_needed(const SelectionRules& rules) {
  return std::max<std::int64_t>(rules.evaluation.min_reviews, 1);
}

Score join_reviews(const std::vector<model::SelectionReview>& reviews, const SelectionRules& rules) {
  const policy::Evaluation& evaluation = rules.evaluation;
  Score score;
  std::vector<Sheet> sheets;
  for (std::size_t i = 0; i < reviews.size(); ++i)
    if (counts(reviews[i])) sheets.push_back(sheet_of(reviews[i], i, evaluation.criteria));
  score.counted = static_cast<std::int64_t>(sheets.size());
  score.enough = score.counted >= reviews_needed(rules);
  if (sheets.empty()) return score;

  auto each_side = static_cast<std::size_t>(evaluation.trim_each_side);
  if (evaluation.consolidation != policy::Consolidation::kTrimmedMean) each_side = 0;
  score.too_few_to_trim = each_side > 0 && sheets.size() <= 2 * each_side;
  if (score.too_few_to_trim) each_side = 0;
  if (evaluation.trim_by == policy::TrimBy::kTotal && each_side > 0) {
    trim_by_total(sheets, each_side, score);
    each_side = 0;
  }
  const auto left = static_cast<std::int64_t>(sheets.size() - 2 * each_side);
  std::int64_t total = 0;
  for (std::size_t i = 0; i < evaluation.criteria.size(); ++i) {
    const std::int64_t sum = trimmed_sum(sheets, i, each_side);
    score.criteria.push_back(mean_of(sum, left, evaluation.rounding));
    total += sum;
  }
  score.base = mean_of(total, left, evaluation.rounding);
  return score;
}

}  // namespace dure::selection
