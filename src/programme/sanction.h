// One case from its report to its end (J1 to J7; governance R17, R18; invariant 10).
//
// Nothing is imposed without notice and the pack's time for an opinion (10 days by law at least), except
// under a ground that the pack calls urgent: then use is stopped first, with the reason, and the person is
// told when the measure is imposed. Even then legal action waits for a deliberation (J3).
//
// Each step changes the value or leaves it as it was and says why: (kConflict) "state.not_from_this_state",
// and what stands at it. Texts are checked for being there; what they say is for people.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/sanction.h"
#include "model/sanction_requests.h"
#include "policy/pack.h"
#include "programme/sanction_states.h"

namespace dure::programme {

// By whom, when, and under which pack.
struct CaseStep {
  const policy::Pack& pack;
  base::Date today;
  base::Instant now;
  std::string by;
};

// Refuses (kInvalid) "sanction.ground_unknown" {ground, grounds}.
base::Result<policy::SanctionGround> ground_of(const policy::Pack& pack, const std::string& ground);
// The grounds whose case the lack of such an obligation or document opens (J4, J5).
std::vector<policy::SanctionGround> grounds_for_missing(const policy::Pack& pack, const std::string& kind);

model::SanctionMeasure to_model(policy::SanctionMeasure measure);
std::vector<model::SanctionMeasure> measures_of(const policy::SanctionGround& ground);

base::Status investigate(model::Sanction& sanction);

// Urgent: use rests from now on. Refuses (kConflict) "sanction.not_urgent" {ground},
// "sanction.needs_allocation"; (kInvalid) "sanction.text_missing" without the reason.
base::Status suspend(model::Sanction& sanction, const std::string& reason, const CaseStep& step);

// Facts, ground, intended measures, and until when an opinion may be given. Refuses (kInvalid)
// "sanction.measure_not_of_ground" {measure, measures}, "sanction.text_missing".
base::Status notify(model::Sanction& sanction, const model::NotifySanction& command, const CaseStep& step);

// The day after the notice has come. False: not yet, or it is not waiting for it.
bool open_opinions(model::Sanction& sanction, const CaseStep& step);

// Refuses (kConflict) "sanction.not_noticed" {state}, "sanction.heard_too_late" {until}.
base::Status hear(model::Sanction& sanction, const std::string& opinion, const CaseStep& step);

// Refuses (kConflict) "sanction.opinion_time" {until}; (kInvalid) "sanction.deliberation_missing",
// "sanction.in_the_future", "sanction.before_the_facts".
base::Status deliberate(model::Sanction& sanction, const model::Deliberation& held, const CaseStep& step);

// From a deliberation, or at once from an interim suspension. The measures are those of the notice, or of the
// ground; legal action is left out before a deliberation. Refuses (kConflict) "sanction.needs_allocation",
// "sanction.needs_account", "sanction.needs_application" {measure}, "sanction.nobody_to_restrict"; (kInvalid)
// "sanction.measure_not_of_ground", "sanction.restriction_end" {until, today}, "sanction.restriction_fixed".
base::Status impose(model::Sanction& sanction, const model::ImposeSanction& command, const CaseStep& step);

base::Status dismiss(model::Sanction& sanction, const std::string& ground, const CaseStep& step);

// Refuses (kConflict) "sanction.appeal_over" {until}.
base::Status appeal(model::Sanction& sanction, const std::string& text, const CaseStep& step);
base::Status decide_appeal(model::Sanction& sanction, const model::DecideSanctionAppeal& command,
                           const CaseStep& step);

// Once: to whom it was handed on, after a deliberation. Refuses (kConflict) "sanction.not_in_force" {state},
// "sanction.no_legal_action" {ground}, "sanction.deliberate_before_referral", "sanction.referred_already".
base::Status refer(model::Sanction& sanction, const model::ReferSanction& command, const CaseStep& step);

// When restriction and time to appeal are over. A case with neither an end nor such a time does not expire.
// False: not yet.
bool expire(model::Sanction& sanction, base::Date today, base::Instant now);

// The duty was done after all: a case that restricts nobody ends. False: it is not in force, or restricts.
bool end_by_duty(model::Sanction& sanction, base::Instant now);

// Whether its measures hold now.
bool in_force(const model::Sanction& sanction);
bool has(const model::Sanction& sanction, model::SanctionMeasure measure);

// What an imposed case restricts, for each of its organisation and person; empty where it restricts nobody.
std::vector<model::Restriction> restrictions_of(const model::Sanction& sanction, bool all_programmes,
                                                const CaseStep& step);

}  // namespace dure::programme
