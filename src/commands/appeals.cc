#include "commands/appeals.h"

#include "calendar/zone.h"
#include "commands/decision_inputs.h"
#include "commands/evaluation_work.h"
#include "commands/rankings.h"
#include "commands/waiting.h"
#include "evaluation/objection.h"
#include "evaluation/states.h"
#include "programme/decision.h"
#include "programme/from_policy.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::Appeal;
using model::Application;

// The newest decision on the application: what was told last.
base::Result<std::optional<model::Decision>> last_decision(Work& work,
                                                           const model::ApplicationId& application) {
  return work.tx.decisions().first(
      ports::Query{}.where("application_id", application).ordered("created_at", true).at_most(1));
}

base::Result<Appeal> load_own_appeal(Work& work, const model::AppealId& id) {
  DURE_LET(appeal, work.tx.appeals().find(id));
  if (!appeal) return access::not_found();
  DURE_LET(application, work.tx.applications().get(appeal->application_id));
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(application)));
  DURE_TRY(work.expect(*appeal));
  return std::move(*appeal);
}

// Considered anew, in the next round or by the office.
base::Result<model::DecisionId> reconsider(Work& work, Application application, const Appeal& appeal,
                                           const model::DecideAppeal& command) {
  DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kReconsider));
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = application.programme_id;
  decision.application_id = application.id;
  decision.kind = kAppealKind;
  decision.subject = "applications/" + application.id.text;
  decision.outcome = "reconsider";
  decision.decided_by = work.caller.subject.actor;
  DURE_LET(pack, work.world.policies.to_decide(work.tx, application.programme_id, work.now));
  decision.policy_hash = pack->hash();
  decision.rules = kDecisionRules;
  decision.inputs = wire::json_text(command, wire::Out{.personal = true});
  decision.note = "appeals/" + appeal.id.text;
  decision.reasons = {base::Reason("evaluation.upheld").with("ground", command.ground)};
  DURE_TRY(work.tx.decisions().insert(decision));
  application.state = state;
  application.decided_at.reset();
  DURE_TRY(work.save(work.tx.applications(), application));
  return decision.id;
}

// Awarded at once: a waiver of what stood in the way, by a recorded decision (invariant 3).
base::Result<model::DecisionId> award(Work& work, Application application, const Appeal& appeal,
                                      const model::DecideAppeal& command) {
  DURE_LET(pack, work.world.policies.to_decide(work.tx, application.programme_id, work.now));
  DURE_TRY(leave_waiting(work, application));
  if (application.state != model::ApplicationState::kWaitlisted) {
    DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kReconsider));
    application.state = state;
  }
  Grant grant;
  grant.application = application;
  grant.awarded = command.awarded.value_or(application.form.resources);
  grant.recommended = grant.awarded;
  grant.starts_on = command.starts_on;
  grant.pool = programme::pool_with(*pack, grant.awarded, application.form.track.value_or(""));
  grant.ground = "appeals/" + appeal.id.text + ": " + command.ground;
  grant.waived = true;
  DURE_LET(made, grant_award(work, grant, *pack));
  return made.decision_id;
}

base::Status uphold(Work& work, Appeal& appeal, const model::DecideAppeal& command) {
  if (!command.remedy) return refused("/remedy", base::Reason("evaluation.remedy_missing"));
  DURE_LET(application, work.tx.applications().get(appeal.application_id));
  auto made = *command.remedy == model::AppealRemedy::kAward ? award(work, application, appeal, command)
                                                             : reconsider(work, application, appeal, command);
  if (!made) return made.failure();
  appeal.remedy = command.remedy;
  appeal.new_decision_id = *made;
  return {};
}

}  // namespace

base::Result<Appeal> file_appeal(Work& work, const model::FileAppeal& command) {
  DURE_LET(application, work.tx.applications().find(command.application_id));
  if (!application) return access::not_found();
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(*application)));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application->programme_id));
  DURE_LET(decision, last_decision(work, application->id));
  if (!decision) return conflict(base::Reason("evaluation.undecided"));
  const auto told_on = calendar::local_date(decision->created_at, policy::zone_of(*pack));
  DURE_TRY(evaluation::may_appeal(*application, told_on, today_of(work, *pack), *pack));
  DURE_LET(there, work.tx.appeals().first(ports::Query{}
                                              .where("application_id", application->id)
                                              .where("state", model::AppealState::kFiled)
                                              .at_most(1)));
  if (there) return conflict(base::Reason("evaluation.appeal_there").with("id", there->id.text));
  Appeal appeal;
  work.stamp(appeal);
  appeal.programme_id = application->programme_id;
  appeal.application_id = application->id;
  appeal.decision_id = decision->id;
  appeal.ground = command.ground;
  appeal.file_by = evaluation::file_by(told_on, *pack).value_or(told_on);
  DURE_TRY(work.tx.appeals().insert(appeal));
  DURE_TRY(tell(work, appeal, "appeals", "appeal.filed", "file"));
  return appeal;
}

base::Result<Appeal> withdraw_appeal(Work& work, const model::AppealId& id) {
  DURE_LET(appeal, load_own_appeal(work, id));
  DURE_LET(state, evaluation::next(appeal.state, evaluation::AppealEvent::kWithdraw));
  appeal.state = state;
  DURE_TRY(work.save(work.tx.appeals(), appeal));
  DURE_TRY(tell(work, appeal, "appeals", "appeal.withdrawn", "withdraw", state_detail(appeal.state)));
  return appeal;
}

base::Result<Appeal> decide_appeal(Work& work, const model::AppealId& id,
                                   const model::DecideAppeal& command) {
  DURE_LET(appeal, load_for(work, work.tx.appeals(), id, access::Permission::kApplicationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  const auto event = command.upheld ? evaluation::AppealEvent::kUphold : evaluation::AppealEvent::kDismiss;
  DURE_LET(state, evaluation::next(appeal.state, event));
  if (command.upheld) DURE_TRY(uphold(work, appeal, command));
  appeal.state = state;
  appeal.answer = command.ground;
  appeal.decided_by = work.caller.subject.actor;
  appeal.decided_at = work.now;
  DURE_TRY(work.save(work.tx.appeals(), appeal));
  DURE_TRY(tell(work, appeal, "appeals", "appeal.decided", "decide", state_detail(appeal.state)));
  return appeal;
}

}  // namespace dure::commands
