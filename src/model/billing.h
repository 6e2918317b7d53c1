// Invoices and their lines. A line names the price item, the rule and the policy that made it; lines add up.
// An allocation's invoices follow each other without gap, and bill each entry of its ledger once
// (ledger/unbilled.h). What is paid and credited of it are rows of their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/charge.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// governance 5.3; the transitions are in programme/invoice_states.h.
enum class InvoiceState { kDraft, kIssued, kPartlyPaid, kPaid, kOverdue, kWrittenOff, kCancelled };
DURE_ENUM(InvoiceState, DURE_NAME(kDraft, "draft"), DURE_NAME(kIssued, "issued"),
          DURE_NAME(kPartlyPaid, "partly_paid"), DURE_NAME(kPaid, "paid"), DURE_NAME(kOverdue, "overdue"),
          DURE_NAME(kWrittenOff, "written_off"), DURE_NAME(kCancelled, "cancelled"));

struct Invoice {
  InvoiceId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string number;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  InvoiceState state = InvoiceState::kDraft;
  base::Instant period_start;
  base::Instant period_end;
  base::Usage usage;
  base::Krw total;
  std::string policy_hash;
  std::string price_list;
  base::Krw tax;       // on top of the total
  base::Krw paid;      // by payments; refunds taken off
  base::Krw credited;  // by credit notes
  std::optional<base::Date> issued_on;
  std::optional<base::Date> due_on;  // none: whenever
};
DURE_FIELDS(Invoice, "invoices", field("id", &Invoice::id), field("version", &Invoice::version),
            field("created_at", &Invoice::created_at), field("updated_at", &Invoice::updated_at),
            field("number", &Invoice::number), field("programme_id", &Invoice::programme_id),
            field("project_id", &Invoice::project_id), field("allocation_id", &Invoice::allocation_id),
            field("state", &Invoice::state), field("period_start", &Invoice::period_start),
            field("period_end", &Invoice::period_end), field("milli_gpu_ms", &Invoice::usage),
            field("total_krw", &Invoice::total), field("policy_hash", &Invoice::policy_hash),
            field("price_list", &Invoice::price_list), field("tax_krw", &Invoice::tax),
            field("paid_krw", &Invoice::paid), field("credited_krw", &Invoice::credited),
            field("issued_on", &Invoice::issued_on), field("due_on", &Invoice::due_on));

struct InvoiceLine {
  InvoiceLineId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  InvoiceId invoice_id;
  std::int64_t number = 1;
  std::string model;
  AccountId account_id;
  std::string price_item;  // key in the price list
  base::Krw price_per_gpu_hour;
  base::Usage usage;
  base::Krw gross;
  base::Krw discount;  // taken off; >= 0 where usage is
  base::Krw amount;    // gross - discount, rounded by the policy
  std::string rule;    // which discount, waiver or zero rule applied, with its source
  // What was charged: `quantity` of which `per` cost `price` (charge.h), and each rule that made a figure.
  std::string unit;  // of the price: "gpu_hour", "gpu_month", …
  base::Krw price;
  std::int64_t quantity = 0;
  std::int64_t per = 1;
  std::vector<ChargeStep> steps;
  // What that invoice did not bill, or billed too much, of its own period. Such a line may be negative.
  std::optional<InvoiceId> corrects_invoice_id;
};
DURE_FIELDS(InvoiceLine, "invoice_lines", field("id", &InvoiceLine::id),
            field("version", &InvoiceLine::version), field("created_at", &InvoiceLine::created_at),
            field("updated_at", &InvoiceLine::updated_at), field("invoice_id", &InvoiceLine::invoice_id),
            field("number", &InvoiceLine::number), field("model", &InvoiceLine::model),
            field("account_id", &InvoiceLine::account_id), field("price_item", &InvoiceLine::price_item),
            field("price_per_gpu_hour_krw", &InvoiceLine::price_per_gpu_hour),
            field("milli_gpu_ms", &InvoiceLine::usage), field("gross_krw", &InvoiceLine::gross),
            field("discount_krw", &InvoiceLine::discount), field("amount_krw", &InvoiceLine::amount),
            field("rule", &InvoiceLine::rule), field("unit", &InvoiceLine::unit),
            field("price_krw", &InvoiceLine::price), field("quantity", &InvoiceLine::quantity),
            field("per", &InvoiceLine::per), field("steps", &InvoiceLine::steps),
            field("corrects_invoice_id", &InvoiceLine::corrects_invoice_id));

// Money that came in for an invoice; below zero: that was paid back. Append-only: what was wrong is put right
// by another one.
struct Payment {
  PaymentId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  InvoiceId invoice_id;
  base::Krw amount;
  base::Date paid_on;
  std::string method;     // "bank_transfer", "card", …
  std::string reference;  // of the bank or the card; one payment for each reference and invoice
  std::string note;
};
DURE_FIELDS(Payment, "payments", field("id", &Payment::id), field("version", &Payment::version),
            field("created_at", &Payment::created_at), field("updated_at", &Payment::updated_at),
            field("programme_id", &Payment::programme_id), field("project_id", &Payment::project_id),
            field("invoice_id", &Payment::invoice_id), field("amount_krw", &Payment::amount),
            field("paid_on", &Payment::paid_on), field("method", &Payment::method),
            field("reference", &Payment::reference), field("note", &Payment::note));

// What is no longer asked for of an invoice, and on which ground. Append-only; the only way to cancel one.
struct CreditNote {
  CreditNoteId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string number;
  ProgrammeId programme_id;
  ProjectId project_id;
  InvoiceId invoice_id;
  base::Krw amount;
  base::Date issued_on;
  std::string ground;
};
DURE_FIELDS(CreditNote, "credit_notes", field("id", &CreditNote::id), field("version", &CreditNote::version),
            field("created_at", &CreditNote::created_at), field("updated_at", &CreditNote::updated_at),
            field("number", &CreditNote::number), field("programme_id", &CreditNote::programme_id),
            field("project_id", &CreditNote::project_id), field("invoice_id", &CreditNote::invoice_id),
            field("amount_krw", &CreditNote::amount), field("issued_on", &CreditNote::issued_on),
            field("ground", &CreditNote::ground));

}  // namespace dure::model
