#include "programme/decision.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/ranges.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::ErrorKind;
using base::Reason;
using model::ApplicationState;
using model::ResourceAmount;
using model::ScreeningResult;

// The amounts of a request by name, so that each check is written once.
struct NamedAmount {
  const char* what;
  std::int64_t ResourceAmount::*number;
  base::Bytes ResourceAmount::*bytes;
  std::int64_t in(const ResourceAmount& amount) const {
    return number != nullptr ? amount.*number : (amount.*bytes).value;
  }
};
constexpr std::array<NamedAmount, 4> kAmounts{{{"blocks", &ResourceAmount::blocks, nullptr},
                                               {"cpu_cores", &ResourceAmount::cpu_cores, nullptr},
                                               {"memory_bytes", nullptr, &ResourceAmount::memory},
                                               {"storage_bytes", nullptr, &ResourceAmount::storage}}};

// The ceiling of one account for each of kAmounts; 0 = none. A block is 10 milli-GPU.
std::array<std::int64_t, 4> ceilings(const policy::Ceiling& ceiling) {
  return {ceiling.gpu.value / 10, ceiling.cpu_cores, ceiling.memory.value, ceiling.storage.value};
}

base::Error invalid_if(Reason reason) {
  return base::invalid(std::move(reason));
}

const Resolution* resolution_of(const std::vector<Resolution>& resolutions, const std::string& rule) {
  for (const auto& each : resolutions)
    if (each.rule == rule) return &each;
  return nullptr;
}

// D12, C5: each item that screening left to a person has been answered, with the ground, and is met.
base::Status check_resolutions(const model::Application& application, const DecideCommand& command) {
  for (const auto& item : application.screening) {
    if (item.result == ScreeningResult::kNotMet)
      return invalid_if(Reason("decision.item_not_met").with("rule", item.rule));
    if (item.result != ScreeningResult::kNeedsPerson) continue;
    const auto* answer = resolution_of(command.resolutions, item.rule);
    if (answer == nullptr || answer->ground.empty())
      return invalid_if(Reason("decision.person_must_decide").with("rule", item.rule));
    if (!answer->met) return invalid_if(Reason("decision.item_not_met").with("rule", item.rule));
  }
  return {};
}

base::Status check_period(const DecideCommand& command, const DecisionLimits& limits, base::Date today) {
  if (!base::valid(command.starts_on) || command.months < 1)
    return invalid_if(Reason("decision.period_missing"));
  DURE_TRY(calendar::check_plannable(command.starts_on));
  if (command.starts_on < today)
    return invalid_if(Reason("decision.starts_in_the_past")
                          .with("starts_on", base::to_text(command.starts_on))
                          .with("today", base::to_text(today)));
  if (!period_within(command.starts_on, command.months, limits.max_period))
    return base::error(ErrorKind::kNotEver, Reason("decision.period_too_long")
                                                .with("months", command.months)
                                                .with("max_period", calendar::to_text(limits.max_period)));
  if (const auto end = end_beyond(command.starts_on, command.months, limits.use_until))
    return base::error(ErrorKind::kNotEver, Reason("decision.beyond_use_until")
                                                .with("ends_on", base::to_text(*end))
                                                .with("use_until", base::to_text(*limits.use_until)));
  return {};
}

base::Status check_decided_amount(const DecideCommand& command, const DecisionLimits& limits) {
  DURE_TRY(model::check_ranges(command.awarded, "/awarded"));
  if (const auto refused = not_offered_by(command.awarded, limits.pool))
    return base::error(ErrorKind::kNotEver, *refused);
  const auto over = over_ceiling(command.awarded, limits.ceiling);
  if (over.empty()) return {};
  std::vector<base::Detail> details;
  details.reserve(over.size());
  for (const auto& reason : over)
    details.push_back({"/awarded/" + std::get<std::string>(*reason.find("what")), reason});
  return base::error(ErrorKind::kNotEver, over.front(), std::move(details));
}

// How the award differs from what was asked for: one reason per amount, the period and the model.
std::vector<Reason> differences(const model::Form1& form, const DecideCommand& command, bool& more) {
  std::vector<Reason> reasons;
  const auto compare = [&](const char* what, std::int64_t asked, std::int64_t given) {
    if (asked == given) return;
    more = more || given > asked;
    reasons.push_back(Reason(given > asked ? "decision.more_than_requested" : "decision.less_than_requested")
                          .with("what", std::string(what))
                          .with("requested", asked)
                          .with("awarded", given));
  };
  for (const auto& amount : kAmounts)
    compare(amount.what, amount.in(form.resources), amount.in(command.awarded));
  compare("months", form.months, command.months);
  if (form.resources.model != command.awarded.model) {
    more = more || !form.resources.model.empty();
    reasons.push_back(Reason("decision.other_model")
                          .with("requested", form.resources.model)
                          .with("awarded", command.awarded.model));
  }
  return reasons;
}

ResourceAmount clipped(ResourceAmount amount, const policy::Ceiling& ceiling) {
  const auto most = ceilings(ceiling);
  if (most[0] > 0) amount.blocks = std::min(amount.blocks, most[0]);
  if (most[1] > 0) amount.cpu_cores = std::min(amount.cpu_cores, most[1]);
  if (most[2] > 0) amount.memory.value = std::min(amount.memory.value, most[2]);
  if (most[3] > 0) amount.storage.value = std::min(amount.storage.value, most[3]);
  return amount;
}

base::Result<DecisionOutcome> approve(const model::Application& application, const DecideCommand& command,
                                      const DecisionLimits& limits, base::Date today) {
  DURE_TRY(check_resolutions(application, command));
  DURE_TRY(check_period(command, limits, today));
  DURE_TRY(check_decided_amount(command, limits));
  DecisionOutcome outcome;
  bool more = false;
  outcome.reasons = differences(application.form, command, more);
  if (more && command.ground.empty()) return invalid_if(Reason("decision.ground_missing"));
  for (const auto& answer : command.resolutions)
    outcome.reasons.push_back(
        Reason("decision.person_decided").with("rule", answer.rule).with("ground", answer.ground));
  outcome.outcome = "approved";
  outcome.requested = application.form.resources;
  outcome.recommended = clipped(application.form.resources, limits.ceiling);
  outcome.awarded = command.awarded;
  outcome.starts_on = command.starts_on;
  outcome.months = command.months;
  return outcome;
}

base::Result<DecisionOutcome> refuse(const model::Application& application, const DecideCommand& command) {
  if (command.ground.empty()) return invalid_if(Reason("decision.ground_missing"));
  DecisionOutcome outcome;
  outcome.outcome = command.verdict == Verdict::kReturn ? "returned" : "rejected";
  outcome.requested = application.form.resources;
  outcome.reasons = {Reason(command.verdict == Verdict::kReturn ? "decision.returned" : "decision.rejected")
                         .with("ground", command.ground)};
  return outcome;
}

ApplicationEvent verdict_event(Verdict verdict) {
  switch (verdict) {
    case Verdict::kApprove:
      return ApplicationEvent::kApprove;
    case Verdict::kReturn:
      return ApplicationEvent::kReturn;
    case Verdict::kReject:
      return ApplicationEvent::kReject;
  }
  return ApplicationEvent::kReject;
}

}  // namespace

base::Result<DecisionOutcome> decide(const model::Application& application, const DecideCommand& command,
                                     const DecisionLimits& limits, base::Date today) {
  DURE_LET(state, next(application.state, verdict_event(command.verdict)));
  auto outcome = command.verdict == Verdict::kApprove ? approve(application, command, limits, today)
                                                      : refuse(application, command);
  if (outcome.ok()) outcome->state = state;
  return outcome;
}

std::vector<Reason> over_ceiling(const ResourceAmount& amount, const policy::Ceiling& ceiling) {
  std::vector<Reason> over;
  const auto most = ceilings(ceiling);
  for (std::size_t i = 0; i < kAmounts.size(); ++i)
    if (most[i] > 0 && kAmounts[i].in(amount) > most[i])
      over.push_back(Reason("decision.over_ceiling")
                         .with("what", std::string(kAmounts[i].what))
                         .with("asked", kAmounts[i].in(amount))
                         .with("ceiling", most[i]));
  return over;
}

std::optional<Reason> not_offered_by(const ResourceAmount& amount, const policy::Pool& pool) {
  if (amount.blocks < 1) return Reason("decision.nothing_awarded");
  if (!pool.models.empty() && !among(pool.models, amount.model))
    return Reason("decision.model_not_offered")
        .with("model", amount.model)
        .with("models", joined(pool.models));
  if (!pool.unit_menu.empty()) {
    std::vector<std::string> menu;
    for (const auto& unit : pool.unit_menu) {
      if (base::Wide{unit.value} == base::Wide{amount.blocks} * 10) return std::nullopt;
      menu.push_back(std::to_string(unit.value / 10));
    }
    return Reason("decision.not_in_menu").with("blocks", amount.blocks).with("menu", joined(menu));
  }
  const bool server = pool.unit == policy::OfferUnit::kServer && pool.gpus_per_unit > 0;
  const std::int64_t unit_blocks = pool.unit == policy::OfferUnit::kBlock ? 1
                                   : server                               ? 100 * pool.gpus_per_unit
                                                                          : 100;
  if (amount.blocks % unit_blocks == 0) return std::nullopt;
  return Reason("decision.not_whole_units").with("blocks", amount.blocks).with("unit_blocks", unit_blocks);
}

bool period_within(base::Date starts_on, std::int64_t months, calendar::Length max_period) {
  if (!calendar::check_plannable(starts_on) || months < 1 || months > model::kMostMonths) return false;
  return calendar::period_end(starts_on, {months, calendar::Unit::kMonths}) <=
         calendar::period_end(starts_on, max_period);
}

std::optional<base::Date> end_beyond(base::Date starts_on, std::int64_t months,
                                     const std::optional<base::Date>& use_until) {
  if (!use_until) return std::nullopt;
  const auto end = calendar::period_end(starts_on, {months, calendar::Unit::kMonths});
  return end > *use_until ? std::optional(end) : std::nullopt;
}

}  // namespace dure::programme
