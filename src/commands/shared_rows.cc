#include "commands/shared_rows.h"

namespace dure::commands {

SharedRows::SharedRows(Work& work)
    : revisions(work.tx.revisions()), workloads(work.tx.workloads()), projects(work.tx.projects()) {}

base::Status SharedRows::fetch(const std::vector<model::Run>& runs) {
  std::vector<model::RevisionId> revision_ids;
  std::vector<model::WorkloadId> workload_ids;
  std::vector<model::ProjectId> project_ids;
  for (const auto& run : runs) {
    revision_ids.push_back(run.revision_id);
    workload_ids.push_back(run.workload_id);
    project_ids.push_back(run.project_id);
  }
  DURE_TRY(revisions.fetch(std::move(revision_ids)));
  DURE_TRY(workloads.fetch(std::move(workload_ids)));
  return projects.fetch(std::move(project_ids));
}

void SharedRows::add(const std::vector<model::Replica>& replicas) {
  for (const auto& replica : replicas) replicas_[replica.run_id].push_back(replica.id);
}

base::Result<PackPtr> SharedRows::pack_of(Work& work, const model::ProgrammeId& id) {
  if (const auto found = packs_.find(id); found != packs_.end()) return found->second;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, id));
  packs_.emplace(id, pack);
  return pack;
}

std::vector<model::ReplicaId> SharedRows::replicas_of(const model::RunId& id) const {
  const auto found = replicas_.find(id);
  return found == replicas_.end() ? std::vector<model::ReplicaId>{} : found->second;
}

}  // namespace dure::commands
