// The life of an invoice as a table, and what payments and credit notes do to it (I8; governance 5.3).
//
// What is owed is total + tax - paid - credited. Below zero (a bill of corrections, or a credit note for what
// was paid already) it is owed to the payer, and a payment below zero pays it back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/billing.h"
#include "policy/pack.h"

namespace dure::programme {

enum class InvoiceEvent {
  kIssue,
  kPayPart,       // something stays owed
  kPayRest,       // nothing does
  kPassDue,       // the day by which it was to be paid is over
  kWriteOff,      // the rest is given up
  kCreditPart,    // a credit note after which something is still owed
  kCreditRest,    // after which nothing is, and something was paid
  kTakeBackPart,  // a payment was recorded wrongly: less is paid than was thought, but something
  kTakeBackAll,   // nothing is
  kCancel,        // credit notes have taken the whole of it back, and nothing is paid
};

struct InvoiceTransition {
  model::InvoiceState from;
  InvoiceEvent event;
  model::InvoiceState to;
  std::string_view by;  // "operator", "rule"
};

// All transitions that exist; there are no others.
const std::vector<InvoiceTransition>& invoice_transitions();
std::string_view to_text(InvoiceEvent event);
// The table as Markdown, with a Mermaid diagram: docs/invoice-states.md.
std::string invoice_transition_table();

// Refuses (kConflict) "invoice.not_from_this_state" {state, event, possible}.
base::Result<model::InvoiceState> next(model::InvoiceState from, InvoiceEvent event);

base::Krw payable(const model::Invoice& invoice);
base::Krw owed(const model::Invoice& invoice);

// The day by which an invoice of that day is to be paid (billing.invoice_due_days, by the calendar of the
// pack); none where it has no days for it.
std::optional<base::Date> invoice_due_day(const policy::Pack& pack, base::Date issued_on);

// Each gives the invoice as it is afterwards; number and rows are left to the caller.

// What is owed is due on `due_on`; an invoice of nothing, or of a credit, is due on no day.
base::Result<model::Invoice> issue(model::Invoice invoice, base::Date today,
                                   std::optional<base::Date> due_on);
// An amount of the other sign pays back what is owed to the payer, or takes back what was recorded wrongly:
// down to nothing that was ever paid. What is owed again after that is as it was before it was paid; an
// invoice that was overdue stays so. Refuses (kInvalid) "invoice.payment_zero"; (kNotEver)
// "invoice.payment_over_owed" {amount, owed} where it is more than is owed, or takes back more than was paid.
base::Result<model::Invoice> pay(model::Invoice invoice, base::Krw amount);
// REQUIRES: amount > 0. Refuses (kNotEver) "invoice.credit_over_invoice" {amount, left} where credit notes
// would come to more than the invoice.
base::Result<model::Invoice> credit(model::Invoice invoice, base::Krw amount);
base::Result<model::Invoice> write_off(model::Invoice invoice);

// Whether on that day something is still owed that was due on a day before it.
bool is_overdue(const model::Invoice& invoice, base::Date day);
// REQUIRES: is_overdue on some day.
base::Result<model::Invoice> pass_due(model::Invoice invoice);

}  // namespace dure::programme
