// What a clock begins and ends, one row and one transaction at a time: a row that cannot be kept holds up
// neither the others nor what the loop does next.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "commands/leases.h"

namespace dure::commands {

struct KeptDates {
  std::int64_t changed = 0;
  std::vector<std::pair<std::string, base::Reason>> failed;  // ids, with the cause; tried again each round
};

// `keep` says whether it changed the row; it must do nothing where nothing is due. Fails only where the lease
// is lost.
template <class Noun>
base::Result<KeptDates> keep_each(
    World& world, const HeldLease& lease, const std::vector<base::Id<Noun>>& due,
    const std::function<base::Result<bool>(Work&, const base::Id<Noun>&)>& keep) {
  KeptDates kept;
  for (const auto& id : due) {
    const auto changed = run<bool>(world, system_caller(lease.role), [&](Work& work) -> base::Result<bool> {
      DURE_TRY(check_lease(work, lease));
      return keep(work, id);
    });
    if (changed)
      kept.changed += *changed ? 1 : 0;
    else if (changed.failure().reason.code == "lease.lost")
      return changed.failure();
    else
      kept.failed.emplace_back(id.text, changed.failure().reason);
  }
  return kept;
}

}  // namespace dure::commands
