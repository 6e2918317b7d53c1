#include "commands/sanctions.h"

#include "commands/allocation_measures.h"
#include "commands/command_texts.h"
#include "commands/row_work.h"
#include "commands/sanction_measures.h"
#include "programme/sanction.h"

namespace dure::commands {
namespace {

using model::Sanction;
using model::SanctionState;
using programme::CaseStep;

CaseStep step_by(Work& work, const policy::Pack& pack) {
  return {pack, today_of(work, pack), work.now, work.caller.subject.actor};
}

base::Result<Sanction> save_sanction(Work& work, Sanction sanction, const std::string& event,
                                     const std::string& action) {
  DURE_TRY(work.save(work.tx.sanctions(), sanction));
  DURE_TRY(tell(work, sanction, "sanctions", "sanction." + event, action, state_detail(sanction.state)));
  return sanction;
}

// One step of a case: loaded for whoever may take it, changed by the rule, carried out, written.
using Rule = std::function<base::Status(Sanction&, const CaseStep&)>;
base::Result<Sanction> take_case_step(Work& work, const model::SanctionId& id, access::Permission permission,
                                      const std::string& event, const std::string& action, const Rule& rule) {
  DURE_LET(sanction, load_for(work, work.tx.sanctions(), id, permission));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, sanction.programme_id));
  const auto step = step_by(work, *pack);
  DURE_TRY(rule(sanction, step));
  sanction.policy_hash = pack->hash();
  return save_sanction(work, std::move(sanction), event, action);
}

// The row that the command names, of this programme.
template <class Noun>
base::Result<Noun> named(ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                         const model::ProgrammeId& programme, const std::string& member) {
  DURE_LET(found, rows.find(id));
  if (!found || found->programme_id != programme)
    return refused("/" + member,
                   base::Reason("sanction.no_such_row").with("what", member).with("id", id.text));
  return std::move(*found);
}

// Who holds the project's account: its first member.
base::Result<std::optional<model::AccountId>> project_holder(Work& work, const model::ProjectId& project) {
  DURE_LET(grant, work.tx.role_grants().first(ports::Query{}
                                                  .where("role", model::Role::kMember)
                                                  .where("scope", model::ScopeKind::kProject)
                                                  .where("scope_id", project.text)
                                                  .ordered("id")
                                                  .at_most(1)));
  return grant ? std::optional(grant->account_id) : std::nullopt;
}

base::Status fill_account(Work& work, Sanction& sanction, const model::AccountId& id) {
  DURE_LET(account, work.tx.accounts().get(id));
  sanction.account_id = id;
  sanction.person_id = account.person_id;
  if (!account.person_id || sanction.organisation_id) return {};
  DURE_LET(person, work.tx.people().find(*account.person_id));
  if (person) sanction.organisation_id = person->organisation_id;
  return {};
}

// Whom the allocation leads to: its project, organisation, application, and the holder of its account.
base::Status fill_allocation(Work& work, Sanction& sanction, const model::Allocation& allocation) {
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  sanction.allocation_id = allocation.id;
  sanction.project_id = project.id;
  sanction.organisation_id = project.organisation_id;
  sanction.application_id = project.application_id;
  DURE_LET(holder, project_holder(work, project.id));
  if (holder && !sanction.account_id) return fill_account(work, sanction, *holder);
  return {};
}

base::Status fill_subjects(Work& work, Sanction& sanction, const model::ReportSanction& command) {
  const auto& programme = command.programme_id;
  if (command.account_id) {
    DURE_LET(account, work.tx.accounts().find(*command.account_id));
    if (!account || account->programme_id != programme)
      return refused("/account_id", base::Reason("sanction.no_such_row")
                                        .with("what", "account_id")
                                        .with("id", command.account_id->text));
    DURE_TRY(fill_account(work, sanction, account->id));
  }
  if (command.allocation_id) {
    DURE_LET(allocation, named(work.tx.allocations(), *command.allocation_id, programme, "allocation_id"));
    DURE_TRY(fill_allocation(work, sanction, allocation));
  }
  if (command.application_id) {
    DURE_LET(application,
             named(work.tx.applications(), *command.application_id, programme, "application_id"));
    sanction.application_id = application.id;
    if (application.account_id && !sanction.account_id)
      DURE_TRY(fill_account(work, sanction, *application.account_id));
  }
  if (!command.organisation_id) return {};
  DURE_LET(organisation, work.tx.organisations().find(*command.organisation_id));
  if (!organisation)
    return refused("/organisation_id", base::Reason("sanction.no_such_row")
                                           .with("what", "organisation_id")
                                           .with("id", command.organisation_id->text));
  sanction.organisation_id = organisation->id;
  return {};
}

// Whether the duty whose neglect the case is about has been done since.
base::Result<bool> done_after_all(Work& work, const Sanction& sanction) {
  if (sanction.obligation_id) {
    DURE_LET(obligation, work.tx.obligations().find(*sanction.obligation_id));
    return obligation && (obligation->state == model::ObligationState::kSubmitted ||
                          obligation->state == model::ObligationState::kAccepted);
  }
  const std::string marker = "/documents/";
  const auto at = sanction.subject.rfind(marker);
  if (at == std::string::npos || !sanction.application_id || !sanction.project_id) return false;
  return has_paper(work, *sanction.project_id, *sanction.application_id,
                   sanction.subject.substr(at + marker.size()));
}

// What the day, or the duty that was done, brings: the event's name, "" for nothing.
base::Result<std::string> bring(Work& work, Sanction& sanction) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, sanction.programme_id));
  const auto step = step_by(work, *pack);
  if (programme::open_opinions(sanction, step)) return std::string("opinions_open");
  if (programme::expire(sanction, step.today, step.now)) return std::string("expired");
  DURE_LET(done, done_after_all(work, sanction));
  if (!done || !programme::end_by_duty(sanction, step.now)) return std::string();
  return std::string("expired");
}

base::Status insert_sanction(Work& work, const Sanction& sanction) {
  DURE_TRY(work.tx.sanctions().insert(sanction));
  return tell(work, sanction, "sanctions", "sanction.reported", "report", state_detail(sanction.state));
}

}  // namespace

base::Result<Sanction> report_sanction(Work& work, const model::ReportSanction& command) {
  DURE_LET(programme, work.tx.programmes().find(command.programme_id));
  DURE_TRY(work.require(access::Permission::kSanctionManage, {.kind = access::ResourceKind::kSanction,
                                                              .programme_id = command.programme_id.text}));
  if (!programme) return access::not_found();
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, command.programme_id));
  if (!pack->on(policy::Section::kSanctions))
    return conflict(base::Reason("sanction.section_off").with("programme", programme->code));
  DURE_LET(ground, programme::ground_of(*pack, command.ground));
  if (command.facts.empty())
    return refused("/facts", base::Reason("sanction.text_missing").with("field", "facts"));
  Sanction sanction;
  work.stamp(sanction);
  sanction.programme_id = command.programme_id;
  sanction.ground = ground.id;
  sanction.facts = command.facts;
  sanction.reported_by = work.caller.subject.actor;
  sanction.measures = programme::measures_of(ground);
  sanction.policy_hash = pack->hash();
  DURE_TRY(fill_subjects(work, sanction, command));
  if (!sanction.account_id && !sanction.application_id && !sanction.organisation_id)
    return conflict(base::Reason("sanction.nobody"));
  DURE_TRY(insert_sanction(work, sanction));
  return sanction;
}

base::Result<Sanction> investigate_sanction(Work& work, const model::SanctionId& id) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "investigated", "investigate",
                        [](Sanction& sanction, const CaseStep&) { return programme::investigate(sanction); });
}

base::Result<Sanction> suspend_for_sanction(Work& work, const model::SanctionId& id,
                                            const model::SuspendForSanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "suspended", "suspend",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          DURE_TRY(programme::suspend(sanction, command.reason, step));
                          return stop_use(work, *sanction.allocation_id, command.reason);
                        });
}

base::Result<Sanction> notify_sanction(Work& work, const model::SanctionId& id,
                                       const model::NotifySanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "noticed", "notify",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          return programme::notify(sanction, command, step);
                        });
}

base::Result<Sanction> give_sanction_opinion(Work& work, const model::SanctionId& id,
                                             const model::GiveOpinion& command) {
  return take_case_step(work, id, access::Permission::kSanctionAnswer, "heard", "opinion",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          return programme::hear(sanction, command.opinion, step);
                        });
}

base::Result<Sanction> deliberate_sanction(Work& work, const model::SanctionId& id,
                                           const model::DeliberateSanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "deliberated", "deliberate",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          return programme::deliberate(sanction, command.deliberation, step);
                        });
}

base::Result<Sanction> impose_sanction(Work& work, const model::SanctionId& id,
                                       const model::ImposeSanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "imposed", "impose",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          DURE_TRY(programme::impose(sanction, command, step));
                          DURE_TRY(carry_out(work, sanction, command.all_programmes, step));
                          const bool rests = programme::has(sanction, model::SanctionMeasure::kStop) ||
                                             programme::has(sanction, model::SanctionMeasure::kReclaim);
                          if (!sanction.suspended_at) {
                            if (rests) sanction.suspended_at = work.now;
                            return {};
                          }
                          if (rests || sanction.resumed_at) return {};
                          sanction.resumed_at = work.now;  // the measure is another: use goes on
                          DURE_TRY(work.save(work.tx.sanctions(), sanction));
                          return resume_use(work, *sanction.allocation_id, command.ground);
                        });
}

base::Result<Sanction> dismiss_sanction(Work& work, const model::SanctionId& id,
                                        const model::GiveGround& command) {
  DURE_LET(dismissed, take_case_step(work, id, access::Permission::kSanctionManage, "dismissed", "dismiss",
                                     [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                                       DURE_TRY(check_command(command));
                                       return programme::dismiss(sanction, command.ground, step);
                                     }));
  if (dismissed.suspended_at) DURE_TRY(resume_use(work, *dismissed.allocation_id, command.ground));
  return dismissed;
}

base::Result<Sanction> appeal_sanction(Work& work, const model::SanctionId& id,
                                       const model::AppealSanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionAnswer, "appealed", "appeal",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          return programme::appeal(sanction, command.appeal, step);
                        });
}

base::Result<Sanction> decide_sanction_appeal(Work& work, const model::SanctionId& id,
                                              const model::DecideSanctionAppeal& command) {
  const std::string event = command.upheld ? "upheld" : "reversed";
  DURE_LET(decided, take_case_step(work, id, access::Permission::kSanctionManage, event,
                                   command.upheld ? "uphold" : "reverse",
                                   [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                                     DURE_TRY(check_command(command));
                                     return programme::decide_appeal(sanction, command, step);
                                   }));
  if (command.upheld) return decided;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, decided.programme_id));
  DURE_TRY(take_back(work, decided, command.ground, step_by(work, *pack)));
  return decided;
}

base::Result<Sanction> refer_sanction(Work& work, const model::SanctionId& id,
                                      const model::ReferSanction& command) {
  return take_case_step(work, id, access::Permission::kSanctionManage, "referred", "refer",
                        [&](Sanction& sanction, const CaseStep& step) -> base::Status {
                          DURE_TRY(check_command(command));
                          return programme::refer(sanction, command, step);
                        });
}

base::Result<std::optional<Sanction>> open_case(Work& work, const model::Allocation& allocation,
                                                const policy::Pack& pack, const NewCase& wanted) {
  DURE_LET(ground, programme::ground_of(pack, wanted.ground));
  DURE_LET(known, work.tx.sanctions().first(ports::Query{}
                                                .where("programme_id", allocation.programme_id)
                                                .where("ground", wanted.ground)
                                                .where("subject", wanted.subject)
                                                .at_most(1)));
  if (known) return std::optional<Sanction>{};
  Sanction sanction;
  work.stamp(sanction);
  sanction.programme_id = allocation.programme_id;
  sanction.ground = ground.id;
  sanction.subject = wanted.subject;
  sanction.facts = wanted.facts;
  sanction.reported_by = wanted.reported_by;
  sanction.notice = wanted.first;
  sanction.incident_id = wanted.incident_id;
  sanction.obligation_id = wanted.obligation_id;
  sanction.measures = programme::measures_of(ground);
  sanction.policy_hash = pack.hash();
  DURE_TRY(fill_allocation(work, sanction, allocation));
  DURE_TRY(insert_sanction(work, sanction));
  return std::optional(sanction);
}

base::Result<Sanction> stop_for_case(Work& work, Sanction sanction, const policy::Pack& pack,
                                     const std::string& reason) {
  DURE_LET(ground, programme::ground_of(pack, sanction.ground));
  if (!ground.at_once) return sanction;
  DURE_TRY(programme::investigate(sanction));
  DURE_TRY(programme::suspend(sanction, reason, step_by(work, pack)));
  DURE_TRY(stop_use(work, *sanction.allocation_id, reason));
  return save_sanction(work, std::move(sanction), "suspended", "suspend");
}

base::Result<bool> has_paper(Work& work, const model::ProjectId& project,
                             const model::ApplicationId& application, const std::string& kind) {
  const auto of_kind = ports::Query{}.where("kind", kind).where_null("erased_at").at_most(1);
  DURE_LET(filed, work.tx.documents().first(ports::Query(of_kind).where("application_id", application)));
  if (filed) return true;
  DURE_LET(since, work.tx.evidence_documents().first(ports::Query(of_kind).where("project_id", project)));
  return since.has_value();
}

base::Result<std::vector<model::SanctionId>> sanctions_due(Work& work) {
  std::vector<model::SanctionId> ids;
  for (const auto state : {SanctionState::kNoticed, SanctionState::kImposed, SanctionState::kUpheld}) {
    DURE_LET(rows, load_all(work.tx.sanctions(), ports::Query{}.where("state", state)));
    for (auto& row : rows) {
      DURE_LET(due, bring(work, row));
      if (!due.empty()) ids.push_back(row.id);
    }
  }
  return ids;
}

base::Result<bool> keep_sanction(Work& work, const model::SanctionId& id) {
  DURE_LET(sanction, work.tx.sanctions().get(id));
  DURE_LET(event, bring(work, sanction));
  if (event.empty()) return false;
  const bool over = sanction.closed_at.has_value();
  const bool rested = sanction.suspended_at && !sanction.resumed_at;
  if (over && rested) sanction.resumed_at = work.now;
  DURE_LET(saved, save_sanction(work, std::move(sanction), event, event));
  if (over && rested) DURE_TRY(resume_use(work, *saved.allocation_id, saved.decision));
  return true;
}

}  // namespace dure::commands
