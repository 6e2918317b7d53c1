// The events of deadlines.h, and the keys that each asks.
#include <algorithm>

#include "programme/deadlines.h"

namespace dure::programme {
namespace {

EventInfo event(CentreEvent which, std::string_view name, const char* title,
                std::vector<std::string_view> keys) {
  return {which, name, base::Reason(title), std::move(keys)};
}

bool none_listed(policy::ObligationEvent after, const policy::Pack& pack) {
  const auto& all = pack.outcomes.obligations;
  return std::none_of(all.begin(), all.end(), [&](const auto& rule) { return rule.after_event == after; });
}

// Whether the rule of the key gives nothing to the event.
bool unset(std::string_view key, CentreEvent which, const policy::Pack& pack) {
  if (key == "outcomes.obligations") {
    const auto after = which == CentreEvent::kAwardMade ? policy::ObligationEvent::kAward
                       : which == CentreEvent::kOutcome ? policy::ObligationEvent::kOutcome
                                                        : policy::ObligationEvent::kAllocationEnd;
    return none_listed(after, pack);
  }
  if (key == "sanctions.grounds") {
    const auto& all = pack.sanctions.grounds;
    return std::none_of(all.begin(), all.end(),
                        [](const auto& ground) { return ground.restriction.has_value(); });
  }
  if (key == "supply.payments") return pack.supply.payments.empty();
  const auto value = pack.value_text(key).value_or("none");
  return value == "none" || value == "0" || value.starts_with("0 ") || value.empty();
}

}  // namespace

const std::vector<EventInfo>& centre_events() {
  using E = CentreEvent;
  static const std::vector<EventInfo> all{
      event(E::kCallClosing, "call_closing", "deadline.event_call_closing", {"call.early_close_notice"}),
      event(E::kCallClosed, "call_closed", "deadline.event_call_closed",
            {"call.panel_within", "call.result_within"}),
      event(E::kAwardMade, "award_made", "deadline.event_award_made",
            {"award.accept_within", "outcomes.obligations"}),
      event(E::kAgreementSigned, "agreement_signed", "deadline.event_agreement_signed",
            {"supply.payments", "supply.agreement_term"}),
      event(E::kAllocationStarted, "allocation_started", "deadline.event_allocation_started",
            {"award.setup_grace_days", "utilisation.review_cycle", "award.max_period", "award.use_until"}),
      event(E::kAllocationEnded, "allocation_ended", "deadline.event_allocation_ended",
            {"outcomes.obligations", "retention.deletion_notice_days", "retention.delete_after_end_days"}),
      event(E::kOutcome, "outcome", "deadline.event_outcome", {"outcomes.obligations"}),
      event(E::kIdleSince, "idle_since", "deadline.event_idle_since",
            {"utilisation.idle_days", "utilisation.notice_days"}),
      event(E::kNoticeGiven, "notice_given", "deadline.event_notice_given", {"utilisation.notice_days"}),
      event(E::kSanctionNoticed, "sanction_noticed", "deadline.event_sanction_noticed",
            {"sanctions.opinion_days"}),
      event(E::kSanctionImposed, "sanction_imposed", "deadline.event_sanction_imposed",
            {"sanctions.appeal_within", "sanctions.grounds"}),
      event(E::kInvoiceIssued, "invoice_issued", "deadline.event_invoice_issued",
            {"billing.invoice_due_days"}),
      event(E::kPasswordChanged, "password_changed", "deadline.event_password_changed",
            {"account.password.max_age", "account.password.notice_days"}),
      event(E::kAccessRecorded, "access_recorded", "deadline.event_access_recorded",
            {"retention.access_log_days"}),
      event(E::kRightChanged, "right_changed", "deadline.event_right_changed",
            {"retention.role_change_days"}),
      event(E::kAccessReviewed, "access_reviewed", "deadline.event_access_reviewed",
            {"privacy.access_log_review"}),
      event(E::kQuarterBegun, "quarter_begun", "deadline.event_quarter_begun",
            {"call.min_rounds_per_quarter"}),
      event(E::kYearBegun, "year_begun", "deadline.event_year_begun", {"outcomes.surveys_per_year"}),
      event(E::kProgrammeEnds, "programme_ends", "deadline.event_programme_ends", {"meta.ends_with"}),
  };
  return all;
}

base::Result<CentreEvent> find_event(std::string_view name) {
  std::string names;
  for (const auto& each : centre_events()) {
    if (each.name == name) return each.event;
    names += (names.empty() ? "" : ", ") + std::string(each.name);
  }
  return base::invalid(
      base::Reason("deadline.event_unknown").with("event", std::string(name)).with("events", names));
}

std::string_view to_text(DeadlineSense sense) {
  switch (sense) {
    case DeadlineSense::kBy:
      return "by";
    case DeadlineSense::kUntil:
      return "until";
    case DeadlineSense::kFrom:
      return "from";
  }
  return "";
}

std::vector<std::string> unset_keys(CentreEvent which, const policy::Pack& pack) {
  std::vector<std::string> keys;
  for (const auto& each : centre_events()) {
    if (each.event != which) continue;
    for (const auto key : each.keys)
      if (unset(key, which, pack)) keys.emplace_back(key);
  }
  return keys;
}

}  // namespace dure::programme
