// Promises: given, kept, brought forward, broken.
#include <algorithm>

#include "base/result.h"
#include "queue/scheduler.h"

namespace dure::queue {

void Scheduler::reserve(Handle entry) {
  const Item& item = items_[entry];
  horizon_.reserve(promise_key(entry), placed(item), item.start, item.ends);
}

// Without backfill nobody starts before those who were promised a start before him.
base::Instant Scheduler::not_before(const Lane& lane, std::optional<Handle> entry, base::Instant now) const {
  base::Instant latest = now;
  if (setting_.backfill) return latest;
  for (const Handle other : lane.promised) {
    if (other == entry) break;
    latest = std::max(latest, items_[other].start);
  }
  return latest;
}

// Without backfill a promise in front may go and let it start earlier: then all is looked at.
std::optional<placement::Horizon::Opening> Scheduler::first_start(const Lane& lane, Handle entry,
                                                                  base::Instant now) {
  const Job& job = items_[entry].job;
  const base::Instant from = not_before(lane, {}, now);
  const bool hopeless =
      setting_.backfill && items_[entry].no_start + 1 == lane.passes && was_tried(lane, entry);
  if (hopeless && !horizon_.earliest_on(hopes_, job.shape, from, job.time_limit)) return std::nullopt;
  if (job.replicas == 1 && setting_.backfill) return outlook_.first(job.shape, from, job.time_limit);
  return together(job, horizon_.earliest(job.shape, job.replicas, job.apart, from, job.time_limit));
}

// False where no start is known: it holds up what is behind it.
bool Scheduler::promise(const Lane& lane, Handle entry, base::Instant now) {
  Item& item = items_[entry];
  auto opening = first_start(lane, entry, now);
  item.no_start = opening ? 0 : lane.passes;
  if (!opening) return false;
  give_promise(entry, *std::move(opening));
  actions_.push_back({ActionKind::kPromise, entry, item.start, {}});
  return true;
}

void Scheduler::give_promise(Handle entry, placement::Horizon::Opening opening) {
  Item& item = items_[entry];
  Lane& lane = lanes_[item.lane];
  lane.remove(order_of(entry), item.job.owner, deciding_shares());
  lane.promised.push_back(entry);
  item.standing = Standing::kPromised;
  item.start = opening.start;
  item.ends = placement::end_of(item.start, item.job.time_limit);
  item.spots = std::move(opening.spots);
  take_quota(item.job);
  reserve(entry);
  due_.emplace(item.start, entry);
  ++counts_.promised;
}

bool Scheduler::adopt_promise(Handle entry, base::Instant start, std::vector<placement::Spot> spots) {
  Item& item = items_[entry];
  if (item.standing != Standing::kBehind || binding(item.job, item.job.amount)) return false;
  if (static_cast<std::int64_t>(spots.size()) != item.job.replicas) return false;
  item.spots = std::move(spots);
  const auto parts = placed(item);
  if (!horizon_.open(parts, std::max(start, now_), item.job.time_limit)) {
    item.spots.clear();
    return false;
  }
  give_promise(entry, {start, std::move(item.spots)});
  std::erase(lanes_[item.lane].fresh, entry);
  return true;
}

void Scheduler::keep(const Job& job, std::vector<placement::Spot> spots) {
  const Handle entry = make_item(job);
  Item& item = items_[entry];
  item.spots = std::move(spots);
  item.start = now_;
  item.ends = placement::end_of(now_, job.time_limit);
  reserve(entry);
  kept_.push_back(entry);
}

bool Scheduler::keep_with_quota(const Job& job, std::vector<placement::Spot> spots) {
  if (binding(job, job.amount)) return false;
  take_quota(job);
  keep(job, std::move(spots));
  return true;
}

void Scheduler::look_at_promises(const Lane& lane, base::Instant now) {
  for (const Handle entry : std::vector<Handle>(lane.promised)) {
    if (items_[entry].standing != Standing::kPromised) continue;  // broken meanwhile
    if (items_[entry].start <= now)
      keep_promise(entry, now);
    else if (!now_free_.empty())
      bring_forward(entry, now);
  }
}

// The first of the lane would fit now, and only promises stand in its way: all of the lane are planned anew
// in their order, and it is so where none of them starts later for it.
void Scheduler::rearrange(const Lane& lane, base::Instant now) {
  if (now_free_.empty() || lane.promised.size() < 2) return;
  const Job& first = items_[lane.promised.front()].job;
  if (first.replicas == 1
          ? !forest_.find(first.shape)
          : !placement::place_gang(forest_, topology_, first.shape, first.replicas, first.apart))
    return;
  const std::vector<Handle> entries = lane.promised;
  for (const Handle entry : entries) horizon_.remove(promise_key(entry));
  auto plan = plan_anew(entries, now);
  for (std::size_t i = 0; plan && i < entries.size(); ++i)
    if ((*plan)[i].start < items_[entries[i]].start || (*plan)[i].spots != items_[entries[i]].spots)
      move_promise(entries[i], std::move((*plan)[i]));
  for (const Handle entry : entries) reserve(entry);
  for (const Handle entry : entries)
    if (items_[entry].start <= now) keep_promise(entry, now);
}

// A start for each, none later than it is promised; nothing where there is no such plan. Nothing is reserved
// for them, before or afterwards.
std::optional<std::vector<placement::Horizon::Opening>> Scheduler::plan_anew(
    const std::vector<Handle>& entries, base::Instant now) {
  std::vector<placement::Horizon::Opening> plan;
  base::Instant from = now;
  for (const Handle entry : entries) {
    const Item& item = items_[entry];
    const Job& job = item.job;
    auto opening = horizon_.earliest(job.shape, job.replicas, job.apart, from, job.time_limit,
                                     item.start + base::Span{1});
    if (!opening) break;
    if (!setting_.backfill) from = opening->start;
    Item there;
    there.job = job;
    there.spots = opening->spots;
    horizon_.reserve(promise_key(entry), placed(there), opening->start,
                     placement::end_of(opening->start, job.time_limit));
    plan.push_back(*std::move(opening));
  }
  for (std::size_t i = 0; i < plan.size(); ++i) horizon_.remove(promise_key(entries[i]));
  if (plan.size() < entries.size()) return std::nullopt;
  return plan;
}

// Its time has come. What stands in its way is out of service, or should have ended and has not.
void Scheduler::keep_promise(Handle entry, base::Instant now) {
  Item& item = items_[entry];
  horizon_.remove(promise_key(entry));
  const bool open = horizon_.open(placed(item), now, item.job.time_limit);
  open ? start_promised(entry, item.spots, now) : break_promise(entry, counts_.broken);
}

void Scheduler::start_promised(Handle entry, std::vector<placement::Spot> spots, base::Instant now) {
  unpromise(entry);
  items_[entry].spots = std::move(spots);
  started(entry, now);
}

// REQUIRES: nothing is reserved for it now.
void Scheduler::move_promise(Handle entry, placement::Horizon::Opening to) {
  Item& item = items_[entry];
  due_.erase({item.start, entry});
  raise_hopes(item.spots);
  if (to.start < item.start) actions_.push_back({ActionKind::kPromise, entry, to.start, {}});
  item.start = to.start;
  item.ends = placement::end_of(item.start, item.job.time_limit);
  item.spots = std::move(to.spots);
  due_.emplace(item.start, entry);
}

bool Scheduler::stands_on_freed(const Item& item) const {
  return std::any_of(item.spots.begin(), item.spots.end(), [&](const placement::Spot& spot) {
    const auto [first, end] = forest_.machine_of(spot.slot);
    const auto freed = std::lower_bound(now_free_.begin(), now_free_.end(), first);
    return freed != now_free_.end() && *freed < end;
  });
}

std::optional<placement::Horizon::Opening> Scheduler::earlier_start(Handle entry, base::Instant now) const {
  const Item& item = items_[entry];
  const Job& job = item.job;
  const base::Instant from = not_before(lanes_[item.lane], entry, now);
  if (job.replicas == 1) return horizon_.earliest_on(now_free_, job.shape, from, job.time_limit, item.start);
  return together(job,
                  horizon_.earliest(job.shape, job.replicas, job.apart, from, job.time_limit, item.start));
}

// Where something has become free before it had to: an earlier start, if there is one.
void Scheduler::bring_forward(Handle entry, base::Instant now) {
  Item& item = items_[entry];
  // Its own reservation is in its way only where it stands.
  const bool elsewhere = item.job.replicas == 1 && !stands_on_freed(item);
  if (elsewhere && !earlier_start(entry, now)) return;
  horizon_.remove(promise_key(entry));
  auto opening = earlier_start(entry, now);
  if (opening && opening->start <= now) return start_promised(entry, std::move(opening->spots), now);
  if (opening) move_promise(entry, *std::move(opening));
  reserve(entry);
}

void Scheduler::unpromise(Handle entry) {
  Item& item = items_[entry];
  if (horizon_.knows(promise_key(entry))) horizon_.remove(promise_key(entry));
  due_.erase({item.start, entry});
  give_quota_back(item.job);
  raise_hopes(item.spots);
  std::erase(lanes_[item.lane].promised, entry);
  --counts_.promised;
}

// It waits again, at its old place in the lane.
void Scheduler::drop_promise(Handle entry) {
  unpromise(entry);
  Item& item = items_[entry];
  free_slots(item.spots);
  item.spots.clear();
  item.standing = Standing::kBehind;
  item.tried = 0;
  lanes_[item.lane].add(order_of(entry), item.job.owner, deciding_shares());
  lanes_[item.lane].freed = true;
  lanes_[item.lane].unsettle();
  unpark(item.job);
}

void Scheduler::break_promise(Handle entry, std::int64_t& count) {
  drop_promise(entry);
  ++count;
  actions_.push_back({ActionKind::kBroken, entry, items_[entry].start, {}});
}

// Those that a newcomer with more priority stands before.
void Scheduler::withdraw_promises(std::int64_t priority, const LaneKey& key) {
  for (Lane& lane : lanes_) {
    if (!overlap(lane.key, key)) continue;
    for (const Handle entry : std::vector<Handle>(lane.promised)) {
      if (items_[entry].standing != Standing::kPromised || items_[entry].job.priority >= priority) continue;
      drop_promise(entry);
      ++counts_.withdrawn;
      actions_.push_back({ActionKind::kWithdrawn, entry, items_[entry].start, {}});
    }
  }
}

void Scheduler::break_promises(std::size_t slot, base::Instant starts, base::Instant ends,
                               placement::Heed heed) {
  for (Lane& lane : lanes_) {
    for (const Handle entry : std::vector<Handle>(lane.promised)) {
      const Item& item = items_[entry];
      if (item.standing != Standing::kPromised) continue;
      if (heed == placement::Heed::kWhatEnds && item.job.time_limit == placement::kForever) continue;
      const bool there = std::any_of(item.spots.begin(), item.spots.end(),
                                     [&](const placement::Spot& spot) { return spot.slot == slot; });
      const bool then = item.start < ends && starts < item.ends;
      if (there && then) break_promise(entry, counts_.failed);
    }
  }
}

}  // namespace dure::queue
