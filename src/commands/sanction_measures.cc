#include "commands/sanction_measures.h"

#include <algorithm>

#include "access/standing.h"
#include "commands/account_standing.h"
#include "commands/accounts.h"
#include "commands/allocation_measures.h"
#include "commands/row_work.h"
#include "programme/award_states.h"
#include "programme/decision.h"

namespace dure::commands {
namespace {

using model::SanctionMeasure;

base::Status restrict_parties(Work& work, const model::Sanction& sanction, bool all_programmes,
                              const programme::CaseStep& step) {
  for (auto row : programme::restrictions_of(sanction, all_programmes, step)) {
    work.stamp(row);
    DURE_TRY(work.tx.restrictions().insert(row));
    DURE_TRY(tell(work, row, "restrictions", "restriction.begun", "begin"));
  }
  return {};
}

base::Status lift_restrictions(Work& work, const model::Sanction& sanction, const std::string& ground,
                               base::Date today) {
  DURE_LET(rows, load_all(work.tx.restrictions(), ports::Query{}.where("sanction_id", sanction.id)));
  for (auto& row : rows) {
    if (row.lifted_on) continue;
    // What is annulled was never in force, for what was received meanwhile either.
    row.lifted_on = std::min(row.starts_on, today);
    row.lifted_ground = ground;
    DURE_TRY(work.save(work.tx.restrictions(), row));
    DURE_TRY(tell(work, row, "restrictions", "restriction.lifted", "lift"));
  }
  return {};
}

base::Status end_entry(Work& work, const model::Account& account, const std::string& event,
                       const std::string& action) {
  if (const auto ended = end_sessions_of(work, account.id); !ended) return ended.failure();
  return tell(work, account, "accounts", event, action);
}

base::Status suspend_holder(Work& work, const model::AccountId& id) {
  DURE_LET(account, work.tx.accounts().get(id));
  if (account.state == model::AccountState::kSuspended) return {};
  DURE_TRY(access::suspend(account, work.now));
  DURE_TRY(work.save(work.tx.accounts(), account));
  return end_entry(work, account, "account.suspended", "suspend");
}

base::Status reinstate_holder(Work& work, const model::AccountId& id) {
  DURE_LET(account, work.tx.accounts().get(id));
  if (account.state != model::AccountState::kSuspended) return {};
  DURE_TRY(access::reinstate(account, work.now));
  DURE_TRY(work.save(work.tx.accounts(), account));
  return tell(work, account, "accounts", "account.reinstated", "reinstate");
}

// Awards of it that have not begun end with it; one that is in use is taken back by its own measure.
base::Status void_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, work.tx.applications().get(id));
  if (application.state == model::ApplicationState::kVoid) return {};
  DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kVoid));
  application.state = state;
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_LET(awards, load_all(work.tx.awards(), ports::Query{}.where("application_id", id)));
  for (auto& award : awards) {
    const auto ended = programme::next(award.state, programme::AwardEvent::kTerminate);
    if (!ended.ok() || award.state == model::AwardState::kActive) continue;
    award.state = *ended;
    DURE_TRY(work.save(work.tx.awards(), award));
    DURE_TRY(tell(work, award, "awards", "award.terminated", "terminate"));
  }
  return tell(work, application, "applications", "application.void", "void", state_detail(application.state));
}

base::Status carry_out_one(Work& work, const model::Sanction& sanction, SanctionMeasure measure,
                           bool all_programmes, const programme::CaseStep& step) {
  switch (measure) {
    case SanctionMeasure::kStop:
      // What is taken back anyway needs no rest.
      if (programme::has(sanction, SanctionMeasure::kReclaim)) return {};
      return stop_use(work, *sanction.allocation_id, sanction.decision);
    case SanctionMeasure::kReclaim:
      return reclaim_use(work, *sanction.allocation_id, sanction.decision);
    case SanctionMeasure::kRestrict:
      return restrict_parties(work, sanction, all_programmes, step);
    case SanctionMeasure::kSuspendAccount:
      return suspend_holder(work, *sanction.account_id);
    case SanctionMeasure::kDeleteAccount:
      return shut_account(work, *sanction.account_id);
    case SanctionMeasure::kVoidApplication:
      return void_application(work, *sanction.application_id);
    case SanctionMeasure::kWarn:
    case SanctionMeasure::kLegalAction:
      break;  // said in the notice; referred by a step of its own
  }
  return {};
}

}  // namespace

base::Status carry_out(Work& work, const model::Sanction& sanction, bool all_programmes,
                       const programme::CaseStep& step) {
  for (const auto measure : sanction.measures)
    DURE_TRY(carry_out_one(work, sanction, measure, all_programmes, step));
  return {};
}

base::Status take_back(Work& work, const model::Sanction& sanction, const std::string& ground,
                       const programme::CaseStep& step) {
  DURE_TRY(lift_restrictions(work, sanction, ground, step.today));
  if (programme::has(sanction, SanctionMeasure::kSuspendAccount) && sanction.account_id)
    DURE_TRY(reinstate_holder(work, *sanction.account_id));
  if (sanction.allocation_id) return resume_use(work, *sanction.allocation_id, ground);
  return {};
}

}  // namespace dure::commands
