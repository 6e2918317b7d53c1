#include "placement/reclaim.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "base/quantity.h"
#include "base/result.h"
#include "placement/clearance.h"
#include "placement/least_lost.h"

namespace dure::placement {
namespace {

constexpr std::size_t kMostStepsOnMachine = 128;

// What is lost, and by how many.
using Cost = std::pair<std::int64_t, std::int64_t>;

Cost operator+(const Cost& a, const Cost& b) {
  return {a.first + b.first, a.second + b.second};
}

// A look at one machine: which of its victims to stop so that so many replicas fit there. While it lasts all
// that may be stopped is lifted.
class Look {
 public:
  Look(Clearance& clearance, std::span<const Victim> victims, const std::vector<bool>& barred,
       std::size_t machine)
      : clearance_(clearance), victims_(victims), machine_(machine) {
    for (const Piece* piece : clearance.pieces_on(machine))
      if (!clearance.stopped(piece->victim) && !barred[piece->victim]) pieces_.push_back(piece);
    std::sort(pieces_.begin(), pieces_.end(), [&](const Piece* a, const Piece* b) {
      return std::pair(lost(*a), a->victim) > std::pair(lost(*b), b->victim);
    });
    for (const Piece* piece : pieces_) clearance_.lift(*piece);
  }
  ~Look() {
    for (const Piece* piece : pieces_) clearance_.lower(*piece);
  }
  Look(const Look&) = delete;
  Look& operator=(const Look&) = delete;

  std::int64_t most() const { return clearance_.count(machine_); }

  // REQUIRES: `target` is at most most().
  std::vector<std::size_t> cheapest(std::int64_t target) {
    target_ = target;
    steps_left_ = kMostStepsOnMachine;
    found_ = false;
    spare(0, {});
    return best_;
  }

 private:
  std::int64_t lost(const Piece& piece) const { return victims_[piece.victim].lost; }

  // Spares the piece where the target stays in reach, and then, as far as the steps go, stops it all the
  // same.
  void spare(std::size_t i, const Cost& cost) {
    if (steps_left_ == 0 && found_) return;
    if (steps_left_ > 0) --steps_left_;
    if (i == pieces_.size()) {
      if (found_ && cost >= best_cost_) return;
      found_ = true;
      best_cost_ = cost;
      best_ = stopping_;
      return;
    }
    clearance_.lower(*pieces_[i]);
    if (clearance_.count(machine_) >= target_) spare(i + 1, cost);
    clearance_.lift(*pieces_[i]);
    const Cost with = cost + Cost{lost(*pieces_[i]), 1};
    if (found_ && with >= best_cost_) return;
    stopping_.push_back(pieces_[i]->victim);
    spare(i + 1, with);
    stopping_.pop_back();
  }

  Clearance& clearance_;
  std::span<const Victim> victims_;
  std::size_t machine_;
  std::vector<const Piece*> pieces_;  // the dearest first
  std::int64_t target_ = 0;
  std::size_t steps_left_ = 0;
  bool found_ = false;
  Cost best_cost_;
  std::vector<std::size_t> best_;
  std::vector<std::size_t> stopping_;
};

// Whom to stop on a machine, and how many replicas more then fit on all that they are on.
struct Offer {
  Cost cost;
  std::int64_t gain = 0;
  std::vector<std::size_t> victims;

  // By the cost of each replica.
  bool better_than(const Offer& other) const {
    const auto scaled = [](std::int64_t of, std::int64_t by) { return static_cast<base::Wide>(of) * by; };
    return std::pair(scaled(cost.first, other.gain), scaled(cost.second, other.gain)) <
           std::pair(scaled(other.cost.first, gain), scaled(other.cost.second, gain));
  }
};

class ReclaimSearch {
 public:
  ReclaimSearch(Clearance& clearance, std::span<const Victim> victims)
      : clearance_(clearance),
        victims_(victims),
        barred_(victims.size(), false),
        offers_(clearance.machines()),
        stamps_(clearance.machines(), 0),
        is_stale_(clearance.machines(), false) {
    for (std::size_t machine = 0; machine < offers_.size(); ++machine) make_stale(machine);
  }

  bool complete();
  void stop_all();
  void spare_needless();
  void improve(std::size_t most_looks);
  void try_all_choices();
  std::vector<bool> stopped() const;
  void restore(const std::vector<bool>& stopped);
  Cost cost() const { return cost_; }

 private:
  struct Ranked {
    std::size_t machine = 0;
    std::size_t stamp = 0;
    Offer offer;
  };
  struct Later {
    bool operator()(const Ranked& a, const Ranked& b) const {
      if (b.offer.better_than(a.offer)) return true;
      return !a.offer.better_than(b.offer) && a.machine > b.machine;
    }
  };

  Cost cost_of(std::size_t victim) const { return {victims_[victim].lost, 1}; }
  void stop(std::size_t victim);
  void resume(std::size_t victim);
  void touch(std::size_t victim);
  void make_stale(std::size_t machine);
  std::int64_t gain_of(const std::vector<std::size_t>& victims);
  Offer offer_of(std::size_t machine);
  void offer_again();
  std::vector<std::size_t> dearest_first(std::vector<std::size_t> victims) const;
  std::vector<std::size_t> all_stopped() const;
  void spare_needless(const std::vector<std::size_t>& among);
  std::vector<std::size_t> near(std::size_t from) const;
  bool try_without(std::size_t victim);
  void use_look() { looks_left_ -= looks_left_ > 0 ? 1 : 0; }

  Clearance& clearance_;
  std::span<const Victim> victims_;
  std::size_t looks_left_ = 0;
  std::vector<bool> barred_;
  Cost cost_;
  // Each machine's offer stands once in the heap with the machine's stamp, and as often as it was with older
  // ones, which are passed over.
  std::priority_queue<Ranked, std::vector<Ranked>, Later> offers_heap_;
  std::vector<Offer> offers_;
  std::vector<std::size_t> stamps_;
  std::vector<std::size_t> stale_;
  std::vector<bool> is_stale_;
  std::vector<std::size_t> changes_;  // victims stopped or resumed, one after the other
};

void ReclaimSearch::make_stale(std::size_t machine) {
  if (is_stale_[machine]) return;
  is_stale_[machine] = true;
  stale_.push_back(machine);
}

void ReclaimSearch::touch(std::size_t victim) {
  for (const Piece& piece : clearance_.pieces_of(victim)) make_stale(piece.machine);
}

void ReclaimSearch::stop(std::size_t victim) {
  clearance_.stop(victim);
  cost_ = cost_ + cost_of(victim);
  changes_.push_back(victim);
  touch(victim);
}

void ReclaimSearch::resume(std::size_t victim) {
  clearance_.resume(victim);
  cost_.first -= victims_[victim].lost;
  --cost_.second;
  changes_.push_back(victim);
  touch(victim);
}

std::int64_t ReclaimSearch::gain_of(const std::vector<std::size_t>& victims) {
  const std::int64_t before = clearance_.missing();
  for (const std::size_t victim : victims) clearance_.stop(victim);
  const std::int64_t gain = before - clearance_.missing();
  for (const std::size_t victim : victims) clearance_.resume(victim);
  return gain;
}

// The cheapest by replica of one, two, four, ... more, and of as many as there can be. Of no gain where there
// are none.
Offer ReclaimSearch::offer_of(std::size_t machine) {
  use_look();
  Offer best;
  const std::int64_t now = clearance_.fitting_on(machine);
  std::vector<std::vector<std::size_t>> choices;
  {
    Look look(clearance_, victims_, barred_, machine);
    const std::int64_t most = std::min(look.most() - now, clearance_.missing());
    for (std::int64_t more = 1; more < most; more *= 2) choices.push_back(look.cheapest(now + more));
    if (most > 0) choices.push_back(look.cheapest(now + most));
  }
  for (std::vector<std::size_t>& choice : choices) {
    Offer offer;
    for (const std::size_t victim : choice) offer.cost = offer.cost + cost_of(victim);
    offer.gain = gain_of(choice);
    offer.victims = std::move(choice);
    if (best.gain == 0 || offer.better_than(best)) best = std::move(offer);
  }
  return best;
}

void ReclaimSearch::offer_again() {
  for (const std::size_t machine : stale_) {
    is_stale_[machine] = false;
    Offer offer = offer_of(machine);
    ++stamps_[machine];
    if (offer.gain > 0) offers_heap_.push({machine, stamps_[machine], std::move(offer)});
  }
  stale_.clear();
}

// Stops who is cheapest for each replica until all fit. False where they cannot.
bool ReclaimSearch::complete() {
  while (clearance_.missing() > 0) {
    offer_again();
    if (offers_heap_.empty()) return false;
    const Ranked next = offers_heap_.top();
    offers_heap_.pop();
    if (next.stamp != stamps_[next.machine]) continue;
    make_stale(next.machine);
    if (gain_of(next.offer.victims) < next.offer.gain) continue;  // elsewhere there is less to gain by now
    for (const std::size_t victim : next.offer.victims) stop(victim);
  }
  return true;
}

void ReclaimSearch::stop_all() {
  for (std::size_t victim = 0; victim < victims_.size(); ++victim)
    if (!clearance_.stopped(victim)) stop(victim);
}

std::vector<std::size_t> ReclaimSearch::all_stopped() const {
  std::vector<std::size_t> all;
  for (std::size_t victim = 0; victim < victims_.size(); ++victim)
    if (clearance_.stopped(victim)) all.push_back(victim);
  return all;
}

std::vector<std::size_t> ReclaimSearch::dearest_first(std::vector<std::size_t> victims) const {
  std::sort(victims.begin(), victims.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(victims_[a].lost, a) > std::pair(victims_[b].lost, b);
  });
  return victims;
}

void ReclaimSearch::spare_needless(const std::vector<std::size_t>& among) {
  for (const std::size_t victim : dearest_first(among)) {
    resume(victim);
    if (clearance_.missing() > 0) stop(victim);
  }
}

void ReclaimSearch::spare_needless() {
  spare_needless(all_stopped());
}

// Those who are stopped on a machine where something changed after so many changes.
std::vector<std::size_t> ReclaimSearch::near(std::size_t from) const {
  std::vector<std::size_t> found;
  for (std::size_t i = from; i < changes_.size(); ++i)
    for (const Piece& changed : clearance_.pieces_of(changes_[i]))
      for (const Piece* piece : clearance_.pieces_on(changed.machine))
        if (clearance_.stopped(piece->victim)) found.push_back(piece->victim);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// Whether an answer without that one is cheaper; if not, all is as it was.
bool ReclaimSearch::try_without(std::size_t victim) {
  const Cost before = cost_;
  const std::size_t from = changes_.size();
  barred_[victim] = true;
  resume(victim);
  bool better = complete();
  if (better) spare_needless(near(from));
  better = better && cost_ < before;
  barred_[victim] = false;
  touch(victim);
  if (better) return true;
  for (std::size_t i = changes_.size(); i-- > from;)
    if (clearance_.stopped(changes_[i]))
      resume(changes_[i]);
    else
      stop(changes_[i]);
  return false;
}

void ReclaimSearch::improve(std::size_t most_looks) {
  spare_needless();
  looks_left_ = most_looks;
  bool better = true;
  while (better && looks_left_ > 0) {
    better = false;
    for (const std::size_t victim : dearest_first(all_stopped())) {
      use_look();
      if (looks_left_ == 0) break;
      if (clearance_.stopped(victim) && try_without(victim)) better = true;
    }
  }
}

void ReclaimSearch::try_all_choices() {
  const std::vector<bool> found = stopped();
  const auto least = least_lost(clearance_, victims_, cost_);
  for (std::size_t victim = 0; victim < found.size(); ++victim)
    if (!found[victim]) clearance_.resume(victim);
  if (least) restore(*least);
}

std::vector<bool> ReclaimSearch::stopped() const {
  std::vector<bool> found(victims_.size());
  for (std::size_t victim = 0; victim < found.size(); ++victim) found[victim] = clearance_.stopped(victim);
  return found;
}

void ReclaimSearch::restore(const std::vector<bool>& stopped) {
  for (std::size_t victim = 0; victim < stopped.size(); ++victim) {
    if (stopped[victim] == clearance_.stopped(victim)) continue;
    if (stopped[victim])
      stop(victim);
    else
      resume(victim);
  }
}

}  // namespace

std::optional<Reclaim> reclaim(const Forest& forest, std::span<const Victim> victims, const Shape& shape,
                               std::int64_t replicas, bool apart, const ReclaimEffort& effort) {
  Clearance clearance(forest, victims, {shape, replicas, apart});
  ReclaimSearch search(clearance, victims);
  if (!search.complete()) return std::nullopt;
  search.improve(effort.most_looks);
  const std::vector<bool> first = search.stopped();
  const Cost cost = search.cost();
  search.stop_all();
  search.improve(effort.most_looks);
  if (cost <= search.cost()) search.restore(first);
  search.spare_needless();
  if (choices_among(victims.size()) <= effort.most_looks) search.try_all_choices();

  Reclaim answer;
  for (std::size_t victim = 0; victim < victims.size(); ++victim)
    if (clearance.stopped(victim)) answer.victims.push_back(victims[victim].id);
  answer.lost = search.cost().first;
  answer.spots = clearance.spots();
  return answer;
}

}  // namespace dure::placement
