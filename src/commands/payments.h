// What becomes of an invoice after it was issued: payments, credit notes, days overdue, what is written off
// (I8).
//
// Payments and credit notes are appended; the invoice carries their sums and its state
// (programme/invoice_states.h). Permission of all: invoices.manage of the invoice's project. All refuse
// (kInvalid) "number.out_of_range", "form.resident_number" in any of their texts (invariant 16).
#pragma once

#include "commands/work.h"
#include "model/billing.h"
#include "model/invoice_requests.h"

namespace dure::commands {

// The same reference again with the same amount gives the same payment. Refuses (kInvalid)
// "invoice.payment_zero", "invoice.payment_in_future"; (kConflict) "invoice.reference_used",
// "invoice.not_from_this_state"; (kNotEver) "invoice.payment_over_owed".
base::Result<model::Payment> record_payment(Work& work, const model::InvoiceId& id,
                                            const model::RecordPayment& command);

// Refuses (kInvalid) "invoice.ground_missing"; (kConflict) "invoice.not_from_this_state"; (kNotEver)
// "invoice.credit_over_invoice".
base::Result<model::CreditNote> issue_credit_note(Work& work, const model::InvoiceId& id,
                                                  const model::IssueCreditNote& command);

// Gives up what is still owed of an overdue invoice. Refuses as above.
base::Result<model::Invoice> write_off_invoice(Work& work, const model::InvoiceId& id,
                                               const model::WriteOff& command);

// Marks what was to be paid by a day that is over, by the day of each programme. Part of the keeper's round;
// gives how many changed. No permission: the system's own.
base::Result<std::int64_t> mark_overdue(Work& work);

}  // namespace dure::commands
