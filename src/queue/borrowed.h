// Borrowed: which runs may be stopped for a tenant that wants what it is guaranteed.
//
// Each tenant has a guarantee (its quota), and may hold more while others leave theirs unused: what it holds
// above the guarantee is borrowed, and is taken back when somebody asks within its own. Elastic quotas of
// YARN and Volcano, and over-quota use of Run:ai, work so. A tenant that borrows takes nothing from anybody:
// what was stopped waits again as a borrower, so that two tenants can never stop each other by turns.
//
// What a tenant started last is what it borrows. Whichever of the runs are stopped, no tenant comes to hold
// less than its guarantee: a run larger than what is above it stays. So a guarantee is met at once where runs
// are of one block, and where they are larger up to what these leave.
//
// placement/reclaim.h chooses among them. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"

namespace dure::queue {

struct TenantShare {
  base::MilliGpu held;  // by all its runs, those too that may not be stopped
  base::MilliGpu guaranteed;
};

struct HeldRun {
  std::size_t tenant = 0;
  base::MilliGpu held;
  base::Span ran_for;
  bool preemptible = false;
};

// Whether a tenant may take back what others borrow: it stays within its guarantee with what it asks.
bool may_reclaim(const TenantShare& asker, base::MilliGpu asked);

// The indices of the runs that may be stopped for it, ascending; none where it may not reclaim. A run that
// was started less than `min_run` ago stays, so that each gets something done. Of runs started at once the
// later index counts as started last. REQUIRES: the tenants of the runs and the asker are indices into
// `tenants`; asked >= 0.
std::vector<std::size_t> borrowed(std::span<const TenantShare> tenants, std::span<const HeldRun> runs,
                                  std::size_t asker, base::MilliGpu asked, base::Span min_run);

}  // namespace dure::queue
