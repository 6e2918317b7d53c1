#include "selection/canonical.h"

#include <algorithm>
#include <tuple>

namespace dure::selection {
namespace {

// By a key that each item gives.
template <class T, class Key>
void sort_by(std::vector<T>& items, Key key) {
  std::sort(items.begin(), items.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
}

template <class T, class Key>
void sort_by(std::optional<std::vector<T>>& items, Key key) {
  if (!items) return;
  if (items->empty()) return items.reset();
  sort_by(*items, key);
}

void order(model::SelectionApplication& application) {
  const auto rule = [](const model::SelectionClaim& claim) { return claim.rule; };
  sort_by(application.bonuses, rule);
  sort_by(application.priorities, rule);
  sort_by(application.restrictions, [](const model::SelectionRestriction& each) { return each.id; });
  if (application.facts) {
    sort_by(application.facts->certificates, [](const model::SelectionCertificate& each) {
      return std::tuple(each.kind, each.valid_from, each.valid_until);
    });
    sort_by(application.facts->documents, [](const std::string& kind) { return kind; });
  }
  sort_by(application.reviews, [](const model::SelectionReview& review) { return review.reviewer; });
  for (auto& review : application.reviews)
    sort_by(review.scores, [](const model::CriterionScore& score) { return score.criterion; });
}

}  // namespace

model::SelectionRequest in_own_order(model::SelectionRequest request) {
  sort_by(request.releases, [](const model::ReservationRelease& release) { return release.track; });
  for (auto& application : request.applications) order(application);
  sort_by(request.applications,
          [](const model::SelectionApplication& application) { return application.id; });
  return request;
}

}  // namespace dure::selection
