// Supply agreements and what happens to them (A3; supply/agreement.h, supply/states.h).
#pragma once

#include "commands/work.h"
#include "model/supply_requests.h"

namespace dure::commands {

// The draft of a proposal that was selected, once. Refuses what supply::draft_agreement() refuses, and
// (kConflict) "supply.agreement_known" {id}. Permission: supply.manage.
base::Result<model::SupplyAgreement> draft_agreement(Work& work, const model::DraftAgreement& command);

// Signs it, lets it take effect, amends it, ends it. An amendment of the own use changes that of its batches
// as well, where what is given of them still fits. Refuses what supply::move_agreement() refuses, and
// (kConflict) "supply.batches_in_service" {batches} for an end while batches of it serve,
// "supply.claims_in_the_way". What has happened already does nothing. Permission: supply.manage.
base::Result<model::SupplyAgreement> move_agreement(Work& work, const model::SupplyAgreementId& id,
                                                    const model::MoveAgreement& command);

}  // namespace dure::commands
