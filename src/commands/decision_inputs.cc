#include "commands/decision_inputs.h"

#include "commands/facts_fields.h"
#include "commands/payer_facts.h"
#include "evaluation/inputs.h"
#include "programme/from_policy.h"
#include "selection/select.h"
#include "wire/json_impl.h"

namespace dure::model {

DURE_ENUM(programme::Verdict, DURE_NAME(kApprove, "approve"), DURE_NAME(kReturn, "return"),
          DURE_NAME(kReject, "reject"));
DURE_VALUE_FIELDS(programme::Resolution, field("rule", &programme::Resolution::rule),
                  field("met", &programme::Resolution::met), field("ground", &programme::Resolution::ground));
DURE_VALUE_FIELDS(programme::DecideCommand, field("verdict", &programme::DecideCommand::verdict),
                  field("awarded", &programme::DecideCommand::awarded),
                  field("starts_on", &programme::DecideCommand::starts_on),
                  field("months", &programme::DecideCommand::months),
                  field("ground", &programme::DecideCommand::ground),
                  field("resolutions", &programme::DecideCommand::resolutions));
DURE_VALUE_FIELDS(commands::ScreeningInputs, field("form", &commands::ScreeningInputs::form),
                  field("facts", &commands::ScreeningInputs::facts),
                  field("now", &commands::ScreeningInputs::now));
DURE_VALUE_FIELDS(commands::DecisionInputs, field("application", &commands::DecisionInputs::application),
                  field("command", &commands::DecisionInputs::command),
                  field("today", &commands::DecisionInputs::today),
                  field("now", &commands::DecisionInputs::now));

}  // namespace dure::model

namespace dure::commands {
namespace {

constexpr wire::Out kKeptInputs{.secrets = false, .personal = true};

template <class Inputs>
base::Result<Inputs> read_inputs(const model::Decision& kept) {
  auto inputs = wire::read_json<Inputs>(kept.inputs, {.allow_missing = false});
  if (inputs.ok()) return inputs;
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("decision.inputs_unreadable").with("decision", kept.id.text));
}

base::Status same_rules(const model::Decision& kept, const char* current) {
  if (kept.rules == current) return {};
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("decision.other_rules").with("rules", kept.rules).with("current", current));
}

}  // namespace

namespace {

// The outcome of a ranking is the hash of its result.
base::Result<MadeAgain> rank_again(const model::Decision& kept, const policy::Pack& pack) {
  DURE_TRY(same_rules(kept, evaluation::kRankingRules));
  DURE_LET(request, wire::read_json<model::SelectionRequest>(kept.inputs, {}, {64U << 20U, 32}));
  DURE_LET(rules, selection::rules_of(pack, request.pool));
  DURE_LET(result, selection::select(request, rules));
  result.inputs_hash = policy::sha256_hex(kept.inputs);
  return MadeAgain{policy::sha256_hex(wire::json_text(result)), {}, std::nullopt};
}

}  // namespace

std::string inputs_text(const ScreeningInputs& inputs) {
  return wire::json_text(inputs, kKeptInputs);
}
std::string inputs_text(const DecisionInputs& inputs) {
  return wire::json_text(inputs, kKeptInputs);
}

programme::Screening screen(const ScreeningInputs& inputs, const policy::Pack& pack) {
  const std::string track = inputs.form.track.value_or("");
  const auto pool = programme::pool_with(pack, inputs.form.resources, track);
  return programme::screen(inputs.form, inputs.facts, programme::screening_rules(pack, pool, track));
}

base::Result<programme::DecisionOutcome> decide(const DecisionInputs& inputs, const policy::Pack& pack) {
  const auto pool = programme::pool_with(pack, inputs.command.awarded);
  return programme::decide(inputs.application, inputs.command, programme::decision_limits(pack, pool),
                           inputs.today);
}

std::vector<base::Reason> reasons_of(const std::vector<model::ScreeningItem>& items) {
  std::vector<base::Reason> reasons;
  for (const auto& item : items)
    if (item.result != model::ScreeningResult::kMet) reasons.push_back(item.reason);
  return reasons;
}

base::Result<MadeAgain> make_again(const model::Decision& kept, const policy::Pack& pack) {
  if (kept.kind == "screening") {
    DURE_TRY(same_rules(kept, kScreeningRules));
    DURE_LET(inputs, read_inputs<ScreeningInputs>(kept));
    const auto screening = screen(inputs, pack);
    return MadeAgain{std::string(programme::to_text(screening.outcome)), reasons_of(screening.items),
                     std::nullopt};
  }
  if (kept.kind == "payer") {  // what a person found is as it was found
    DURE_TRY(same_rules(kept, kPayerRules));
    return MadeAgain{kept.outcome, kept.reasons, std::nullopt};
  }
  if (kept.kind == kAnswersKind || kept.kind == kWaitingKind || kept.kind == kAppealKind)
    return MadeAgain{kept.outcome, kept.reasons, std::nullopt};
  if (kept.kind == kRankingKind) return rank_again(kept, pack);
  DURE_TRY(same_rules(kept, kDecisionRules));
  DURE_LET(inputs, read_inputs<DecisionInputs>(kept));
  DURE_LET(outcome, decide(inputs, pack));
  return MadeAgain{outcome.outcome, outcome.reasons, outcome};
}

}  // namespace dure::commands
