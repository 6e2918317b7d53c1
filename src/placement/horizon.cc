#include "placement/horizon.h"

#include <algorithm>
#include <map>
#include <queue>

#include "base/result.h"
#include "placement/draft.h"

namespace dure::placement {
namespace {

// Of how long a time from the bound on a gang's start is first looked for, and how much longer each one is.
constexpr base::Span kFirstLook = base::Span::minutes(1);
constexpr std::int64_t kWider = 8;
constexpr base::Span kWidest = base::Span::days(365);

// The last start before that one.
base::Instant just_before(base::Instant before) {
  return before - base::Span{1};
}

// Adds up over the slots how many replicas may start, and when they are enough for the first time.
//
// Slots that only become freer give a bound early: once so many replicas have a start on those, no later one
// matters, and the other slots are looked at no further.
class Sweep {
 public:
  Sweep(std::int64_t replicas, base::Instant last) : replicas_(replicas), last_(last) {}

  base::Instant last() const { return last_; }

  // `rising`: these steps never fall.
  void add(std::span<const Step> steps, bool rising) {
    all_.insert(all_.end(), steps.begin(), steps.end());
    if (!rising) return;
    for (const Step& step : steps) {
      sure_.push(step);
      sure_count_ += step.more;
    }
    while (sure_count_ - (sure_.empty() ? 0 : sure_.top().more) >= replicas_) {
      sure_count_ -= sure_.top().more;
      sure_.pop();
    }
    if (sure_count_ >= replicas_) last_ = std::min(last_, sure_.top().at);
  }

  std::optional<base::Instant> earliest() {
    std::erase_if(all_, [&](const Step& step) { return step.at > last_; });
    std::sort(all_.begin(), all_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
    std::int64_t count = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      count += all_[i].more;
      const bool all_of_instant = i + 1 == all_.size() || all_[i + 1].at != all_[i].at;
      if (all_of_instant && count >= replicas_) return all_[i].at;
    }
    return std::nullopt;
  }

 private:
  struct Later {
    bool operator()(const Step& a, const Step& b) const { return a.at < b.at; }
  };

  std::int64_t replicas_;
  base::Instant last_;
  std::vector<Step> all_;
  std::priority_queue<Step, std::vector<Step>, Later> sure_;  // the latest on top
  std::int64_t sure_count_ = 0;
};

}  // namespace

// The best found so far, and until when a start is still of interest.
struct Horizon::Best {
  base::Instant last;
  Slack cost = 0;
  std::size_t slot = 0;
  Slot room{};
  bool found = false;
};

Horizon::Horizon(const std::vector<Slot>* present, std::int64_t slope)
    : present_(present), slope_(slope), in_service_(present->size(), true), timelines_(present->size()) {}

void Horizon::remember(Key key, std::size_t slot) {
  DURE_ASSERT(slot < timelines_.size());
  auto& slots = slots_of_[key];
  const auto number = static_cast<std::uint32_t>(slot);
  if (std::find(slots.begin(), slots.end(), number) == slots.end()) slots.push_back(number);
}

void Horizon::add(std::size_t slot, const Change& change) {
  const bool was_reserved = reserved(slot);
  timelines_[slot].add(change);
  list_reserved(slot, was_reserved);
}

void Horizon::list_reserved(std::size_t slot, bool was_reserved) {
  if (was_reserved == reserved(slot)) return;
  const auto place = std::lower_bound(reserved_slots_.begin(), reserved_slots_.end(), slot);
  if (was_reserved) {
    reserved_slots_.erase(place);
  } else {
    reserved_slots_.insert(place, slot);
  }
}

void Horizon::run(Key key, std::span<const Placed> parts, base::Instant ends) {
  DURE_ASSERT(!knows(key));
  slots_of_[key];  // known even where it holds nothing
  for (const Placed& part : parts) {
    remember(key, part.spot.slot);
    if (ends != kNever) add(part.spot.slot, Change::freed(Change::Kind::kRunEnds, ends, key, part));
  }
}

void Horizon::reserve(Key key, std::span<const Placed> parts, base::Instant starts, base::Instant ends) {
  DURE_ASSERT(starts < ends && !knows(key));
  slots_of_[key];
  for (const Placed& part : parts) {
    remember(key, part.spot.slot);
    add(part.spot.slot, Change::taken(starts, key, part));
    if (ends != kNever) add(part.spot.slot, Change::freed(Change::Kind::kEnds, ends, key, part));
  }
}

void Horizon::block(Key key, std::size_t slot, base::Instant starts, base::Instant ends, Heed heed) {
  DURE_ASSERT(starts < ends);
  remember(key, slot);
  add(slot, {.at = starts, .key = key, .kind = Change::Kind::kCloses, .heed = heed});
  if (ends != kNever) add(slot, {.at = ends, .key = key, .kind = Change::Kind::kOpens, .heed = heed});
}

void Horizon::remove(Key key) {
  const auto found = slots_of_.find(key);
  DURE_ASSERT(found != slots_of_.end());
  for (const std::uint32_t slot : found->second) {
    const bool was_reserved = reserved(slot);
    timelines_[slot].remove(key);
    list_reserved(slot, was_reserved);
  }
  slots_of_.erase(found);
}

bool Horizon::may_take(std::size_t slot, const Shape& shape) const {
  if (!in_service_[slot]) return false;
  const Slot& here = (*present_)[slot];
  return shape.cards == 0 || (shape.cards <= here.cards && model_fits(here, shape));
}

void Horizon::look_at(std::size_t slot, Wish wish, Best& best) const {
  if (!may_take(slot, wish.shape)) return;
  const auto start = timelines_[slot].first_fit((*present_)[slot], wish, best.last);
  if (!start) return;
  wish.from = *start;
  const Slot room = *least(slot, wish);
  const Slack cost = cost_on(room, wish.shape, slope_);
  const bool sooner = !best.found || *start < best.last;
  if (sooner || std::pair(cost, slot) < std::pair(best.cost, best.slot))
    best = {*start, cost, slot, room, true};
}

std::optional<Horizon::Opening> Horizon::opening(const Best& best, const Shape& shape) {
  if (!best.found) return std::nullopt;
  return Opening{best.last, {{best.slot, tightest_cards(best.room, shape)}}};
}

std::optional<Horizon::Opening> Horizon::earliest_one(const Wish& wish, base::Instant before) const {
  Best best{just_before(before)};
  for (std::size_t slot = 0; slot < timelines_.size(); ++slot) look_at(slot, wish, best);
  return opening(best, wish.shape);
}

std::optional<Horizon::Opening> Horizon::earliest_on(std::span<const std::size_t> slots, const Shape& shape,
                                                     base::Instant from, base::Span length,
                                                     base::Instant before) const {
  DURE_ASSERT(length.us > 0);
  if (from >= before) return std::nullopt;
  Best best{just_before(before)};
  for (const std::size_t slot : slots) look_at(slot, wish(shape, from, length), best);
  return opening(best, shape);
}

std::optional<base::Instant> Horizon::sweep(const Wish& wish, std::int64_t replicas, bool apart,
                                            base::Instant last) const {
  Sweep sweep(replicas, last);
  std::vector<Step> steps;
  for (std::size_t slot = 0; slot < timelines_.size(); ++slot) {
    if (!may_take(slot, wish.shape)) continue;
    steps.clear();
    timelines_[slot].add_steps((*present_)[slot], wish, apart ? 1 : replicas, sweep.last(), steps);
    if (!steps.empty()) sweep.add(steps, timelines_[slot].only_rises(wish));
  }
  return sweep.earliest();
}

// No start is earlier than the one there were without reservations, and most are soon after that: first that
// one is tried, then longer and longer times from it on.
std::optional<base::Instant> Horizon::gang_start(Wish wish, std::int64_t replicas, bool apart,
                                                 base::Instant last) const {
  wish.past_reservations = true;
  const auto bound = sweep(wish, replicas, apart, last);
  if (!bound || reserved_slots_.empty()) return bound;
  base::Span wide = std::max(*bound - wish.from, kFirstLook);
  wish.past_reservations = false;
  wish.from = *bound;
  for (base::Instant until = *bound;; wide = {wide.us * kWider}) {
    const auto start = sweep(wish, replicas, apart, until);
    if (start || until == last) return start;
    until = wide.us > kWidest.us ? last : std::min(last, end_of(*bound, wide));
  }
}

// REQUIRES: they fit at wish.from. One by one, each where it costs least beside those before.
std::vector<Spot> Horizon::choose(const Wish& wish, std::int64_t replicas, bool apart) const {
  using Offer = std::pair<Slack, std::size_t>;  // the cost, the slot
  const auto offer = [&](std::size_t slot, const Slot& room) {
    return Offer{cost_on(room, wish.shape, slope_), slot};
  };
  std::vector<Offer> first;
  for (std::size_t slot = 0; slot < timelines_.size(); ++slot) {
    if (!may_take(slot, wish.shape)) continue;
    const auto room = least(slot, wish);
    if (room) first.push_back(offer(slot, *room));
  }
  std::priority_queue<Offer, std::vector<Offer>, std::greater<>> offers(std::greater<>{}, std::move(first));
  std::map<std::size_t, Slot> rooms;  // of the slots that were chosen
  std::vector<Spot> spots;
  while (std::ssize(spots) < replicas) {
    DURE_ASSERT(!offers.empty());
    const std::size_t slot = offers.top().second;
    offers.pop();
    const auto [room, fresh] = rooms.try_emplace(slot);
    if (fresh) room->second = *least(slot, wish);
    spots.push_back({slot, tightest_cards(room->second, wish.shape)});
    take(room->second, wish.shape, spots.back().cards);
    if (!apart && fits(room->second, wish.shape)) offers.push(offer(slot, room->second));
  }
  return spots;
}

std::optional<Horizon::Opening> Horizon::earliest(const Shape& shape, std::int64_t replicas, bool apart,
                                                  base::Instant from, base::Span length,
                                                  base::Instant before) const {
  DURE_ASSERT(replicas > 0 && length.us > 0);
  if (from >= before) return std::nullopt;
  Wish gang = wish(shape, from, length);
  if (replicas == 1) return earliest_one(gang, before);
  const auto start = gang_start(gang, replicas, apart, just_before(before));
  if (!start) return std::nullopt;
  gang.from = *start;
  return Opening{*start, choose(gang, replicas, apart)};
}

bool Horizon::open_on(std::size_t slot, std::span<const Placed* const> parts, const Wish& wish) const {
  if (!in_service_[slot]) return false;
  auto room = least(slot, wish);
  if (!room) return false;
  for (const Placed* part : parts) {
    if (!cards_take(*room, part->shape, part->spot.cards)) return false;
    take(*room, part->shape, part->spot.cards);
  }
  return true;
}

bool Horizon::open(std::span<const Placed> parts, base::Instant from, base::Span length) const {
  DURE_ASSERT(length.us > 0);
  std::vector<const Placed*> by_slot;
  for (const Placed& part : parts) by_slot.push_back(&part);
  const auto slot_of = [](const Placed* part) { return part->spot.slot; };
  std::ranges::stable_sort(by_slot, {}, slot_of);
  for (std::size_t first = 0; first < by_slot.size();) {
    std::size_t end = first;
    while (end < by_slot.size() && slot_of(by_slot[end]) == slot_of(by_slot[first])) ++end;
    const std::span<const Placed* const> here(by_slot.data() + first, end - first);
    if (!open_on(slot_of(by_slot[first]), here, wish({}, from, length))) return false;
    first = end;
  }
  return true;
}

}  // namespace dure::placement
