#include "cli/select_example.h"

#include <algorithm>
#include <array>

#include "selection/score.h"

namespace dure::cli {
namespace {

using model::SelectionApplication;
using selection::SelectionRules;

struct Sketch {
  const char* id;
  const char* title;
  const char* organisation;
  std::int64_t percent;  // of every criterion
  std::size_t size;      // place in the menu
};
constexpr std::array<Sketch, 5> kSketches{{{"A-1", "한국어 거대언어모델 학습", "가나다대학교", 90, 1},
                                           {"A-2", "의료 영상 판독 모델", "라마바연구소", 85, 0},
                                           {"A-3", "소재 탐색 모델", "가나다대학교", 85, 1},
                                           {"A-4", "기후 예측 모델", "사아자대학교", 72, 0},
                                           {"A-5", "상품 추천 모델", "차카타기업", 40, 0}}};
constexpr std::int64_t kFirstSecond = 1'788'220'800;  // 2026-09-01T09:00:00+09:00
constexpr std::int64_t kLessPerReviewer = 25;         // hundredths: reviewers differ a little

std::int64_t amount_at(const std::vector<std::int64_t>& menu, std::size_t place) {
  if (menu.empty()) return static_cast<std::int64_t>(place) + 1;
  return menu[std::min(place, menu.size() - 1)];
}

model::SelectionReview review_of(const SelectionRules& rules, std::int64_t number, std::int64_t percent) {
  model::SelectionReview review;
  review.reviewer = "R-" + std::to_string(number);
  review.state = model::ReviewState::kLocked;
  for (const auto& criterion : rules.evaluation.criteria) {
    const std::int64_t most = criterion.max_points * selection::kCentiOfPoint;
    review.scores.push_back(
        {criterion.id, std::max<std::int64_t>(most * percent / 100 - kLessPerReviewer * (number - 1), 0)});
  }
  return review;
}

SelectionApplication sketched_application(const SelectionRules& rules, std::size_t place) {
  const Sketch& sketch = kSketches[place];
  SelectionApplication made;
  made.id = sketch.id;
  made.title = sketch.title;
  made.organisation = sketch.organisation;
  made.submitted_at =
      base::Instant{kFirstSecond * 1'000'000} + base::Span::hours(static_cast<std::int64_t>(place));
  made.state = model::ApplicationState::kEligible;
  made.requested = {amount_at(selection::menu_of(rules.pool), sketch.size), selection::unit_of(rules.pool)};
  if (!rules.scored()) return made;
  const std::int64_t reviews = std::max<std::int64_t>(selection::reviews_needed(rules), 2);
  for (std::int64_t i = 1; i <= reviews; ++i) made.reviews.push_back(review_of(rules, i, sketch.percent));
  return made;
}

// One of each thing that an input may say.
void add_variety(const SelectionRules& rules, std::vector<SelectionApplication>& all) {
  all[0].facts = model::SelectionFacts{};
  all[0].facts->organisation_class = model::OrganisationClass::kUniversity;
  all[0].facts->region = "ulsan";
  if (!rules.selection.reservations.empty()) all[2].track = rules.selection.reservations.front().track;
  if (!rules.selection.priority_classes.empty())
    all[3].priorities = std::vector<model::SelectionClaim>{
        {rules.selection.priority_classes.front().id, true, "신청서와 계획서에 수행사업명 기재"}};
  if (!rules.scored()) return;
  if (!rules.evaluation.bonuses.empty())
    all[1].bonuses =
        std::vector<model::SelectionClaim>{{rules.evaluation.bonuses.front().id, true, "증빙 확인"}};
  model::SelectionReview conflicted = review_of(rules, 1, 100);
  conflicted.reviewer = "R-90";
  conflicted.conflict = model::ConflictState::kUnresolved;
  conflicted.conflict_ground = "같은 학과";
  all[3].reviews.push_back(conflicted);
}

}  // namespace

model::SelectionRequest example_selection(const SelectionRules& rules) {
  model::SelectionRequest request;
  if (!rules.pool.id.empty()) request.pool = rules.pool.id;
  for (std::size_t i = 0; i < kSketches.size(); ++i)
    request.applications.push_back(sketched_application(rules, i));
  add_variety(rules, request.applications);
  const auto& asked = request.applications;
  request.capacity = model::SelectionCapacity{
      {asked[0].requested.count + asked[1].requested.count + asked[2].requested.count,
       selection::unit_of(rules.pool)},
      std::nullopt};
  return request;
}

}  // namespace dure::cli
