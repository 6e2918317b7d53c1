#include "simulate/scored.h"

namespace dure::simulate {

using placement::Shape;
using placement::Spot;

Scored::Scored(std::vector<placement::Slot> slots) : slots_(std::move(slots)), versions_(slots_.size(), 1) {}

std::optional<Spot> Scored::choose(const Shape& shape) {
  auto& kept = kept_[shape];
  kept.resize(slots_.size());
  const Kept* best = nullptr;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Kept& each = kept[i];
    if (each.version != versions_[i]) {
      each.version = versions_[i];
      each.fits = placement::fits(slots_[i], shape);
      if (each.fits) each.score = score(i, shape);
    }
    if (each.fits && (best == nullptr || each.score.value > best->score.value)) best = &each;
  }
  if (best == nullptr) return std::nullopt;
  return Spot{static_cast<std::size_t>(best - kept.data()), best->score.cards};
}

void Scored::take(const Shape& shape, const Spot& spot) {
  placement::take(slots_[spot.slot], shape, spot.cards);
  ++versions_[spot.slot];
  placed(spot.slot, shape);
}

}  // namespace dure::simulate
