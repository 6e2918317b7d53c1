#include "selection/serve.h"

#include <algorithm>
#include <compare>
#include <limits>
#include <map>
#include <queue>
#include <string>

#include "selection/institution_name.h"

namespace dure::selection {
namespace {

constexpr std::int64_t kWhole = 10'000;  // basis points

class Counter {
 public:
  Counter(const model::SelectionRequest& request, const SelectionRules& rules, const Order& order,
          std::vector<Candidate*>& ranked, std::int64_t capacity)
      : rules_(rules), order_(order), ranked_(ranked), menu_(menu_of(rules.pool)), open_(capacity) {
    for (const auto& reservation : rules.selection.reservations) {
      Shelf shelf;
      shelf.reserved = base::multiply_divide(capacity, reservation.share_bp, kWhole);
      open_ -= shelf.reserved;
      served_.shelves.push_back(shelf);
    }
    released_by_decision_.assign(served_.shelves.size(), false);
    for (std::size_t i = 0; request.releases && i < served_.shelves.size(); ++i)
      for (const auto& release : *request.releases)
        if (release.track == rules.selection.reservations[i].track) released_by_decision_[i] = true;
    if (const auto& bp = rules.selection.institution_cap_bp)
      served_.cap = base::multiply_divide(capacity, *bp, kWhole);
    name_institutions();
  }

  Served run() && {
    for (std::size_t i = 0; i < served_.shelves.size(); ++i) {
      fill(i);
      release(i);
    }
    share_the_rest();
    served_.left = open_;
    for (const auto& shelf : served_.shelves) served_.left += shelf.held();
    line_up();
    return std::move(served_);
  }

 private:
  // Whose turn it is next. Only the first of each institution stands here: an award changes the turn of all
  // of its applications alike, so those behind cannot come before it.
  struct Head {
    Candidate* candidate;
    std::int64_t awards;  // of its institution
    Points points;        // less the penalty
  };

  void name_institutions() {
    std::map<std::string, std::size_t> places;
    std::vector<std::string> folded;
    folded.reserve(ranked_.size());
    for (const Candidate* each : ranked_) {
      folded.push_back(folded_name(each->application->organisation));
      places.emplace(folded.back(), 0);
    }
    std::size_t place = 0;
    for (auto& [name, at] : places) at = place++;
    served_.institutions.resize(places.size());
    for (std::size_t i = 0; i < ranked_.size(); ++i) {
      ranked_[i]->institution = places.at(folded[i]);
      auto& institution =
          served_.institutions[ranked_[i]->institution];  // told as its first by rank writes it
      if (institution.name == nullptr) institution.name = &ranked_[i]->application->organisation;
    }
  }

  std::int64_t penalty_of(std::int64_t awards) const {
    return rules_.selection.institution_penalty_points.value_or(0) * kCentiOfPoint * awards;
  }

  Head head_of(Candidate* candidate) const {
    const std::int64_t awards = served_.institutions[candidate->institution].awards;
    return {candidate, awards, candidate->total - penalty_of(awards)};
  }

  bool before(const Head& a, const Head& b) const {
    if (rules_.selection.balance == policy::Balance::kFewestAwardsFirst && a.awards != b.awards)
      return a.awards < b.awards;
    if (const auto priority = order_.by_priority(*a.candidate, *b.candidate); std::is_neq(priority))
      return std::is_lt(priority);
    if (const auto points = b.points <=> a.points; std::is_neq(points)) return std::is_lt(points);
    return a.candidate->tie_place < b.candidate->tie_place;
  }

  // Calls one up, unless one before it holds up those behind; who does is `blocker` from then on.
  void call(Candidate& candidate, std::int64_t awards, std::size_t shelf, const Candidate*& blocker) {
    if (blocker == nullptr) {
      turn(candidate, awards, shelf);
      if (!rules_.selection.pass_over && waits_for_room(candidate)) blocker = &candidate;
    } else if (candidate.awarded == 0) {
      candidate.obstacle = Obstacle::kBehind;
      candidate.blocker = blocker;
    }
  }

  // A track's share: by rank alone, whatever its institutions have.
  void fill(std::size_t shelf) {
    const Candidate* blocker = nullptr;
    for (Candidate* each : ranked_)
      if (each->target > 0 && each->reservation == shelf) call(*each, 0, shelf, blocker);
  }

  // The rest, by turn.
  void share_the_rest() {
    const auto takes_part = [&](const Candidate& each) {
      return each.awarded < each.target &&
             (each.reservation == kNone || rules_.selection.reservations[each.reservation].beyond_share);
    };
    std::vector<std::vector<Candidate*>> queues(served_.institutions.size());
    for (Candidate* each : ranked_)
      if (each->target > 0 && takes_part(*each)) queues[each->institution].push_back(each);
    const auto after = [this](const Head& a, const Head& b) { return before(b, a); };
    std::priority_queue<Head, std::vector<Head>, decltype(after)> heads(after);
    std::vector<std::size_t> next(queues.size(), 0);
    const auto call_up = [&](std::size_t institution) {
      if (next[institution] < queues[institution].size())
        heads.push(head_of(queues[institution][next[institution]++]));
    };
    for (std::size_t i = 0; i < queues.size(); ++i) call_up(i);
    const Candidate* blocker = nullptr;
    while (!heads.empty()) {
      const Head head = heads.top();
      heads.pop();
      call(*head.candidate, head.awards, kNone, blocker);
      call_up(head.candidate->institution);
    }
  }

  std::int64_t cap_left(const Candidate& candidate) const {
    const std::int64_t has = served_.institutions[candidate.institution].awarded;
    return served_.cap ? std::max<std::int64_t>(*served_.cap - has, 0)
                       : std::numeric_limits<std::int64_t>::max();
  }

  // Whether it got nothing, and would have got nothing without its institution's cap either.
  bool waits_for_room(const Candidate& candidate) const {
    return candidate.awarded == 0 && candidate.target > candidate.room &&
           !(rules_.selection.partial_award && largest_of(menu_, candidate.room) > 0);
  }

  // `awards`: of its institution, that count for it. `shelf`: the share that is being filled, or kNone: the
  // rest.
  void turn(Candidate& candidate, std::int64_t awards, std::size_t shelf) {
    candidate.room = shelf != kNone                   ? served_.shelves[shelf].held()
                     : candidate.reservation == kNone ? open_
                                                      : open_ + served_.shelves[candidate.reservation].held();
    candidate.cap_left = cap_left(candidate);
    if (candidate.awarded == 0) {
      candidate.awards_before = awards;
      candidate.penalty = penalty_of(awards);
    }
    const std::int64_t wanted = candidate.target - candidate.awarded;
    const std::int64_t most = std::min(candidate.room, candidate.cap_left);
    std::int64_t given = wanted;
    if (wanted > most) {
      given = 0;
      if (rules_.selection.partial_award)
        given = std::max<std::int64_t>(largest_of(menu_, candidate.awarded + most) - candidate.awarded, 0);
    }
    candidate.lacking = wanted - most;
    candidate.obstacle = wanted <= most                        ? Obstacle::kNothing
                         : candidate.cap_left < candidate.room ? Obstacle::kInstitution
                                                               : Obstacle::kCapacity;
    if (given > 0) give(candidate, given, shelf);
  }

  void give(Candidate& candidate, std::int64_t amount, std::size_t shelf) {
    Institution& institution = served_.institutions[candidate.institution];
    if (candidate.awarded == 0) ++institution.awards;
    candidate.grown = candidate.awarded > 0;
    candidate.awarded += amount;
    institution.awarded += amount;
    const std::size_t own = shelf != kNone ? shelf : candidate.reservation;
    std::int64_t from_shelf = 0;
    if (own != kNone) {
      from_shelf = std::min(amount, served_.shelves[own].held());
      served_.shelves[own].awarded += from_shelf;
      candidate.from_reservation += from_shelf;
    }
    open_ -= amount - from_shelf;
  }

  void release(std::size_t i) {
    const policy::Release rule = rules_.selection.reservations[i].release;
    const bool fires = rule == policy::Release::kAfterTrack ||
                       (rule == policy::Release::kAtDecision && released_by_decision_[i]);
    if (!fires) return;
    const std::int64_t left = served_.shelves[i].held();
    served_.shelves[i].released = left;
    open_ += left;
  }

  // Who got nothing, in the order in which they would be served next.
  void line_up() {
    std::vector<Head> heads;
    for (Candidate* each : ranked_)
      if (each->awarded == 0 && each->target > 0) heads.push_back(head_of(each));
    std::sort(heads.begin(), heads.end(), [this](const Head& a, const Head& b) { return before(a, b); });
    for (const Head& head : heads) served_.waiting.push_back(head.candidate);
  }

  const SelectionRules& rules_;
  const Order& order_;
  std::vector<Candidate*>& ranked_;
  std::vector<std::int64_t> menu_;
  std::int64_t open_;  // to all
  std::vector<bool> released_by_decision_;
  Served served_;
};

}  // namespace

Served serve(const model::SelectionRequest& request, const SelectionRules& rules, const Order& order,
             std::vector<Candidate*>& ranked, std::int64_t in_service, std::int64_t conditional) {
  Served served = Counter(request, rules, order, ranked, in_service + conditional).run();
  std::int64_t firm = in_service;
  for (Candidate* each : ranked) {
    const std::int64_t from_firm = std::min(firm, each->awarded);
    firm -= from_firm;
    each->conditional = each->awarded - from_firm;
  }
  return served;
}

}  // namespace dure::selection
