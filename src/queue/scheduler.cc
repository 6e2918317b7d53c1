// What happens: entries come, stand aside, end. What follows from it is in cycle.cc.
#include "queue/scheduler.h"

#include <algorithm>

#include "base/result.h"

namespace dure::queue {
namespace {

constexpr placement::Horizon::Key kBlock = 1ULL << 63;
constexpr std::size_t kMostHopes = 256;  // of a lane between two walks

LaneKey key_of(const placement::Shape& shape) {
  return {shape.pool, shape.cards > 0 ? shape.models : 0, shape.cards > 0, shape.pools};
}

}  // namespace

Scheduler::Like Scheduler::like(const Item& item) {
  const Amount& amount = item.job.amount;
  return {static_cast<std::int64_t>(item.lane),
          amount.gpu.value,
          amount.runs,
          amount.card_memory.value,
          amount.cpu_milli,
          amount.memory.value};
}

Scheduler::Scheduler(placement::Forest forest, Quotas quotas, FairShare shares, const Setting& setting,
                     base::Instant now)
    : setting_(setting),
      forest_(std::move(forest)),
      horizon_(&forest_.slots()),
      outlook_(&horizon_, forest_.slots().size()),
      quotas_(std::move(quotas)),
      shares_(std::move(shares)),
      now_(now) {
  horizon_.set_now(now);
  DURE_ASSERT(quotas_.size() == shares_.size());
  for (std::size_t slot = 0; slot < forest_.slots().size(); ++slot)
    horizon_.set_service(slot, forest_.in_service(slot));
}

std::size_t Scheduler::lane_of(const placement::Shape& shape) {
  const auto [found, fresh] = lane_numbers_.emplace(key_of(shape), lanes_.size());
  if (fresh) lanes_.push_back({.key = key_of(shape)});
  return found->second;
}

Order Scheduler::order_of(Handle entry) const {
  const Item& item = items_[entry];
  return {item.job.priority, item.job.queued_at, item.serial, entry};
}

Handle Scheduler::make_item(const Job& job) {
  DURE_ASSERT(job.owner < quotas_.size() && job.replicas > 0);
  if (free_items_.empty()) {
    free_items_.push_back(static_cast<Handle>(items_.size()));
    items_.emplace_back();
  }
  const Handle entry = free_items_.back();
  free_items_.pop_back();
  Item& item = items_[entry];
  item = Item{};
  item.job = job;
  item.serial = serial_++;
  item.lane = lane_of(job.shape);
  forest_.ask(job.shape);
  return entry;
}

Handle Scheduler::submit(const Job& job) {
  const Handle entry = make_item(job);
  ++counts_.waiting;
  join(entry);
  return entry;
}

// To its lane, or aside where it waits for a cause of its own; its ceiling is looked at when its turn comes.
void Scheduler::join(Handle entry) {
  Item& item = items_[entry];
  if (item.job.held) {
    item.standing = Standing::kHeld;
  } else if (item.job.not_before > now_) {
    item.standing = Standing::kPaused;
    paused_.emplace(item.job.not_before, entry);
  } else {
    item.standing = Standing::kBehind;
    item.tried = 0;
    Lane& lane = lanes_[item.lane];
    lane.add(order_of(entry), item.job.owner, deciding_shares());
    lane.fresh.push_back(entry);
    withdraw_promises(item.job.priority, lane.key);
  }
}

void Scheduler::leave(Handle entry) {
  Item& item = items_[entry];
  if (item.standing == Standing::kPromised) drop_promise(entry);
  if (item.standing == Standing::kPaused) paused_.erase({item.job.not_before, entry});
  if (item.standing == Standing::kCeiling) {
    Parked& parked = parked_.at(item.parked_at);
    const auto alike = parked.find(like(item));
    alike->second.erase(order_of(entry));
    if (alike->second.empty()) parked.erase(alike);
  }
  if (item.standing == Standing::kBehind) {
    Lane& lane = lanes_[item.lane];
    lane.remove(order_of(entry), item.job.owner, deciding_shares());
    std::erase(lane.fresh, entry);
    lane.freed = true;  // whoever stood behind it may now be first
  }
}

void Scheduler::park(Handle entry, std::size_t owner) {
  Item& item = items_[entry];
  lanes_[item.lane].remove(order_of(entry), item.job.owner, deciding_shares());
  item.standing = Standing::kCeiling;
  if (item.let_in_at && *item.let_in_at != owner) reopened_.insert(*item.let_in_at);
  item.let_in_at.reset();
  item.parked_at = owner;
  parked_[owner][like(item)].insert(order_of(entry));
}

// Lets in again, of each kind in its order, as many as the ceilings would now let in together.
void Scheduler::unpark_at(std::size_t owner) {
  const auto found = parked_.find(owner);
  if (found == parked_.end()) return;
  std::vector<Handle> in;
  for (const auto& [kind, orders] : found->second) {
    Amount together;
    for (const Order& order : orders) {
      const Job& job = items_[order.entry].job;
      together = together + job.amount;
      if (binding(job, together) == owner) break;
      in.push_back(order.entry);
    }
  }
  for (const Handle entry : in) leave(entry);
  if (found->second.empty()) parked_.erase(found);
  for (const Handle entry : in) {
    items_[entry].let_in_at = owner;
    join(entry);
  }
}

void Scheduler::unpark(const Job& job) {
  const Job of = job;  // those that come in may move it
  for (std::size_t owner = of.also; owner != Quotas::kRoot; owner = quotas_.parent(owner)) unpark_at(owner);
  for (std::size_t owner = of.owner; owner != Quotas::kRoot; owner = quotas_.parent(owner)) unpark_at(owner);
  unpark_at(Quotas::kRoot);
}

std::optional<std::size_t> Scheduler::binding(const Job& job, const Amount& asked) const {
  const auto of_owner = quotas_.binding(job.owner, asked);
  return of_owner ? of_owner : quotas_.binding_beside(job.also, asked);
}

void Scheduler::take_quota(const Job& job) {
  quotas_.take(job.owner, job.amount);
  quotas_.take_beside(job.also, job.amount);
  cap(job);
}

// What it takes may put a ceiling in the way of those that wait.
void Scheduler::cap(const Job& job) {
  for (Lane& lane : lanes_) {
    if (lane.capped || lane.all.empty()) continue;
    lane.capped = quotas_.binding_beside(job.also, lane.asks.most()).has_value();
    for (std::size_t owner = job.owner; !lane.capped; owner = quotas_.parent(owner)) {
      lane.capped = !quotas_.lets_in_at(owner, lane.asks.most());
      if (owner == Quotas::kRoot) break;
    }
  }
}

void Scheduler::give_quota_back(const Job& job) {
  quotas_.give_back(job.owner, job.amount);
  quotas_.give_back_beside(job.also, job.amount);
}

std::vector<placement::Placed> Scheduler::placed(const Item& item) const {
  std::vector<placement::Placed> parts;
  parts.reserve(item.spots.size());
  for (const placement::Spot& spot : item.spots) {
    parts.push_back({item.job.shape, spot});
    const auto [first, end] = forest_.machine_of(spot.slot);
    for (std::size_t slot = first; slot < end; ++slot) {
      if (slot == spot.slot) continue;
      placement::Shape machine;  // what the other slots of the machine have less
      machine.cpu_milli = item.job.shape.cpu_milli;
      machine.memory = item.job.shape.memory;
      parts.push_back({machine, {slot, 0}});
    }
  }
  return parts;
}

void Scheduler::begin(Handle entry, base::Instant now) {
  Item& item = items_[entry];
  if (item.ends < placement::kNever) horizon_.run(run_key(entry), placed(item), item.ends);
  take_quota(item.job);
  shares_.hold(item.job.owner, item.job.amount.gpu, now);
  item.standing = Standing::kRunning;
  item.start = now;
  item.kept = now;
  item.stopping = false;
  item.place = running_.size();
  running_.push_back(entry);
  ++counts_.running;
}

Handle Scheduler::adopt(const Job& job, std::vector<placement::Spot> spots, base::Instant now,
                        base::Instant ends) {
  const Handle entry = make_item(job);
  items_[entry].spots = std::move(spots);
  items_[entry].ends = ends;
  begin(entry, now);
  return entry;
}

void Scheduler::recall(Handle run, const Past& past) {
  Item& item = items_[run];
  DURE_ASSERT(item.standing == Standing::kRunning);
  item.start = past.began;
  item.kept = std::max(past.began, past.checkpoint.value_or(past.began));
  item.stopping = past.stopping;
}

void Scheduler::free_slots(const std::vector<placement::Spot>& spots) {
  for (const placement::Spot& spot : spots) {
    const auto [first, end] = forest_.machine_of(spot.slot);
    for (std::size_t slot = first; slot < end; ++slot) {
      if (freed_.empty() || freed_.back() != slot) freed_.push_back(slot);
      touch(slot);
    }
  }
}

void Scheduler::touch(std::size_t slot) {
  const placement::Slot& here = forest_.slots()[slot];
  const LaneKey key{here.pool, std::uint64_t{1} << here.model, here.cards > 0, 1};
  for (Lane& lane : lanes_) {
    if (!overlap(lane.key, key)) continue;
    lane.freed = true;
    lane.hope(slot, kMostHopes);
  }
  outlook_.freed(slot);
}

// What was reserved there is no longer.
void Scheduler::raise_hopes(const std::vector<placement::Spot>& spots) {
  for (const placement::Spot& spot : spots) {
    const auto [first, end] = forest_.machine_of(spot.slot);
    for (std::size_t slot = first; slot < end; ++slot) {
      for (Lane& lane : lanes_) lane.hope(slot, kMostHopes);
      outlook_.freed(slot);
    }
  }
}

void Scheduler::end(Handle entry, base::Instant now) {
  Item& item = items_[entry];
  DURE_ASSERT(item.standing != Standing::kGone);
  if (item.standing == Standing::kRunning) {
    for (const placement::Spot& spot : item.spots) forest_.give_back(item.job.shape, spot);
    if (horizon_.knows(run_key(entry))) horizon_.remove(run_key(entry));
    give_quota_back(item.job);
    shares_.hold(item.job.owner, {-item.job.amount.gpu.value}, now);
    running_[item.place] = running_.back();
    items_[running_.back()].place = item.place;
    running_.pop_back();
    --counts_.running;
    free_slots(item.spots);
  } else {
    leave(entry);
    --counts_.waiting;
  }
  forest_.forget(item.job.shape);
  unpark(item.job);
  item.standing = Standing::kGone;
  item.spots.clear();
  free_items_.push_back(entry);
}

void Scheduler::hold(Handle entry, bool held) {
  Item& item = items_[entry];
  if (item.standing == Standing::kRunning || item.job.held == held) return;
  leave(entry);
  item.job.held = held;
  join(entry);
  unpark(item.job);  // it may have kept others of its like out
}

void Scheduler::set_priority(Handle entry, std::int64_t priority) {
  Item& item = items_[entry];
  if (item.standing == Standing::kRunning || item.job.priority == priority) return;
  leave(entry);
  item.job.priority = priority;
  join(entry);
  unpark(item.job);
}

void Scheduler::set_ceiling(std::size_t owner, const Ceiling& ceiling) {
  quotas_.set_ceiling(owner, ceiling);
  for (Lane& lane : lanes_) lane.capped = true;
  unpark_at(owner);
}

void Scheduler::set_service(std::size_t slot, bool in_service, base::Instant now) {
  if (forest_.in_service(slot) == in_service) return;
  const auto [first, end] = forest_.machine_of(slot);
  for (std::size_t each = first; each < end; ++each) {
    forest_.set_service(each, in_service);
    horizon_.set_service(each, in_service);
  }
  for (std::size_t each = first; each < end; ++each) {
    if (!in_service) {
      break_promises(each, now, placement::kNever);
      continue;
    }
    freed_.push_back(each);
    touch(each);
  }
}

void Scheduler::look_everywhere() {
  for (std::size_t slot = 0; slot < forest_.slots().size(); ++slot) freed_.push_back(slot);
  for (Lane& lane : lanes_) {
    lane.freed = true;
    lane.hope_everywhere();
  }
  outlook_.all_freed();
}

void Scheduler::plan_maintenance(std::size_t slot, base::Instant starts, base::Instant ends,
                                 placement::Heed heed) {
  break_promises(slot, starts, ends, heed);
  const placement::Horizon::Key key = kBlock | blocks_++;
  horizon_.block(key, slot, starts, ends, heed);
  closures_.push_back({slot, starts, ends, heed});
  if (ends < placement::kNever) reopenings_.emplace(ends, slot, key);
}

Standing Scheduler::standing(Handle entry) const {
  return entry < items_.size() ? items_[entry].standing : Standing::kGone;
}

std::optional<base::Instant> Scheduler::promised_start(Handle entry) const {
  if (standing(entry) != Standing::kPromised) return std::nullopt;
  return items_[entry].start;
}

// By the ends of those that fill the ceiling, each taken off in its turn.
std::optional<base::Instant> Scheduler::estimate(Handle entry) const {
  const Item& item = items_[entry];
  if (item.standing == Standing::kPromised) return item.start;
  if (item.standing == Standing::kPaused) return item.job.not_before;
  if (item.standing != Standing::kCeiling) return std::nullopt;
  std::vector<std::pair<base::Instant, Handle>> ends;
  for (const Handle run : running_)
    if (under(items_[run].job, item.parked_at) && items_[run].ends > now_)
      ends.emplace_back(items_[run].ends, run);
  std::sort(ends.begin(), ends.end());
  Amount asked = item.job.amount;
  for (const auto& [end, run] : ends) {
    if (end == placement::kNever) return std::nullopt;
    asked = asked - items_[run].job.amount;
    if (!quotas_.lets_in_at(item.parked_at, asked)) continue;
    const Job& job = item.job;
    const auto opening = horizon_.earliest(job.shape, job.replicas, job.apart, end, job.time_limit);
    return opening ? std::optional(opening->start) : std::nullopt;
  }
  return std::nullopt;
}

bool Scheduler::under(const Job& job, std::size_t owner) const {
  for (std::size_t at = job.also; at != Quotas::kRoot; at = quotas_.parent(at))
    if (at == owner) return true;
  for (std::size_t at = job.owner; at != Quotas::kRoot; at = quotas_.parent(at))
    if (at == owner) return true;
  return owner == Quotas::kRoot;
}

std::vector<Handle> Scheduler::order() const {
  std::vector<Handle> entries;
  for (const Lane& lane : lanes_) {
    entries.insert(entries.end(), lane.promised.begin(), lane.promised.end());
    Walk walk = walk_of(lane, now_);
    while (const auto entry = walk.next()) {
      entries.push_back(*entry);
      walk.count(items_[*entry].job.owner, items_[*entry].job.amount.gpu);
    }
  }
  return entries;
}

std::vector<LaneCounts> Scheduler::lanes() const {
  std::vector<LaneCounts> counts;
  counts.reserve(lanes_.size());
  for (const Lane& lane : lanes_) {
    const auto promised = static_cast<std::int64_t>(lane.promised.size());
    counts.push_back({static_cast<std::int64_t>(lane.all.size()) + promised, promised});
  }
  return counts;
}

std::optional<base::Instant> Scheduler::next_look() const {
  std::optional<base::Instant> first;
  const auto note = [&](base::Instant at) { first = first ? std::min(*first, at) : at; };
  if (!paused_.empty()) note(paused_.begin()->first);
  if (!due_.empty()) note(due_.begin()->first);
  if (ask_again_) note(*ask_again_);
  if (!reopenings_.empty()) note(std::get<0>(*reopenings_.begin()));
  return first;
}

}  // namespace dure::queue
