// One cycle of the scheduler: what of all that waits may start now, and what is promised.
#include <algorithm>
#include <utility>

#include "base/result.h"
#include "queue/moment.h"
#include "queue/scheduler.h"

namespace dure::queue {
namespace {

constexpr int kMostRounds = 4;
constexpr base::Span kTurnsChange = base::Span::minutes(1);

}  // namespace

Walk Scheduler::walk_of(const Lane& lane, base::Instant now) const {
  const bool ages = setting_.ageing < placement::kForever;
  std::vector<Walk::Claim> promised;
  promised.reserve(lane.promised.size());
  for (const Handle entry : lane.promised)
    promised.emplace_back(items_[entry].job.owner, items_[entry].job.amount.gpu);
  return {lane, deciding_shares(), now, ages ? now - setting_.ageing : base::Instant{INT64_MIN},
          std::move(promised)};
}

std::vector<Action> Scheduler::cycle(base::Instant now) {
  now_ = std::max(now_, now);
  horizon_.set_now(now_);
  wake(now_);
  // A promise that breaks leaves room for others: once more.
  for (int round = 0; round < kMostRounds || !reopened_.empty(); ++round) {
    now_free_ = std::exchange(freed_, {});
    std::sort(now_free_.begin(), now_free_.end());
    now_free_.erase(std::unique(now_free_.begin(), now_free_.end()), now_free_.end());
    bool any = reopen();
    for (Lane& lane : lanes_) {
      any = any || lane.freed;
      if (lane.freed)
        walk(lane, now_);
      else if (!lane.fresh.empty())
        look_at_fresh(lane, now_);
    }
    const auto freed = [](const Lane& lane) { return lane.freed; };  // by a promise that was withdrawn
    any = any || std::any_of(lanes_.begin(), lanes_.end(), freed);
    if (!any && reopened_.empty()) break;
  }
  return std::exchange(actions_, {});
}

// Who was let in by a ceiling and is kept out by another one leaves his place to the next of his like. What
// is held only grows meanwhile, so that nobody comes back and this ends.
bool Scheduler::reopen() {
  const auto owners = std::exchange(reopened_, {});
  for (const std::size_t owner : owners) unpark_at(owner);
  return !owners.empty();
}

// What time alone has brought.
void Scheduler::wake(base::Instant now) {
  while (!paused_.empty() && paused_.begin()->first <= now) {
    const Handle entry = paused_.begin()->second;
    paused_.erase(paused_.begin());
    join(entry);
  }
  for (const auto& [start, entry] : due_) {
    if (start > now) break;
    lanes_[items_[entry].lane].freed = true;
  }
  if (setting_.fair_share)  // whose turn it is changes with time
    for (Lane& lane : lanes_)
      lane.freed = lane.freed || (!lane.all.empty() && lane.walked + kTurnsChange <= now);
  if (ask_again_ && *ask_again_ <= now) {
    ask_again_.reset();
    for (Lane& lane : lanes_) lane.freed = lane.freed || lane.waits();
  }
  std::erase_if(closures_, [&](const Closure& closure) { return closure.ends <= now; });
  while (!reopenings_.empty() && std::get<0>(*reopenings_.begin()) <= now) {
    const auto [ends, slot, key] = *reopenings_.begin();
    reopenings_.erase(reopenings_.begin());
    horizon_.remove(key);
    freed_.push_back(slot);
    touch(slot);
  }
}

// Everything that waits in the lane.
void Scheduler::walk(Lane& lane, base::Instant now) {
  lane.freed = false;
  lane.walked = now;
  forget_in_vain();
  look_at_promises(lane, now);
  rearrange(lane, now);
  const std::vector<Handle> fresh = std::exchange(lane.fresh, {});
  hopes_ = std::exchange(lane.hopes, {});
  ++lane.passes;
  if (!settle(lane, fresh, now)) walk_in_order(lane, now);
  if (setting_.reclaim) take_back(lane, now);
}

// Something has become free for one of those that found no room, or a ceiling has come in the way of one.
bool Scheduler::may_be_woken(const Lane& lane) const {
  return lane.capped || std::any_of(hopes_.begin(), hopes_.end(), [&](std::size_t slot) {
           return lane.asks.may_fit(forest_.slots()[slot]);
         });
}

// True where nobody but at most one could start or be promised a start, so that the order of the others does
// not matter: then that one was looked at.
bool Scheduler::settle(Lane& lane, const std::vector<Handle>& fresh, base::Instant now) {
  const bool may_try_all = setting_.backfill && setting_.promises > 0 &&
                           static_cast<std::int64_t>(lane.all.size()) <= setting_.tries;
  if (!lane.settled || !may_try_all || has_promises_left(lane) || fresh.size() > 1) return false;
  std::optional<Handle> one;
  if (!fresh.empty()) one = fresh.front();
  if (may_be_woken(lane)) {
    for (const Order& order : lane.all) {
      if (!fresh.empty() && order.entry == fresh.front()) continue;
      const Job& job = items_[order.entry].job;
      if (binding(job, job.amount)) return false;
      if (!has_hope(job)) continue;
      if (one) return false;
      one = order.entry;
    }
    lane.capped = false;
  }
  if (!one) return true;
  consider(lane, *one, now);
  if (items_[*one].standing == Standing::kBehind) lane.asks.add(items_[*one].job);
  return true;
}

// From its head.
void Scheduler::walk_in_order(Lane& lane, base::Instant now) {
  ++lane.walks;
  lane.asks.clear();
  lane.capped = false;
  std::size_t left = lane.all.size();
  std::int64_t tries = 0;
  const auto look_at = [&](Handle entry) {
    const bool goes_on = consider(lane, entry, now);
    if (items_[entry].standing == Standing::kBehind) {
      lane.asks.add(items_[entry].job);
      ++tries;
    }
    --left;
    return goes_on && tries < setting_.tries;
  };
  if (left == 1) {
    look_at(lane.all.begin()->entry);
  } else if (left > 1) {
    Walk walk = walk_of(lane, now);
    while (const auto entry = walk.next()) {
      const std::size_t owner = items_[*entry].job.owner;
      const base::MilliGpu gpu = items_[*entry].job.amount.gpu;
      if (!look_at(*entry)) break;
      const Standing standing = items_[*entry].standing;
      if (standing == Standing::kRunning || standing == Standing::kPromised) walk.count(owner, gpu);
    }
  }
  lane.settled = setting_.backfill && left == 0;
}

// Only those that have come, where nothing has become free: who stands before them could not start either.
void Scheduler::look_at_fresh(Lane& lane, base::Instant now) {
  // Others wait without a promise though there are promises left, or some of the newcomers stand before them:
  // then the order of all decides.
  const bool others = lane.all.size() > lane.fresh.size();
  const bool ahead = std::any_of(lane.fresh.begin(), lane.fresh.end(),
                                 [&](Handle entry) { return items_[entry].job.priority > 0; });
  if (others && (has_promises_left(lane) || ahead || setting_.fair_share)) return walk(lane, now);
  if (setting_.fair_share && lane.fresh.size() > 1) return walk(lane, now);
  std::vector<Handle> fresh = std::exchange(lane.fresh, {});
  std::sort(fresh.begin(), fresh.end(), [&](Handle a, Handle b) { return order_of(a) < order_of(b); });
  forget_in_vain();
  std::int64_t tries = 0;
  for (const Handle entry : fresh) {
    if (!consider(lane, entry, now)) break;
    if (items_[entry].standing == Standing::kBehind && ++tries >= setting_.tries) break;
  }
  lane.unsettle();
  if (setting_.reclaim) take_back(lane, now);
}

// False where nothing behind it may be looked at.
bool Scheduler::consider(Lane& lane, Handle entry, base::Instant now) {
  const Job& job = items_[entry].job;
  if (const auto owner = binding(job, job.amount)) {
    park(entry, *owner);
    return true;
  }
  const bool in_front = setting_.backfill || lane.promised.empty();
  if (in_front) {
    auto spots = was_tried(lane, entry) && !has_hope(job) ? std::nullopt : room_now(job, now);
    if (spots) {
      lane.remove(order_of(entry), job.owner, deciding_shares());
      items_[entry].spots = *std::move(spots);
      started(entry, now);
      return true;
    }
  }
  if (has_promises_left(lane)) {
    const bool promised = promise(lane, entry, now);
    if (in_front) items_[entry].tried = lane.walks;
    return promised || lets_by(job, now);
  }
  if (in_front) items_[entry].tried = lane.walks;
  return setting_.backfill && setting_.promises > 0;
}

std::optional<std::vector<placement::Spot>> Scheduler::room_now(const Job& job, base::Instant now) {
  if (in_vain_.contains(job.shape)) return std::nullopt;
  const auto spot = forest_.find(job.shape);
  if (!spot) {
    in_vain_.insert(job.shape);
    return std::nullopt;
  }
  if (job.replicas == 1) {
    if (!horizon_.reserved(spot->slot)) return std::vector{*spot};
    const placement::Placed part{job.shape, *spot};
    if (horizon_.open({&part, 1}, now, job.time_limit)) return std::vector{*spot};
  }
  return job.replicas == 1 ? room_beside_promises(job, now) : room_for_all(job, now);
}

// What starts in a walk only takes room away: where one gang finds none, no larger one does.
std::optional<std::vector<placement::Spot>> Scheduler::room_for_all(const Job& job, base::Instant now) {
  const Gang gang{job.shape, job.apart, job.time_limit};
  const auto in_vain = gangs_in_vain_.find(gang);
  if (in_vain != gangs_in_vain_.end() && in_vain->second <= job.replicas) return std::nullopt;
  if (auto spots = room_for_gang(job, now)) return spots;
  auto opening = together(
      job, horizon_.earliest(job.shape, job.replicas, job.apart, now, job.time_limit, now + kMoment));
  if (opening) return std::move(opening->spots);
  gangs_in_vain_.insert_or_assign(gang, job.replicas);
  return std::nullopt;
}

void Scheduler::forget_in_vain() {
  in_vain_.clear();
  gangs_in_vain_.clear();
}

// The horizon knows no machines: replicas on several slots of one may want more CPU together than it has.
std::optional<placement::Horizon::Opening> Scheduler::together(
    const Job& job, std::optional<placement::Horizon::Opening> opening) const {
  if (!opening || job.replicas == 1) return opening;
  Item there;
  there.job = job;
  there.spots = opening->spots;
  return horizon_.open(placed(there), opening->start, job.time_limit) ? opening : std::nullopt;
}

// In the narrowest domain that has room, where that collides with no promise.
std::optional<std::vector<placement::Spot>> Scheduler::room_for_gang(const Job& job, base::Instant now) {
  auto spots = placement::place_gang(forest_, topology_, job.shape, job.replicas, job.apart);
  if (!spots) return std::nullopt;
  Item there;
  there.job = job;
  there.spots = *spots;
  return horizon_.open(placed(there), now, job.time_limit) ? std::move(spots) : std::nullopt;
}

// The best spot does not do, since something is reserved there: the next best that does.
std::optional<std::vector<placement::Spot>> Scheduler::room_beside_promises(const Job& job,
                                                                            base::Instant now) {
  const auto room_on = [&](std::size_t slot) {
    return horizon_.earliest_on({&slot, 1}, job.shape, now, job.time_limit, now + kMoment);
  };
  const auto spot = forest_.find_where(
      job.shape, [&](std::size_t slot) { return !horizon_.reserved(slot) || room_on(slot).has_value(); });
  if (!spot) return std::nullopt;
  if (!horizon_.reserved(spot->slot)) return std::vector{*spot};
  return room_on(spot->slot)->spots;
}

// True where what has become free since it was tried in vain would do for a replica.
bool Scheduler::has_hope(const Job& job) const {
  return std::any_of(hopes_.begin(), hopes_.end(), [&](const std::size_t slot) {
    if (!forest_.in_service(slot) || !placement::fits(forest_.slots()[slot], job.shape)) return false;
    return !horizon_.reserved(slot) ||
           horizon_.earliest_on({&slot, 1}, job.shape, now_, job.time_limit, now_ + kMoment);
  });
}

// An entry of which no start is known.
bool Scheduler::lets_by(const Job& job, base::Instant now) const {
  return setting_.backfill && now - job.queued_at < setting_.patience;
}

void Scheduler::started(Handle entry, base::Instant now) {
  Item& item = items_[entry];
  item.ends = placement::end_of(now, item.job.time_limit);
  for (const placement::Spot& spot : item.spots) forest_.take(item.job.shape, spot);
  begin(entry, now);
  --counts_.waiting;
  actions_.push_back({ActionKind::kStart, entry, now, item.spots});
}

}  // namespace dure::queue
