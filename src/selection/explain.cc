#include "selection/explain.h"

#include <algorithm>
#include <compare>
#include <utility>

namespace dure::selection {
namespace {

using base::Reason;
using model::SelectionStep;

class Teller {
 public:
  Teller(const Candidate& candidate, const Candidate* ahead, const Account& account)
      : it_(candidate), ahead_(ahead), all_(account), rules_(account.rules) {}

  std::vector<SelectionStep> tell() && {
    steps_.reserve(8);
    entry();
    if (!it_.considered) return std::move(steps_);
    if (rules_.scored()) {
      reviews();
      if (!it_.score.enough) return std::move(steps_);
      bonuses();
      losses();
      threshold();
    } else {
      add("evaluation.mode", Reason("selection.no_points"));
    }
    priorities();
    if (!it_.above) return std::move(steps_);
    place();
    amount();
    turn();
    outcome();
    return std::move(steps_);
  }

 private:
  void add(const char* rule, Reason reason) {
    steps_.push_back({rule, rules_.source(rule), std::move(reason)});
  }

  const model::SelectionApplication& application() const { return *it_.application; }
  std::string unit() const { return unit_word(rules_); }

  void entry() {
    const std::string state(model::to_text(application().state));
    if (it_.barred != nullptr)
      return add(
          "sanctions.grounds",
          Reason("selection.barred").with("restriction", it_.barred->id).with("ground", it_.barred->ground));
    if (it_.considered && application().state != model::ApplicationState::kEligible)
      return add(
          "eligibility.include",
          Reason("selection.waived").with("state", state).with("ground", *application().waiver_ground));
    if (it_.considered) return add("eligibility.include", Reason("selection.eligible"));
    if (application().policy_hash && *application().policy_hash != rules_.policy_hash)
      return add("eligibility.include", Reason("selection.other_policy")
                                            .with("policy_hash", *application().policy_hash)
                                            .with("this_hash", rules_.policy_hash));
    add("eligibility.include", Reason("selection.not_eligible").with("state", state));
  }

  using Reviews = std::vector<const model::SelectionReview*>;

  // By reviewer, whatever the order in which the reviews were handed in.
  static Reviews by_reviewer(Reviews reviews) {
    std::sort(reviews.begin(), reviews.end(),
              [](const auto* a, const auto* b) { return a->reviewer < b->reviewer; });
    return reviews;
  }

  void not_counted() {
    Reviews left_out;
    for (const auto& review : application().reviews)
      if (!counts(review)) left_out.push_back(&review);
    for (const auto* each : by_reviewer(std::move(left_out))) {
      const model::SelectionReview& review = *each;
      const auto conflict = review.conflict.value_or(model::ConflictState::kNone);
      const bool conflicted =
          conflict == model::ConflictState::kUnresolved || conflict == model::ConflictState::kRecused;
      if (conflicted)
        add("evaluation.consolidation", Reason("selection.review_conflict")
                                            .with("reviewer", review.reviewer)
                                            .with("conflict", std::string(model::to_text(conflict))));
      else
        add("evaluation.consolidation", Reason("selection.review_unfinished")
                                            .with("reviewer", review.reviewer)
                                            .with("state", std::string(model::to_text(review.state))));
    }
  }

  void reviews() {
    not_counted();
    if (!it_.score.enough)
      return add("evaluation.min_reviews", Reason("selection.too_few_reviews")
                                               .with("reviews", it_.score.counted)
                                               .with("least", reviews_needed(rules_)));
    Reviews trimmed;
    for (const std::size_t place : it_.score.trimmed) trimmed.push_back(&application().reviews[place]);
    for (const auto* review : by_reviewer(std::move(trimmed)))
      add("evaluation.consolidation", Reason("selection.review_trimmed").with("reviewer", review->reviewer));
    if (it_.score.too_few_to_trim)
      add("evaluation.consolidation", Reason("selection.too_few_to_trim").with("reviews", it_.score.counted));
    add("evaluation.consolidation", Reason("selection.reviews_joined")
                                        .with("reviews", it_.score.counted)
                                        .with("points", to_text(it_.score.base)));
  }

  void bonuses() {
    for (const ClaimFinding& each : it_.bonuses) {
      const policy::Bonus& bonus = rules_.evaluation.bonuses[each.rule];
      add("evaluation.bonuses", Reason(each.holds ? "selection.bonus_counted" : "selection.bonus_not_counted")
                                    .with("bonus", bonus.id)
                                    .with("points", points_text(bonus.points * kCentiOfPoint)));
      add("evaluation.bonuses", each.reason);
    }
    if (it_.bonus < it_.bonus_uncapped)
      add("evaluation.bonus_cap_points", Reason("selection.bonus_capped")
                                             .with("points", points_text(it_.bonus_uncapped))
                                             .with("cap", points_text(it_.bonus)));
    if (it_.bonus > 0)
      add("evaluation.bonuses", Reason("selection.total")
                                    .with("base", to_text(it_.score.base))
                                    .with("bonus", points_text(it_.bonus))
                                    .with("total", to_text(it_.total + it_.lost)));
  }

  // By id, whatever the order in which they were handed in.
  void losses() {
    if (it_.lost == 0) return;
    std::vector<const model::SelectionRestriction*> lost;
    for (const auto& each : *application().restrictions)
      if (each.effect == model::RestrictionEffect::kPoints && each.centi_points > 0) lost.push_back(&each);
    std::sort(lost.begin(), lost.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    for (const auto* each : lost)
      add("sanctions.grounds", Reason("selection.points_lost")
                                   .with("restriction", each->id)
                                   .with("points", points_text(each->centi_points))
                                   .with("ground", each->ground));
    add("sanctions.grounds", Reason("selection.total_after_loss")
                                 .with("before", to_text(it_.total + it_.lost))
                                 .with("lost", points_text(it_.lost))
                                 .with("total", to_text(it_.total)));
  }

  void threshold() {
    const auto& threshold = rules_.evaluation.threshold_points;
    if (!threshold) return;
    const bool on_base = rules_.evaluation.threshold_on == policy::ThresholdOn::kBase;
    add("evaluation.threshold_points",
        Reason(it_.above ? "selection.threshold_met" : "selection.threshold_missed")
            .with("points", to_text(on_base ? it_.score.base : it_.total))
            .with("threshold", points_text(*threshold * kCentiOfPoint))
            .with("on", on_base ? "before_bonus" : "after_bonus"));
  }

  void priorities() {
    const bool ranks = rules_.selection.priority_effect == policy::PriorityEffect::kRank;
    for (const ClaimFinding& each : it_.priorities) {
      const char* code = !each.holds ? "selection.priority_not_counted"
                         : ranks     ? "selection.priority_ranks"
                                     : "selection.priority_schedules";
      add("selection.priority_classes",
          Reason(code).with("priority", rules_.selection.priority_classes[each.rule].id));
      add("selection.priority_classes", each.reason);
    }
  }

  void place() {
    add("selection.tie_break", Reason("selection.ranked").with("rank", it_.rank).with("of", all_.ranked));
    if (ahead_ == nullptr || std::is_neq(all_.order.by_priority(*ahead_, it_)) || ahead_->total != it_.total)
      return;
    const TieDecision decision = all_.order.tie(*ahead_, it_);
    const std::string& other = ahead_->application->id;
    switch (decision.by) {
      case TieDecision::By::kCriterion:
        return add("selection.tie_break",
                   Reason("selection.tie_by_criterion")
                       .with("other", other)
                       .with("criterion", rules_.evaluation.criteria[decision.criterion].id)
                       .with("own", to_text(it_.score.criteria[decision.criterion]))
                       .with("theirs", to_text(ahead_->score.criteria[decision.criterion])));
      case TieDecision::By::kTime:
        return add("selection.tie_break",
                   Reason(rules_.scored() ? "selection.tie_by_time" : "selection.order_of_receipt")
                       .with("other", other)
                       .with("own", base::to_text(application().submitted_at))
                       .with("theirs", base::to_text(ahead_->application->submitted_at)));
      case TieDecision::By::kId:
        return add("selection.tie_break",
                   Reason("selection.tie_by_id").with("other", other).with("id", application().id));
    }
  }

  void amount() {
    const auto& recommended = application().recommended;
    if (!recommended || it_.target == it_.requested) return;
    if (it_.target == 0)
      return add("evaluation.panel_may_change",
                 Reason("selection.recommended_nothing").with("ground", recommended->ground));
    Reason reason(it_.target > it_.requested ? "selection.recommended_more" : "selection.recommended_less");
    reason.with("requested", it_.requested)
        .with("recommended", it_.target)
        .with("unit", unit())
        .with("ground", recommended->ground);
    if (it_.target > it_.requested) reason.with("decision", *recommended->decision);
    add("evaluation.panel_may_change", std::move(reason));
  }

  // What its facts say of the track's own rules, where that is not simply yes.
  void track() {
    if (!it_.track) return;
    add("call.tracks", Reason(it_.track->holds ? "selection.track_by_screening" : "selection.track_not_met")
                           .with("track", *application().track));
    add("call.tracks", it_.track->reason);
  }

  void turn() {
    if (it_.target == 0) return;
    track();
    if (it_.reservation != kNone) {
      const auto& reservation = rules_.selection.reservations[it_.reservation];
      add("selection.reservations", Reason("selection.track_share")
                                        .with("track", reservation.track)
                                        .with("share_bp", reservation.share_bp)
                                        .with("reserved", all_.served.shelves[it_.reservation].reserved)
                                        .with("unit", unit()));
      if (it_.awarded == 0 && !reservation.beyond_share)
        add("selection.reservations", Reason("selection.share_only").with("track", reservation.track));
    } else if (application().track && !application().track->empty() && !it_.track &&
               !rules_.selection.reservations.empty()) {
      add("selection.reservations", Reason("selection.track_no_share").with("track", *application().track));
    }
    if (it_.penalty > 0)
      add("selection.institution_penalty_points", Reason("selection.penalty")
                                                      .with("organisation", application().organisation)
                                                      .with("awards", it_.awards_before)
                                                      .with("points", points_text(it_.penalty))
                                                      .with("left", to_text(it_.total - it_.penalty)));
    if (rules_.selection.balance == policy::Balance::kFewestAwardsFirst && it_.awards_before > 0)
      add("selection.balance", Reason("selection.balanced")
                                   .with("organisation", application().organisation)
                                   .with("awards", it_.awards_before));
    obstacle();
  }

  void obstacle() {
    switch (it_.obstacle) {
      case Obstacle::kNothing:
        return;
      case Obstacle::kCapacity:
        return add("offer.pools", Reason("selection.no_room")
                                      .with("asked", it_.target)
                                      .with("room", it_.target - it_.lacking)
                                      .with("unit", unit()));
      case Obstacle::kInstitution:
        return add("selection.institution_cap_bp", Reason("selection.institution_cap")
                                                       .with("organisation", application().organisation)
                                                       .with("cap", all_.served.cap.value_or(0))
                                                       .with("asked", it_.target)
                                                       .with("room", it_.target - it_.lacking)
                                                       .with("unit", unit()));
      case Obstacle::kBehind:
        return add("selection.pass_over",
                   Reason("selection.behind").with("other", it_.blocker->application->id));
    }
  }

  void outcome() {
    if (it_.awarded > 0) {
      if (it_.from_reservation > 0)
        add("selection.reservations", Reason("selection.from_share")
                                          .with("track", rules_.selection.reservations[it_.reservation].track)
                                          .with("count", it_.from_reservation)
                                          .with("unit", unit()));
      if (it_.awarded == it_.target)
        add("offer.pools", Reason("selection.awarded").with("count", it_.awarded).with("unit", unit()));
      else
        add("selection.partial_award", Reason("selection.awarded_part")
                                           .with("count", it_.awarded)
                                           .with("asked", it_.target)
                                           .with("unit", unit()));
      if (it_.conditional > 0)
        add("supply.conditional_capacity",
            Reason("selection.conditional").with("count", it_.conditional).with("unit", unit()));
    } else if (it_.waiting_position > 0) {
      add("selection.waiting_list", Reason("selection.waitlisted").with("position", it_.waiting_position));
    } else if (it_.target > 0) {
      add("selection.waiting_list", Reason("selection.no_waiting_list"));
    }
  }

  const Candidate& it_;
  const Candidate* ahead_;
  const Account& all_;
  const SelectionRules& rules_;
  std::vector<SelectionStep> steps_;
};

std::vector<Reason> needed_to_rank(const Candidate& it, const SelectionRules& rules) {
  if (it.barred != nullptr) return {Reason("selection.needs_no_restriction")};
  if (!it.considered) {
    const auto& application = *it.application;
    if (application.policy_hash && *application.policy_hash != rules.policy_hash)
      return {Reason("selection.needs_policy")};
    return {Reason("selection.needs_eligible")};
  }
  if (!it.score.enough)
    return {Reason("selection.needs_reviews").with("missing", reviews_needed(rules) - it.score.counted)};
  const bool on_base = rules.evaluation.threshold_on == policy::ThresholdOn::kBase;
  const Points reached = on_base ? it.score.base : it.total;
  const std::int64_t threshold = *rules.evaluation.threshold_points * kCentiOfPoint;
  return {Reason("selection.needs_points").with("missing", points_text(threshold - centi_of(reached)))};
}

std::int64_t held_for_others(const Candidate& it, const Served& served) {
  std::int64_t held = 0;
  for (std::size_t i = 0; i < served.shelves.size(); ++i)
    if (i != it.reservation) held += served.shelves[i].held();
  return held;
}

}  // namespace

std::string unit_word(const SelectionRules& rules) {
  switch (unit_of(rules.pool)) {
    case model::AmountUnit::kBlock:
      return "blocks";
    case model::AmountUnit::kGpu:
      return "gpus";
    case model::AmountUnit::kServer:
      return "servers";
  }
  return "gpus";
}

std::vector<SelectionStep> steps_of(const Candidate& candidate, const Candidate* ahead,
                                    const Account& account) {
  return Teller(candidate, ahead, account).tell();
}

std::vector<Reason> needed_of(const Candidate& it, const Candidate* last_served, const Account& account) {
  const SelectionRules& rules = account.rules;
  if (!it.above) return needed_to_rank(it, rules);
  std::vector<Reason> needed;
  switch (it.obstacle) {
    case Obstacle::kNothing:
      return needed;
    case Obstacle::kCapacity:
      needed.push_back(
          Reason("selection.needs_capacity").with("missing", it.lacking).with("unit", unit_word(rules)));
      if (const std::int64_t held = held_for_others(it, account.served); held > 0)
        needed.push_back(
            Reason("selection.held_for_tracks").with("held", held).with("unit", unit_word(rules)));
      break;
    case Obstacle::kInstitution:
      needed.push_back(Reason("selection.needs_institution_room")
                           .with("missing", it.lacking)
                           .with("organisation", it.application->organisation)
                           .with("unit", unit_word(rules)));
      break;
    case Obstacle::kBehind:
      needed.push_back(Reason("selection.needs_turn").with("other", it.blocker->application->id));
      break;
  }
  if (it.awarded == 0 && last_served != nullptr && rules.scored())
    needed.push_back(Reason("selection.last_served")
                         .with("other", last_served->application->id)
                         .with("rank", last_served->rank)
                         .with("points", to_text(last_served->total)));
  return needed;
}

}  // namespace dure::selection
