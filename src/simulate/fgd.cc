#include "simulate/fgd.h"

#include <algorithm>
#include <cmath>

namespace dure::simulate {

using placement::kWholeCard;
using placement::Shape;
using placement::Slot;

namespace {

constexpr std::size_t kCoveredPercent = 95;

// How often each shape occurs, the most frequent first; equals in the order of shapes.
std::vector<std::pair<Shape, std::size_t>> counted(const std::vector<Shape>& typical) {
  std::map<Shape, std::size_t> counts;
  for (Shape shape : typical) {
    shape.memory = 0;
    ++counts[shape];
  }
  std::vector<std::pair<Shape, std::size_t>> list(counts.begin(), counts.end());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

// What of the slot's idle milli-GPU the shape could not use.
std::int64_t unusable(const Slot& slot, const Shape& shape, std::int64_t idle) {
  if (shape.cards == 0 || !placement::fits(slot, shape)) return idle;
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < slot.cards; ++i) {
    const std::int64_t free = slot.free[static_cast<std::size_t>(i)];
    if (free < shape.milli_gpu) sum += free;
  }
  return sum;
}

std::int64_t points(double before, double after) {
  const double gained = (before - after) / static_cast<double>(kWholeCard);
  return static_cast<std::int64_t>(100.0 / (1.0 + std::exp(-gained)));
}

}  // namespace

Fgd::Fgd(std::vector<Slot> slots, const std::vector<Shape>& typical) : Scored(std::move(slots)) {
  std::size_t covered = 0;
  for (const auto& [shape, count] : counted(typical)) {
    if (covered * 100 >= typical.size() * kCoveredPercent) break;
    classes_.push_back({shape, static_cast<double>(count)});
    covered += count;
  }
  for (Class& each : classes_) each.share /= static_cast<double>(covered);
}

double Fgd::fragmentation(const Slot& slot) const {
  const std::int64_t idle = slot.idle();
  if (idle == 0) return 0;
  double sum = 0;
  for (const Class& each : classes_)
    sum += each.share * static_cast<double>(unusable(slot, each.shape, idle));
  return sum;
}

Scored::Score Fgd::score(std::size_t number, const Shape& shape) {
  const double before = fragmentation(slot(number));
  const auto with = [&](std::uint32_t cards) {
    Slot after = slot(number);
    placement::take(after, shape, cards);
    return Score{points(before, fragmentation(after)), cards};
  };
  if (!shape.part_of_card()) return with(placement::tightest_cards(slot(number), shape));
  std::optional<Score> best;
  for (std::int64_t i = 0; i < slot(number).cards; ++i) {
    if (slot(number).free[static_cast<std::size_t>(i)] < shape.milli_gpu) continue;
    const Score one = with(1U << i);
    if (!best || one.value > best->value) best = one;
  }
  return *best;
}

}  // namespace dure::simulate
