// What an allocation's next invoice holds: every entry of its ledger is billed once over all its invoices.
//
// An invoice ends at an instant. How much of an entry lies before an instant is a whole number of
// milliseconds that never falls as the instant moves on, so the ends of the invoices cut the ledger into
// slices that add up to it. What an invoice billed (its own lines, and the lines of later invoices that
// correct it) may differ from its slice as the ledger stands now, because pieces were booked late, or
// corrections came: the difference is due on the next invoice, positive or negative, and names the invoice
// that it corrects.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/ids.h"
#include "model/usage.h"

namespace dure::ledger {

// Usage by model and account; nothing is kept of what is zero.
using Uses = std::map<std::pair<std::string, model::AccountId>, base::Usage>;

void add(Uses& sum, const std::string& model, const model::AccountId& account, base::Usage usage);

// The part of the entry before the instant: by its wall time, and all of it once it was booked by then, so
// that a node whose clock runs ahead is billed all the same.
base::Usage used_before(const model::LedgerEntry& entry, base::Instant border);

// An invoice that was issued, with what was billed for its slice so far.
struct BilledSlice {
  model::InvoiceId invoice_id;
  base::Instant ends_at;
  Uses billed;
};

struct DuePart {
  std::optional<model::InvoiceId> corrects;  // none: of the new slice
  Uses uses;
  bool operator==(const DuePart&) const = default;
};

class Unbilled {
 public:
  // REQUIRES: `billed` by ends_at; until >= the last one's.
  Unbilled(std::vector<BilledSlice> billed, base::Instant until);

  // One entry of the allocation; each once, in any order.
  void count(const model::LedgerEntry& entry);

  // Corrections by the order of the invoices, then the new slice. Empty parts are left out.
  std::vector<DuePart> parts() const;

 private:
  std::vector<BilledSlice> billed_;
  std::vector<base::Instant> ends_;  // of the billed slices, then `until`
  std::vector<Uses> slices_;         // as the ledger stands; one per end
};

}  // namespace dure::ledger
