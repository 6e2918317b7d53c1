#include "commands/claims.h"

#include <algorithm>

#include "commands/applications.h"
#include "commands/dated_answers.h"
#include "commands/decision_inputs.h"
#include "commands/evaluation_work.h"
#include "commands/waiting.h"
#include "evaluation/claims.h"
#include "evaluation/states.h"
#include "programme/decision.h"
#include "programme/screening_answers.h"
#include "programme/words.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::Application;
using model::ApplicationState;

model::ScreeningItem* open_item_of(Application& application, const std::string& rule) {
  const auto found =
      std::find_if(application.screening.begin(), application.screening.end(), [&](const auto& each) {
        return each.rule == rule && each.result == model::ScreeningResult::kNeedsPerson;
      });
  return found == application.screening.end() ? nullptr : &*found;
}

base::Status check_answers(Application application, const model::AnswerScreening& command) {
  for (std::size_t i = 0; i < command.answers.size(); ++i) {
    const auto& answer = command.answers[i];
    const std::string at = "/answers/" + std::to_string(i);
    if (answer.ground.empty()) return refused(at + "/ground", base::Reason("evaluation.ground_missing"));
    auto* item = open_item_of(application, answer.rule);
    if (item == nullptr)
      return refused(at + "/rule", base::Reason("evaluation.item_not_open").with("rule", answer.rule));
    item->result = model::ScreeningResult::kMet;  // of the copy: one that comes twice is not open any more
  }
  return {};
}

// The row of what a person found; it is kept as it was found.
// Of the dates it keeps which rules they decided, and no more.
base::Status keep_answers(Work& work, const Application& application, model::AnswerScreening command,
                          const std::vector<std::string>& by_date) {
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = application.programme_id;
  decision.application_id = application.id;
  decision.kind = kAnswersKind;
  decision.subject = application_name(application.id);
  decision.outcome = std::string(model::to_text(application.state));
  decision.decided_by = work.caller.subject.actor;
  decision.policy_hash = application.policy_hash;
  decision.rules = kScreeningRules;
  command.born_on.reset();
  command.appointed_on.reset();
  decision.inputs = wire::json_text(command, wire::Out{.personal = true});
  for (const auto& answer : command.answers)
    decision.reasons.push_back(
        base::Reason("decision.person_decided").with("rule", answer.rule).with("ground", answer.ground));
  for (const auto& rule : by_date)
    decision.reasons.push_back(base::Reason("decision.date_compared").with("rule", rule));
  return work.tx.decisions().insert(decision);
}

std::vector<std::string> rules_with_claims(const policy::Pack& pack) {
  std::vector<std::string> ids;
  ids.reserve(pack.evaluation.bonuses.size() + pack.selection.priority_classes.size());
  for (const auto& each : pack.evaluation.bonuses) ids.push_back(each.id);
  for (const auto& each : pack.selection.priority_classes) ids.push_back(each.id);
  return ids;
}

base::Status check_claim_evidence(Work& work, const model::ClaimBonus& command) {
  if (command.evidence.empty()) return refused("/evidence", base::Reason("evaluation.evidence_missing"));
  for (std::size_t i = 0; i < command.evidence.size(); ++i) {
    DURE_LET(document, work.tx.documents().find(model::DocumentId(command.evidence[i])));
    if (!document || document->application_id != command.application_id || document->erased_at)
      return refused(
          "/evidence/" + std::to_string(i),
          base::Reason("evaluation.no_such_row").with("what", "evidence").with("id", command.evidence[i]));
  }
  return {};
}

// What may be said of the application when somebody decides the claim (E7, D15).
base::Result<evaluation::Claimant> claimant_of(Work& work, const Application& application,
                                               const model::BonusClaim& claim, const policy::Pack& pack) {
  evaluation::Claimant made;
  made.form = application.form;
  made.programme = claim.programme;
  const auto zone = policy::zone_of(pack);
  made.facts.received_on =
      calendar::local_date(application.submitted_at.value_or(application.created_at), zone);
  DURE_LET(call, work.tx.calls().get(application.call_id));
  if (call.opens_at) made.facts.call_opens_on = calendar::local_date(*call.opens_at, zone);
  if (call.closes_at)
    made.facts.call_closes_on = calendar::local_date(base::Instant{call.closes_at->us - 1}, zone);
  if (application.form.answers) made.facts.answers = *application.form.answers;
  DURE_LET(documents,
           load_all(work.tx.documents(),
                    ports::Query{}.where("application_id", application.id).where_null("erased_at")));
  for (const auto& each : documents) {
    made.facts.documents.push_back({each.kind, each.media_type, each.size});
    if (programme::among(claim.evidence, each.id.text)) made.evidence.push_back(each.kind);
  }
  return made;
}

bool decided(ApplicationState state) {
  return state == ApplicationState::kSelected || state == ApplicationState::kNotSelected ||
         state == ApplicationState::kWithdrawn || state == ApplicationState::kVoid;
}

base::Status check_undecided(const Application& application) {
  if (!decided(application.state)) return {};
  return conflict(base::Reason("evaluation.decided_already")
                      .with("state", std::string(model::to_text(application.state))));
}

}  // namespace

base::Result<Application> answer_screening(Work& work, const model::ApplicationId& id,
                                           const model::AnswerScreening& command) {
  DURE_LET(application, load_for(work, work.tx.applications(), id, access::Permission::kApplicationDecide));
  DURE_TRY(check_command(command));
  if (command.answers.empty()) return application;
  // What has been taken up in a round, or has an end, was looked at before.
  if (application.state != ApplicationState::kEligible && application.state != ApplicationState::kWaitlisted)
    DURE_TRY(programme::next(application.state, programme::ApplicationEvent::kRefute));
  DURE_TRY(check_answers(application, command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application.programme_id));
  DURE_LET(by_date, check_dated_answers(work, application, command.answers,
                                        {command.born_on, command.appointed_on}, *pack));
  for (const auto& answer : command.answers) {
    auto* item = open_item_of(application, answer.rule);
    item->result = answer.met ? model::ScreeningResult::kMet : model::ScreeningResult::kNotMet;
  }
  if (!programme::settle_answers(application.screening)) {
    DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kRefute));
    application.state = state;
  }
  DURE_TRY(keep_answers(work, application, command, by_date));
  DURE_TRY(work.save(work.tx.applications(), application));
  const auto where_it_is = resource_of(application);
  const auto detail = state_detail(application.state);
  DURE_TRY(work.publish("application.screened", application_name(application.id), where_it_is, detail));
  DURE_TRY(work.audit("applications.answer_screening", application_name(application.id), where_it_is, detail,
                      application_name(application.id)));
  DURE_TRY(register_demand(work, application, *pack));
  return application;
}

base::Result<model::BonusClaim> claim_bonus(Work& work, const model::ClaimBonus& command) {
  DURE_LET(application, work.tx.applications().find(command.application_id));
  if (!application) return access::not_found();
  DURE_TRY(work.require(access::Permission::kApplicationEdit, resource_of(*application)));
  DURE_TRY(check_command(command));
  DURE_TRY(check_undecided(*application));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, application->programme_id));
  const auto rules = rules_with_claims(*pack);
  if (!programme::among(rules, command.rule))
    return refused("/rule", base::Reason("evaluation.rule_unknown")
                                .with("rule", command.rule)
                                .with("rules", rules.empty() ? "-" : programme::joined(rules)));
  DURE_TRY(check_claim_evidence(work, command));
  DURE_LET(
      there,
      work.tx.bonus_claims().first(
          ports::Query{}.where("application_id", application->id).where("rule", command.rule).at_most(1)));
  if (there) return conflict(base::Reason("evaluation.claimed_already").with("id", there->id.text));
  model::BonusClaim claim;
  work.stamp(claim);
  claim.programme_id = application->programme_id;
  claim.application_id = application->id;
  claim.rule = command.rule;
  claim.evidence = command.evidence;
  claim.note = command.note;
  claim.programme = command.programme.value_or("");
  DURE_TRY(work.tx.bonus_claims().insert(claim));
  DURE_TRY(tell(work, claim, "bonus-claims", "bonus_claim.claimed", "claim"));
  return claim;
}

base::Result<model::BonusClaim> decide_bonus(Work& work, const model::BonusClaimId& id,
                                             const model::DecideBonus& command) {
  DURE_LET(claim, load_for(work, work.tx.bonus_claims(), id, access::Permission::kApplicationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(application, work.tx.applications().get(claim.application_id));
  DURE_TRY(check_undecided(application));
  const auto event = command.granted ? evaluation::ClaimEvent::kGrant : evaluation::ClaimEvent::kRefuse;
  DURE_LET(state, evaluation::next(claim.state, event));
  if (command.programme) claim.programme = *command.programme;
  if (command.granted) {
    DURE_LET(pack, work.world.policies.of_programme(work.tx, application.programme_id));
    DURE_LET(claimant, claimant_of(work, application, claim, *pack));
    DURE_TRY(evaluation::may_grant(claimant, claim.rule, *pack));
  }
  claim.state = state;
  claim.ground = command.ground;
  claim.decided_by = work.caller.subject.actor;
  claim.decided_at = work.now;
  DURE_TRY(work.save(work.tx.bonus_claims(), claim));
  DURE_TRY(tell(work, claim, "bonus-claims", "bonus_claim.decided", "decide", state_detail(claim.state)));
  return claim;
}

}  // namespace dure::commands
