#include "packing/offline.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "placement/forest.h"
#include "simulate/dice.h"

namespace dure::packing {
namespace {

using placement::Shape;
using placement::Slot;
using placement::Spot;

struct PackedPiece {
  std::size_t index = 0;  // of the class
  std::uint32_t cards = 0;
};

class Packing {
 public:
  Packing(const std::vector<Slot>& slots, const Problem& problem)
      : problem_(problem), forest_(slots), held_(slots.size()) {
    left_.reserve(problem.classes.size());
    for (const Class& each : problem.classes) left_.push_back(each.count);
    for (std::size_t i = 0; i < problem.classes.size(); ++i) by_size_.push_back(i);
    std::stable_sort(by_size_.begin(), by_size_.end(), [&](std::size_t a, std::size_t b) {
      const Shape &x = problem.classes[a].shape, &y = problem.classes[b].shape;
      return std::tie(y.cards, y.milli_gpu, y.cpu_milli) < std::tie(x.cards, x.milli_gpu, x.cpu_milli);
    });
  }

  std::int64_t value() const { return value_; }
  std::int64_t placed() const { return placed_; }
  const std::vector<PackedPiece>& held(std::size_t slot) const { return held_[slot]; }

  // Of the pieces, those that are left and fit.
  void fill(std::size_t slot, const std::vector<std::size_t>& pieces) {
    for (const std::size_t i : pieces) {
      const Shape& shape = problem_.classes[i].shape;
      if (left_[i] == 0 || !placement::fits(forest_.slots()[slot], shape)) continue;
      put(i, {slot, placement::tightest_cards(forest_.slots()[slot], shape)});
    }
  }

  // What is left over, the largest first.
  void fill_all() {
    for (const std::size_t i : by_size_) {
      while (left_[i] > 0) {
        const auto spot = forest_.find(problem_.classes[i].shape);
        if (!spot) break;
        put(i, *spot);
      }
    }
  }

  void put(std::size_t i, const Spot& spot) {
    const Shape& shape = problem_.classes[i].shape;
    forest_.take(shape, spot);
    held_[spot.slot].push_back({i, spot.cards});
    --left_[i];
    ++placed_;
    value_ += shape.total_milli_gpu();
    if (watching_) put_.push_back(spot.slot);
  }

  void empty(std::size_t slot) {
    for (const PackedPiece& piece : held_[slot]) take_away(slot, piece);
    held_[slot].clear();
  }

  // What is put from here on can be taken back, the last first.
  void watch() {
    put_.clear();
    watching_ = true;
  }
  void keep() { watching_ = false; }
  void take_back() {
    watching_ = false;
    for (; !put_.empty(); put_.pop_back()) {
      auto& pieces = held_[put_.back()];
      take_away(put_.back(), pieces.back());
      pieces.pop_back();
    }
  }
  void restore(std::size_t slot, const std::vector<PackedPiece>& pieces) {
    for (const PackedPiece& piece : pieces) put(piece.index, {slot, piece.cards});
  }

 private:
  void take_away(std::size_t slot, const PackedPiece& piece) {
    const Shape& shape = problem_.classes[piece.index].shape;
    forest_.give_back(shape, {slot, piece.cards});
    ++left_[piece.index];
    --placed_;
    value_ -= shape.total_milli_gpu();
  }

  const Problem& problem_;
  placement::Forest forest_;
  std::vector<std::vector<PackedPiece>> held_;
  std::vector<std::int64_t> left_;
  std::vector<std::size_t> by_size_;
  std::vector<std::size_t> put_;
  bool watching_ = false;
  std::int64_t value_ = 0;
  std::int64_t placed_ = 0;
};

// One machine's worth of pieces each, in the order in which machines are to be given to them.
std::vector<const Filling*> whole_machines(std::vector<Filling> const& fillings) {
  std::vector<const Filling*> list, fractions;
  for (const Filling& filling : fillings) {
    const auto whole = static_cast<std::int64_t>(std::floor(filling.machines + 1e-6));
    for (std::int64_t i = 0; i < whole; ++i) list.push_back(&filling);
    if (filling.machines - static_cast<double>(whole) > 1e-6) fractions.push_back(&filling);
  }
  const auto fraction = [](const Filling* filling) {
    return filling->machines - std::floor(filling->machines);
  };
  std::stable_sort(fractions.begin(), fractions.end(),
                   [&](const Filling* a, const Filling* b) { return fraction(a) > fraction(b); });
  list.insert(list.end(), fractions.begin(), fractions.end());
  return list;
}

void begin(Packing& packing, const Problem& problem, const std::vector<Filling>& fillings) {
  std::vector<std::size_t> next(problem.types.size(), 0);
  for (const Filling* filling : whole_machines(fillings)) {
    const auto& slots = problem.types[filling->type].slots;
    if (next[filling->type] < slots.size()) packing.fill(slots[next[filling->type]++], filling->pieces);
  }
  packing.fill_all();
}

// Empties some machines and fills them anew, what is largest first but with some passed over at first.
void improve(Packing& packing, const Problem& problem, std::size_t slots, simulate::Dice& dice) {
  std::vector<std::size_t> emptied;
  const std::size_t count = 1 + dice.below(4);
  while (emptied.size() < std::min(count, slots)) {
    const std::size_t slot = dice.below(slots);
    if (std::find(emptied.begin(), emptied.end(), slot) == emptied.end()) emptied.push_back(slot);
  }
  const std::int64_t before = packing.value();
  std::vector<std::vector<PackedPiece>> former;
  std::vector<std::size_t> pieces;
  for (const std::size_t slot : emptied) {
    former.push_back(packing.held(slot));
    for (const PackedPiece& piece : former.back()) pieces.push_back(piece.index);
    packing.empty(slot);
  }
  packing.watch();
  dice.shuffle(pieces);
  if (dice.below(2) == 0)
    std::stable_sort(pieces.begin(), pieces.end(), [&](std::size_t a, std::size_t b) {
      return problem.classes[a].shape.total_milli_gpu() > problem.classes[b].shape.total_milli_gpu();
    });
  if (dice.below(2) == 0) pieces.resize(pieces.size() / 2);
  for (const std::size_t slot : emptied) packing.fill(slot, pieces);
  packing.fill_all();
  if (packing.value() >= before) return packing.keep();
  packing.take_back();
  for (std::size_t i = 0; i < emptied.size(); ++i) packing.restore(emptied[i], former[i]);
}

}  // namespace

Packed pack_offline(const std::vector<Slot>& slots, const Problem& problem,
                    const std::vector<Filling>& fillings, std::int64_t rounds, std::uint64_t seed) {
  Packing packing(slots, problem);
  begin(packing, problem, fillings);
  simulate::Dice dice(seed);
  for (std::int64_t i = 0; i < rounds && !slots.empty(); ++i) improve(packing, problem, slots.size(), dice);
  return {packing.value(), packing.placed()};
}

}  // namespace dure::packing
