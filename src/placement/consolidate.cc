#include "placement/consolidate.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <tuple>
#include <utility>

#include "base/result.h"
#include "placement/clearing.h"
#include "placement/draft.h"

namespace dure::placement {
namespace {

constexpr std::size_t kMostEjections = 2;  // for one clearing
constexpr std::size_t kSpots = 6;          // that are tried for one tenant
constexpr std::size_t kWays = 8;           // in which another makes way for it
constexpr std::size_t kSteps = 300;        // in the search for places of one clearing's tenants
constexpr std::size_t kFirst = 24;         // candidates that are freed first, alone and in pairs

struct ClearingPlan {
  std::int64_t gain = 0;  // in what the goal counts
  std::vector<Move> moves;
  std::int64_t cost = 0;
  std::int64_t whole_cards = 0;
  std::int64_t whole_nodes = 0;
};

bool better(const ClearingPlan& a, const ClearingPlan& b) {
  return std::tuple(-a.gain, a.moves.size(), a.cost) < std::tuple(-b.gain, b.moves.size(), b.cost);
}

bool costs_less(const Clearing& a, const Clearing& b) {
  return std::tuple(a.moves, a.cost, a.milli_gpu) < std::tuple(b.moves, b.cost, b.milli_gpu);
}

bool has_less(const Clearing& a, const Clearing& b) {
  return std::tuple(a.moves, a.milli_gpu, a.cost) < std::tuple(b.moves, b.milli_gpu, b.cost);
}

class ClearingSearch {
 public:
  ClearingSearch(const Forest& forest, const Tenants& tenants, const Goal& goal,
                 const ConsolidationEffort& effort, const std::vector<Spot>& promised);

  ClearingPlan best();

 private:
  using Rule = bool (*)(const Clearing&, const Clearing&);

  bool spent() const { return draft_.looks() + looks_ >= effort_.most_looks; }
  std::int64_t gain() const;
  bool complete() const;
  std::int64_t most_possible(std::span<const Clearing> candidates) const;

  bool clear(std::span<const Clearing> wanted, std::size_t ejections);
  bool lift_all_of(const Clearing& clearing, std::vector<std::size_t>& off);
  bool settle(std::vector<std::size_t> off, std::size_t ejections);
  bool settle_by_ejection(std::size_t guest, const std::vector<std::size_t>& off, std::size_t ejections);

  bool clear_at(std::span<const Clearing> sorted, std::size_t moves);
  bool pass(Rule rule);
  void attempt(std::span<const Clearing> first, Rule rule);
  void drop_idle_moves();

  const Goal goal_;
  const ConsolidationEffort effort_;
  Draft draft_;
  const std::int64_t cards_before_;
  const std::int64_t nodes_before_;
  std::optional<std::size_t> slot_;  // of kTogether: the slot on which they are
  std::size_t start_ = 0;            // mark of the draft as it was found
  std::int64_t needed_ = 0;          // gain of the clearing that is looked at
  std::size_t steps_left_ = 0;       // in that
  std::uint64_t looks_ = 0;
  ClearingPlan best_;
};

ClearingSearch::ClearingSearch(const Forest& forest, const Tenants& tenants, const Goal& goal,
                               const ConsolidationEffort& effort, const std::vector<Spot>& promised)
    : goal_(goal),
      effort_(effort),
      draft_(forest, tenants),
      cards_before_(draft_.whole_cards()),
      nodes_before_(draft_.whole_nodes()) {
  for (const Spot& spot : promised) draft_.shut(spot.slot, spot.cards);
  // A node that is free stays so, unless its cards are wanted for those that make way.
  for (std::size_t slot = 0; goal.kind != Goal::Kind::kTogether && slot < draft_.slots().size(); ++slot) {
    const Slot& each = draft_.slots()[slot];
    if (each.cards > 0 && each.whole() == each.cards) draft_.keep(slot, (1U << each.cards) - 1);
  }
  start_ = draft_.mark();
}

std::int64_t ClearingSearch::gain() const {
  if (goal_.kind == Goal::Kind::kCards) return draft_.whole_cards() - cards_before_;
  if (goal_.kind == Goal::Kind::kNodes) return draft_.whole_nodes() - nodes_before_;
  return slot_ && draft_.slots()[*slot_].whole() >= goal_.cards ? 1 : 0;
}

bool ClearingSearch::complete() const {
  return goal_.kind == Goal::Kind::kTogether ? slot_.has_value() : draft_.moved() >= effort_.most_moves;
}

// No plan gains more: a move empties at most one card or node, and what is on the cards in use has to stay on
// some of them.
std::int64_t ClearingSearch::most_possible(std::span<const Clearing> candidates) const {
  if (goal_.kind == Goal::Kind::kTogether) return 1;
  const auto most = static_cast<std::int64_t>(std::min(effort_.most_moves, candidates.size()));
  if (goal_.kind == Goal::Kind::kNodes) return most;
  std::int64_t free = 0;
  for (std::size_t slot = 0; slot < draft_.slots().size(); ++slot)
    if (draft_.in_service(slot))
      free += draft_.slots()[slot].idle() - draft_.slots()[slot].whole() * kWholeCard;
  return std::min(most, free / kWholeCard);
}

bool ClearingSearch::lift_all_of(const Clearing& clearing, std::vector<std::size_t>& off) {
  draft_.keep(clearing.slot, clearing.keep);
  const auto here = draft_.on(clearing.slot);
  const std::vector<std::size_t> all(here.begin(), here.end());
  for (const std::size_t number : all) {
    if ((draft_.guest(number).spot.cards & clearing.cards) == 0) continue;
    draft_.lift(number);
    off.push_back(number);
  }
  return draft_.moved() <= effort_.most_moves;
}

// Frees all of these at once, or leaves the draft as it is.
bool ClearingSearch::clear(std::span<const Clearing> wanted, std::size_t ejections) {
  const std::size_t mark = draft_.mark();
  const auto slot_before = slot_;
  needed_ = gain() + static_cast<std::int64_t>(wanted.size());
  if (goal_.kind == Goal::Kind::kTogether) slot_ = wanted.front().slot;
  steps_left_ = kSteps;
  std::vector<std::size_t> off;
  bool good = true;
  for (const Clearing& each : wanted) good = good && lift_all_of(each, off);
  if (good && settle(std::move(off), ejections)) return true;
  draft_.undo_to(mark);
  slot_ = slot_before;
  return false;
}

// Finds each of those that are off a place, the largest first; as many as `ejections` others may make way.
bool ClearingSearch::settle(std::vector<std::size_t> off, std::size_t ejections) {
  if (draft_.moved() > effort_.most_moves) return false;
  if (off.empty()) return gain() >= needed_ && draft_.whole_cards() >= cards_before_;
  if (steps_left_ == 0 || spent()) return false;
  --steps_left_;
  const auto size = [&](std::size_t number) {
    const Shape& shape = draft_.guest(number).tenant.shape;
    return std::tuple(shape.total_milli_gpu(), shape.cpu_milli, shape.memory, number);
  };
  const auto largest =
      std::max_element(off.begin(), off.end(), [&](auto a, auto b) { return size(a) < size(b); });
  const std::size_t guest = *largest;
  off.erase(largest);
  const bool empty_ones = goal_.kind != Goal::Kind::kCards;
  for (const Spot& spot : draft_.spots_for(draft_.guest(guest).tenant.shape, empty_ones, kSpots)) {
    const std::size_t mark = draft_.mark();
    draft_.put(guest, spot);
    if (settle(off, ejections)) return true;
    draft_.undo_to(mark);
  }
  return ejections > 0 && settle_by_ejection(guest, off, ejections);
}

bool ClearingSearch::settle_by_ejection(std::size_t guest, const std::vector<std::size_t>& off,
                                        std::size_t ejections) {
  const bool empty_ones = goal_.kind != Goal::Kind::kCards;
  for (const Draft::Ejection& way : draft_.ejections_for(guest, empty_ones, kWays)) {
    const std::size_t mark = draft_.mark();
    draft_.lift(way.guest);
    draft_.put(guest, way.spot);
    std::vector<std::size_t> then = off;
    then.push_back(way.guest);
    if (settle(std::move(then), ejections - 1)) return true;
    draft_.undo_to(mark);
  }
  return false;
}

// Frees what takes so many moves, those among them that make way. REQUIRES: sorted by moves.
bool ClearingSearch::clear_at(std::span<const Clearing> sorted, std::size_t moves) {
  bool gained = false;
  for (const Clearing& each : sorted) {
    if (each.moves > moves || complete() || spent()) break;
    ++looks_;
    if (each.moves + kMostEjections < moves || draft_.moved() + each.moves > effort_.most_moves) continue;
    if ((draft_.kept(each.slot) & each.cards) != 0) continue;  // is free by now
    if (clear({&each, 1}, moves - each.moves)) gained = true;
  }
  return gained;
}

// True where something was gained, so that another pass may gain more.
bool ClearingSearch::pass(Rule rule) {
  std::vector<Clearing> list = clearings(draft_, goal_);
  looks_ += draft_.slots().size();
  std::stable_sort(list.begin(), list.end(), rule);
  if (list.empty()) return false;
  bool gained = false;
  const std::size_t most = std::min(effort_.most_moves, list.back().moves + kMostEjections);
  for (std::size_t moves = 0; moves <= most; ++moves) gained = clear_at(list, moves) || gained;
  return gained && !complete() && !spent();
}

// A move whose tenant could as well have stayed; the dearest first.
void ClearingSearch::drop_idle_moves() {
  std::vector<std::size_t> moved = draft_.moved_guests();
  std::ranges::stable_sort(moved, std::greater(),
                           [&](std::size_t number) { return draft_.guest(number).tenant.cost; });
  const std::int64_t before = gain();
  for (const std::size_t number : moved) {
    const std::size_t mark = draft_.mark();
    const Tenant& tenant = draft_.guest(number).tenant;
    draft_.lift(number);
    if (cards_take(draft_.slots()[tenant.spot.slot], tenant.shape, tenant.spot.cards)) {
      draft_.put(number, tenant.spot);
      if (gain() >= before && draft_.whole_cards() >= cards_before_) continue;
    }
    draft_.undo_to(mark);
  }
}

// A plan that frees those first, all at once, and then whatever can be freed in the order of the rule.
void ClearingSearch::attempt(std::span<const Clearing> first, Rule rule) {
  draft_.undo_to(start_);
  slot_.reset();
  if (!first.empty() && !clear(first, kMostEjections)) return;
  while (!complete() && pass(rule)) {
  }
  drop_idle_moves();
  ClearingPlan plan{gain(), draft_.moves(), draft_.cost(), draft_.whole_cards() - cards_before_,
                    draft_.whole_nodes() - nodes_before_};
  if (better(plan, best_)) best_ = std::move(plan);
}

ClearingPlan ClearingSearch::best() {
  std::vector<Clearing> candidates = clearings(draft_, goal_);
  const std::int64_t most = most_possible(candidates);
  attempt({}, costs_less);
  if (best_.gain < most) attempt({}, has_less);
  std::stable_sort(candidates.begin(), candidates.end(), costs_less);
  if (candidates.size() > kFirst) candidates.resize(kFirst);
  const auto go_on = [&] { return best_.gain < most && !spent(); };
  for (std::size_t i = 0; i < candidates.size() && go_on(); ++i) attempt({&candidates[i], 1}, has_less);
  for (std::span<const Clearing> rest = candidates; !rest.empty() && go_on(); rest = rest.subspan(1))
    for (const Clearing& other : rest.subspan(1))
      if (go_on()) attempt(std::array{rest.front(), other}, has_less);
  return best_;
}

// What the plan says is what comes of it: it is carried out on a copy, and counted.
void prove(const Forest& forest, const ClearingPlan& plan) {
  std::vector<Slot> slots = forest.slots();
  const auto whole = [&slots] {
    std::pair<std::int64_t, std::int64_t> count{0, 0};
    for (const Slot& slot : slots) {
      if (slot.mig > 0) continue;
      count.first += slot.whole();
      count.second += slot.cards > 0 && slot.whole() == slot.cards ? 1 : 0;
    }
    return count;
  };
  const auto before = whole();
  for (const Move& move : plan.moves) give_back(slots[move.from.slot], move.shape, move.from.cards);
  for (const Move& move : plan.moves) take(slots[move.to.slot], move.shape, move.to.cards);
  const auto after = whole();
  DURE_ASSERT(after.first - before.first == plan.whole_cards);
  DURE_ASSERT(after.second - before.second == plan.whole_nodes);
}

bool together_already(const Forest& forest, const Goal& goal) {
  for (std::size_t slot = 0; slot < forest.slots().size(); ++slot) {
    const Slot& each = forest.slots()[slot];
    if (!forest.in_service(slot) || each.mig > 0 || each.whole() < goal.cards) continue;
    if (goal.models == 0 || (goal.models >> each.model & 1) != 0) return true;
  }
  return false;
}

}  // namespace

std::optional<Consolidation> consolidate(const Forest& forest, const Tenants& tenants, const Goal& goal,
                                         const ConsolidationEffort& effort,
                                         const std::vector<Spot>& promised) {
  if (goal.kind == Goal::Kind::kTogether) {
    DURE_ASSERT(goal.cards > 0);
    if (together_already(forest, goal)) return std::nullopt;
  }
  ClearingPlan plan = ClearingSearch(forest, tenants, goal, effort, promised).best();
  if (plan.gain <= 0) return std::nullopt;
  prove(forest, plan);
  Consolidation made{std::move(plan.moves), {}, plan.whole_cards, plan.whole_nodes, plan.cost};
  made.handovers = order_moves(forest.slots(), made.moves);
  return made;
}

}  // namespace dure::placement
