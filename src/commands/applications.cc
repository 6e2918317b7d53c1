#include "commands/applications.h"

#include <cstdio>

#include "calendar/zone.h"
#include "commands/dated_answers.h"
#include "commands/decision_inputs.h"
#include "commands/determinations.h"
#include "commands/programmes.h"
#include "commands/project_resources.h"
#include "commands/reads.h"
#include "commands/restrictions.h"
#include "commands/rows.h"
#include "commands/screening_facts.h"
#include "commands/unit_ids.h"
#include "commands/waiting.h"
#include "programme/decision.h"
#include "programme/eligibility.h"
#include "programme/from_policy.h"
#include "programme/words.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

void copy_form(model::Application& application, const model::Form1& form) {
  application.form = form;
  application.organisation = form.applicant.organisation;
  application.title = form.plan.title;
}

// The token with which a filer without an account follows his application up.
base::Result<std::string> make_access_token(Work& work, const model::Application& application) {
  std::string token = work.world.secrets.make_token("dure_a_");
  model::ApiToken row;
  work.stamp(row);
  row.role = model::Role::kApplicant;
  row.scope = model::ScopeKind::kApplication;
  row.scope_id = application.id.text;
  row.name = "applicant of " + application.id.text;
  row.token_hash = work.world.secrets.hash_token(token);
  DURE_TRY(work.tx.api_tokens().insert(row));
  return token;
}

base::Result<std::string> next_receipt_number(Work& work, const model::Application& application,
                                              const policy::Pack& pack) {
  const auto year = calendar::local_date(work.now, policy::zone_of(pack)).year;
  const auto series = "receipt/" + application.programme_id.text + "/" + std::to_string(year);
  DURE_LET(number, work.tx.next_number(series, 1));
  char text[32];
  std::snprintf(text, sizeof text, "-%d-%06lld", year, static_cast<long long>(number));
  return pack.meta.receipt_prefix + text;
}

// The row of a decision about the application; inputs, outcome and rules are the caller's.
model::Decision application_decision(Work& work, const model::Application& application,
                                     const std::string& kind, const policy::Pack& pack) {
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = application.programme_id;
  decision.application_id = application.id;
  decision.kind = kind;
  decision.subject = application_name(application.id);
  decision.policy_hash = pack.hash();
  return decision;
}

model::ApplicationState state_after(programme::ScreeningOutcome outcome) {
  switch (outcome) {
    case programme::ScreeningOutcome::kEligible:
    case programme::ScreeningOutcome::kNeedsPerson:
      return model::ApplicationState::kEligible;
    case programme::ScreeningOutcome::kReturn:
      return model::ApplicationState::kReturned;
    case programme::ScreeningOutcome::kIneligible:
      return model::ApplicationState::kIneligible;
  }
  return model::ApplicationState::kIneligible;
}

base::Status screen_now(Work& work, model::Application& application, const policy::Pack& pack) {
  const auto received_on = calendar::local_date(work.now, policy::zone_of(pack));
  DURE_LET(facts, screening_facts(work, application, received_on, pack));
  const ScreeningInputs inputs{application.form, facts, work.now};
  const auto screening = screen(inputs, pack);
  application.screening = screening.items;
  application.policy_hash = pack.hash();
  application.state = state_after(screening.outcome);
  auto decision = application_decision(work, application, "screening", pack);
  decision.outcome = std::string(programme::to_text(screening.outcome));
  decision.decided_by = "rule";
  decision.rules = kScreeningRules;
  decision.inputs = inputs_text(inputs);
  decision.reasons = reasons_of(screening.items);
  return work.tx.decisions().insert(decision);
}

base::Status record_application(Work& work, const model::Application& application, const std::string& event,
                                const std::string& action) {
  const auto where = resource_of(application);
  const auto detail = "{\"state\":\"" + std::string(model::to_text(application.state)) + "\"}";
  DURE_TRY(work.publish(event, application_name(application.id), where, detail));
  return work.audit(action, application_name(application.id), where, detail,
                    application_name(application.id));
}

programme::DecideCommand decide_command(const model::Application& application,
                                        const model::DecideApplication& command) {
  programme::DecideCommand decide;
  switch (command.verdict) {
    case model::VerdictKind::kApprove:
      decide.verdict = programme::Verdict::kApprove;
      break;
    case model::VerdictKind::kReturn:
      decide.verdict = programme::Verdict::kReturn;
      break;
    case model::VerdictKind::kReject:
      decide.verdict = programme::Verdict::kReject;
      break;
  }
  decide.awarded = command.awarded.value_or(application.form.resources);
  decide.starts_on = command.starts_on.value_or(application.form.starts_on);
  decide.months = command.months.value_or(application.form.months);
  decide.ground = command.ground;
  for (const auto& answer : command.answers)
    decide.resolutions.push_back({answer.rule, answer.met, answer.ground});
  return decide;
}

// E4, invariant 3: where a panel gives points, its ranking selects.
base::Status check_who_decides(const model::DecideApplication& command, const policy::Pack& pack) {
  if (command.verdict != model::VerdictKind::kApprove ||
      pack.evaluation.mode != policy::EvaluationMode::kPanel)
    return {};
  return base::error(base::ErrorKind::kConflict, base::Reason("evaluation.panel_decides"));
}

// B5: a track that is named is one of the call's.
base::Status check_track(const model::Form1& form, const policy::Pack& pack) {
  if (!form.track) return {};
  std::vector<std::string> ids;
  ids.reserve(pack.call.tracks.size());
  for (const auto& each : pack.call.tracks) ids.push_back(each.id);
  if (programme::among(ids, *form.track)) return {};
  const auto reason = base::Reason("application.track_unknown")
                          .with("track", *form.track)
                          .with("tracks", ids.empty() ? "-" : programme::joined(ids));
  return base::invalid(reason, {{"/form/track", reason}});
}

base::Status make_award(Work& work, const model::Application& application,
                        const programme::DecisionOutcome& outcome, const model::DecisionId& decision) {
  model::Award award;
  work.stamp(award);
  award.programme_id = application.programme_id;
  award.application_id = application.id;
  award.decision_id = decision;
  award.state = model::AwardState::kOffered;
  award.requested = outcome.requested;
  award.recommended = outcome.recommended;
  award.awarded = outcome.awarded;
  award.starts_on = outcome.starts_on;
  award.months = outcome.months;
  DURE_TRY(work.tx.awards().insert(award));
  return work.publish("award.offered", "awards/" + award.id.text, resource_of(award));
}

}  // namespace

base::Result<model::CreatedApplication> create_application(Work& work,
                                                           const model::CreateApplication& command) {
  DURE_LET(call, work.tx.calls().find(command.call_id));
  if (!call) return access::not_found();
  access::Resource where = resource_of(*call);
  where.kind = access::ResourceKind::kApplication;
  DURE_TRY(work.require(access::Permission::kApplicationCreate, where));
  DURE_TRY(may_file(*call, work.now));
  DURE_TRY(programme::check_form(command.form));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call->programme_id));
  DURE_TRY(check_track(command.form, *pack));
  model::CreatedApplication created;
  model::Application& application = created.application;
  work.stamp(application);
  application.programme_id = call->programme_id;
  application.call_id = call->id;
  if (!work.caller.subject.account_id.empty()) application.account_id = work.caller.subject.account_id;
  copy_form(application, command.form);
  DURE_TRY(work.tx.applications().insert(application));
  DURE_LET(token, make_access_token(work, application));
  created.access_token = token;
  DURE_TRY(record_application(work, application, "application.drafted", "applications.create"));
  return created;
}

base::Result<model::Application> replace_form(Work& work, const model::ApplicationId& id,
                                              const model::Form1& form) {
  DURE_LET(application, editable_application(work, id));
  DURE_TRY(programme::check_form(form));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application.programme_id));
  DURE_TRY(check_track(form, *pack));
  copy_form(application, form);
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(record_application(work, application, "application.changed", "applications.replace_form"));
  return application;
}

base::Result<model::Application> submit_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationEdit));
  DURE_LET(submitted, programme::next(application.state, programme::ApplicationEvent::kSubmit));
  application.state = submitted;
  DURE_LET(pack, work.world.policies.to_decide(work.tx, application.programme_id, work.now));
  DURE_TRY(check_not_restricted(work, application, calendar::local_date(work.now, policy::zone_of(*pack))));
  if (application.receipt_number.empty()) {
    DURE_LET(number, next_receipt_number(work, application, *pack));
    application.receipt_number = number;
  }
  application.submitted_at = work.now;
  DURE_TRY(screen_now(work, application, *pack));
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(record_application(work, application, "application.submitted", "applications.submit"));
  DURE_TRY(register_demand(work, application, *pack));
  return application;
}

base::Result<model::Application> withdraw_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationEdit));
  DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kWithdraw));
  application.state = state;
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(leave_waiting(work, application));
  DURE_TRY(record_application(work, application, "application.withdrawn", "applications.withdraw"));
  return application;
}

base::Result<model::Application> decide_application(Work& work, const model::ApplicationId& id,
                                                    const model::DecideApplication& command) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationDecide));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, application.programme_id, work.now));
  DURE_TRY(check_who_decides(command, *pack));
  DURE_TRY(check_dated_answers(work, application, command.answers, {}, *pack));  // dates: answer_screening()
  DURE_TRY(
      check_determinations(work, application.programme_id, command.determination_ids, "/determination_ids"));
  const DecisionInputs inputs{application, decide_command(application, command),
                              calendar::local_date(work.now, policy::zone_of(*pack)), work.now};
  DURE_LET(outcome, decide(inputs, *pack));
  if (outcome.state == model::ApplicationState::kSelected && application.submitted_at)
    DURE_TRY(check_not_restricted(work, application,
                                  calendar::local_date(*application.submitted_at, policy::zone_of(*pack))));
  if (outcome.state == model::ApplicationState::kSelected) {
    DURE_TRY(check_award_resource(work, application, programme::pool_with(*pack, outcome.awarded),
                                  outcome.awarded, *pack));
    DURE_TRY(check_unit_has_room(work, application, *pack));
  }
  application.state = outcome.state;
  application.decided_at = work.now;
  auto decision = application_decision(work, application, "decision", *pack);
  decision.outcome = outcome.outcome;
  decision.decided_by = work.caller.subject.actor;
  decision.rules = kDecisionRules;
  decision.inputs = inputs_text(inputs);
  decision.note = command.ground;
  decision.determination_ids = command.determination_ids;
  decision.reasons = outcome.reasons;
  DURE_TRY(work.tx.decisions().insert(decision));
  DURE_TRY(work.save(work.tx.applications(), application));
  if (outcome.state == model::ApplicationState::kSelected)
    DURE_TRY(make_award(work, application, outcome, decision.id));
  DURE_TRY(record_application(work, application, "application.decided", "applications.decide"));
  return application;
}

base::Result<model::Application> editable_application(Work& work, const model::ApplicationId& id) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationEdit));
  if (application.state == model::ApplicationState::kDraft ||
      application.state == model::ApplicationState::kReturned)
    return application;
  return base::error(
      base::ErrorKind::kConflict,
      base::Reason("application.not_editable").with("state", std::string(model::to_text(application.state))));
}

bool is_filer(const Work& work, const model::Application& application) {
  const auto& subject = work.caller.subject;
  for (const auto& grant : subject.grants)
    if (grant.role == model::Role::kApplicant && grant.scope_id == application.id.text &&
        (!grant.ends_at || work.now < *grant.ends_at))
      return true;
  return application.account_id && *application.account_id == subject.account_id;
}

base::Result<bool> reveal_application(Work& work, const model::Application& application,
                                      const std::string& ground) {
  const auto where = resource_of(application);
  if (is_filer(work, application)) return true;  // governance R1: a person's own view needs no record
  if (ground.empty() ||
      !access::allowed(work.caller.subject, access::Permission::kApplicationReveal, where, work.now))
    return false;
  DURE_TRY(may_read_application(work, application.id));
  DURE_TRY(work.audit("applications.reveal", application_name(application.id), where,
                      "{\"ground\":" + wire::json_text(ground) + "}", application_name(application.id)));
  return true;
}

}  // namespace dure::commands
