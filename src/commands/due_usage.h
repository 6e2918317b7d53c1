// What an allocation's next invoice holds, by the basis of its programme (billing.basis), and by which
// prices.
//
// held: the ledger, cut by the ends of the invoices (ledger/unbilled.h). used: the device time that its
// shares are known to have used, less what its invoices billed of it; it only grows, so nothing has to be
// corrected. The basis of an allocation is that of its first invoice: one that changes holds for allocations
// that come after.
#pragma once

#include <optional>
#include <vector>

#include "commands/work.h"
#include "model/award.h"
#include "model/billing.h"
#include "programme/rating.h"

namespace dure::commands {

// The instants between which an allocation's usage lies.
struct Period {
  base::Instant from;
  base::Instant to;
};

// Whether somebody has confirmed what the rules of the pack ask about who pays (payer_facts.h). Refuses
// (kConflict) "invoice.payer_unconfirmed" {rules, application}: nobody is billed by what is not known.
base::Status check_payer_known(Work& work, const model::Allocation& allocation, const policy::Pack& pack);

// The prices and factors for who holds the allocation, as the pack says them for the local day of the
// instant.
base::Result<programme::PriceRules> prices_at(Work& work, const model::Allocation& allocation,
                                              const policy::Pack& pack, base::Instant at);

// The first day after that of `from`, and not after that of `to`, on which what the allocation holds or used
// begins to cost otherwise: by its own price or by the factors.
base::Result<std::optional<base::Date>> prices_change_on(Work& work, const model::Allocation& allocation,
                                                         const policy::Pack& pack, const Period& period);

base::Result<policy::ChargeBasis> basis_of(Work& work, const model::Allocation& allocation,
                                           const policy::Pack& pack,
                                           const std::vector<model::Invoice>& issued);

// What the allocation holds on the whole local days of the period, where its model is charged by the month.
// Days that outages gave back are paid for already: it ends with the agreed end.
std::optional<programme::HeldItem> held_in(const model::Allocation& allocation, const Period& period,
                                           const policy::Pack& pack, const programme::PriceRules& rules);

// What was used in the period as the ledger stands; from the allocation's start on, all before it too. By
// device time: all that is known and not billed yet.
base::Result<std::vector<programme::UsageItem>> uses_in(Work& work, const model::Allocation& allocation,
                                                        const Period& period, const policy::Pack& pack,
                                                        const std::vector<model::Invoice>& issued);

// What is not billed up to the end of the period, each part by the prices of its time: what corrects an
// earlier invoice by that invoice's.
base::Result<std::vector<programme::RatedPart>> due_parts(Work& work, const model::Allocation& allocation,
                                                          const Period& period, const policy::Pack& pack,
                                                          const std::vector<model::Invoice>& issued);

// The same of a period that is only supposed: all that was used and held in it, whatever was billed of it.
base::Result<std::vector<programme::RatedPart>> supposed_parts(Work& work,
                                                               const model::Allocation& allocation,
                                                               Period period, const policy::Pack& pack,
                                                               const std::vector<model::Invoice>& issued);

// Whether something of the period is charged by the month.
base::Result<bool> months_charged_in(Work& work, const model::Allocation& allocation, const Period& period,
                                     const policy::Pack& pack);

base::Result<std::vector<model::InvoiceLine>> lines_of(Work& work, const model::InvoiceId& id);

}  // namespace dure::commands
