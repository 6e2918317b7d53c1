// Reclaim: what others borrow, for an entry that asks within its tenant's guarantee.
//
// Nobody stops anybody by turns. Let of each tenant the lesser of what it holds and what it is guaranteed be
// counted, and the sum of that: a run is stopped only where its tenant holds its guarantee without it, so
// that the sum stays, and who asked starts within its own, so that it grows. It is at most the sum of the
// guarantees; only runs that end by themselves make it less.
#include <algorithm>

#include "base/result.h"
#include "queue/moment.h"
#include "queue/scheduler.h"

namespace dure::queue {
namespace {

constexpr int kMostAttempts = 3;  // to find room for one, each without what was found before

// The work in milli-GPU-seconds that is lost by a stop at `now`.
std::int64_t lost_by(base::MilliGpu gpu, base::Span ran) {
  return base::multiply_divide(gpu.value, std::max<std::int64_t>(0, ran.us), 1'000'000);
}

}  // namespace

// The nearest with a guarantee, of the allocation or of the owners above; who has none above him borrows all
// that he holds, as the root.
std::size_t Scheduler::tenant_of(const Job& job) const {
  for (std::size_t node = job.also; node != Quotas::kRoot; node = quotas_.parent(node))
    if (quotas_.guaranteed(node)) return node;
  std::size_t owner = job.owner;
  while (owner != Quotas::kRoot && !quotas_.guaranteed(owner)) owner = quotas_.parent(owner);
  return owner;
}

// By the owners' numbers. What runs of each tenant, and what is kept for it; what is only promised is not
// held. A run that stops is not: what it goes to is kept.
std::vector<TenantShare> Scheduler::tenant_shares() const {
  std::vector<TenantShare> tenants(quotas_.size());
  for (const Handle run : running_) {
    const Item& item = items_[run];
    TenantShare& tenant = tenants[tenant_of(item.job)];
    if (!item.stopping) tenant.held = tenant.held + item.job.amount.gpu;
  }
  for (const Handle entry : kept_) {
    TenantShare& tenant = tenants[tenant_of(items_[entry].job)];
    tenant.held = tenant.held + items_[entry].job.amount.gpu;
  }
  for (std::size_t owner = 0; owner < tenants.size(); ++owner)
    tenants[owner].guaranteed = quotas_.guaranteed(owner).value_or(base::MilliGpu{});
  return tenants;
}

// Of its tenant: what runs, and what is promised to those that come before it. Those that may not be stopped
// come first, so that what may be is what is borrowed.
TenantShare Scheduler::share_before(Handle entry, const std::vector<TenantShare>& tenants) const {
  const Job& job = items_[entry].job;
  TenantShare share = tenants[tenant_of(job)];
  for (const Lane& lane : lanes_) {
    for (const Handle other : lane.promised) {
      const Job& promised = items_[other].job;
      if (other == entry || tenant_of(promised) != tenant_of(job)) continue;
      const bool before =
          promised.preemptible == job.preemptible ? order_of(other) < order_of(entry) : !promised.preemptible;
      if (before) share.held = share.held + promised.amount.gpu;
    }
  }
  return share;
}

// Whether it would hold what its tenant is not guaranteed.
bool Scheduler::borrows(Handle entry, const std::vector<TenantShare>& tenants) const {
  return !may_reclaim(share_before(entry, tenants), items_[entry].job.amount.gpu);
}

// None of which it is not known where they are: to stop them helps nobody that is known of.
std::vector<placement::Victim> Scheduler::victims_for(Handle entry, std::vector<TenantShare> tenants,
                                                      base::Instant now) const {
  std::vector<Handle> handles;
  for (const Handle run : running_) {
    const Item& item = items_[run];
    if (!item.stopping && !item.spots.empty() && item.job.amount.gpu.value > 0) handles.push_back(run);
  }
  const auto begun = [&](Handle run) { return std::pair(items_[run].start, items_[run].serial); };
  std::sort(handles.begin(), handles.end(), [&](Handle a, Handle b) { return begun(a) < begun(b); });
  std::vector<HeldRun> runs;
  runs.reserve(handles.size());
  for (const Handle run : handles) {
    const Job& job = items_[run].job;
    runs.push_back({tenant_of(job), job.amount.gpu, now - items_[run].start, job.preemptible});
  }
  const Job& job = items_[entry].job;
  tenants[tenant_of(job)] = share_before(entry, tenants);
  std::vector<placement::Victim> victims;
  for (const std::size_t which :
       borrowed(tenants, runs, tenant_of(job), job.amount.gpu, setting_.least_run)) {
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

void Scheduler::stop(Handle run, base::Instant ends, Handle asker) {
  Item& item = items_[run];
  item.stopping = true;
  item.ends = std::min(item.ends, ends);
  ++counts_.stopped;
  actions_.push_back({ActionKind::kStop, run, item.ends, {}, asker});
}

// What is promised, where it could be in the way, to those that would borrow: nothing is reserved for them
// until put_back().
std::vector<Handle> Scheduler::lift_borrowers(const LaneKey& key) {
  const auto tenants = tenant_shares();
  std::vector<Handle> lifted;
  for (const Lane& lane : lanes_) {
    if (!overlap(lane.key, key)) continue;
    for (const Handle entry : lane.promised)
      if (items_[entry].job.preemptible && borrows(entry, tenants)) lifted.push_back(entry);
  }
  for (const Handle entry : lifted) horizon_.remove(promise_key(entry));
  return lifted;
}

void Scheduler::put_back(const std::vector<Handle>& lifted, bool withdraw_all) {
  for (const Handle entry : lifted) {
    const Item& item = items_[entry];
    if (!withdraw_all && horizon_.open(placed(item), std::max(item.start, now_), item.job.time_limit)) {
      reserve(entry);
      continue;
    }
    drop_promise(entry);
    ++counts_.withdrawn;
    actions_.push_back({ActionKind::kWithdrawn, entry, items_[entry].start, {}});
  }
}

// REQUIRES: nothing is reserved for it.
void Scheduler::promise_at(Handle entry, placement::Horizon::Opening opening) {
  if (items_[entry].standing == Standing::kPromised) {
    move_promise(entry, std::move(opening));
    return reserve(entry);
  }
  give_promise(entry, std::move(opening));
  actions_.push_back({ActionKind::kPromise, entry, items_[entry].start, {}});
}

// Of the runs that are expected to end by then, those without which the opening would not be there; the
// others are expected to go on. They were chosen on the board of now: by the opening's start others may have
// ended.
std::vector<std::size_t> Scheduler::needed_for(const Job& job, const placement::Horizon::Opening& opening,
                                               const std::vector<std::size_t>& runs, base::Instant ends) {
  Item there;
  there.job = job;
  there.spots = opening.spots;
  const auto parts = placed(there);
  std::vector<std::size_t> needed;
  for (const std::size_t run : runs) {
    const auto victim = static_cast<Handle>(run);
    expect_end(victim, items_[run].ends);
    if (horizon_.open(parts, opening.start, job.time_limit)) continue;
    expect_end(victim, std::min(items_[run].ends, ends));
    needed.push_back(run);
  }
  return needed;
}

// False, and nothing is stopped, where the entry would not start by then for it: what they leave may be
// promised to others, in slots that are told.
bool Scheduler::take_from(const placement::Reclaim& found, Handle entry, base::Instant ends,
                          std::vector<std::size_t>& in_the_way) {
  const std::vector<std::size_t>& runs = found.victims;
  const Job& job = items_[entry].job;
  const Lane& lane = lanes_[items_[entry].lane];
  const bool promised = items_[entry].standing == Standing::kPromised;
  for (const std::size_t run : runs) expect_end(static_cast<Handle>(run), std::min(items_[run].ends, ends));
  if (promised) horizon_.remove(promise_key(entry));
  const auto place_for = [&](base::Instant from) {
    return together(
        job, horizon_.earliest(job.shape, job.replicas, job.apart, from, job.time_limit, ends + kMoment));
  };
  std::vector<Handle> lifted;
  auto opening = place_for(not_before(lane, promised ? std::optional(entry) : std::nullopt, now_));
  if (!opening) {
    lifted = lift_borrowers(lane.key);
    if (!lifted.empty()) opening = place_for(now_);
  }
  const bool helps = opening.has_value();
  if (helps) {
    for (const std::size_t run : needed_for(job, *opening, runs, ends))
      stop(static_cast<Handle>(run), ends, entry);
  } else {
    for (const placement::Spot& spot : found.spots)
      if (!horizon_.earliest_on({&spot.slot, 1}, job.shape, now_, job.time_limit, ends + kMoment))
        in_the_way.push_back(spot.slot);
    for (const std::size_t run : runs) expect_end(static_cast<Handle>(run), items_[run].ends);
  }
  const std::vector<placement::Spot> former = promised ? items_[entry].spots : std::vector<placement::Spot>{};
  if (helps) {
    promise_at(entry, *std::move(opening));
    free_slots(former);
  } else if (promised) {
    reserve(entry);
  }
  put_back(lifted, helps && !setting_.backfill);
  return helps;
}

// The slots that are closed at some time while the job would run, ascending.
std::vector<std::size_t> Scheduler::closed_to(const Job& job, base::Instant starts) const {
  std::vector<std::size_t> slots;
  for (const Closure& closure : closures_) {
    if (closure.heed == placement::Heed::kWhatEnds && job.time_limit == placement::kForever) continue;
    if (starts < closure.ends && closure.starts < placement::end_of(starts, job.time_limit))
      slots.push_back(closure.slot);
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

// The board knows neither what is closed nor what is promised to others: the first is taken out of service in
// a copy of it; of the second is learnt where it is found, and the next attempt looks elsewhere: past those
// slots, or, where none of them is in the way by itself, past those victims.
bool Scheduler::take_for(Handle entry, std::vector<placement::Victim> victims,
                         const std::vector<std::size_t>& closed, base::Instant ends) {
  const Job& job = items_[entry].job;
  std::optional<placement::Forest> open;
  const auto leave_out = [&](std::size_t slot) {
    if (!open) open = forest_;
    open->set_service(slot, false);
  };
  std::for_each(closed.begin(), closed.end(), leave_out);
  for (int attempt = 0; attempt < kMostAttempts && !victims.empty(); ++attempt) {
    const auto found =
        placement::reclaim(open ? *open : forest_, victims, job.shape, job.replicas, job.apart);
    if (!found) return false;
    if (found->victims.empty()) {  // there is room, but for promises
      for (const placement::Spot& spot : found->spots) leave_out(spot.slot);
      continue;
    }
    std::vector<std::size_t> in_the_way;
    if (take_from(*found, entry, ends, in_the_way)) return true;
    std::for_each(in_the_way.begin(), in_the_way.end(), leave_out);
    if (!in_the_way.empty()) continue;
    std::erase_if(victims, [&](const placement::Victim& victim) {
      return std::find(found->victims.begin(), found->victims.end(), victim.id) != found->victims.end();
    });
  }
  return false;
}

// What has not run long enough will have some day.
void Scheduler::ask_again(base::Instant now) {
  for (const Handle run : running_) {
    const base::Instant then = items_[run].start + setting_.least_run;
    if (!items_[run].job.preemptible || items_[run].stopping || then <= now) continue;
    ask_again_ = ask_again_ ? std::min(*ask_again_, then) : then;
  }
}

// What is promised first, then what waits in its order; as many as are tried behind the promises.
std::vector<Handle> Scheduler::askers_of(const Lane& lane) const {
  std::vector<Handle> askers = lane.promised;
  for (const Order& order : lane.all) {
    if (static_cast<std::int64_t>(askers.size()) >= setting_.promises + setting_.tries) break;
    askers.push_back(order.entry);
  }
  return askers;
}

// For the first of the lane that may take back: one in a walk, so that what is stopped for one is not taken
// for free by the search for the next.
void Scheduler::take_back(Lane& lane, base::Instant now) {
  const auto may_be_stopped = [&](Handle run) {
    return items_[run].job.preemptible && !items_[run].stopping;
  };
  if (setting_.promises == 0 || std::none_of(running_.begin(), running_.end(), may_be_stopped)) return;
  const base::Instant ends = now + setting_.stop_grace;
  const auto tenants = tenant_shares();
  std::set<std::tuple<placement::Shape, std::int64_t, bool, std::size_t, std::vector<std::size_t>>> in_vain;
  for (const Handle entry : askers_of(lane)) {
    const Item& item = items_[entry];
    const Job& job = item.job;
    const bool promised = item.standing == Standing::kPromised;
    if ((promised && item.start <= ends) || job.amount.gpu.value == 0) continue;
    if (borrows(entry, tenants) || (!promised && binding(job, job.amount))) continue;
    const std::vector<std::size_t> closed = closed_to(job, ends);
    const std::tuple like{job.shape, job.replicas, job.apart, tenant_of(job), closed};
    if (in_vain.contains(like)) continue;
    if (take_for(entry, victims_for(entry, tenants, now), closed, ends)) {
      items_[entry].tried = 0;  // before they were stopped
      lane.unsettle();
      lane.freed = true;  // whom nobody without a known start holds up any more, and who asks next
      return;
    }
    in_vain.insert(like);
    ask_again(now);
  }
}

}  // namespace dure::queue
