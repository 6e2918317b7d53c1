// Selection against a plain reading of the rules: every step as the text says it (select.h, serve.h), by
// looking at all applications over and over, with nothing of the code under test but its types.
#include <algorithm>
#include <map>

#include "selection/test_random.h"

namespace dure::selection {
namespace {

using namespace testing;  // NOLINT: the cases of this folder
using Number = std::int64_t;

constexpr Number kScale = 60;  // sixtieths of a hundredth: exact for means of up to five

struct Entry {
  const model::SelectionApplication* it = nullptr;
  bool considered = false, evaluated = false, above = false;
  Number c1 = 0, c2 = 0, base = 0, total = 0;  // in sixtieths of a hundredth
  int priority = 9;
  Number target = 0, awarded = 0, penalty = 0, conditional = 0;
  int rank = 0;
};

struct Outcome {
  std::vector<Entry> entries;
  std::vector<std::string> waiting;
  std::map<std::string, Number> held;
  Number left = 0;
};

class Plain {
 public:
  Plain(const model::SelectionRequest& request, const SelectionRules& rules)
      : request_(request), rules_(rules) {}

  Outcome run() {
    for (const auto& application : request_.applications) enter(application);
    rank();
    share_out();
    firm_first();
    for (Entry* each : by_turn([](const Entry& e) { return e.above && e.target > 0 && e.awarded == 0; }))
      out_.waiting.push_back(each->it->id);
    return std::move(out_);
  }

 private:
  Number rounded(Number sum, Number count) const {
    switch (rules_.evaluation.rounding) {
      case policy::ScoreRounding::kDown:
        return sum / count * kScale;
      case policy::ScoreRounding::kHalfUp:
        return (sum / count + (2 * (sum % count) >= count ? 1 : 0)) * kScale;
      case policy::ScoreRounding::kExact:
        return sum * (kScale / count);
    }
    return 0;
  }

  // What is left of the numbers when the least and the most are taken out `k` times.
  static Number without_extremes(std::vector<Number> numbers, Number k) {
    for (; k > 0; --k) {
      numbers.erase(std::min_element(numbers.begin(), numbers.end()));
      numbers.erase(std::max_element(numbers.begin(), numbers.end()));
    }
    Number sum = 0;
    for (const Number each : numbers) sum += each;
    return sum;
  }

  void score(Entry& entry) {
    struct Sheet {
      std::string reviewer;
      Number c1, c2;
      std::pair<Number, std::string> key() const { return {c1 + c2, reviewer}; }
    };
    const auto less = [](const Sheet& a, const Sheet& b) { return a.key() < b.key(); };
    std::vector<Sheet> sheets;
    for (const auto& review : entry.it->reviews) {
      using model::ConflictState;
      if (review.state != model::ReviewState::kLocked) continue;
      if (review.conflict == ConflictState::kUnresolved || review.conflict == ConflictState::kRecused)
        continue;
      Sheet sheet{review.reviewer, 0, 0};
      for (const auto& score : review.scores)
        (score.criterion == "c1" ? sheet.c1 : sheet.c2) = score.centi_points;
      sheets.push_back(sheet);
    }
    const auto count = static_cast<Number>(sheets.size());
    entry.evaluated = count >= 1 && count >= rules_.evaluation.min_reviews;
    if (!entry.evaluated) return;
    Number k = 0;
    const bool trimmed = rules_.evaluation.consolidation == policy::Consolidation::kTrimmedMean;
    if (trimmed && count > 2 * rules_.evaluation.trim_each_side) k = rules_.evaluation.trim_each_side;
    const Number left = count - 2 * k;
    if (rules_.evaluation.trim_by == policy::TrimBy::kTotal) {
      for (; k > 0; --k) {
        sheets.erase(std::min_element(sheets.begin(), sheets.end(), less));
        sheets.erase(std::max_element(sheets.begin(), sheets.end(), less));
      }
    }
    std::vector<Number> c1, c2;
    for (const Sheet& each : sheets) {
      c1.push_back(each.c1);
      c2.push_back(each.c2);
    }
    const Number sum1 = without_extremes(c1, k), sum2 = without_extremes(c2, k);
    entry.c1 = rounded(sum1, left);
    entry.c2 = rounded(sum2, left);
    entry.base = rounded(sum1 + sum2, left);
  }

  void enter(const model::SelectionApplication& application) {
    Entry entry;
    entry.it = &application;
    const bool eligible = application.state == model::ApplicationState::kEligible;
    const bool waived =
        application.state == model::ApplicationState::kIneligible && application.waiver_ground.has_value();
    entry.considered = (eligible || waived) && application.policy_hash.value_or("this") == "this";
    entry.target =
        application.recommended ? application.recommended->amount.count : application.requested.count;
    for (const auto& claim : *application.priorities)
      if (claim.granted) entry.priority = std::min(entry.priority, claim.rule == "p1" ? 1 : 2);
    const bool points = rules_.evaluation.mode == policy::EvaluationMode::kPanel;
    if (entry.considered && points) {
      score(entry);
      Number bonus = 0;
      for (const auto& claim : *application.bonuses)
        if (claim.granted) bonus += claim.rule == "b1" ? 1 : 2;
      if (const auto& cap = rules_.evaluation.bonus_cap_points) bonus = std::min(bonus, *cap);
      entry.total = entry.base + bonus * 100 * kScale;
      const bool on_base = rules_.evaluation.threshold_on == policy::ThresholdOn::kBase;
      const Number threshold = rules_.evaluation.threshold_points.value_or(0) * 100 * kScale;
      entry.above = entry.evaluated && (on_base ? entry.base : entry.total) >= threshold;
    } else if (entry.considered) {
      entry.evaluated = entry.above = true;
    }
    out_.entries.push_back(entry);
  }

  Number awards_of(const std::string& organisation) const {
    return std::count_if(out_.entries.begin(), out_.entries.end(), [&](const Entry& each) {
      return each.it->organisation == organisation && each.awarded > 0;
    });
  }
  Number awarded_to(const std::string& organisation) const {
    Number sum = 0;
    for (const Entry& each : out_.entries)
      if (each.it->organisation == organisation) sum += each.awarded;
    return sum;
  }
  Number penalty_of(const Entry& entry) const {
    return rules_.selection.institution_penalty_points.value_or(0) * awards_of(entry.it->organisation) * 100;
  }

  // Whether a comes before b in the order of ties.
  bool tie_before(const Entry& a, const Entry& b) const {
    std::vector<std::pair<Number, char>> criteria;
    for (const auto& each : rules_.evaluation.criteria)
      if (each.tie_order > 0) criteria.push_back({each.tie_order, each.id == "c1" ? '1' : '2'});
    std::sort(criteria.begin(), criteria.end());
    for (const auto rule : rules_.selection.tie_break) {
      if (rule == policy::TieBreak::kSubmissionTime && a.it->submitted_at != b.it->submitted_at)
        return a.it->submitted_at < b.it->submitted_at;
      if (rule != policy::TieBreak::kCriteria) continue;
      for (const auto& [order, which] : criteria) {
        const Number of_a = which == '1' ? a.c1 : a.c2, of_b = which == '1' ? b.c1 : b.c2;
        if (of_a != of_b) return of_a > of_b;
      }
    }
    if (a.it->submitted_at != b.it->submitted_at) return a.it->submitted_at < b.it->submitted_at;
    return a.it->id < b.it->id;
  }

  bool rank_before(const Entry& a, const Entry& b) const {
    const bool ranks = rules_.selection.priority_effect == policy::PriorityEffect::kRank;
    if (ranks && a.priority != b.priority) return a.priority < b.priority;
    if (a.total != b.total) return a.total > b.total;
    return tie_before(a, b);
  }

  bool turn_before(const Entry& a, const Entry& b) const {
    const Number awards_a = awards_of(a.it->organisation), awards_b = awards_of(b.it->organisation);
    if (rules_.selection.balance == policy::Balance::kFewestAwardsFirst && awards_a != awards_b)
      return awards_a < awards_b;
    const bool ranks = rules_.selection.priority_effect == policy::PriorityEffect::kRank;
    if (ranks && a.priority != b.priority) return a.priority < b.priority;
    const Number left_a = a.total - penalty_of(a) * kScale, left_b = b.total - penalty_of(b) * kScale;
    if (left_a != left_b) return left_a > left_b;
    return tie_before(a, b);
  }

  void rank() {
    for (Entry& each : out_.entries) {
      if (!each.above) continue;
      each.rank = 1;
      for (const Entry& other : out_.entries)
        if (other.above && &other != &each && rank_before(other, each)) ++each.rank;
    }
  }

  template <class Takes>
  std::vector<Entry*> by_turn(Takes takes) {
    std::vector<Entry*> all;
    for (Entry& each : out_.entries)
      if (takes(each)) all.push_back(&each);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t j = i + 1; j < all.size(); ++j)
        if (turn_before(*all[j], *all[i])) std::swap(all[i], all[j]);
    return all;
  }

  Number largest(Number most) const {
    if (rules_.pool.unit_menu.empty()) return most;
    for (const Number each : {4, 2, 1})
      if (each <= most) return each;
    return 0;
  }

  // One turn: up to `own` from the track's share, the rest from `open`. Whether it got nothing for lack of
  // capacity.
  bool turn(Entry& entry, Number& own, Number& open, bool by_rank) {
    Number under_cap = 1'000'000;
    if (cap_) under_cap = std::max<Number>(*cap_ - awarded_to(entry.it->organisation), 0);
    const Number room = own + open;
    if (entry.awarded == 0) entry.penalty = by_rank ? 0 : penalty_of(entry);
    const Number most = std::min(room, under_cap);
    Number reaches = entry.target;
    if (entry.target - entry.awarded > most) {
      reaches = entry.awarded;
      if (rules_.selection.partial_award) reaches = std::max(reaches, largest(entry.awarded + most));
    }
    bool short_of_room = entry.target - entry.awarded > room;  // the cap aside
    if (rules_.selection.partial_award && largest(room) > 0) short_of_room = false;
    const Number given = reaches - entry.awarded;
    const Number from_own = std::min(given, own);
    own -= from_own;
    open -= given - from_own;
    entry.awarded = reaches;
    return entry.awarded == 0 && short_of_room;
  }

  template <class Takes, class Own>
  void round(Takes takes, Own own, Number& open, bool by_rank) {
    std::map<const Entry*, bool> had;
    for (;;) {
      Entry* next = nullptr;
      for (Entry& each : out_.entries)
        if (each.above && each.target > 0 && !had[&each] && takes(each) &&
            (next == nullptr || (by_rank ? rank_before(each, *next) : turn_before(each, *next))))
          next = &each;
      if (next == nullptr) return;
      had[next] = true;
      if (turn(*next, own(*next), open, by_rank) && !rules_.selection.pass_over) return;
    }
  }

  void share_out() {
    Number all = request_.capacity->in_service.count;
    if (request_.capacity->conditional) all += request_.capacity->conditional->count;
    if (rules_.selection.institution_cap_bp) cap_ = all * *rules_.selection.institution_cap_bp / 10'000;
    Number open = all;
    for (const auto& each : rules_.selection.reservations) {
      out_.held[each.track] = all * each.share_bp / 10'000;
      open -= out_.held[each.track];
    }
    for (const auto& each : rules_.selection.reservations) {
      Number nothing = 0;
      round([&](const Entry& entry) { return entry.it->track == each.track; },
            [&](const Entry&) -> Number& { return out_.held[each.track]; }, nothing, true);
      bool fires = each.release == policy::Release::kAfterTrack;
      for (const auto& release : *request_.releases)
        if (each.release == policy::Release::kAtDecision && release.track == each.track) fires = true;
      if (!fires) continue;
      open += out_.held[each.track];
      out_.held[each.track] = 0;
    }
    Number nothing = 0;
    round([&](const Entry& entry) { return entry.awarded < entry.target && competes(entry); },
          [&](const Entry& entry) -> Number& {
            const auto held = out_.held.find(*entry.it->track);
            return held == out_.held.end() ? (nothing = 0) : held->second;
          },
          open, false);
    out_.left = open;
    for (const auto& [track, held] : out_.held) out_.left += held;
  }

  bool competes(const Entry& entry) const {
    for (const auto& each : rules_.selection.reservations)
      if (each.track == entry.it->track) return each.beyond_share;
    return true;
  }

  void firm_first() {
    Number firm = request_.capacity->in_service.count;
    for (int rank = 1; rank <= static_cast<int>(out_.entries.size()); ++rank) {
      for (Entry& each : out_.entries) {
        if (each.rank != rank) continue;
        each.conditional = std::max<Number>(each.awarded - firm, 0);
        firm = std::max<Number>(firm - each.awarded, 0);
      }
    }
  }

  const model::SelectionRequest& request_;
  const SelectionRules& rules_;
  std::optional<Number> cap_;
  Outcome out_;
};

std::string line(const std::string& id, Number rank, Number awarded, Number conditional, Number penalty) {
  return id + " rank " + std::to_string(rank) + " awarded " + std::to_string(awarded) + " conditional " +
         std::to_string(conditional) + " penalty " + std::to_string(penalty);
}

std::set<std::string> lines(const Outcome& outcome) {
  std::set<std::string> all;
  for (const Entry& each : outcome.entries)
    all.insert(line(each.it->id, each.rank, each.awarded, each.conditional, each.penalty) +
               (each.evaluated ? " total " + std::to_string(each.total / kScale) : ""));
  return all;
}

std::set<std::string> lines(const model::SelectionResult& result) {
  using model::SelectionOutcome;
  std::set<std::string> all;
  for (const auto& each : result.ranking) {
    const bool evaluated =
        each.outcome != SelectionOutcome::kNotEligible && each.outcome != SelectionOutcome::kNotEvaluated;
    all.insert(line(each.id, each.rank.value_or(0), each.awarded.count, each.conditional_count,
                    each.penalty_centi_points) +
               (evaluated ? " total " + std::to_string(each.total_centi_points.value_or(0)) : ""));
  }
  return all;
}

TEST(Oracle, E2_E3_E4_E5_E7_E8_E9_E10_A7_B7_ThePlainReadingGivesTheSame) {
  int served = 0, waiting = 0;
  const int count = cases(600);
  for (int seed = 1; seed <= count; ++seed) {
    Dice dice(static_cast<std::uint32_t>(seed));
    const SelectionRules rules = random_rules(dice);
    const auto asked = random_request(dice, rules, 8, 14);
    const auto result = selected(asked, rules);
    const Outcome plain = Plain(asked, rules).run();
    ASSERT_EQ(lines(result), lines(plain)) << "seed " << seed;
    ASSERT_EQ(result.totals.left, plain.left) << "seed " << seed;
    for (const auto& each : result.reservations)
      ASSERT_EQ(each.held, plain.held.at(each.track)) << "seed " << seed;
    if (rules.selection.waiting_list) {
      ASSERT_EQ(result.waiting_list, plain.waiting) << "seed " << seed;
    }
    served += result.totals.awarded > 0 ? 1 : 0;
    waiting += static_cast<int>(plain.waiting.size());
  }
  EXPECT_GT(served, count / 3);
  EXPECT_GT(waiting, count / 3);
}

}  // namespace
}  // namespace dure::selection
