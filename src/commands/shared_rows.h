// What the runs of a decision refer to: rows that many of them share, and rows of which there is one for
// each.
#pragma once

#include <map>
#include <vector>

#include "commands/row_cache.h"
#include "commands/work.h"

namespace dure::commands {

// Of one transaction. Read before the runs are gone through, and else one by one.
class SharedRows {
 public:
  explicit SharedRows(Work& work);

  // What these runs refer to.
  base::Status fetch(const std::vector<model::Run>& runs);
  void add(const std::vector<model::Replica>& replicas);

  base::Result<PackPtr> pack_of(Work& work, const model::ProgrammeId& id);
  // Of those that were added.
  std::vector<model::ReplicaId> replicas_of(const model::RunId& id) const;

  RowCache<model::Revision> revisions;
  RowCache<model::Workload> workloads;
  RowCache<model::Project> projects;

 private:
  std::map<model::ProgrammeId, PackPtr> packs_;
  std::map<model::RunId, std::vector<model::ReplicaId>> replicas_;
};

}  // namespace dure::commands
