#include "programme/outcome.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "programme/refusals.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;

// The latest look at the outcome's evidence, or nullptr. Checks are in the order in which they were made.
const model::AcknowledgementCheck* latest_of(const std::vector<model::AcknowledgementCheck>& checks,
                                             const model::OutcomeId& outcome) {
  const auto found = std::find_if(checks.rbegin(), checks.rend(),
                                  [&](const auto& each) { return each.outcome_id == outcome; });
  return found == checks.rend() ? nullptr : &*found;
}

bool counts(const model::Outcome& outcome) {
  return outcome.state != model::OutcomeState::kReturned;
}

}  // namespace

std::optional<base::Date> notify_by(base::Date produced_on, const policy::Outcomes& outcomes,
                                    const calendar::BusinessDays& days) {
  for (const auto& rule : outcomes.obligations)
    if (rule.after_event == policy::ObligationEvent::kOutcome)
      return calendar::due_date(produced_on, rule.due, days);
  return std::nullopt;
}

base::Status check_outcome(const model::TellOutcome& outcome, const policy::Outcomes& outcomes,
                           base::Date today) {
  if (!outcomes.kinds.empty() && !among(outcomes.kinds, outcome.kind))
    return refused(
        "/kind",
        Reason("obligation.kind_unknown").with("kind", outcome.kind).with("kinds", joined(outcomes.kinds)));
  if (blank(outcome.title)) return refused("/title", Reason("outcome.text_missing").with("field", "title"));
  DURE_TRY(calendar::check_plannable(outcome.produced_on));
  if (today < outcome.produced_on)
    return refused("/produced_on", Reason("outcome.in_the_future").with("today", base::to_text(today)));
  if (outcomes.evidence_required && outcome.evidence.empty())
    return refused("/evidence", Reason("outcome.evidence_missing").with("what", outcome.title));
  return {};
}

base::Status check_evidence(const model::ResultsReport& report,
                            const std::vector<model::Outcome>& outcomes_of_report,
                            const policy::Outcomes& outcomes) {
  if (!outcomes.evidence_required) return {};
  bool any = !report.attachments.empty();
  for (const auto& each : outcomes_of_report) {
    if (!counts(each)) continue;
    if (each.evidence.empty())
      return refused("/attachments", Reason("outcome.evidence_missing").with("what", each.title));
    any = true;
  }
  if (any) return {};
  return refused("/attachments", Reason("outcome.evidence_missing").with("what", report.title));
}

base::Status check_acknowledged(const std::vector<model::Outcome>& outcomes_of_report,
                                const std::vector<model::AcknowledgementCheck>& checks,
                                const policy::Outcomes& outcomes) {
  std::int64_t unchecked = 0;
  std::int64_t absent = 0;
  for (const auto& each : outcomes_of_report) {
    if (!counts(each) || !among(outcomes.acknowledged_kinds, each.kind)) continue;
    const auto* check = latest_of(checks, each.id);
    unchecked += check == nullptr ? 1 : 0;
    absent += check != nullptr && !check->present ? 1 : 0;
  }
  const auto refuse = [](const char* code, std::int64_t count) {
    return base::error(base::ErrorKind::kConflict, Reason(code).with("count", count));
  };
  if (unchecked > 0) return refuse("outcome.acknowledgement_unchecked", unchecked);
  if (absent > 0) return refuse("outcome.acknowledgement_absent", absent);
  return {};
}

}  // namespace dure::programme
