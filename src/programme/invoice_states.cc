#include "programme/invoice_states.h"

#include <algorithm>

#include "calendar/period.h"

namespace dure::programme {
namespace {

std::string possible_invoice_events(model::InvoiceState from) {
  std::string events;
  for (const auto& each : invoice_transitions())
    if (each.from == from) events += (events.empty() ? "" : ", ") + std::string(to_text(each.event));
  return events;
}

base::Result<model::Invoice> moved(model::Invoice invoice, InvoiceEvent event) {
  DURE_LET(state, next(invoice.state, event));
  invoice.state = state;
  return invoice;
}

bool taken_back(const model::Invoice& invoice) {
  return invoice.credited.won > 0 && invoice.credited == payable(invoice) && invoice.paid.won == 0;
}

// What a payment of that amount was, after which the invoice is so.
InvoiceEvent payment_event(base::Krw amount, const model::Invoice& after) {
  const auto left = owed(after).won;
  if (left == 0) return InvoiceEvent::kPayRest;
  if ((amount.won < 0) == (left < 0)) return InvoiceEvent::kPayPart;
  return after.paid.won == 0 ? InvoiceEvent::kTakeBackAll : InvoiceEvent::kTakeBackPart;
}

std::string diagram() {
  std::string text = "```mermaid\nstateDiagram-v2\n  [*] --> draft\n";
  for (const auto& each : invoice_transitions())
    text += "  " + std::string(model::to_text(each.from)) + " --> " + std::string(model::to_text(each.to)) +
            ": " + std::string(to_text(each.event)) + "\n";
  return text + "```\n";
}

}  // namespace

const std::vector<InvoiceTransition>& invoice_transitions() {
  using E = InvoiceEvent;
  using S = model::InvoiceState;
  constexpr const char* kOperator = "operator";
  constexpr const char* kRule = "rule";
  static const std::vector<InvoiceTransition> all{
      {S::kDraft, E::kIssue, S::kIssued, kOperator},
      {S::kIssued, E::kPayPart, S::kPartlyPaid, kOperator},
      {S::kIssued, E::kPayRest, S::kPaid, kOperator},
      {S::kIssued, E::kPassDue, S::kOverdue, kRule},
      {S::kIssued, E::kCreditPart, S::kIssued, kOperator},
      {S::kIssued, E::kCancel, S::kCancelled, kOperator},
      {S::kPartlyPaid, E::kPayPart, S::kPartlyPaid, kOperator},
      {S::kPartlyPaid, E::kPayRest, S::kPaid, kOperator},
      {S::kPartlyPaid, E::kPassDue, S::kOverdue, kRule},
      {S::kPartlyPaid, E::kCreditPart, S::kPartlyPaid, kOperator},
      {S::kPartlyPaid, E::kCreditRest, S::kPaid, kOperator},
      {S::kOverdue, E::kPayPart, S::kOverdue, kOperator},
      {S::kOverdue, E::kPayRest, S::kPaid, kOperator},
      {S::kOverdue, E::kWriteOff, S::kWrittenOff, kOperator},
      {S::kOverdue, E::kCreditPart, S::kOverdue, kOperator},
      {S::kOverdue, E::kCreditRest, S::kPaid, kOperator},
      {S::kOverdue, E::kCancel, S::kCancelled, kOperator},
      // A payment that was recorded wrongly is taken back by one of the other sign.
      {S::kPartlyPaid, E::kTakeBackPart, S::kPartlyPaid, kOperator},
      {S::kPartlyPaid, E::kTakeBackAll, S::kIssued, kOperator},
      {S::kOverdue, E::kTakeBackPart, S::kOverdue, kOperator},
      {S::kOverdue, E::kTakeBackAll, S::kOverdue, kOperator},
      {S::kPaid, E::kTakeBackPart, S::kPartlyPaid, kOperator},
      {S::kPaid, E::kTakeBackAll, S::kIssued, kOperator},
      // A credit note for what was paid already: the payer gets it back by a payment below zero.
      {S::kPaid, E::kCreditRest, S::kPaid, kOperator},
      {S::kPaid, E::kPayPart, S::kPaid, kOperator},
      {S::kPaid, E::kPayRest, S::kPaid, kOperator},
      {S::kPaid, E::kCancel, S::kCancelled, kOperator},
  };
  return all;
}

std::string_view to_text(InvoiceEvent event) {
  switch (event) {
    case InvoiceEvent::kIssue:
      return "issue";
    case InvoiceEvent::kPayPart:
      return "pay_part";
    case InvoiceEvent::kPayRest:
      return "pay_rest";
    case InvoiceEvent::kPassDue:
      return "pass_due";
    case InvoiceEvent::kWriteOff:
      return "write_off";
    case InvoiceEvent::kCreditPart:
      return "credit_part";
    case InvoiceEvent::kCreditRest:
      return "credit_rest";
    case InvoiceEvent::kTakeBackPart:
      return "take_back_part";
    case InvoiceEvent::kTakeBackAll:
      return "take_back_all";
    case InvoiceEvent::kCancel:
      return "cancel";
  }
  return "";
}

base::Result<model::InvoiceState> next(model::InvoiceState from, InvoiceEvent event) {
  for (const auto& each : invoice_transitions())
    if (each.from == from && each.event == event) return each.to;
  return base::error(base::ErrorKind::kConflict, base::Reason("invoice.not_from_this_state")
                                                     .with("state", std::string(model::to_text(from)))
                                                     .with("event", std::string(to_text(event)))
                                                     .with("possible", possible_invoice_events(from)));
}

std::string invoice_transition_table() {
  std::string text =
      "# States of an invoice\n\n"
      "All transitions that exist; there are no others. Written by a test from "
      "`src/programme/invoice_states.cc`.\n\n"
      "| from | event | to | by |\n|---|---|---|---|\n";
  for (const auto& each : invoice_transitions())
    text += "| " + std::string(model::to_text(each.from)) + " | " + std::string(to_text(each.event)) + " | " +
            std::string(model::to_text(each.to)) + " | " + std::string(each.by) + " |\n";
  return text + "\n" + diagram();
}

base::Krw payable(const model::Invoice& invoice) {
  return invoice.total + invoice.tax;
}

base::Krw owed(const model::Invoice& invoice) {
  return payable(invoice) - invoice.paid - invoice.credited;
}

std::optional<base::Date> invoice_due_day(const policy::Pack& pack, base::Date issued_on) {
  const auto days = pack.billing.invoice_due_days;
  if (days == 0) return std::nullopt;
  return calendar::period_end(issued_on, {days, calendar::Unit::kDays}, policy::deadline_rule(pack),
                              policy::business_days_of(pack));
}

base::Result<model::Invoice> issue(model::Invoice invoice, base::Date today,
                                   std::optional<base::Date> due_on) {
  DURE_LET(issued, moved(std::move(invoice), InvoiceEvent::kIssue));
  issued.issued_on = today;
  if (payable(issued).won > 0) issued.due_on = due_on;
  return issued;
}

base::Result<model::Invoice> pay(model::Invoice invoice, base::Krw amount) {
  if (amount.won == 0) return base::invalid(base::Reason("invoice.payment_zero"));
  const auto before = owed(invoice).won;
  // An invoice that takes nothing more at all says so by its state first.
  DURE_TRY(next(invoice.state, InvoiceEvent::kPayRest));
  const auto [least, most] = std::minmax({std::int64_t{0}, before, -invoice.paid.won});
  if (amount.won < least || most < amount.won)
    return base::error(
        base::ErrorKind::kNotEver,
        base::Reason("invoice.payment_over_owed").with("amount", amount.won).with("owed", before));
  invoice.paid = invoice.paid + amount;
  if (taken_back(invoice)) return moved(std::move(invoice), InvoiceEvent::kCancel);
  const auto event = payment_event(amount, invoice);
  return moved(std::move(invoice), event);
}

base::Result<model::Invoice> credit(model::Invoice invoice, base::Krw amount) {
  DURE_ASSERT(amount.won > 0);
  const auto left = payable(invoice) - invoice.credited;
  if (amount > left)
    return base::error(
        base::ErrorKind::kNotEver,
        base::Reason("invoice.credit_over_invoice").with("amount", amount.won).with("left", left.won));
  invoice.credited = invoice.credited + amount;
  if (taken_back(invoice)) return moved(std::move(invoice), InvoiceEvent::kCancel);
  const auto event = owed(invoice).won > 0 ? InvoiceEvent::kCreditPart : InvoiceEvent::kCreditRest;
  return moved(std::move(invoice), event);
}

base::Result<model::Invoice> write_off(model::Invoice invoice) {
  return moved(std::move(invoice), InvoiceEvent::kWriteOff);
}

bool is_overdue(const model::Invoice& invoice, base::Date day) {
  const bool open =
      invoice.state == model::InvoiceState::kIssued || invoice.state == model::InvoiceState::kPartlyPaid;
  return open && invoice.due_on && *invoice.due_on < day && owed(invoice).won > 0;
}

base::Result<model::Invoice> pass_due(model::Invoice invoice) {
  return moved(std::move(invoice), InvoiceEvent::kPassDue);
}

}  // namespace dure::programme
