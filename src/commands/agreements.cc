#include "commands/agreements.h"

#include "calendar/zone.h"
#include "commands/capacity.h"
#include "commands/reads.h"
#include "commands/supply_work.h"
#include "supply/agreement.h"
#include "supply/batch.h"

namespace dure::commands {
namespace {

using namespace supply_side;  // NOLINT: what these commands have in common
using model::AgreementEvent;
using model::AgreementState;
using model::SupplyAgreement;

constexpr const char* kAgreements = "supply-agreements";

// True where the event has led here before, and can lead nowhere else.
bool happened(AgreementState state, AgreementEvent event) {
  return (state == AgreementState::kSigned && event == AgreementEvent::kSign) ||
         (state == AgreementState::kInForce && event == AgreementEvent::kTakeEffect) ||
         (state == AgreementState::kExpired && event == AgreementEvent::kExpire) ||
         (state == AgreementState::kTerminated && event == AgreementEvent::kTerminate);
}

base::Status check_no_batch_serves(const std::vector<model::CapacityBatch>& batches) {
  std::int64_t serving = 0;
  for (const auto& each : batches)
    serving += each.state == model::BatchState::kInService || each.state == model::BatchState::kDraining;
  if (serving == 0) return {};
  return conflict(base::Reason("supply.batches_in_service").with("batches", serving));
}

// The batches' own use follows that of the agreement.
base::Status renew_own_use(Work& work, const std::vector<model::CapacityBatch>& batches,
                           const SupplyAgreement& agreement, base::Date today) {
  for (auto batch : batches) {
    const auto before = batch.own_use_gpus;
    DURE_TRY(supply::tie_to_agreement(batch, agreement));
    if (batch.own_use_gpus == before) continue;
    DURE_TRY(check_still_fits(work, batch, today));
    DURE_TRY(work.save(work.tx.capacity_batches(), batch));
    DURE_TRY(tell_supply(work, batch, "capacity-batches", "capacity_batch.own_use_changed", "renew_own_use",
                         "{\"gpus\":" + std::to_string(batch.own_use_gpus) + "}"));
  }
  return {};
}

base::Status follow(Work& work, const SupplyAgreement& agreement, AgreementEvent event, base::Date today) {
  DURE_LET(batches,
           load_all(work.tx.capacity_batches(), ports::Query{}.where("supply_agreement_id", agreement.id)));
  if (event == AgreementEvent::kExpire || event == AgreementEvent::kTerminate)
    return check_no_batch_serves(batches);
  return renew_own_use(work, batches, agreement, today);
}

std::string agreement_detail(const SupplyAgreement& agreement, const model::MoveAgreement& command) {
  return "{\"event\":\"" + std::string(model::to_text(command.event)) + "\",\"state\":\"" +
         std::string(model::to_text(agreement.state)) +
         "\",\"own_use_bp\":" + std::to_string(agreement.own_use_bp) + "}";
}

}  // namespace

base::Result<SupplyAgreement> draft_agreement(Work& work, const model::DraftAgreement& command) {
  DURE_LET(proposal, work.tx.supplier_proposals().find(command.supplier_proposal_id));
  if (!proposal) return access::not_found();
  DURE_LET(pack, supply_pack_for(work, proposal->programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts({{"/title", command.title}}));
  DURE_LET(known, work.tx.supply_agreements().first(
                      ports::Query{}
                          .where("supplier_proposal_id", proposal->id)
                          .where("state", AgreementState::kTerminated, ports::Compare::kNotEqual)
                          .at_most(1)));
  if (known) return conflict(base::Reason("supply.agreement_known").with("id", known->id.text));
  DURE_LET(draft, supply::draft_agreement(*proposal, command, pack->supply));
  work.stamp(draft);
  DURE_TRY(work.tx.supply_agreements().insert(draft));
  DURE_TRY(tell_supply(work, draft, kAgreements, "supply_agreement.drafted", "draft"));
  return draft;
}

base::Result<SupplyAgreement> move_agreement(Work& work, const model::SupplyAgreementId& id,
                                             const model::MoveAgreement& command) {
  DURE_LET(agreement, load_supply_row(work, work.tx.supply_agreements(), id));
  if (happened(agreement.state, command.event)) return agreement;
  DURE_LET(pack, supply_pack_for(work, agreement.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  const auto today = calendar::local_date(work.now, policy::zone_of(*pack));
  DURE_LET(moved,
           supply::move_agreement(agreement, command, pack->supply, today, policy::business_days_of(*pack)));
  DURE_TRY(follow(work, moved, command.event, today));
  DURE_TRY(work.save(work.tx.supply_agreements(), moved));
  DURE_TRY(tell_supply(work, moved, kAgreements, "supply_agreement.moved", "move",
                       agreement_detail(moved, command)));
  return moved;
}

}  // namespace dure::commands
