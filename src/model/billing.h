// Invoices and their lines. A line names the price item, the rule and the policy that made it; lines add up.
// An allocation's invoices follow each other without gap, and bill each entry of its ledger once
// (ledger/unbilled.h).
#pragma once

#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class InvoiceState { kDraft, kIssued, kPaid, kCancelled };
DURE_ENUM(InvoiceState, DURE_NAME(kDraft, "draft"), DURE_NAME(kIssued, "issued"), DURE_NAME(kPaid, "paid"),
          DURE_NAME(kCancelled, "cancelled"));

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
};
DURE_FIELDS(Invoice, "invoices", field("id", &Invoice::id), field("version", &Invoice::version),
            field("created_at", &Invoice::created_at), field("updated_at", &Invoice::updated_at),
            field("number", &Invoice::number), field("programme_id", &Invoice::programme_id),
            field("project_id", &Invoice::project_id), field("allocation_id", &Invoice::allocation_id),
            field("state", &Invoice::state), field("period_start", &Invoice::period_start),
            field("period_end", &Invoice::period_end), field("milli_gpu_ms", &Invoice::usage),
            field("total_krw", &Invoice::total), field("policy_hash", &Invoice::policy_hash),
            field("price_list", &Invoice::price_list));

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
            field("rule", &InvoiceLine::rule),
            field("corrects_invoice_id", &InvoiceLine::corrects_invoice_id));

}  // namespace dure::model
