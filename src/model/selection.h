// What a selection is made from and what comes out of it: applications with their reviews, capacity, and a
// ranking in which every place and every amount has its reasons (selection/select.h makes the one from the
// other; governance 5.5). Values only; `dure select` reads and prints them.
//
// Points are whole hundredths (`centi_points`: 25.50 points are 2550). Amounts say their unit.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/review_state.h"
#include "model/sanction.h"
#include "model/score.h"

namespace dure::model {

inline constexpr std::int64_t kMostUnits = 100'000'000;

// block: 1 % of a card. server: as many cards as the pack's pool says.
enum class AmountUnit { kBlock, kGpu, kServer };
DURE_ENUM(AmountUnit, DURE_NAME(kBlock, "block"), DURE_NAME(kGpu, "gpu"), DURE_NAME(kServer, "server"));

struct UnitAmount {
  std::int64_t count = 0;
  AmountUnit unit = AmountUnit::kGpu;
  bool operator==(const UnitAmount&) const = default;
};
DURE_VALUE_FIELDS(UnitAmount, field("count", &UnitAmount::count, Range{0, kMostUnits}),
                  field("unit", &UnitAmount::unit));

struct SelectionReview {
  std::string reviewer;
  ReviewState state = ReviewState::kAssigned;
  std::optional<ConflictState> conflict;       // absent: none
  std::optional<std::string> conflict_ground;  // required of what was dismissed or waived
  std::vector<CriterionScore> scores;
};
DURE_VALUE_FIELDS(SelectionReview, field("reviewer", &SelectionReview::reviewer),
                  field("state", &SelectionReview::state), field("conflict", &SelectionReview::conflict),
                  field("conflict_ground", &SelectionReview::conflict_ground),
                  field("scores", &SelectionReview::scores));

// A bonus or a priority that the applicant claims, and what a person found of the claim.
struct SelectionClaim {
  std::string rule;  // id of the bonus or priority class in the pack
  bool granted = false;
  std::optional<std::string> ground;
};
DURE_VALUE_FIELDS(SelectionClaim, field("rule", &SelectionClaim::rule),
                  field("granted", &SelectionClaim::granted), field("ground", &SelectionClaim::ground));

struct SelectionCertificate {
  std::string kind;
  base::Date valid_from;
  std::optional<base::Date> valid_until;
};
DURE_VALUE_FIELDS(SelectionCertificate, field("kind", &SelectionCertificate::kind),
                  field("valid_from", &SelectionCertificate::valid_from),
                  field("valid_until", &SelectionCertificate::valid_until));

// A programme that the applicant takes part in, or works for under a contract, as a person found it (D15).
struct SelectionProgramme {
  std::string programme;  // as the pack writes it
  std::string name;       // that the form's answers and the plan must say
  bool contractor = false;
  base::Date from;
  std::optional<base::Date> until;
};
DURE_VALUE_FIELDS(SelectionProgramme, field("programme", &SelectionProgramme::programme),
                  field("name", &SelectionProgramme::name),
                  field("contractor", &SelectionProgramme::contractor),
                  field("from", &SelectionProgramme::from), field("until", &SelectionProgramme::until));

// A restriction that stood against the applicant or his organisation on the day of receipt (J2, invariant 18;
// programme/restriction.h).
struct SelectionRestriction {
  std::string id;
  RestrictionEffect effect = RestrictionEffect::kExclusion;
  std::int64_t centi_points = 0;  // that are lost
  std::string ground;
};
DURE_VALUE_FIELDS(SelectionRestriction, field("id", &SelectionRestriction::id),
                  field("effect", &SelectionRestriction::effect),
                  field("centi_points", &SelectionRestriction::centi_points, Range{0, kMostCentiPoints}),
                  field("ground", &SelectionRestriction::ground));

// What the pack's own conditions of bonuses and priorities are read on, where nobody decided the claim.
struct SelectionFacts {
  OrganisationClass organisation_class = OrganisationClass::kOther;
  std::string region;
  std::optional<bool> participating_university;
  std::optional<std::string> applicant_role;
  std::optional<base::Date> born_on;
  std::optional<base::Date> appointed_on;
  std::optional<std::vector<SelectionCertificate>> certificates;
  std::optional<std::vector<std::string>> documents;  // kinds
  std::optional<bool> open_source;
  std::optional<std::vector<SelectionProgramme>> programmes;
  std::optional<std::string> plan;                                         // text of the plan of use
  std::optional<std::map<std::string, std::vector<std::string>>> answers;  // to the pack's own fields
};
DURE_VALUE_FIELDS(SelectionFacts, field("organisation_class", &SelectionFacts::organisation_class),
                  field("region", &SelectionFacts::region),
                  field("participating_university", &SelectionFacts::participating_university),
                  field("applicant_role", &SelectionFacts::applicant_role),
                  field("born_on", &SelectionFacts::born_on),
                  field("appointed_on", &SelectionFacts::appointed_on),
                  field("certificates", &SelectionFacts::certificates),
                  field("documents", &SelectionFacts::documents),
                  field("open_source", &SelectionFacts::open_source),
                  field("programmes", &SelectionFacts::programmes), field("plan", &SelectionFacts::plan),
                  field("answers", &SelectionFacts::answers));

// What the panel finds right instead of what was asked for (E10). More than that needs `decision`: where the
// panel's decision is recorded, such as its minutes.
struct PanelRecommendation {
  UnitAmount amount;
  std::string ground;
  std::optional<std::string> decision;
};
DURE_VALUE_FIELDS(PanelRecommendation, field("amount", &PanelRecommendation::amount),
                  field("ground", &PanelRecommendation::ground),
                  field("decision", &PanelRecommendation::decision));

struct SelectionApplication {
  std::string id;
  std::optional<std::string> title;
  std::string organisation;
  std::optional<std::string> track;  // absent or "": none
  base::Instant submitted_at;
  ApplicationState state = ApplicationState::kEligible;
  std::optional<std::string> waiver_ground;  // considered although it is not eligible, by a recorded decision
  std::optional<std::string> policy_hash;    // under which it was screened; absent: the one of this selection
  UnitAmount requested;
  std::optional<PanelRecommendation> recommended;
  std::optional<SelectionFacts> facts;
  std::optional<std::vector<SelectionClaim>> bonuses;
  std::optional<std::vector<SelectionClaim>> priorities;
  std::optional<std::vector<SelectionRestriction>> restrictions;
  std::vector<SelectionReview> reviews;
};
DURE_VALUE_FIELDS(
    SelectionApplication, field("id", &SelectionApplication::id),
    field("title", &SelectionApplication::title), field("organisation", &SelectionApplication::organisation),
    field("track", &SelectionApplication::track), field("submitted_at", &SelectionApplication::submitted_at),
    field("state", &SelectionApplication::state),
    field("waiver_ground", &SelectionApplication::waiver_ground),
    field("policy_hash", &SelectionApplication::policy_hash),
    field("requested", &SelectionApplication::requested),
    field("recommended", &SelectionApplication::recommended), field("facts", &SelectionApplication::facts),
    field("bonuses", &SelectionApplication::bonuses), field("priorities", &SelectionApplication::priorities),
    field("restrictions", &SelectionApplication::restrictions),
    field("reviews", &SelectionApplication::reviews));

// What there is to give. `conditional`: promised by suppliers that are not fixed yet (A7); it may be awarded,
// and is told to be conditional, where the pack says so.
struct SelectionCapacity {
  UnitAmount in_service;
  std::optional<UnitAmount> conditional;
};
DURE_VALUE_FIELDS(SelectionCapacity, field("in_service", &SelectionCapacity::in_service),
                  field("conditional", &SelectionCapacity::conditional));

// The decision that gives what a track left of its share to all (release: at_decision).
struct ReservationRelease {
  std::string track;
  std::string ground;
};
DURE_VALUE_FIELDS(ReservationRelease, field("track", &ReservationRelease::track),
                  field("ground", &ReservationRelease::ground));

struct SelectionRequest {
  std::optional<std::string> pool;  // of the pack; may be absent where it has only one
  std::optional<SelectionCapacity> capacity;
  std::optional<std::vector<ReservationRelease>> releases;
  std::optional<base::Date> call_opens_on;   // for conditions that are read on that day
  std::optional<base::Date> call_closes_on;  // likewise
  std::optional<base::Date> award_on;        // likewise
  std::vector<SelectionApplication> applications;
};
DURE_VALUE_FIELDS(SelectionRequest, field("pool", &SelectionRequest::pool),
                  field("capacity", &SelectionRequest::capacity),
                  field("releases", &SelectionRequest::releases),
                  field("call_opens_on", &SelectionRequest::call_opens_on),
                  field("call_closes_on", &SelectionRequest::call_closes_on),
                  field("award_on", &SelectionRequest::award_on),
                  field("applications", &SelectionRequest::applications));

// ---- What comes out -----------------------------------------------------------------------------------

// waitlisted: would be served next. below_threshold, not_evaluated (too few reviews), not_eligible: has no
// rank. not_selected: has a rank, and there is no waiting list, or the panel recommends nothing.
enum class SelectionOutcome {
  kSelected,
  kWaitlisted,
  kNotSelected,
  kBelowThreshold,
  kNotEvaluated,
  kNotEligible
};
DURE_ENUM(SelectionOutcome, DURE_NAME(kSelected, "selected"), DURE_NAME(kWaitlisted, "waitlisted"),
          DURE_NAME(kNotSelected, "not_selected"), DURE_NAME(kBelowThreshold, "below_threshold"),
          DURE_NAME(kNotEvaluated, "not_evaluated"), DURE_NAME(kNotEligible, "not_eligible"));

// One step of the way to an outcome: the key of the pack that decided it, where the key's value comes from,
// and what it meant here.
struct SelectionStep {
  std::string rule;
  std::string source;
  base::Reason reason;
};
DURE_VALUE_FIELDS(SelectionStep, field("rule", &SelectionStep::rule), field("source", &SelectionStep::source),
                  field("reason", &SelectionStep::reason));

struct RankedApplication {
  std::optional<std::int64_t> rank;  // from 1
  std::string id;
  std::string title;
  std::string organisation;
  std::string track;
  SelectionOutcome outcome = SelectionOutcome::kNotEligible;
  std::optional<std::int64_t> waiting_position;  // from 1
  std::int64_t reviews_counted = 0;
  std::vector<CriterionScore> criteria;           // joined over the reviewers, in the pack's order
  std::optional<std::int64_t> base_centi_points;  // none where nothing was scored
  std::int64_t bonus_centi_points = 0;
  std::optional<std::int64_t> lost_centi_points;  // by restrictions; taken off the total
  std::optional<std::int64_t> total_centi_points;
  std::int64_t penalty_centi_points = 0;  // taken off when its turn came
  UnitAmount requested;
  std::optional<UnitAmount> recommended;
  UnitAmount awarded;
  std::int64_t conditional_count = 0;  // of what is awarded: rests on capacity that is not in service
  std::vector<SelectionStep> steps;
  std::vector<base::Reason> needed;  // what would have been needed for more; empty where nothing is lacking
};
DURE_VALUE_FIELDS(RankedApplication, field("rank", &RankedApplication::rank),
                  field("id", &RankedApplication::id), field("title", &RankedApplication::title),
                  field("organisation", &RankedApplication::organisation),
                  field("track", &RankedApplication::track), field("outcome", &RankedApplication::outcome),
                  field("waiting_position", &RankedApplication::waiting_position),
                  field("reviews_counted", &RankedApplication::reviews_counted),
                  field("criteria", &RankedApplication::criteria),
                  field("base_centi_points", &RankedApplication::base_centi_points),
                  field("bonus_centi_points", &RankedApplication::bonus_centi_points),
                  field("lost_centi_points", &RankedApplication::lost_centi_points),
                  field("total_centi_points", &RankedApplication::total_centi_points),
                  field("penalty_centi_points", &RankedApplication::penalty_centi_points),
                  field("requested", &RankedApplication::requested),
                  field("recommended", &RankedApplication::recommended),
                  field("awarded", &RankedApplication::awarded),
                  field("conditional_count", &RankedApplication::conditional_count),
                  field("steps", &RankedApplication::steps), field("needed", &RankedApplication::needed));

// A track's share: reserved = awarded from it + released to all + held back.
struct ReservationUse {
  std::string track;
  std::int64_t share_bp = 0;
  std::string release;  // the pack's word
  std::int64_t reserved = 0;
  std::int64_t awarded = 0;
  std::int64_t released = 0;
  std::int64_t held = 0;
};
DURE_VALUE_FIELDS(ReservationUse, field("track", &ReservationUse::track),
                  field("share_bp", &ReservationUse::share_bp), field("release", &ReservationUse::release),
                  field("reserved", &ReservationUse::reserved), field("awarded", &ReservationUse::awarded),
                  field("released", &ReservationUse::released), field("held", &ReservationUse::held));

struct InstitutionUse {
  std::string organisation;
  std::int64_t awards = 0;
  std::int64_t awarded = 0;
  std::optional<std::int64_t> cap;  // none: the pack sets none
};
DURE_VALUE_FIELDS(InstitutionUse, field("organisation", &InstitutionUse::organisation),
                  field("awards", &InstitutionUse::awards), field("awarded", &InstitutionUse::awarded),
                  field("cap", &InstitutionUse::cap));

// All counts in `unit`. awarded + left = in_service + conditional; held is a part of left.
struct SelectionTotals {
  std::int64_t in_service = 0;
  std::int64_t conditional = 0;
  std::int64_t awarded = 0;
  std::int64_t awarded_conditional = 0;
  std::int64_t left = 0;
  std::int64_t held = 0;
};
DURE_VALUE_FIELDS(SelectionTotals, field("in_service", &SelectionTotals::in_service),
                  field("conditional", &SelectionTotals::conditional),
                  field("awarded", &SelectionTotals::awarded),
                  field("awarded_conditional", &SelectionTotals::awarded_conditional),
                  field("left", &SelectionTotals::left), field("held", &SelectionTotals::held));

struct SelectionResult {
  std::string programme;
  std::string policy_hash;
  std::string
      inputs_hash;  // SHA-256 of the input in its own order (selection/canonical.h); "" where not asked for
  std::string pool;
  AmountUnit unit = AmountUnit::kGpu;
  SelectionTotals totals;
  std::vector<ReservationUse> reservations;
  std::vector<InstitutionUse> institutions;   // with an award, by name
  std::vector<RankedApplication> ranking;     // by rank; then those without one
  std::vector<std::string> waiting_list;      // ids, first to be served first
  std::vector<std::string> evaluation_order;  // ids: those with priority first, then by time of submission
};
DURE_VALUE_FIELDS(SelectionResult, field("programme", &SelectionResult::programme),
                  field("policy_hash", &SelectionResult::policy_hash),
                  field("inputs_hash", &SelectionResult::inputs_hash), field("pool", &SelectionResult::pool),
                  field("unit", &SelectionResult::unit), field("totals", &SelectionResult::totals),
                  field("reservations", &SelectionResult::reservations),
                  field("institutions", &SelectionResult::institutions),
                  field("ranking", &SelectionResult::ranking),
                  field("waiting_list", &SelectionResult::waiting_list),
                  field("evaluation_order", &SelectionResult::evaluation_order));

}  // namespace dure::model
