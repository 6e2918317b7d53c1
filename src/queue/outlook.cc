#include "queue/outlook.h"

#include <algorithm>

namespace dure::queue {
namespace {

constexpr base::Instant kUnknown{INT64_MIN};
constexpr std::size_t kFirstLook = 32;

}  // namespace

void Outlook::freed(std::size_t slot) {
  for (Bounds& bounds : bounds_)
    if (!bounds.empty()) bounds[slot] = kUnknown;
}

void Outlook::renew(Bounds& bounds, std::int64_t cards, base::Instant from) const {
  bounds.resize(slots_, kUnknown);
  placement::Shape whole;
  whole.cards = cards;
  whole.milli_gpu = placement::kWholeCard;
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    if (bounds[slot] != kUnknown) continue;
    const auto opening = horizon_->earliest_on({&slot, 1}, whole, from, base::Span{1});
    bounds[slot] = opening ? opening->start : placement::kNever;
  }
}

std::vector<std::size_t> Outlook::soonest(const Bounds& bounds) const {
  std::vector<std::pair<base::Instant, std::size_t>> some;  // a heap, the latest on top
  base::Instant latest = placement::kNever;
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    if (bounds[slot] >= latest) continue;
    if (some.size() == kFirstLook) {
      std::pop_heap(some.begin(), some.end());
      some.pop_back();
    }
    some.emplace_back(bounds[slot], slot);
    std::push_heap(some.begin(), some.end());
    if (some.size() == kFirstLook) latest = some.front().first;
  }
  std::vector<std::size_t> slots;
  slots.reserve(some.size());
  for (const auto& [bound, slot] : some) slots.push_back(slot);
  return slots;
}

std::optional<placement::Horizon::Opening> Outlook::first(const placement::Shape& shape, base::Instant from,
                                                          base::Span length) {
  const bool whole = shape.cards > 0 && shape.cards <= placement::kMostCardsOfSlot && !shape.part_of_card();
  if (!whole) return horizon_->earliest(shape, 1, false, from, length);
  Bounds& bounds = bounds_[static_cast<std::size_t>(shape.cards)];
  renew(bounds, shape.cards, from);
  const auto near = horizon_->earliest_on(soonest(bounds), shape, from, length);
  const base::Instant last = near ? near->start : base::Instant{placement::kNever.us - 1};
  std::vector<std::size_t> others;
  for (std::size_t slot = 0; slot < slots_; ++slot)
    if (bounds[slot] <= last) others.push_back(slot);
  return horizon_->earliest_on(others, shape, from, length);
}

}  // namespace dure::queue
