// What the nodes say of the shares of real cards: kept, shown, and told of where it is in nobody's books; and
// how a share is held to its blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "commands/work.h"
#include "model/node_link.h"
#include "model/requests.h"
#include "model/share_use.h"
#include "model/workload.h"

namespace dure::commands {

// How the share of such a run is held to its blocks, by the pool of its allocation in the pack in force and,
// between pools with priorities, by the run's own. Hard where the programme has no pack any more.
struct ShareTerms {
  model::SharePolicy policy = model::SharePolicy::kHard;
  std::int64_t weight = 0;
  std::int64_t priority = 0;
};
base::Result<ShareTerms> share_terms(Work& work, const model::Run& run);

// Part of a node's report. A reading of a share that is not this node's is left out; none ever falls.
base::Status store_readings(Work& work, const model::Node& node, const model::NodeReport& report);

// Part of a node's report: a finding that is new gets a row, an event ("share.finding") and an audit entry;
// one for which the replica was stopped a second pair ("share.stopped"); one that the report has no longer is
// ended. The same report again changes nothing. True where a row was written, or would be.
base::Result<bool> store_findings(Work& work, const model::Node& node, const model::NodeReport& report,
                                  bool write);

// Of what was given, in basis points of device time, rounded down; nothing where less than a second was.
std::optional<std::int64_t> used_bp(const std::vector<model::ShareUse>& uses);

// Fills in the view's uses, used_bp and findings. REQUIRES: the view has its run.
base::Status show_uses(Work& work, model::WorkloadView& view);

}  // namespace dure::commands
