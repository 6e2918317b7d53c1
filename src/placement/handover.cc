#include "placement/handover.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/result.h"
#include "placement/draft.h"

namespace dure::placement {
namespace {

constexpr std::size_t kMostAgain = 8;

void stop(std::vector<Slot>& slots, const Move& move) {
  give_back(slots[move.from.slot], move.shape, move.from.cards);
}

bool start(std::vector<Slot>& slots, const Move& move) {
  Slot& slot = slots[move.to.slot];
  if (!cards_take(slot, move.shape, move.to.cards)) return false;
  take(slot, move.shape, move.to.cards);
  return true;
}

// Leaves the slots as they were where it can't.
bool before_its_stop(std::vector<Slot>& slots, const Move& move) {
  if (!start(slots, move)) return false;
  stop(slots, move);
  return true;
}

bool after_its_stop(std::vector<Slot>& slots, const Move& move) {
  stop(slots, move);
  if (start(slots, move)) return true;
  take(slots[move.from.slot], move.shape, move.from.cards);
  return false;
}

bool exchange(std::vector<Slot>& slots, const Move& a, const Move& b) {
  stop(slots, a);
  stop(slots, b);
  if (start(slots, a)) {
    if (start(slots, b)) return true;
    give_back(slots[a.to.slot], a.shape, a.to.cards);
  }
  take(slots[a.from.slot], a.shape, a.from.cards);
  take(slots[b.from.slot], b.shape, b.from.cards);
  return false;
}

class Order {
 public:
  Order(std::vector<Slot> slots, std::vector<Move> all_moves)
      : slots_(std::move(slots)), left_(std::move(all_moves)) {
    while (!left_.empty())
      if (!one(before_its_stop, Handover::kStartFirst) && !one(after_its_stop, Handover::kStopFirst) &&
          !two())
        all();
  }

  std::size_t start_first() const {
    return static_cast<std::size_t>(std::count(handovers.begin(), handovers.end(), Handover::kStartFirst));
  }

  std::vector<Move> moves;
  std::vector<Handover> handovers;

 private:
  void done(std::size_t i, Handover handover) {
    moves.push_back(left_[i]);
    handovers.push_back(handover);
    left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  template <class Way>
  bool one(const Way& way, Handover handover) {
    for (std::size_t i = 0; i < left_.size(); ++i) {
      if (!way(slots_, left_[i])) continue;
      done(i, handover);
      return true;
    }
    return false;
  }
  bool two() {
    for (std::size_t i = 0; i < left_.size(); ++i)
      for (std::size_t j = i + 1; j < left_.size(); ++j) {
        if (!exchange(slots_, left_[i], left_[j])) continue;
        done(i, Handover::kWithNext);
        done(j - 1, Handover::kStopFirst);
        return true;
      }
    return false;
  }
  void all() {
    for (const Move& move : left_) stop(slots_, move);
    for (const Move& move : left_) {
      const bool started = start(slots_, move);
      DURE_ASSERT(started);
    }
    while (!left_.empty()) done(0, left_.size() > 1 ? Handover::kWithNext : Handover::kStopFirst);
  }

  std::vector<Slot> slots_;
  std::vector<Move> left_;
};

}  // namespace

std::vector<Handover> order_moves(const std::vector<Slot>& slots, std::vector<Move>& moves) {
  Order best(slots, moves);
  std::vector<Move> next = best.moves;
  std::vector<Handover> ways = best.handovers;
  for (std::size_t again = 0; again < kMostAgain && best.start_first() < moves.size(); ++again) {
    std::vector<Move> urgent;
    std::vector<Move> rest;
    for (std::size_t i = 0; i < next.size(); ++i)
      (ways[i] == Handover::kStartFirst ? rest : urgent).push_back(next[i]);
    urgent.insert(urgent.end(), rest.begin(), rest.end());
    Order other(slots, urgent);
    next = other.moves;
    ways = other.handovers;
    if (other.start_first() > best.start_first()) best = std::move(other);
  }
  moves = std::move(best.moves);
  return best.handovers;
}

}  // namespace dure::placement
