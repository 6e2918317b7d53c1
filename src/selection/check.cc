#include "selection/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "calendar/period.h"
#include "policy/names.h"
#include "programme/words.h"
#include "selection/points.h"
#include "selection/score.h"

namespace dure::selection {
namespace {

using base::Reason;

// Faults as they are found. Where: the tokens of the pointer, spelled out only for a fault.
class Faults {
 public:
  void at(const std::string& pointer, Reason reason) {
    ++count_;
    if (details_.size() < kMostFaults) details_.push_back({pointer, std::move(reason)});
  }
  base::Status status() && {
    if (count_ == 0) return {};
    return base::invalid(Reason("selection.invalid").with("count", count_), std::move(details_));
  }

 private:
  std::int64_t count_ = 0;
  std::vector<base::Detail> details_;
};

bool plain(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

class Checker {
 public:
  Checker(const model::SelectionRequest& request, const SelectionRules& rules)
      : request_(request), rules_(rules), menu_(menu_of(rules.pool)) {
    for (std::size_t i = 0; i < rules.evaluation.criteria.size(); ++i) {
      criteria_[rules.evaluation.criteria[i].id] = i;
      criterion_ids_.push_back(rules.evaluation.criteria[i].id);
    }
    for (const auto& bonus : rules.evaluation.bonuses) bonus_ids_.push_back(bonus.id);
    for (const auto& each : rules.selection.priority_classes) priority_ids_.push_back(each.id);
  }

  base::Status run() && {
    capacity();
    releases();
    day("/call_opens_on", request_.call_opens_on);
    day("/call_closes_on", request_.call_closes_on);
    day("/award_on", request_.award_on);
    if (request_.applications.size() > kMostApplications) {
      faults_.at("/applications", Reason("selection.too_many").with("most", std::int64_t{kMostApplications}));
    } else {
      for (std::size_t i = 0; i < request_.applications.size(); ++i)
        application("/applications/" + std::to_string(i), request_.applications[i]);
    }
    return std::move(faults_).status();
  }

 private:
  void text(const std::string& pointer, const std::string& value) {
    if (programme::blank(value)) return faults_.at(pointer, Reason("selection.text_missing"));
    optional_text(pointer, value);
  }
  void optional_text(const std::string& pointer, const std::string& value) {
    if (value.size() > kMostText)
      faults_.at(pointer, Reason("selection.text_too_long").with("most_bytes", std::int64_t{kMostText}));
    else if (!plain(value))
      faults_.at(pointer, Reason("selection.text_not_plain"));
  }
  void ground(const std::string& pointer, const std::optional<std::string>& value) {
    if (!value || programme::blank(*value)) return faults_.at(pointer, Reason("selection.ground_missing"));
    optional_text(pointer, *value);
  }

  bool in_range(const std::string& pointer, std::int64_t value, std::int64_t most) {
    if (0 <= value && value <= most) return true;
    faults_.at(
        pointer,
        Reason("number.out_of_range").with("value", value).with("least", std::int64_t{0}).with("most", most));
    return false;
  }

  void day(const std::string& pointer, const std::optional<base::Date>& day) {
    if (!day) return;
    if (const auto plannable = calendar::check_plannable(*day); !plannable)
      faults_.at(pointer, plannable.failure().reason);
  }

  void facts(const std::string& at, const std::optional<model::SelectionFacts>& facts) {
    if (!facts) return;
    day(at + "/born_on", facts->born_on);
    day(at + "/appointed_on", facts->appointed_on);
    for (std::size_t i = 0; facts->programmes && i < facts->programmes->size(); ++i) {
      const std::string pointer = at + "/programmes/" + std::to_string(i);
      day(pointer + "/from", (*facts->programmes)[i].from);
      day(pointer + "/until", (*facts->programmes)[i].until);
    }
    for (std::size_t i = 0; facts->certificates && i < facts->certificates->size(); ++i) {
      const std::string pointer = at + "/certificates/" + std::to_string(i);
      day(pointer + "/valid_from", (*facts->certificates)[i].valid_from);
      day(pointer + "/valid_until", (*facts->certificates)[i].valid_until);
    }
  }

  Reason other_unit(const model::UnitAmount& amount) const {
    return Reason("selection.other_unit")
        .with("unit", std::string(model::to_text(amount.unit)))
        .with("pool_unit", std::string(model::to_text(unit_of(rules_.pool))));
  }

  void capacity() {
    if (!request_.capacity) return faults_.at("/capacity", Reason("selection.capacity_missing"));
    const auto part = [&](const std::string& pointer, const model::UnitAmount& amount) {
      if (in_range(pointer + "/count", amount.count, model::kMostUnits) && !units_within(amount, rules_.pool))
        faults_.at(pointer + "/unit", other_unit(amount));
    };
    part("/capacity/in_service", request_.capacity->in_service);
    const auto& conditional = request_.capacity->conditional;
    if (!conditional) return;
    part("/capacity/conditional", *conditional);
    if (conditional->count > 0 && !rules_.conditional_capacity)
      faults_.at("/capacity/conditional", Reason("selection.conditional_refused"));
  }

  void releases() {
    if (!request_.releases) return;
    std::vector<std::string> tracks;
    tracks.reserve(rules_.selection.reservations.size());
    for (const auto& reservation : rules_.selection.reservations) tracks.push_back(reservation.track);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < request_.releases->size(); ++i) {
      const auto& release = (*request_.releases)[i];
      const std::string at = "/releases/" + std::to_string(i);
      ground(at + "/ground", release.ground);
      const auto found = std::find(tracks.begin(), tracks.end(), release.track);
      if (found == tracks.end()) {
        faults_.at(at + "/track", Reason("selection.track_without_share")
                                      .with("track", release.track)
                                      .with("tracks", known(tracks)));
        continue;
      }
      if (!seen.insert(release.track).second)
        faults_.at(at + "/track", Reason("selection.listed_twice").with("name", release.track));
      const auto& reservation =
          rules_.selection.reservations[static_cast<std::size_t>(found - tracks.begin())];
      if (reservation.release == policy::Release::kNever)
        faults_.at(at + "/track", Reason("selection.release_never").with("track", release.track));
    }
  }

  static std::string known(const std::vector<std::string>& names) {
    return names.empty() ? "-" : programme::joined(names);
  }

  void application(const std::string& at, const model::SelectionApplication& application) {
    text(at + "/id", application.id);
    const auto [first, is_new] = ids_.emplace(application.id, at);
    if (!is_new)
      faults_.at(at + "/id",
                 Reason("selection.id_twice").with("id", application.id).with("first", first->second));
    text(at + "/organisation", application.organisation);
    if (application.title) optional_text(at + "/title", *application.title);
    track(at + "/track", application.track);
    if (application.waiver_ground) ground(at + "/waiver_ground", application.waiver_ground);
    day(at + "/submitted_at", calendar::local_date(application.submitted_at, rules_.zone));
    facts(at + "/facts", application.facts);
    amounts(at, application);
    claims(at + "/bonuses", application.bonuses, bonus_ids_, "selection.bonus_unknown");
    claims(at + "/priorities", application.priorities, priority_ids_, "selection.priority_unknown");
    restrictions(at + "/restrictions", application.restrictions);
    reviews(at + "/reviews", application.reviews);
  }

  void restrictions(const std::string& at,
                    const std::optional<std::vector<model::SelectionRestriction>>& list) {
    if (!list) return;
    if (list->size() > kMostClaims)
      return faults_.at(at, Reason("selection.too_many").with("most", std::int64_t{kMostClaims}));
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto& each = (*list)[i];
      const std::string pointer = at + "/" + std::to_string(i);
      text(pointer + "/id", each.id);
      if (!seen.insert(each.id).second)
        faults_.at(pointer + "/id", Reason("selection.listed_twice").with("name", each.id));
      ground(pointer + "/ground", each.ground);
      in_range(pointer + "/centi_points", each.centi_points, model::kMostCentiPoints);
    }
  }

  // A track that the pack does not have is a slip of the pen, and would share in nothing.
  void track(const std::string& at, const std::optional<std::string>& id) {
    if (!id || id->empty()) return;
    optional_text(at, *id);
    const auto* track = rules_.track(*id);
    if (track == nullptr) {
      std::vector<std::string> ids;
      ids.reserve(rules_.tracks.size());
      for (const auto& each : rules_.tracks) ids.push_back(each.id);
      return faults_.at(at, Reason("selection.track_unknown").with("track", *id).with("tracks", known(ids)));
    }
    const auto& pools = track->pools;
    if (!pools.empty() && std::find(pools.begin(), pools.end(), rules_.pool.id) == pools.end())
      faults_.at(at, Reason("selection.track_of_other_pool")
                         .with("track", *id)
                         .with("pools", known(pools))
                         .with("pool", rules_.pool.id));
  }

  void amounts(const std::string& at, const model::SelectionApplication& application) {
    const auto requested = amount(at + "/requested", application.requested, 1);
    if (!application.recommended) return;
    const auto& recommended = *application.recommended;
    const std::string pointer = at + "/recommended";
    if (!rules_.evaluation.panel_may_change) faults_.at(pointer, Reason("selection.recommendation_refused"));
    const auto units = amount(pointer + "/amount", recommended.amount, 0);
    if (!requested || !units || *units == *requested) return;
    ground(pointer + "/ground", recommended.ground);
    if (*units > *requested && (!recommended.decision || programme::blank(*recommended.decision)))
      faults_.at(pointer + "/decision", Reason("selection.decision_missing")
                                            .with("requested", *requested)
                                            .with("recommended", *units)
                                            .with("unit", unit_name()));
  }

  std::string unit_name() const { return std::string(model::to_text(unit_of(rules_.pool))); }

  // The amount in units, if it may be asked for.
  std::optional<std::int64_t> amount(const std::string& at, const model::UnitAmount& amount,
                                     std::int64_t least) {
    if (!in_range(at + "/count", amount.count, model::kMostUnits)) return std::nullopt;
    if (!units_within(amount, rules_.pool)) {
      faults_.at(at + "/unit", other_unit(amount));
      return std::nullopt;
    }
    const auto units = whole_units(amount, rules_.pool);
    if (!units) {
      faults_.at(at, Reason("selection.not_whole_units")
                         .with("amount", amount.count)
                         .with("amount_unit", std::string(model::to_text(amount.unit)))
                         .with("unit", unit_name()));
      return std::nullopt;
    }
    if (*units < least) {
      faults_.at(at + "/count", Reason("selection.nothing_requested").with("unit", unit_name()));
      return std::nullopt;
    }
    if (*units > 0 && !menu_.empty() && std::find(menu_.begin(), menu_.end(), *units) == menu_.end()) {
      std::vector<std::string> menu;
      menu.reserve(menu_.size());
      for (const std::int64_t each : menu_) menu.push_back(std::to_string(each));
      faults_.at(at + "/count", Reason("selection.not_in_menu")
                                    .with("amount", *units)
                                    .with("menu", programme::joined(menu))
                                    .with("unit", unit_name()));
      return std::nullopt;
    }
    return units;
  }

  void claims(const std::string& at, const std::optional<std::vector<model::SelectionClaim>>& list,
              const std::vector<std::string>& ids, const char* unknown) {
    if (!list) return;
    if (list->size() > kMostClaims)
      return faults_.at(at, Reason("selection.too_many").with("most", std::int64_t{kMostClaims}));
    std::set<std::string> seen;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string& rule = (*list)[i].rule;
      const std::string pointer = at + "/" + std::to_string(i);
      if (std::find(ids.begin(), ids.end(), rule) == ids.end())
        faults_.at(pointer + "/rule", Reason(unknown).with("rule", rule).with("known", known(ids)));
      else if (!seen.insert(rule).second)
        faults_.at(pointer + "/rule", Reason("selection.listed_twice").with("name", rule));
      ground(pointer + "/ground", (*list)[i].ground);
    }
  }

  void reviews(const std::string& at, const std::vector<model::SelectionReview>& list) {
    if (list.size() > kMostReviews)
      return faults_.at(at, Reason("selection.too_many").with("most", std::int64_t{kMostReviews}));
    if (!rules_.scored() && !list.empty()) return faults_.at(at, Reason("selection.no_criteria"));
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string pointer = at + "/" + std::to_string(i);
      text(pointer + "/reviewer", list[i].reviewer);
      if (!seen.insert(list[i].reviewer).second)
        faults_.at(pointer + "/reviewer", Reason("selection.listed_twice").with("name", list[i].reviewer));
      const auto conflict = list[i].conflict.value_or(model::ConflictState::kNone);
      if (conflict == model::ConflictState::kWaived || conflict == model::ConflictState::kDismissed)
        ground(pointer + "/conflict_ground", list[i].conflict_ground);
      scores(pointer + "/scores", list[i]);
    }
  }

  void scores(const std::string& at, const model::SelectionReview& review) {
    std::vector<bool> has(criterion_ids_.size(), false);
    for (std::size_t i = 0; i < review.scores.size(); ++i) {
      const auto& score = review.scores[i];
      const auto found = criteria_.find(score.criterion);
      const auto pointer = [&] { return at + "/" + std::to_string(i); };
      if (found == criteria_.end()) {
        faults_.at(pointer() + "/criterion", Reason("selection.criterion_unknown")
                                                 .with("criterion", score.criterion)
                                                 .with("known", known(criterion_ids_)));
        continue;
      }
      if (has[found->second])
        faults_.at(pointer() + "/criterion", Reason("selection.listed_twice").with("name", score.criterion));
      has[found->second] = true;
      const std::int64_t most = rules_.evaluation.criteria[found->second].max_points * kCentiOfPoint;
      if (score.centi_points < 0 || score.centi_points > most)
        faults_.at(pointer() + "/centi_points", Reason("selection.above_maximum")
                                                    .with("criterion", score.criterion)
                                                    .with("points", points_text(score.centi_points))
                                                    .with("maximum", points_text(most)));
    }
    if (!counts(review)) return;  // what does not count may be incomplete
    for (std::size_t i = 0; i < has.size(); ++i)
      if (!has[i]) faults_.at(at, Reason("selection.score_missing").with("criterion", criterion_ids_[i]));
  }

  const model::SelectionRequest& request_;
  const SelectionRules& rules_;
  std::vector<std::int64_t> menu_;
  std::map<std::string, std::size_t, std::less<>> criteria_;
  std::vector<std::string> criterion_ids_, bonus_ids_, priority_ids_;
  std::map<std::string_view, std::string> ids_;
  Faults faults_;
};

}  // namespace

base::Status check(const model::SelectionRequest& request, const SelectionRules& rules) {
  return Checker(request, rules).run();
}

}  // namespace dure::selection
