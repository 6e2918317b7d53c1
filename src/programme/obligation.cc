#include "programme/obligation.h"

#include <algorithm>

#include "calendar/deadline.h"
#include "programme/numbers.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::ObligationState;

constexpr std::int64_t kDaysOpenBefore = 30;

base::Error not_open(const char* code, ObligationState state) {
  return base::error(base::ErrorKind::kConflict,
                     Reason(code).with("state", std::string(model::to_text(state))));
}

void check_report_text(const char* pointer, const std::string& text, bool required,
                       std::vector<base::Detail>& faults) {
  if (required && text.find_first_not_of(" \t\r\n") == std::string::npos)
    faults.push_back({pointer, Reason("obligation.field_missing")});
  if (!find_resident_numbers(text).empty()) faults.push_back({pointer, Reason("obligation.resident_number")});
}

std::vector<base::Detail> report_faults(const model::ResultsReport& report,
                                        const policy::Outcomes& outcomes) {
  std::vector<base::Detail> faults;
  if (!outcomes.kinds.empty() && !among(outcomes.kinds, report.kind))
    faults.push_back(
        {"/kind",
         Reason("obligation.kind_unknown").with("kind", report.kind).with("kinds", joined(outcomes.kinds))});
  check_report_text("/title", report.title, true, faults);
  check_report_text("/content", report.content, true, faults);
  check_report_text("/environment", report.environment, false, faults);
  check_report_text("/signer", report.signer, false, faults);
  return faults;
}

std::string filled(std::string text, std::string_view slot, std::string_view with) {
  for (auto at = text.find(slot); at != std::string::npos; at = text.find(slot, at + with.size()))
    text.replace(at, slot.size(), with);
  return text;
}

}  // namespace

std::vector<DuePlan> obligations_of(const model::Allocation& allocation, const policy::Outcomes& outcomes,
                                    const calendar::BusinessDays& days) {
  std::vector<DuePlan> plans;
  for (const auto& rule : outcomes.obligations)
    if (rule.required && rule.after_event == policy::ObligationEvent::kAllocationEnd)
      plans.push_back(
          {rule.kind, rule.form, calendar::due_date(allocation.ends_on, rule.due, days), rule.source});
  return plans;
}

std::optional<base::Date> due_on(const model::Obligation& obligation, base::Date ends_on,
                                 const policy::Outcomes& outcomes, const calendar::BusinessDays& days) {
  for (const auto& rule : outcomes.obligations)
    if (rule.kind == obligation.kind && rule.after_event == policy::ObligationEvent::kAllocationEnd)
      return calendar::due_date(ends_on, rule.due, days);
  return std::nullopt;
}

ObligationState state_on(const model::Obligation& obligation, base::Date allocation_ends_on,
                         base::Date today) {
  if (obligation.state == ObligationState::kSubmitted || obligation.state == ObligationState::kAccepted ||
      obligation.state == ObligationState::kEscalated)
    return obligation.state;
  if (today > obligation.due_on) return ObligationState::kOverdue;
  if (obligation.state == ObligationState::kReturned) return obligation.state;
  const bool due_before_the_end = obligation.due_on <= allocation_ends_on &&
                                  today >= calendar::lead_day(obligation.due_on, kDaysOpenBefore);
  return today > allocation_ends_on || due_before_the_end ? ObligationState::kDue
                                                          : ObligationState::kScheduled;
}

base::Status submit(model::Obligation& obligation, const model::ResultsReport& report,
                    const policy::Outcomes& outcomes, base::Instant now) {
  if (obligation.state == ObligationState::kSubmitted || obligation.state == ObligationState::kAccepted)
    return not_open("obligation.not_open", obligation.state);
  auto faults = report_faults(report, outcomes);
  if (!faults.empty()) {
    const auto count = static_cast<std::int64_t>(faults.size());
    return base::invalid(Reason("obligation.report_invalid").with("count", count), std::move(faults));
  }
  obligation.report = report;
  obligation.submitted_at = now;
  obligation.state = ObligationState::kSubmitted;
  return {};
}

base::Status accept(model::Obligation& obligation) {
  if (obligation.state != ObligationState::kSubmitted)
    return not_open("obligation.not_submitted", obligation.state);
  obligation.state = ObligationState::kAccepted;
  return {};
}

base::Status give_back(model::Obligation& obligation) {
  if (obligation.state != ObligationState::kSubmitted)
    return not_open("obligation.not_submitted", obligation.state);
  obligation.state = ObligationState::kReturned;
  return {};
}

std::string acknowledgement(std::string_view text, std::int64_t year, std::string_view result) {
  return filled(filled(std::string(text), "{year}", std::to_string(year)), "{result}", result);
}

bool cites(std::string_view text, std::string_view grant_number) {
  return !grant_number.empty() && text.find(grant_number) != std::string_view::npos;
}

}  // namespace dure::programme
