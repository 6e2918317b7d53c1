#include "queue/departures.h"

#include <map>

#include "placement/draft.h"

namespace dure::queue {
namespace {

bool take_all(const placement::Forest& forest, const placement::Shape& shape,
              const std::vector<placement::Spot>& spots) {
  std::map<std::size_t, placement::Slot> touched;
  for (const placement::Spot& spot : spots) {
    placement::Slot& slot = touched.try_emplace(spot.slot, forest.slots()[spot.slot]).first->second;
    if (!forest.in_service(spot.slot) || !placement::cards_take(slot, shape, spot.cards)) return false;
    placement::take(slot, shape, spot.cards);
  }
  return true;
}

}  // namespace

void Departures::leaves(const placement::Shape& shape, const std::vector<placement::Spot>& spots) {
  for (const placement::Spot& spot : spots) after_.give_back(shape, spot);
}

bool Departures::make_room(const placement::Shape& shape, const std::vector<placement::Spot>& spots) const {
  return !take_all(now_, shape, spots) && take_all(after_, shape, spots);
}

}  // namespace dure::queue
