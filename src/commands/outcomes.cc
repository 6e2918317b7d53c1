#include "commands/outcomes.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "calendar/zone.h"
#include "commands/command_texts.h"
#include "commands/evidence.h"
#include "commands/row_work.h"
#include "programme/outcome.h"
#include "programme/survey.h"

namespace dure::commands {
namespace {

// The allocation that the outcome came of, for who may report there.
base::Result<model::Allocation> allocation_for(Work& work, const model::AllocationId& id) {
  DURE_LET(found, work.tx.allocations().find(id));
  if (!found) return access::not_found();
  access::Resource where = resource_of(*found);
  where.kind = access::ResourceKind::kObligation;
  DURE_TRY(work.require(access::Permission::kObligationSubmit, where));
  return std::move(*found);
}

base::Result<PackPtr> outcome_pack(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, programme));
  if (pack->on(policy::Section::kOutcomes)) return pack;
  DURE_LET(row, work.tx.programmes().get(programme));
  return conflict(base::Reason("outcome.section_off").with("programme", row.code));
}

// The report that it comes with is of the same allocation, and still in the user's hands.
base::Status check_report(Work& work, const model::ObligationId& id, const model::AllocationId& allocation) {
  DURE_LET(found, work.tx.obligations().find(id));
  if (!found || found->allocation_id != allocation)
    return refused("/obligation_id",
                   base::Reason("outcome.no_such_row").with("what", "obligation_id").with("id", id.text));
  using State = model::ObligationState;
  if (found->state == State::kSubmitted || found->state == State::kAccepted)
    return conflict(
        base::Reason("outcome.report_closed").with("state", std::string(model::to_text(found->state))));
  return {};
}

base::Result<model::Outcome> undecided_outcome(Work& work, const model::OutcomeId& id) {
  DURE_LET(outcome, load_for(work, work.tx.outcomes(), id, access::Permission::kObligationDecide));
  if (outcome.state != model::OutcomeState::kReported)
    return conflict(
        base::Reason("outcome.decided").with("state", std::string(model::to_text(outcome.state))));
  return std::move(outcome);
}

base::Result<std::int64_t> count_obligations(Work& work, const model::ProgrammeId& id,
                                             model::ObligationState state, std::int64_t year) {
  return work.tx.obligations().count(
      ports::Query{}
          .where("programme_id", id)
          .where("state", state)
          .where("kind", programme::kDataShareKind, ports::Compare::kNotEqual)
          .where("due_on", base::Date{static_cast<int>(year), 1, 1}, ports::Compare::kAtLeast)
          .where("due_on", base::Date{static_cast<int>(year), 12, 31}, ports::Compare::kAtMost));
}

base::Status count_reports(Work& work, const model::ProgrammeId& id, model::OutcomeStatus& status) {
  using State = model::ObligationState;
  const auto add = [&](State state, std::int64_t& sum) -> base::Status {
    DURE_LET(count, count_obligations(work, id, state, status.year));
    sum += count;
    return {};
  };
  for (const auto state : {State::kScheduled, State::kDue, State::kReturned})
    DURE_TRY(add(state, status.reports_due));
  DURE_TRY(add(State::kOverdue, status.reports_overdue));
  DURE_TRY(add(State::kEscalated, status.reports_escalated));
  DURE_TRY(add(State::kSubmitted, status.reports_to_decide));
  return add(State::kAccepted, status.reports_accepted);
}

base::Status count_outcomes(Work& work, const model::ProgrammeId& id, model::OutcomeStatus& status) {
  const auto in_year = [&](const std::string& field) {
    return ports::Query{}
        .where("programme_id", id)
        .where(field, base::Date{static_cast<int>(status.year), 1, 1}, ports::Compare::kAtLeast)
        .where(field, base::Date{static_cast<int>(status.year), 12, 31}, ports::Compare::kAtMost);
  };
  DURE_LET(
      told,
      work.tx.outcomes().count(
          in_year("produced_on").where("state", model::OutcomeState::kReturned, ports::Compare::kNotEqual)));
  status.outcomes = told;
  DURE_LET(shares, load_all(work.tx.data_shares(), in_year("due_on")));
  for (const auto& share : shares) {
    const bool done =
        share.state == model::DataShareState::kRegistered || share.state == model::DataShareState::kExempted;
    status.shares_done += done ? 1 : 0;
    status.shares_overdue += !done && share.due_on < status.on ? 1 : 0;
    status.shares_open += !done && status.on <= share.due_on ? 1 : 0;
  }
  return {};
}

base::Status count_surveys(Work& work, const model::ProgrammeId& id, const policy::Outcomes& rules,
                           model::OutcomeStatus& status) {
  DURE_LET(surveys, load_all(work.tx.user_surveys(),
                             ports::Query{}.where("programme_id", id).where("year", status.year)));
  status.surveys_wanted = rules.surveys_per_year;
  const auto missing = programme::surveys_missing(surveys, status.year, rules);
  status.surveys_held =
      static_cast<std::int64_t>(std::count_if(surveys.begin(), surveys.end(), [](const auto& each) {
        return each.kind == model::UserSurveyKind::kSatisfaction;
      }));
  if (missing > 0)
    status.survey_by = calendar::cycle_end(base::Date{static_cast<int>(status.year), 1, 1}, 12);
  return {};
}

}  // namespace

base::Result<model::Outcome> tell_outcome(Work& work, const model::TellOutcome& command) {
  DURE_LET(allocation, allocation_for(work, command.allocation_id));
  DURE_LET(pack, outcome_pack(work, allocation.programme_id));
  DURE_TRY(check_command(command));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_TRY(programme::check_outcome(command, pack->outcomes, today));
  if (command.obligation_id) DURE_TRY(check_report(work, *command.obligation_id, allocation.id));
  DURE_TRY(check_evidence_ids(work, allocation.project_id, command.evidence, "/evidence"));
  model::Outcome outcome;
  work.stamp(outcome);
  outcome.programme_id = allocation.programme_id;
  outcome.project_id = allocation.project_id;
  outcome.allocation_id = allocation.id;
  outcome.obligation_id = command.obligation_id;
  outcome.kind = command.kind;
  outcome.title = command.title;
  outcome.content = command.content;
  outcome.produced_on = command.produced_on;
  auto report_day = command.produced_on;
  if (command.obligation_id) {
    DURE_LET(obligation, work.tx.obligations().get(*command.obligation_id));
    report_day = obligation.due_on;
  }
  outcome.notify_by =
      programme::notify_by(command.produced_on, pack->outcomes, policy::business_days_of(*pack))
          .value_or(report_day);
  outcome.evidence = command.evidence;
  DURE_TRY(work.tx.outcomes().insert(outcome));
  DURE_TRY(tell(work, outcome, "outcomes", "outcome.told", "tell"));
  return outcome;
}

base::Result<model::Outcome> accept_outcome(Work& work, const model::OutcomeId& id) {
  DURE_LET(outcome, undecided_outcome(work, id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, outcome.programme_id));
  DURE_LET(checks, checks_of(work, {outcome}));
  DURE_TRY(programme::check_acknowledged({outcome}, checks, pack->outcomes));
  outcome.state = model::OutcomeState::kAccepted;
  DURE_TRY(work.save(work.tx.outcomes(), outcome));
  DURE_TRY(tell(work, outcome, "outcomes", "outcome.accepted", "accept"));
  return outcome;
}

base::Result<model::Outcome> return_outcome(Work& work, const model::OutcomeId& id,
                                            const model::GiveGround& command) {
  DURE_LET(outcome, undecided_outcome(work, id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  outcome.state = model::OutcomeState::kReturned;
  outcome.ground = command.ground;
  DURE_TRY(work.save(work.tx.outcomes(), outcome));
  DURE_TRY(tell(work, outcome, "outcomes", "outcome.returned", "return", "{}", command.ground));
  return outcome;
}

base::Result<model::AcknowledgementCheck> check_acknowledgement(Work& work, const model::OutcomeId& id,
                                                                const model::CheckAcknowledgement& command) {
  DURE_LET(outcome, load_for(work, work.tx.outcomes(), id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  const auto& named = command.evidence_document_id.text;
  if (std::find(outcome.evidence.begin(), outcome.evidence.end(), named) == outcome.evidence.end())
    return refused("/evidence_document_id", base::Reason("outcome.not_its_evidence").with("id", named));
  model::AcknowledgementCheck check;
  work.stamp(check);
  check.programme_id = outcome.programme_id;
  check.project_id = outcome.project_id;
  check.outcome_id = outcome.id;
  check.evidence_document_id = command.evidence_document_id;
  check.present = command.present;
  check.cited = command.cited;
  check.note = command.note;
  check.checked_by = work.caller.subject.actor;
  DURE_TRY(work.tx.acknowledgement_checks().insert(check));
  DURE_TRY(tell(work, check, "acknowledgement-checks", "acknowledgement.checked", "check",
                std::string("{\"present\":") + (check.present ? "true}" : "false}")));
  return check;
}

base::Result<model::OutcomeStatus> outcome_status(Work& work, const model::ProgrammeId& id,
                                                  const std::optional<std::int64_t>& year) {
  DURE_LET(pack, pack_for(work, id, access::Permission::kObligationRead));
  model::OutcomeStatus status;
  status.on = calendar::local_date(work.now, policy::zone_of(*pack));
  status.year = year.value_or(status.on.year);
  DURE_TRY(count_reports(work, id, status));
  DURE_TRY(count_outcomes(work, id, status));
  DURE_TRY(count_surveys(work, id, pack->outcomes, status));
  return status;
}

base::Result<std::vector<model::Outcome>> outcomes_of_report(Work& work, const model::ObligationId& id) {
  return load_all(work.tx.outcomes(), ports::Query{}.where("obligation_id", id));
}

base::Result<std::vector<model::AcknowledgementCheck>> checks_of(
    Work& work, const std::vector<model::Outcome>& outcomes) {
  std::vector<model::AcknowledgementCheck> checks;
  for (const auto& outcome : outcomes) {
    DURE_LET(of_it,
             load_all(work.tx.acknowledgement_checks(), ports::Query{}.where("outcome_id", outcome.id)));
    checks.insert(checks.end(), of_it.begin(), of_it.end());
  }
  return checks;
}

}  // namespace dure::commands
