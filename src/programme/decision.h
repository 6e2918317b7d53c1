// Decisions about applications: the states that they go through, and the centre's decision (E12, F2; S0
// article 4(1)).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "calendar/period.h"
#include "model/application.h"
#include "policy/allocation_rules.h"

namespace dure::programme {

enum class ApplicationEvent {
  kSubmit,
  kScreenEligible,
  kScreenIneligible,
  kReturn,
  kApprove,
  kReject,
  kWithdraw,
  kVoid,
  kReview,      // into a round
  kScore,       // ranked
  kWait,        // on the waiting list, or in the register of demand
  kRefute,      // a person found that a rule of eligibility is not met
  kReconsider,  // an objection was upheld
};

struct ApplicationTransition {
  model::ApplicationState from;
  ApplicationEvent event;
  model::ApplicationState to;
  std::string_view by;  // "applicant", "rule", "operator", "panel"
};

// All transitions that exist; there are no others (governance 5.3, as far as the centre decides by itself).
const std::vector<ApplicationTransition>& application_transitions();
std::string_view to_text(ApplicationEvent event);
// The table as Markdown: docs/application-states.md.
std::string application_transition_table();

// Refuses (kConflict) "decision.not_from_this_state" {state, event, possible}.
base::Result<model::ApplicationState> next(model::ApplicationState from, ApplicationEvent event);

enum class Verdict { kApprove, kReturn, kReject };

// A person's answer to an item that screening left open.
struct Resolution {
  std::string rule;
  bool met = false;
  std::string ground;  // required
};

struct DecideCommand {
  Verdict verdict = Verdict::kApprove;
  model::ResourceAmount awarded;  // kApprove
  base::Date starts_on;           // kApprove; first day of use
  std::int64_t months = 0;        // kApprove
  std::string ground;             // required for kReturn and kReject, and where more is given than asked for
  std::vector<Resolution> resolutions;
};

struct DecisionLimits {
  policy::Ceiling ceiling;
  policy::Pool pool;
  calendar::Length max_period{6, calendar::Unit::kMonths};
  std::optional<base::Date> use_until;  // no use after this day (award.use_until)
};

struct DecisionOutcome {
  model::ApplicationState state = model::ApplicationState::kEligible;
  std::string outcome;              // "approved", "returned", "rejected": of model::Decision
  model::ResourceAmount requested;  // three amounts, never one overwriting another
  model::ResourceAmount recommended;
  model::ResourceAmount awarded;
  base::Date starts_on;
  std::int64_t months = 0;
  std::vector<base::Reason> reasons;  // of model::Decision
};

// Refuses (kConflict) what is not in the state for it; (kInvalid) "decision.ground_missing",
// "decision.person_must_decide" {rule}, "decision.item_not_met" {rule}, "decision.nothing_awarded",
// "decision.starts_in_the_past" {starts_on, today}, "calendar.date_not_plannable", "number.out_of_range";
// (kNotEver) "decision.period_too_long" {months, max}, "decision.beyond_use_until" {ends_on, use_until}, and
// "decision.over_ceiling" {what, asked, ceiling}, "decision.not_in_menu" {blocks, menu},
// "decision.model_not_offered" {model, models}.
base::Result<DecisionOutcome> decide(const model::Application& application, const DecideCommand& command,
                                     const DecisionLimits& limits, base::Date today);

// The three checks below are shared with screening.

// One reason per amount that is over the ceiling of one account (F14), "decision.over_ceiling"; empty: within
// it.
std::vector<base::Reason> over_ceiling(const model::ResourceAmount& amount, const policy::Ceiling& ceiling);

// Why the pool does not give this, if it does not: "decision.nothing_awarded", "decision.model_not_offered",
// "decision.not_in_menu", "decision.not_whole_units" {blocks, unit_blocks}.
std::optional<base::Reason> not_offered_by(const model::ResourceAmount& amount, const policy::Pool& pool);

// Whether so many months from a day on end within the longest period, both by the calendar. No where the day
// is not plannable (calendar/period.h), or the months are not 1 .. model::kMostMonths.
bool period_within(base::Date starts_on, std::int64_t months, calendar::Length max_period);

// The last day of so many months of use where it lies beyond `use_until`; none where it does not, or there is
// no such limit. REQUIRES: period_within() of any longest period says yes.
std::optional<base::Date> end_beyond(base::Date starts_on, std::int64_t months,
                                     const std::optional<base::Date>& use_until);

}  // namespace dure::programme
