// Usage: booked from observations, summed, rated and invoiced.
#pragma once

#include <vector>

#include "commands/work.h"
#include "ledger/book.h"
#include "model/requests.h"
#include "model/usage.h"

namespace dure::commands {

// Books what was newly seen of a replica and carries its state forward. Part of a node's report.
base::Status book(Work& work, const model::Replica& replica, const std::vector<model::Observation>& seen,
                  ledger::LedgerState& state);
// Ends the booking of a replica whose node was given up.
base::Status close_book(Work& work, const model::Replica& replica, ledger::LedgerState& state);

// The exact sum over an allocation's entries in [from, to); the whole allocation where they are left out.
base::Result<model::UsageSum> sum_usage(Work& work, const model::AllocationId& allocation,
                                        std::optional<base::Instant> from, std::optional<base::Instant> to);

// Without what-if layers: what make_invoice() would give now, or why it would refuse. With them: what all
// that was used and held in the period would cost under the pack in force with these layers over it, whatever
// was billed of it. Nothing is kept. Permission: invoices.read of the allocation's project.
base::Result<model::InvoiceView> preview_invoice(Work& work, const model::MakeInvoice& command);

// Makes and issues the next invoice of the allocation: from the end of the last one, with what corrects
// earlier ones, so that every ledger entry is billed once (ledger/unbilled.h, decision 18). The same period
// again gives the same invoice; without a period and with nothing new to bill, the last one. Refuses
// (kConflict) "invoice.overlap", (kInvalid) "invoice.gap", "invoice.future", "invoice.payer_unconfirmed".
// Permission: invoices.manage.
base::Result<model::InvoiceView> make_invoice(Work& work, const model::MakeInvoice& command);

// Bills what is held by the month up to the beginning of the local day, before its amount changes: days that
// are over were held as it is now. Nothing where no such day is left. Part of the change: no permission of
// its own.
base::Status bill_before_change(Work& work, const model::Allocation& allocation);

base::Result<model::InvoiceView> view_invoice(Work& work, const model::InvoiceId& id);

}  // namespace dure::commands
