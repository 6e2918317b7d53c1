// What is left of a project or an account, and its destruction, one thing at a time (L1, invariant 17).
//
// list_left() finds what could still be read; it is asked before the first thing is destroyed, after each
// round, and to verify: what it finds then is exactly what is not destroyed. Destroying is idempotent.
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/closure.h"

namespace dure::commands {

// Every readable thing that the job is about, as pending: workloads, volumes (one entry for each node on
// which there is a folder), form, documents, evidence, and the persons and accounts that end with it. An
// account whose other projects go on does not. The records of access of those accounts are listed too.
base::Result<std::vector<model::DeletionItem>> list_left(Work& work, const model::DeletionJob& job);

// Destroys what the item names, where that is possible now. True where it is destroyed: a workload that runs,
// and a volume that a node has not destroyed yet, are not.
base::Result<bool> destroy(Work& work, const model::DeletionItem& item);

// What a node said that it has destroyed.
base::Status note_erased(Work& work, const model::NodeId& node, const std::vector<std::string>& volumes);
// What the node is to destroy.
base::Result<std::vector<std::string>> volumes_to_erase(Work& work, const model::NodeId& node);
// Whether `volumes` names one of those: there is something to be written.
base::Result<bool> erased_any(Work& work, const model::NodeId& node, const std::vector<std::string>& volumes);

}  // namespace dure::commands
