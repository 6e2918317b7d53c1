#include "compare/decide.h"

#include "programme/from_policy.h"
#include "programme/statement.h"
#include "selection/select.h"

namespace dure::compare {

Judge::Judge(const policy::Pack& before, const History& history) : before_hash_(before.hash()) {
  for (const auto& each : history.screenings) {
    screened_[each.id] = &each;
    outcomes_before_[each.id] = screening(each, before).outcome;
  }
}

programme::Screening Judge::screening(const Screened& screened, const policy::Pack& pack) const {
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
  const auto outcome = screening(*found->second, pack).outcome;
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
