#include "queue/outlook.h"

#include <algorithm>
#include <numeric>
#include <queue>

#include "queue/moment.h"

namespace dure::queue {
namespace {

constexpr base::Instant kUnknown{INT64_MIN};

// The last instant that may be asked about.
constexpr base::Instant kLast = placement::kNever - kMoment;

}  // namespace

void Outlook::freed(std::size_t slot) {
  for (Bounds& bounds : bounds_) {
    if (bounds.of.empty() || bounds.states[slot] == State::kFreed) continue;
    bounds.states[slot] = State::kFreed;
    bounds.freed.push_back(slot);
  }
}

// Nothing is known of any slot.
void Outlook::begin(Bounds& bounds) const {
  bounds.of.assign(slots_, kUnknown);
  bounds.states.assign(slots_, State::kFreed);
  bounds.heap.resize(slots_);
  std::iota(bounds.heap.begin(), bounds.heap.end(), 0);
  bounds.places = bounds.freed = bounds.heap;
  bounds.reach = kLast;
}

void Outlook::put(Bounds& bounds, std::size_t place, std::size_t slot) {
  bounds.heap[place] = slot;
  bounds.places[slot] = place;
}

void Outlook::set(Bounds& bounds, std::size_t slot, base::Instant bound) {
  bounds.of[slot] = bound;
  const auto at = [&](std::size_t place) { return bounds.of[bounds.heap[place]]; };
  std::size_t place = bounds.places[slot];
  for (; place > 0 && bound < at((place - 1) / 2); place = (place - 1) / 2)
    put(bounds, place, bounds.heap[(place - 1) / 2]);
  for (std::size_t below = 2 * place + 1; below < bounds.heap.size(); below = 2 * place + 1) {
    if (below + 1 < bounds.heap.size() && at(below + 1) < at(below)) ++below;
    if (bound <= at(below)) break;
    put(bounds, place, bounds.heap[below]);
    place = below;
  }
  put(bounds, place, slot);
}

void Outlook::renew(Bounds& bounds, std::size_t slot, std::int64_t cards, base::Instant from,
                    base::Instant reach) const {
  placement::Shape whole;
  whole.cards = cards;
  whole.milli_gpu = placement::kWholeCard;
  const base::Instant beyond = reach + kMoment;
  const auto opening = horizon_->earliest_on({&slot, 1}, whole, from, kMoment, beyond);
  set(bounds, slot, opening ? opening->start : beyond);
  bounds.states[slot] = opening || reach == kLast ? State::kKnown : State::kLater;
}

// From the top of the heap down.
std::optional<placement::Horizon::Opening> Outlook::search(Bounds& bounds, const placement::Shape& shape,
                                                           base::Instant from, base::Span length) const {
  using Place = std::pair<base::Instant, std::size_t>;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> next;  // the earliest on top
  const auto add = [&](std::size_t place) {
    if (place < slots_) next.emplace(bounds.of[bounds.heap[place]], place);
  };
  std::optional<placement::Horizon::Opening> best;
  std::vector<std::size_t> equals, later;  // slots
  base::Instant before = placement::kNever;
  for (add(0); !next.empty() && next.top().first < before;) {
    const std::size_t place = next.top().second, slot = bounds.heap[place];
    next.pop();
    add(2 * place + 1);
    add(2 * place + 2);
    if (bounds.states[slot] == State::kLater) later.push_back(slot);
    auto opening = horizon_->earliest_on({&slot, 1}, shape, from, length, before);
    if (!opening) continue;
    if (!best || opening->start < best->start) equals.clear();
    equals.push_back(slot);
    best = std::move(opening);
    before = best->start + kMoment;
  }
  // Twice as far as what was found, so that few of the next questions go further.
  const bool far = !best || best->start - from >= kLast - best->start;
  bounds.reach = far ? kLast : best->start + (best->start - from);
  for (const std::size_t slot : later) renew(bounds, slot, shape.cards, from, bounds.reach);
  return equals.size() > 1 ? horizon_->earliest_on(equals, shape, from, length) : best;
}

std::optional<placement::Horizon::Opening> Outlook::first(const placement::Shape& shape, base::Instant from,
                                                          base::Span length) {
  const bool whole = shape.cards > 0 && shape.cards <= placement::kMostCardsOfSlot && !shape.part_of_card() &&
                     shape.mig == 0;
  if (!whole) return horizon_->earliest(shape, 1, false, from, length);
  Bounds& bounds = bounds_[static_cast<std::size_t>(shape.cards)];
  if (bounds.of.empty()) begin(bounds);
  for (const std::size_t slot : bounds.freed)
    renew(bounds, slot, shape.cards, from, std::max(from, bounds.reach));
  bounds.freed.clear();
  return search(bounds, shape, from, length);
}

}  // namespace dure::queue
