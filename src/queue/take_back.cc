// Reclaim: what others borrow, for an entry that asks within its tenant's guarantee.
#include <algorithm>

#include "base/result.h"
#include "queue/scheduler.h"

namespace dure::queue {
namespace {

// The work in milli-GPU-seconds that is lost by a stop at `now`.
std::int64_t lost_by(base::MilliGpu gpu, base::Span ran) {
  return base::multiply_divide(gpu.value, std::max<std::int64_t>(0, ran.us), 1'000'000);
}

}  // namespace

// The nearest owner above with a guarantee; who has none above him borrows all that he holds, as the root.
std::size_t Scheduler::tenant_of(std::size_t owner) const {
  while (owner != Quotas::kRoot && !quotas_.guaranteed(owner)) owner = quotas_.parent(owner);
  return owner;
}

// By the owners' numbers. What runs of each tenant; what is only promised is not held.
std::vector<TenantShare> Scheduler::tenant_shares() const {
  std::vector<TenantShare> tenants(quotas_.size());
  for (const Handle run : running_) {
    const Item& item = items_[run];
    TenantShare& tenant = tenants[tenant_of(item.job.owner)];
    if (!item.stopping) tenant.held = tenant.held + item.job.amount.gpu;
  }
  for (std::size_t owner = 0; owner < tenants.size(); ++owner)
    tenants[owner].guaranteed = quotas_.guaranteed(owner).value_or(base::MilliGpu{});
  return tenants;
}

std::vector<placement::Victim> Scheduler::victims_for(Handle entry, base::Instant now) const {
  std::vector<Handle> handles;
  for (const Handle run : running_)
    if (!items_[run].stopping) handles.push_back(run);
  const auto begun = [&](Handle run) { return std::pair(items_[run].start, items_[run].serial); };
  std::sort(handles.begin(), handles.end(), [&](Handle a, Handle b) { return begun(a) < begun(b); });
  std::vector<HeldRun> runs;
  runs.reserve(handles.size());
  for (const Handle run : handles) {
    const Job& job = items_[run].job;
    runs.push_back({tenant_of(job.owner), job.amount.gpu, now - items_[run].start, job.preemptible});
  }
  const Job& job = items_[entry].job;
  std::vector<placement::Victim> victims;
  for (const std::size_t which :
       borrowed(tenant_shares(), runs, tenant_of(job.owner), job.amount.gpu, setting_.least_run)) {
    const Item& item = items_[handles[which]];
    placement::Victim victim{handles[which], lost_by(item.job.amount.gpu, now - item.kept), {}};
    for (const placement::Spot& spot : item.spots) victim.replicas.push_back({item.job.shape, spot});
    victims.push_back(std::move(victim));
  }
  return victims;
}

void Scheduler::expect_end(Handle run, base::Instant ends) {
  if (horizon_.knows(run_key(run))) horizon_.remove(run_key(run));
  if (ends < placement::kNever) horizon_.run(run_key(run), placed(items_[run]), ends);
  raise_hopes(items_[run].spots);
}

void Scheduler::stop(Handle run, base::Instant ends) {
  Item& item = items_[run];
  item.stopping = true;
  item.ends = std::min(item.ends, ends);
  ++counts_.stopped;
  actions_.push_back({ActionKind::kStop, run, item.ends, {}});
}

// False, and nothing is stopped, where the entry would not start earlier for it: what they leave may be
// promised to others.
bool Scheduler::take_from(const std::vector<std::size_t>& runs, Handle entry, base::Instant ends) {
  Item& item = items_[entry];
  const Job& job = item.job;
  const bool promised = item.standing == Standing::kPromised;
  for (const std::size_t run : runs) expect_end(static_cast<Handle>(run), std::min(items_[run].ends, ends));
  if (promised) horizon_.remove(promise_key(entry));
  auto opening =
      horizon_.earliest(job.shape, job.replicas, job.apart, not_before(lanes_[item.lane], entry, now_),
                        job.time_limit, promised ? item.start : placement::kNever);
  const bool helps = opening.has_value();
  for (const std::size_t run : runs) {
    if (helps)
      stop(static_cast<Handle>(run), ends);
    else
      expect_end(static_cast<Handle>(run), items_[run].ends);
  }
  if (promised && helps) move_promise(entry, *std::move(opening));
  if (promised) reserve(entry);
  return helps;
}

// What has not run long enough will have some day.
void Scheduler::ask_again(base::Instant now) {
  for (const Handle run : running_) {
    const base::Instant then = items_[run].start + setting_.least_run;
    if (!items_[run].job.preemptible || items_[run].stopping || then <= now) continue;
    ask_again_ = ask_again_ ? std::min(*ask_again_, then) : then;
  }
}

// For the first of the lane that may take back: one in a cycle, so that what is stopped for one is not taken
// for free by the search for the next.
void Scheduler::take_back(Lane& lane, base::Instant now) {
  std::vector<Handle> askers = lane.promised;
  if (!lane.all.empty() && has_promises_left(lane)) askers.push_back(lane.all.begin()->entry);
  const base::Instant ends = now + setting_.stop_grace;
  for (const Handle entry : askers) {
    const Item& item = items_[entry];
    const Job& job = item.job;
    if (item.standing == Standing::kPromised && item.start <= ends) continue;
    if (quotas_.guaranteed(tenant_of(job.owner)) == std::nullopt) continue;
    const auto victims = victims_for(entry, now);
    const auto found = placement::reclaim(forest_, victims, job.shape, job.replicas, job.apart);
    if (!found || found->victims.empty()) {
      ask_again(now);
      continue;
    }
    if (!take_from(found->victims, entry, ends)) continue;
    items_[entry].tried = 0;  // before they were stopped
    lane.unsettle();
    if (item.standing != Standing::kPromised) promise(lane, entry, now);
    return;
  }
}

}  // namespace dure::queue
