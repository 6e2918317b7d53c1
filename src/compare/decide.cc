#include "compare/decide.h"

#include <algorithm>

#include "programme/from_policy.h"
#include "programme/statement.h"
#include "selection/select.h"

namespace dure::compare {

namespace {

template <class Named>
std::string ids_of(const std::vector<Named>& all) {
  std::string ids;
  for (const auto& each : all) ids += (ids.empty() ? "" : ", ") + each.id;
  return ids.empty() ? "-" : ids;
}

template <class Named>
bool has(const std::vector<Named>& all, const std::string& id) {
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
}

}  // namespace

Judge::Judge(const policy::Pack& before, const History& history) : before_hash_(before.hash()) {
  for (const auto& each : history.screenings) {
    const auto outcome = screening(each, before);
    if (!outcome) continue;
    screened_[each.id] = &each;
    outcomes_before_[each.id] = outcome->outcome;
  }
}

base::Result<programme::Screening> Judge::screening(const Screened& screened, const policy::Pack& pack) {
  if (!screened.pool.empty() && !has(pack.offer.pools, screened.pool))
    return base::invalid(base::Reason("selection.pool_unknown")
                             .with("pool", screened.pool)
                             .with("pools", ids_of(pack.offer.pools)));
  if (!screened.track.empty() && !has(pack.call.tracks, screened.track))
    return base::invalid(base::Reason("selection.track_unknown")
                             .with("track", screened.track)
                             .with("tracks", ids_of(pack.call.tracks)));
  const auto pool = screened.pool.empty()
                        ? programme::pool_with(pack, screened.form.resources, screened.track)
                        : screened.pool;
  return programme::screen(screened.form, screened.facts,
                           programme::screening_rules(pack, pool, screened.track));
}

void Judge::consider(model::SelectionApplication& application, const policy::Pack& pack) const {
  using programme::ScreeningOutcome;
  if (application.policy_hash == before_hash_) application.policy_hash.reset();
  const auto found = screened_.find(application.id);
  if (found == screened_.end()) return;
  const auto again = screening(*found->second, pack);
  if (!again) return;
  const auto outcome = again->outcome;
  if (outcome == outcomes_before_.at(application.id) || outcome == ScreeningOutcome::kNeedsPerson) return;
  application.state = outcome == ScreeningOutcome::kEligible ? model::ApplicationState::kEligible
                                                             : model::ApplicationState::kIneligible;
}

base::Result<model::SelectionResult> Judge::round(const Round& round, const policy::Pack& pack) const {
  DURE_LET(rules, selection::rules_of(pack, round.request.pool));
  auto request = round.request;
  for (auto& application : request.applications) consider(application, pack);
  return selection::select(request, rules);
}

base::Result<model::RatedStatement> Judge::bill(const Bill& bill, const policy::Pack& pack) {
  return programme::rate_statement(pack, bill.statement);
}

base::Result<std::vector<programme::Deadline>> Judge::event(const Happened& happened,
                                                            const policy::Pack& pack) {
  DURE_LET(event, programme::find_event(happened.event));
  return programme::deadlines_of(event, happened.on, pack);
}

}  // namespace dure::compare
