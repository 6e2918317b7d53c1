// Random packs and applications for the tests of this folder.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "selection/select.h"
#include "selection/test_cases.h"

namespace dure::selection::testing {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  std::int64_t roll(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint32_t>(most - least + 1));
  }
  bool one_in(std::int64_t n) { return roll(1, n) == 1; }
  template <class T>
  T any(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(roll(0, static_cast<std::int64_t>(all.size()) - 1))];
  }
  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i)
      std::swap(all[i - 1], all[static_cast<std::size_t>(roll(0, static_cast<std::int64_t>(i) - 1))]);
  }

 private:
  std::mt19937 random_;
};

inline policy::Evaluation random_evaluation(Dice& dice) {
  policy::Evaluation made;
  made.mode = dice.one_in(8) ? policy::EvaluationMode::kCentre : policy::EvaluationMode::kPanel;
  made.criteria = {{"c1", {}, 6, dice.roll(0, 3), {}}, {"c2", {}, 4, 4, {}}};
  made.total_points = 10;
  if (!dice.one_in(4)) made.threshold_points = dice.roll(0, 7);
  made.threshold_on =
      dice.any<policy::ThresholdOn>({policy::ThresholdOn::kBase, policy::ThresholdOn::kTotal});
  made.bonuses = {{"b1", {}, 1, {}}, {"b2", {}, 2, {}}};
  if (dice.one_in(2)) made.bonus_cap_points = dice.roll(0, 3);
  made.min_reviews = dice.roll(0, 2);
  made.consolidation =
      dice.any<policy::Consolidation>({policy::Consolidation::kMean, policy::Consolidation::kTrimmedMean});
  made.trim_each_side = dice.roll(1, 2);
  made.trim_by = dice.any<policy::TrimBy>({policy::TrimBy::kTotal, policy::TrimBy::kCriterion});
  made.rounding = dice.any<policy::ScoreRounding>(
      {policy::ScoreRounding::kDown, policy::ScoreRounding::kHalfUp, policy::ScoreRounding::kExact});
  return made;
}

inline policy::Selection random_selection(Dice& dice) {
  using policy::Release;
  policy::Selection made;
  made.priority_classes = {{"p1", {}, {}, {}, ""}, {"p2", {}, {}, {}, ""}};
  made.priority_effect =
      dice.any<policy::PriorityEffect>({policy::PriorityEffect::kSchedule, policy::PriorityEffect::kRank});
  const std::vector<Release> releases{Release::kNever, Release::kAfterTrack, Release::kAtDecision};
  for (const char* track : {"t1", "t2"})
    if (!dice.one_in(3))
      made.reservations.push_back({track, dice.roll(0, 5'000), dice.any(releases), !dice.one_in(4)});
  if (dice.one_in(3)) made.institution_cap_bp = dice.roll(0, 6'000);
  if (dice.one_in(3)) made.institution_penalty_points = dice.roll(0, 3);
  if (dice.one_in(4)) made.balance = policy::Balance::kFewestAwardsFirst;
  made.partial_award = dice.one_in(2);
  made.pass_over = !dice.one_in(4);
  made.waiting_list = dice.one_in(2);
  if (dice.one_in(3))
    made.tie_break = dice.any<std::vector<policy::TieBreak>>(
        {{},
         {policy::TieBreak::kSubmissionTime},
         {policy::TieBreak::kSubmissionTime, policy::TieBreak::kCriteria}});
  return made;
}

inline SelectionRules random_rules(Dice& dice) {
  SelectionRules rules;
  rules.policy_hash = "this";
  rules.evaluation = random_evaluation(dice);
  rules.selection = random_selection(dice);
  rules.conditional_capacity = true;
  for (const char* track : {"t1", "t2", "t3"}) rules.tracks.push_back({track, {}, {}, {}, ""});
  if (dice.one_in(2))
    for (const std::int64_t each : {1, 2, 4}) rules.pool.unit_menu.push_back(base::MilliGpu::cards(each));
  return rules;
}

// Few different points, institutions and times, so that ties and caps are common.
inline model::SelectionReview random_review(Dice& dice, std::int64_t number) {
  using model::ConflictState;
  using model::ReviewState;
  model::SelectionReview made;
  made.reviewer = "r" + std::to_string(number);
  made.state = dice.one_in(8) ? ReviewState::kInProgress : ReviewState::kLocked;
  if (dice.one_in(5))
    made.conflict = dice.any<ConflictState>({ConflictState::kUnresolved, ConflictState::kRecused,
                                             ConflictState::kDismissed, ConflictState::kNone});
  made.conflict_ground = "g";
  const std::int64_t odd = dice.roll(0, 1) * dice.roll(0, 1);  // hundredths
  made.scores = {{"c1", std::min<std::int64_t>(100 * dice.roll(0, 6) + odd, 600)},
                 {"c2", 100 * dice.roll(0, 4)}};
  return made;
}

inline model::SelectionApplication random_application(Dice& dice, const SelectionRules& rules,
                                                      std::int64_t number) {
  using model::ApplicationState;
  const std::vector<std::int64_t> amounts{1, 2, 4};
  model::SelectionApplication made;
  made.id = "a" + std::to_string(number);
  made.organisation = "o" + std::to_string(dice.roll(1, 3));
  made.track = dice.any<std::string>({"", "", "t1", "t2", "t3"});
  made.submitted_at = base::Instant{dice.roll(0, 2)};
  if (dice.one_in(10))
    made.state = dice.any<ApplicationState>({ApplicationState::kIneligible, ApplicationState::kVoid});
  if (dice.one_in(3)) made.waiver_ground = "w";
  if (dice.one_in(4)) made.policy_hash = dice.one_in(3) ? "other" : "this";
  made.requested = {dice.any(amounts), model::AmountUnit::kGpu};
  if (dice.one_in(5))
    made.recommended = model::PanelRecommendation{
        {dice.any<std::int64_t>({0, 1, 2, 4}), model::AmountUnit::kGpu}, "g", "minutes"};
  made.bonuses.emplace();
  for (const char* bonus : {"b1", "b2"})
    if (dice.one_in(2)) made.bonuses->push_back({bonus, dice.one_in(2), "g"});
  made.priorities.emplace();
  for (const char* priority : {"p1", "p2"})
    if (dice.one_in(4)) made.priorities->push_back({priority, !dice.one_in(3), "g"});
  if (rules.scored())
    for (std::int64_t i = dice.roll(0, 5); i > 0; --i) made.reviews.push_back(random_review(dice, i));
  return made;
}

inline model::SelectionRequest random_request(Dice& dice, const SelectionRules& rules,
                                              std::int64_t most_applications, std::int64_t most_capacity) {
  model::SelectionRequest made;
  made.capacity =
      model::SelectionCapacity{{dice.roll(0, most_capacity), model::AmountUnit::kGpu}, std::nullopt};
  if (dice.one_in(3))
    made.capacity->conditional = model::UnitAmount{dice.roll(0, most_capacity / 2), model::AmountUnit::kGpu};
  made.releases.emplace();
  for (const auto& reservation : rules.selection.reservations)
    if (reservation.release != policy::Release::kNever && dice.one_in(2))
      made.releases->push_back({reservation.track, "g"});
  for (std::int64_t i = dice.roll(0, most_applications); i > 0; --i)
    made.applications.push_back(random_application(dice, rules, i));
  return made;
}

}  // namespace dure::selection::testing
