#include "commands/reports.h"

#include <algorithm>

#include "commands/command_texts.h"
#include "commands/evidence.h"
#include "commands/outcomes.h"
#include "commands/row_work.h"
#include "programme/obligation.h"
#include "programme/obligation_states.h"
#include "programme/outcome.h"

namespace dure::commands {
namespace {

constexpr const char* kReports = "obligations";

base::Result<PackPtr> report_pack(Work& work, const model::Obligation& obligation) {
  return work.world.policies.of_programme(work.tx, obligation.programme_id);
}

// The outcomes that came with the report share its fate.
base::Status accept_outcomes(Work& work, std::vector<model::Outcome> outcomes) {
  for (auto& each : outcomes) {
    if (each.state != model::OutcomeState::kReported) continue;
    each.state = model::OutcomeState::kAccepted;
    DURE_TRY(work.save(work.tx.outcomes(), each));
    DURE_TRY(tell(work, each, "outcomes", "outcome.accepted", "accept"));
  }
  return {};
}

void fill_rules(model::ReportForm& form, const policy::Pack& pack, std::int64_t year) {
  const auto& outcomes = pack.outcomes;
  form.kinds = outcomes.kinds;
  form.evidence_required = outcomes.evidence_required;
  form.grant_number = outcomes.grant_number;
  form.acknowledgement_ko = programme::acknowledgement(outcomes.acknowledgement.ko, year, "");
  form.acknowledgement_en = programme::acknowledgement(outcomes.acknowledgement.en, year, "");
}

// Form 2 ends with its day, its writer and his signature (S0). Who hands it in wrote it, unless it says else.
base::Status sign(Work& work, model::ResultsReport& report, base::Date today) {
  if (!report.signed_on) report.signed_on = today;
  if (today < *report.signed_on)
    return refused("/signed_on",
                   base::Reason("obligation.signed_in_the_future").with("today", base::to_text(today)));
  const auto& account = work.caller.subject.account_id;
  if (!report.signer.empty() || account.empty()) return {};
  DURE_LET(own, work.tx.accounts().get(account));
  if (!own.person_id) return {};
  DURE_LET(person, work.tx.people().get(*own.person_id));
  report.signer = person.name;
  return {};
}

}  // namespace

bool reveals_form(const Work& work, const model::Obligation& obligation) {
  const auto& grants = work.caller.subject.grants;
  return std::any_of(grants.begin(), grants.end(), [&](const auto& grant) {
    return grant.role == model::Role::kMember && grant.scope == model::ScopeKind::kProject &&
           grant.scope_id == obligation.project_id.text && (!grant.ends_at || work.now < *grant.ends_at);
  });
}

base::Result<model::ReportForm> report_form(Work& work, const model::ObligationId& id,
                                            const std::optional<std::int64_t>& year) {
  DURE_LET(obligation, read_row(work, work.tx.obligations(), id));
  DURE_LET(pack, report_pack(work, obligation));
  DURE_LET(allocation, work.tx.allocations().get(obligation.allocation_id));
  DURE_LET(project, work.tx.projects().get(obligation.project_id));
  DURE_LET(application, work.tx.applications().get(project.application_id));
  model::ReportForm form;
  form.obligation_id = obligation.id.text;
  form.kind = obligation.kind;
  form.form = obligation.form;
  form.due_on = obligation.due_on;
  form.state = obligation.state;
  form.ground = obligation.ground;
  form.applicant = application.form.applicant;
  form.login = application.form.login;
  form.public_ip = application.form.public_ip;
  form.environments = application.form.environments;
  form.starts_on = allocation.starts_on;
  form.ends_on = allocation.ends_on;
  form.months = application.form.months;
  form.project = project.name;
  if (obligation.report) {
    form.signer = obligation.report->signer;
    form.signed_on = obligation.report->signed_on;
  }
  fill_rules(form, *pack, year.value_or(allocation.ends_on.year));
  return form;
}

base::Result<model::Obligation> submit_report(Work& work, const model::ObligationId& id,
                                              model::ResultsReport report) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationSubmit));
  DURE_LET(pack, report_pack(work, obligation));
  DURE_LET(share, share_of(work, obligation.id));
  if (share) return conflict(base::Reason("data_share.not_by_report").with("id", share->id.text));
  DURE_TRY(sign(work, report, today_of(work, *pack)));
  DURE_TRY(programme::submit(obligation, report, pack->outcomes, work.now));
  DURE_TRY(check_command(report));
  DURE_TRY(check_evidence_ids(work, obligation.project_id, report.attachments, "/attachments"));
  DURE_LET(outcomes, outcomes_of_report(work, id));
  DURE_TRY(programme::check_evidence(report, outcomes, pack->outcomes));
  obligation.ground.clear();
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(tell(work, obligation, kReports, "obligation.submitted", "submit"));
  return obligation;
}

base::Result<model::Obligation> accept_report(Work& work, const model::ObligationId& id) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationDecide));
  DURE_LET(pack, report_pack(work, obligation));
  DURE_LET(share, share_of(work, obligation.id));
  if (share) return conflict(base::Reason("data_share.not_by_report").with("id", share->id.text));
  DURE_TRY(programme::accept(obligation));
  DURE_LET(outcomes, outcomes_of_report(work, id));
  DURE_LET(checks, checks_of(work, outcomes));
  DURE_TRY(programme::check_acknowledged(outcomes, checks, pack->outcomes));
  DURE_TRY(accept_outcomes(work, outcomes));
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(tell(work, obligation, kReports, "obligation.accepted", "accept"));
  return obligation;
}

base::Result<model::Obligation> return_report(Work& work, const model::ObligationId& id,
                                              const model::GiveGround& command) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_TRY(programme::give_back(obligation));
  obligation.ground = command.ground;
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(tell(work, obligation, kReports, "obligation.returned", "return", "{}", command.ground));
  return obligation;
}

base::Result<model::Obligation> escalate_report(Work& work, const model::ObligationId& id,
                                                const model::GiveGround& command) {
  DURE_LET(obligation, load_for(work, work.tx.obligations(), id, access::Permission::kObligationDecide));
  DURE_TRY(check_command(command));
  DURE_TRY(check_texts({{"/ground", command.ground}}));
  DURE_LET(state, programme::next(obligation.state, programme::ObligationEvent::kEscalate));
  obligation.state = state;
  obligation.ground = command.ground;
  DURE_TRY(work.save(work.tx.obligations(), obligation));
  DURE_TRY(tell(work, obligation, kReports, "obligation.escalated", "escalate", "{}", command.ground));
  return obligation;
}

}  // namespace dure::commands
