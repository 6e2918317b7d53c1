#include "evaluation/objection.h"

#include <string>

#include "calendar/period.h"

namespace dure::evaluation {

std::optional<base::Date> file_by(base::Date told_on, const policy::Pack& pack) {
  const auto& within = pack.selection.objection_within;
  if (!within) return std::nullopt;
  return calendar::period_end(told_on, *within, policy::deadline_rule(pack), policy::business_days_of(pack));
}

base::Status may_appeal(const model::Application& application, base::Date told_on, base::Date today,
                        const policy::Pack& pack) {
  using model::ApplicationState;
  const auto state = application.state;
  if (state != ApplicationState::kNotSelected && state != ApplicationState::kIneligible &&
      state != ApplicationState::kWaitlisted)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("evaluation.nothing_to_appeal").with("state", std::string(model::to_text(state))));
  const auto last = file_by(told_on, pack);
  if (!last) return base::error(base::ErrorKind::kNotAllowed, base::Reason("evaluation.no_appeal"));
  if (today <= *last) return {};
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("evaluation.appeal_late").with("file_by", base::to_text(*last)));
}

}  // namespace dure::evaluation
