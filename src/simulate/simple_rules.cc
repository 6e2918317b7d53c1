#include "simulate/simple_rules.h"

#include <algorithm>
#include <bit>

namespace dure::simulate {

using placement::kWholeCard;
using placement::Shape;
using placement::Slot;
using placement::Spot;

namespace {

// The machine that resources are measured in.
constexpr double kCpuMilli = 128'000;
constexpr std::int64_t kMostMilliGpu = 8'000;
constexpr double kMilliGpu = kMostMilliGpu;

std::int64_t class_of(const Shape& shape) {
  return shape.part_of_card() ? -1 : shape.cards;
}

}  // namespace

std::optional<Spot> RandomRule::choose(const Shape& shape) {
  std::vector<std::size_t> fitting;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (placement::fits(slots_[i], shape)) fitting.push_back(i);
  if (fitting.empty()) return std::nullopt;
  const std::size_t chosen = fitting[dice_.below(fitting.size())];
  const Slot& slot = slots_[chosen];
  if (!shape.part_of_card()) return Spot{chosen, placement::tightest_cards(slot, shape)};
  std::vector<std::uint32_t> cards;
  for (std::int64_t i = 0; i < slot.cards; ++i)
    if (slot.free[static_cast<std::size_t>(i)] >= shape.milli_gpu) cards.push_back(1U << i);
  return Spot{chosen, cards[dice_.below(cards.size())]};
}

void RandomRule::take(const Shape& shape, const Spot& spot) {
  placement::take(slots_[spot.slot], shape, spot.cards);
}

Scored::Score BestFit::score(std::size_t number, const Shape& shape) {
  const double cpu = static_cast<double>(slot(number).cpu_milli - shape.cpu_milli) / kCpuMilli;
  const double gpu = static_cast<double>(slot(number).idle() - shape.total_milli_gpu()) / kMilliGpu;
  return {static_cast<std::int64_t>(100 * (1 - 0.5 * cpu - 0.5 * gpu)),
          placement::tightest_cards(slot(number), shape)};
}

Scored::Score DotProduct::score(std::size_t number, const Shape& shape) {
  const double cpu = static_cast<double>(slot(number).cpu_milli) / kCpuMilli *
                     (static_cast<double>(shape.cpu_milli) / kCpuMilli);
  const double gpu = static_cast<double>(slot(number).idle()) / kMilliGpu *
                     (static_cast<double>(shape.total_milli_gpu()) / kMilliGpu);
  return {static_cast<std::int64_t>(100 * (1 - (cpu + gpu) / 2)),
          placement::tightest_cards(slot(number), shape)};
}

// A shared card: 100 less a tenth of what is free on it in per cent. Free cards of a machine in use: 50 less
// their number, from 33 on. A free machine: 33 less its cards, or its cards where they are more.
Scored::Score Packing::score(std::size_t number, const Shape& shape) {
  const Slot& here = slot(number);
  const std::uint32_t cards = placement::tightest_cards(here, shape);
  if (shape.cards == 0) return {0, cards};
  if (here.whole() == here.cards) return {std::max(33 - here.cards, here.cards), cards};
  const std::int64_t free = here.free[static_cast<std::size_t>(std::countr_zero(cards))];
  if (free == kWholeCard) return {std::max<std::int64_t>(50 - shape.cards, 33), cards};
  return {std::max<std::int64_t>(100 - free / 10 / 10, 50), cards};
}

Clustering::Clustering(const std::vector<Slot>& slots) : Scored(slots), classes_(slots.size()) {}

// A quarter of the points for each step of likeness, and within it more the less is idle (of 8 cards).
Scored::Score Clustering::score(std::size_t number, const Shape& shape) {
  const std::uint32_t cards = placement::tightest_cards(slot(number), shape);
  if (shape.cards == 0) return {0, cards};
  const auto& here = classes_[number];
  std::int64_t step = here.empty() ? 1 : 0;
  if (here.contains(class_of(shape))) step = here.size() == 1 ? 3 : 2;
  return {25 * step + 25 * (kMostMilliGpu - slot(number).idle()) / kMostMilliGpu, cards};
}

void Clustering::placed(std::size_t number, const Shape& shape) {
  if (shape.cards > 0) classes_[number].insert(class_of(shape));
}

}  // namespace dure::simulate
