#include "commands/use_dates.h"

#include "commands/idle_use.h"
#include "commands/incidents.h"
#include "commands/rows.h"
#include "commands/sanctions.h"
#include "commands/use_measure.h"
#include "commands/use_reviews.h"
#include "programme/award.h"
#include "programme/sanction.h"

namespace dure::commands {
namespace {

template <class Noun>
using Find = base::Result<std::vector<base::Id<Noun>>> (*)(Work&);
template <class Noun>
using Keep = base::Result<bool> (*)(Work&, const base::Id<Noun>&);

// Looked at first, so that a quiet centre writes nothing.
template <class Noun>
base::Status keep_found(World& world, const HeldLease& lease, Find<Noun> find, Keep<Noun> keep,
                        KeptDates& all) {
  using Ids = std::vector<base::Id<Noun>>;
  DURE_LET(ids, look<Ids>(world, system_caller(lease.role), find));
  DURE_LET(kept, keep_each<Noun>(world, lease, ids, keep));
  all.changed += kept.changed;
  for (auto& each : kept.failed) all.failed.push_back(std::move(each));
  return {};
}

bool is_owed(model::ObligationState state) {
  return state == model::ObligationState::kOverdue || state == model::ObligationState::kEscalated;
}

base::Result<bool> has_case(Work& work, const model::ProgrammeId& programme, const std::string& ground,
                            const std::string& subject) {
  DURE_LET(known, work.tx.sanctions().first(ports::Query{}
                                                .where("programme_id", programme)
                                                .where("ground", ground)
                                                .where("subject", subject)
                                                .at_most(1)));
  return known.has_value();
}

// The cases that the lack of this obligation opens and that are not open yet.
base::Result<std::vector<NewCase>> cases_of(Work& work, const model::Obligation& obligation,
                                            const policy::Pack& pack) {
  std::vector<NewCase> cases;
  if (!is_owed(obligation.state)) return cases;
  for (const auto& ground : programme::grounds_for_missing(pack, obligation.kind)) {
    NewCase wanted;
    wanted.ground = ground.id;
    wanted.subject = "obligations/" + obligation.id.text;
    DURE_LET(known, has_case(work, obligation.programme_id, wanted.ground, wanted.subject));
    if (known) continue;
    wanted.reported_by = "rule";
    wanted.first = {base::Reason("sanction.missing_obligation")
                        .with("kind", obligation.kind)
                        .with("due_on", base::to_text(obligation.due_on))};
    wanted.obligation_id = obligation.id;
    cases.push_back(std::move(wanted));
  }
  return cases;
}

// Documents that the pack wants of every application, whose lack it calls a ground, and that are not there.
base::Result<std::vector<NewCase>> cases_of(Work& work, const model::Allocation& allocation,
                                            const policy::Pack& pack) {
  std::vector<NewCase> cases;
  if (programme::over(allocation.state) || allocation.state == model::AllocationState::kPlanned) return cases;
  DURE_LET(project, work.tx.projects().get(allocation.project_id));
  for (const auto& document : pack.documents.list) {
    if (document.need != policy::Need::kRequired) continue;
    for (const auto& ground : programme::grounds_for_missing(pack, document.kind)) {
      DURE_LET(there, has_paper(work, project.id, project.application_id, document.kind));
      NewCase wanted;
      wanted.ground = ground.id;
      wanted.subject = "applications/" + project.application_id.text + "/documents/" + document.kind;
      DURE_LET(known, has_case(work, allocation.programme_id, wanted.ground, wanted.subject));
      if (there || known) continue;
      wanted.reported_by = "rule";
      wanted.first = {base::Reason("sanction.missing_document").with("kind", document.kind)};
      cases.push_back(std::move(wanted));
    }
  }
  return cases;
}

base::Result<bool> open_all(Work& work, const model::Allocation& allocation, const policy::Pack& pack,
                            const std::vector<NewCase>& cases) {
  for (const auto& wanted : cases)
    if (const auto opened = open_case(work, allocation, pack, wanted); !opened) return opened.failure();
  return !cases.empty();
}

base::Result<std::vector<model::ObligationId>> obligations_without_case(Work& work) {
  std::vector<model::ObligationId> ids;
  for (const auto state : {model::ObligationState::kOverdue, model::ObligationState::kEscalated}) {
    DURE_LET(rows, load_all(work.tx.obligations(), ports::Query{}.where("state", state)));
    for (const auto& row : rows) {
      DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
      DURE_LET(cases, cases_of(work, row, *pack));
      if (!cases.empty()) ids.push_back(row.id);
    }
  }
  return ids;
}

base::Result<bool> open_for_obligation(Work& work, const model::ObligationId& id) {
  DURE_LET(row, work.tx.obligations().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
  DURE_LET(cases, cases_of(work, row, *pack));
  DURE_LET(allocation, work.tx.allocations().get(row.allocation_id));
  return open_all(work, allocation, *pack, cases);
}

base::Result<std::vector<model::AllocationId>> allocations_without_papers(Work& work) {
  std::vector<model::AllocationId> ids;
  DURE_LET(rows, load_all(work.tx.allocations(), in_use()));
  for (const auto& row : rows) {
    DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
    DURE_LET(cases, cases_of(work, row, *pack));
    if (!cases.empty()) ids.push_back(row.id);
  }
  return ids;
}

base::Result<bool> open_for_papers(Work& work, const model::AllocationId& id) {
  DURE_LET(row, work.tx.allocations().get(id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, row.programme_id));
  DURE_LET(cases, cases_of(work, row, *pack));
  return open_all(work, row, *pack, cases);
}

}  // namespace

base::Result<KeptDates> keep_use(World& world, const HeldLease& lease) {
  KeptDates all;
  DURE_TRY(keep_found<model::Allocation>(world, lease, reviews_to_open, open_due_review, all));
  DURE_TRY(keep_found<model::UtilisationReview>(world, lease, reviews_due, keep_review, all));
  DURE_TRY(keep_idle_use(world, lease, all));
  DURE_TRY(keep_found<model::Run>(world, lease, runs_to_suspect, suspect_run, all));
  DURE_TRY(keep_found<model::Obligation>(world, lease, obligations_without_case, open_for_obligation, all));
  DURE_TRY(keep_found<model::Allocation>(world, lease, allocations_without_papers, open_for_papers, all));
  DURE_TRY(keep_found<model::Sanction>(world, lease, sanctions_due, keep_sanction, all));
  return all;
}

}  // namespace dure::commands
