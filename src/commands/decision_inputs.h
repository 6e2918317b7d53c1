// What a decision was made from, as its row keeps it, so that it can be made again (decision 2).
//
// The inputs are the whole of what the pure rules saw: state, facts, command and time, before the decision.
// With the pack that the row's hash names and the rules of the row's revision they give the same outcome
// again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/application.h"
#include "policy/pack.h"
#include "programme/decision.h"
#include "programme/eligibility.h"

namespace dure::commands {

// Revisions of the deciding code's rules: counted up when the same inputs may be decided otherwise.
inline constexpr const char* kScreeningRules = "screening/6";
inline constexpr const char* kDecisionRules = "decision/2";

// Kinds of decisions that are not made by these rules: a person's answers to a screening, a place on the
// waiting list and what became of an appeal are as they were found; a ranking is made again from its inputs.
inline constexpr const char* kAnswersKind = "screening_answers";
inline constexpr const char* kWaitingKind = "waiting";
inline constexpr const char* kRankingKind = "ranking";
inline constexpr const char* kAppealKind = "appeal";

struct ScreeningInputs {
  model::Form1 form;
  programme::Facts facts;
  base::Instant now;
};

struct DecisionInputs {
  model::Application application;  // as it was before the decision
  programme::DecideCommand command;
  base::Date today;
  base::Instant now;
};

// JSON text with personal data, for model::Decision::inputs.
std::string inputs_text(const ScreeningInputs& inputs);
std::string inputs_text(const DecisionInputs& inputs);

// Both ask the pool that the amount is of (programme::pool_with).
programme::Screening screen(const ScreeningInputs& inputs, const policy::Pack& pack);
base::Result<programme::DecisionOutcome> decide(const DecisionInputs& inputs, const policy::Pack& pack);

// What screening found not met: the reasons of its decision.
std::vector<base::Reason> reasons_of(const std::vector<model::ScreeningItem>& items);

struct MadeAgain {
  std::string outcome;
  std::vector<base::Reason> reasons;
  std::optional<programme::DecisionOutcome> decided;  // of a decision; none of a screening
};

// The decision of a row made again, under the pack that the row names. Refuses (kConflict)
// "decision.other_rules" {rules, current} where this code decides by other rules, (kInternal)
// "decision.inputs_unreadable", and whatever the decision itself was refused with.
base::Result<MadeAgain> make_again(const model::Decision& kept, const policy::Pack& pack);

}  // namespace dure::commands
