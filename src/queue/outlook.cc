#include "queue/outlook.h"

#include <algorithm>
#include <queue>

namespace dure::queue {
namespace {

constexpr base::Instant kUnknown{INT64_MIN};
constexpr std::size_t kFirstLook = 32;

// The last instant that may be asked about.
constexpr base::Instant kLast{placement::kNever.us - 1};

}  // namespace

Outlook::Outlook(const placement::Horizon* horizon, std::size_t slots) : horizon_(horizon), slots_(slots) {
  while (width_ < slots_) width_ *= 2;
}

void Outlook::freed(std::size_t slot) {
  for (Bounds& bounds : bounds_) {
    if (bounds.least.empty() || bounds.states[slot] == State::kFreed) continue;
    bounds.states[slot] = State::kFreed;
    bounds.freed.push_back(slot);
  }
}

// Nothing is known of any slot, but that it does not start before all time; beyond the last one nothing ever
// starts.
void Outlook::begin(Bounds& bounds) const {
  bounds.least.assign(2 * width_, placement::kNever);
  bounds.states.assign(slots_, State::kLater);
  for (std::size_t slot = 0; slot < slots_; ++slot)
    for (std::size_t node = width_ + slot; node > 0 && bounds.least[node] != kUnknown; node /= 2)
      bounds.least[node] = kUnknown;
}

void Outlook::set(Bounds& bounds, std::size_t slot, base::Instant bound) const {
  std::size_t node = width_ + slot;
  bounds.least[node] = bound;
  while ((node /= 2) > 0) {
    const base::Instant least = std::min(bounds.least[2 * node], bounds.least[2 * node + 1]);
    if (bounds.least[node] == least) return;
    bounds.least[node] = least;
  }
}

// Later than `last` it need not be known exactly.
void Outlook::renew(Bounds& bounds, std::size_t slot, std::int64_t cards, base::Instant from,
                    base::Instant last) const {
  placement::Shape whole;
  whole.cards = cards;
  whole.milli_gpu = placement::kWholeCard;
  const base::Instant beyond = last + base::Span{1};
  const auto opening = horizon_->earliest_on({&slot, 1}, whole, from, base::Span{1}, beyond);
  set(bounds, slot, opening ? opening->start : beyond);
  bounds.states[slot] = opening || last == kLast ? State::kKnown : State::kLater;
}

// Those with the earliest bounds.
std::vector<std::size_t> Outlook::soonest(const Bounds& bounds) const {
  using Found = std::pair<base::Instant, std::size_t>;
  std::priority_queue<Found, std::vector<Found>, std::greater<>> nodes;  // the earliest on top
  nodes.emplace(bounds.least[1], 1);
  std::vector<std::size_t> slots;
  while (!nodes.empty() && slots.size() < kFirstLook) {
    const auto [least, node] = nodes.top();
    nodes.pop();
    if (least == placement::kNever) break;
    if (node >= width_) {
      slots.push_back(node - width_);
      continue;
    }
    nodes.emplace(bounds.least[2 * node], 2 * node);
    nodes.emplace(bounds.least[2 * node + 1], 2 * node + 1);
  }
  return slots;
}

// Those with bounds up to then.
std::vector<std::size_t> Outlook::up_to(const Bounds& bounds, base::Instant last) const {
  std::vector<std::size_t> slots, nodes{1};
  while (!nodes.empty()) {
    const std::size_t node = nodes.back();
    nodes.pop_back();
    if (bounds.least[node] > last) continue;
    if (node >= width_) {
      slots.push_back(node - width_);
    } else {
      nodes.push_back(2 * node);
      nodes.push_back(2 * node + 1);
    }
  }
  return slots;
}

std::optional<placement::Horizon::Opening> Outlook::first(const placement::Shape& shape, base::Instant from,
                                                          base::Span length) {
  const bool whole = shape.cards > 0 && shape.cards <= placement::kMostCardsOfSlot && !shape.part_of_card();
  if (!whole || slots_ == 0) return horizon_->earliest(shape, 1, false, from, length);
  Bounds& bounds = bounds_[static_cast<std::size_t>(shape.cards)];
  if (bounds.least.empty()) begin(bounds);
  const auto near = horizon_->earliest_on(soonest(bounds), shape, from, length);
  const base::Instant last = near ? near->start : kLast;
  // As far again as that start is away: further than this few of the next questions will reach.
  const base::Instant twice = last - from < kLast - last ? last + (last - from) : kLast;
  for (const std::size_t slot : bounds.freed) renew(bounds, slot, shape.cards, from, twice);
  bounds.freed.clear();
  std::vector<std::size_t> slots = up_to(bounds, last);
  for (const std::size_t slot : slots)
    if (bounds.states[slot] == State::kLater) renew(bounds, slot, shape.cards, from, kLast);
  std::erase_if(slots, [&](std::size_t slot) { return bounds.least[width_ + slot] > last; });
  return horizon_->earliest_on(slots, shape, from, length);
}

}  // namespace dure::queue
