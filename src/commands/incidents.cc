#include "commands/incidents.h"

#include "commands/allocation_measures.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "commands/sanctions.h"
#include "programme/incident_states.h"
#include "programme/misuse.h"

namespace dure::commands {
namespace {

using model::Incident;

base::Status need_incident_text(const std::string& text, const std::string& pointer) {
  if (!text.empty()) return {};
  return refused(pointer, base::Reason("incident.text_missing").with("field", pointer.substr(1)));
}

base::Result<std::optional<Incident>> known_of(Work& work, const model::RunId& run,
                                               model::IncidentKind kind) {
  return work.tx.incidents().first(ports::Query{}.where("run_id", run).where("kind", kind).at_most(1));
}

base::Result<Incident> save_incident(Work& work, Incident incident, const std::string& event,
                                     const std::string& ground, const std::string& action) {
  incident.ground = ground;
  incident.decided_by = work.caller.subject.actor;
  incident.decided_at = work.now;
  DURE_TRY(work.save(work.tx.incidents(), incident));
  DURE_TRY(tell(work, incident, "incidents", "incident." + event, action, state_detail(incident.state)));
  return incident;
}

base::Status insert_incident(Work& work, const Incident& incident) {
  DURE_TRY(work.tx.incidents().insert(incident));
  return tell(work, incident, "incidents", "incident.opened", "open", state_detail(incident.state));
}

// What the run's shares show and what it was asked to run.
base::Result<std::optional<programme::Suspicion>> look_at(Work& work, const model::Run& run,
                                                          const policy::Pack& pack) {
  DURE_LET(revision, work.tx.revisions().get(run.revision_id));
  DURE_LET(uses, load_all(work.tx.share_uses(), ports::Query{}.where("run_id", run.id)));
  return programme::suspect(uses, revision.spec.command, pack.utilisation.fake_load_signs);
}

// The suspicion of a run that nobody has written down yet.
base::Result<std::optional<programme::Suspicion>> new_suspicion(Work& work, const model::Run& run,
                                                                const policy::Pack& pack) {
  std::optional<programme::Suspicion> none;
  if (run.state != model::RunState::kRunning) return none;
  DURE_LET(found, look_at(work, run, pack));
  if (!found) return none;
  DURE_LET(known, known_of(work, run.id, found->kind));
  return known ? none : found;
}

std::string ground_named(const Incident& incident, const model::ConfirmIncident& command,
                         const policy::Pack& pack) {
  if (!command.sanction_ground.empty()) return command.sanction_ground;
  const auto* ground = programme::ground_for(incident.kind, pack.sanctions);
  return ground == nullptr ? "" : ground->id;
}

}  // namespace

base::Result<Incident> report_incident(Work& work, const model::ReportIncident& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  DURE_TRY(
      work.require(access::Permission::kIncidentManage,
                   {.kind = access::ResourceKind::kIncident, .programme_id = allocation->programme_id.text}));
  DURE_TRY(check_command(command));
  DURE_TRY(need_incident_text(command.report, "/report"));
  Incident incident;
  work.stamp(incident);
  incident.programme_id = allocation->programme_id;
  incident.project_id = allocation->project_id;
  incident.allocation_id = allocation->id;
  incident.kind = command.kind;
  incident.report = command.report;
  incident.found_by = work.caller.subject.actor;
  if (command.run_id) {
    DURE_LET(run, work.tx.runs().find(*command.run_id));
    if (!run || run->allocation_id != allocation->id)
      return refused("/run_id", base::Reason("incident.run_of_another").with("run", command.run_id->text));
    DURE_LET(known, known_of(work, run->id, command.kind));
    if (known) return conflict(base::Reason("incident.known").with("id", known->id.text));
    incident.run_id = run->id;
    incident.workload_id = run->workload_id;
    incident.account_id = run->account_id;
  }
  DURE_TRY(insert_incident(work, incident));
  return incident;
}

base::Result<Incident> confirm_incident(Work& work, const model::IncidentId& id,
                                        const model::ConfirmIncident& command) {
  DURE_LET(incident, load_for(work, work.tx.incidents(), id, access::Permission::kIncidentManage));
  DURE_LET(state, programme::next(incident.state, programme::IncidentEvent::kConfirm));
  DURE_TRY(check_command(command));
  DURE_TRY(need_incident_text(command.ground, "/ground"));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, incident.programme_id));
  const auto ground = ground_named(incident, command, *pack);
  const std::string kind(model::to_text(incident.kind));
  if (ground.empty()) return conflict(base::Reason("incident.no_ground").with("kind", kind));
  DURE_LET(allocation, work.tx.allocations().get(incident.allocation_id));
  NewCase wanted;
  wanted.ground = ground;
  wanted.subject = "incidents/" + incident.id.text;
  wanted.facts = command.ground;
  wanted.reported_by = work.caller.subject.actor;
  wanted.first = incident.signs;
  wanted.first.push_back(base::Reason("sanction.suspected").with("kind", kind));
  wanted.incident_id = incident.id;
  DURE_LET(opened, open_case(work, allocation, *pack, wanted));
  incident.state = state;
  incident.sanction_id = opened->id;
  DURE_LET(saved, save_incident(work, std::move(incident), "confirmed", command.ground, "confirm"));
  if (!saved.stopped) return saved;
  DURE_LET(stopped, stop_for_case(work, *opened, *pack, command.ground));
  if (!stopped.suspended_at) DURE_TRY(resume_use(work, saved.allocation_id, command.ground));
  return saved;
}

base::Result<Incident> dismiss_incident(Work& work, const model::IncidentId& id,
                                        const model::GiveGround& command) {
  DURE_LET(incident, load_for(work, work.tx.incidents(), id, access::Permission::kIncidentManage));
  DURE_LET(state, programme::next(incident.state, programme::IncidentEvent::kDismiss));
  DURE_TRY(check_command(command));
  DURE_TRY(need_incident_text(command.ground, "/ground"));
  incident.state = state;
  DURE_LET(saved, save_incident(work, std::move(incident), "dismissed", command.ground, "dismiss"));
  if (saved.stopped) DURE_TRY(resume_use(work, saved.allocation_id, command.ground));
  return saved;
}

base::Result<std::vector<model::RunId>> runs_to_suspect(Work& work) {
  std::vector<model::RunId> ids;
  DURE_LET(runs, load_all(work.tx.runs(), ports::Query{}.where("state", model::RunState::kRunning)));
  for (const auto& run : runs) {
    const auto pack = work.world.policies.of_programme(work.tx, run.programme_id);
    if (!pack.ok()) continue;  // of a programme whose rules are gone
    DURE_LET(found, new_suspicion(work, run, **pack));
    if (found) ids.push_back(run.id);
  }
  return ids;
}

base::Result<bool> suspect_run(Work& work, const model::RunId& id) {
  DURE_LET(run, work.tx.runs().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, run.programme_id));
  DURE_LET(found, new_suspicion(work, run, *pack));
  if (!found) return false;
  Incident incident;
  work.stamp(incident);
  incident.programme_id = run.programme_id;
  incident.project_id = run.project_id;
  incident.allocation_id = run.allocation_id;
  incident.account_id = run.account_id;
  incident.workload_id = run.workload_id;
  incident.run_id = run.id;
  incident.kind = found->kind;
  incident.signs = found->signs;
  incident.found_by = "rule";
  incident.stopped = pack->utilisation.fake_load == policy::FakeLoadAction::kStopAtOnce;
  DURE_TRY(insert_incident(work, incident));
  if (incident.stopped) DURE_TRY(stop_use(work, run.allocation_id, "incidents/" + incident.id.text));
  return true;
}

}  // namespace dure::commands
