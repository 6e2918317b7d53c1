// Sums of the ledger for a period: what rating and invoices start from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/usage.h"

namespace dure::ledger {

struct StatementLine {
  model::ProjectId project_id;
  model::AllocationId allocation_id;
  model::AccountId account_id;
  std::string model;
  base::Usage usage;      // corrections included
  base::Usage estimated;  // of it, booked as estimated
  std::int64_t entries = 0;
  bool operator==(const StatementLine&) const = default;
};

// One line per project, allocation, account and model, sorted by these. An entry that crosses the border of
// the period counts with the milliseconds inside, so that the statements of adjacent periods add up to the
// statement of both. REQUIRES: from <= to; [from, to).
std::vector<StatementLine> statement(const std::vector<model::LedgerEntry>& entries, base::Instant from,
                                     base::Instant to);

base::Usage total(const std::vector<StatementLine>& lines);

}  // namespace dure::ledger
