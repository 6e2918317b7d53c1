#include "queue/borrowed.h"

#include <algorithm>
#include <numeric>

namespace dure::queue {
namespace {

std::vector<std::size_t> started_last_first(std::span<const HeldRun> runs) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.rbegin(), order.rend(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return runs[a].ran_for < runs[b].ran_for; });
  return order;
}

}  // namespace

bool may_reclaim(const TenantShare& asker, base::MilliGpu asked) {
  return asker.held + asked <= asker.guaranteed;
}

std::vector<std::size_t> borrowed(std::span<const TenantShare> tenants, std::span<const HeldRun> runs,
                                  std::size_t asker, base::MilliGpu asked, base::Span min_run) {
  std::vector<std::size_t> found;
  if (!may_reclaim(tenants[asker], asked)) return found;
  std::vector<base::MilliGpu> above;  // its guarantee, of each tenant
  for (const TenantShare& tenant : tenants) above.push_back(tenant.held - tenant.guaranteed);
  for (const std::size_t i : started_last_first(runs)) {
    const HeldRun& run = runs[i];
    const base::MilliGpu left = above[run.tenant];
    if (run.tenant == asker || left <= base::MilliGpu{} || run.held > left) continue;
    if (!run.preemptible || run.ran_for < min_run) continue;
    above[run.tenant] = left - run.held;
    found.push_back(i);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace dure::queue
