#include "supply/batch.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/quantity.h"
#include "calendar/period.h"
#include "supply/refusals.h"
#include "supply/states.h"

namespace dure::supply {
namespace {

using base::Date;
using model::BatchStage;
using model::BatchState;
using model::CapacityBatch;
using model::StageEntry;

std::string stage_text(BatchStage stage) {
  return std::string(model::to_text(stage));
}

StageEntry* find_stage(CapacityBatch& batch, BatchStage stage, std::int64_t wave = 0) {
  for (auto& each : batch.stages)
    if (each.stage == stage && each.wave == wave) return &each;
  return nullptr;
}

std::optional<Date> actual_of(const CapacityBatch& batch, BatchStage stage) {
  for (const auto& each : batch.stages)
    if (each.stage == stage && each.actual_on) return each.actual_on;
  return std::nullopt;
}

std::int64_t last_wave(const CapacityBatch& batch) {
  std::int64_t last = 0;
  for (const auto& each : batch.stages) last = std::max(last, each.wave);
  return last;
}

// Keeps the entries in the order of the stages, and waves by number.
StageEntry& insert_stage(CapacityBatch& batch, StageEntry entry) {
  const auto at = std::find_if(batch.stages.begin(), batch.stages.end(), [&](const StageEntry& each) {
    return std::pair(entry.stage, entry.wave) < std::pair(each.stage, each.wave);
  });
  return *batch.stages.insert(at, std::move(entry));
}

base::Status check_units(const CapacityBatch& batch) {
  std::int64_t units = 0;
  for (const auto& each : batch.stages) units += each.quantity;
  if (units <= batch.quantity) return {};
  return refused("/quantity",
                 base::Reason("supply.too_many_units").with("asked", units).with("most", batch.quantity));
}

// A wave that is planned may come with more or fewer units than were planned; one that came keeps its own.
base::Status take_quantity(const CapacityBatch& batch, StageEntry& wave, std::int64_t quantity) {
  if (quantity == 0 || quantity == wave.quantity) return {};
  if (wave.actual_on)
    return conflict(base::Reason("supply.stage_recorded")
                        .with("stage", stage_text(wave.stage))
                        .with("on", base::to_text(*wave.actual_on)));
  wave.quantity = quantity;
  return check_units(batch);
}

// The entry that the command is about; a new one where there is none.
base::Result<StageEntry*> entry_for(CapacityBatch& batch, const model::RecordStage& command) {
  const bool users = command.stage == BatchStage::kUsers;
  if (!users && (command.wave != 0 || command.quantity != 0))
    return refused("/stage", base::Reason("supply.wrong_stage").with("stage", stage_text(command.stage)));
  if (auto* found = users && command.wave == 0 ? nullptr : find_stage(batch, command.stage, command.wave)) {
    DURE_TRY(take_quantity(batch, *found, command.quantity));
    return found;
  }
  if (!users) {
    return &insert_stage(batch, {command.stage, 0, 0, {}, {}, ""});
  }
  const std::int64_t wave = last_wave(batch) + 1;
  if (command.wave != 0 && command.wave != wave)
    return refused("/wave", base::Reason("supply.no_such_wave").with("wave", command.wave));
  if (command.quantity < 1)
    return refused("/quantity", base::Reason("supply.wrong_stage").with("stage", stage_text(command.stage)));
  auto& made = insert_stage(batch, {BatchStage::kUsers, wave, command.quantity, {}, {}, ""});
  DURE_TRY(check_units(batch));
  return &made;
}

// What must have come before, and on which day at the latest.
std::vector<BatchStage> needed_before(BatchStage stage) {
  switch (stage) {
    case BatchStage::kDelivery:
      return {BatchStage::kPower, BatchStage::kNetwork, BatchStage::kOrder};
    case BatchStage::kAcceptance:
      return {BatchStage::kDelivery};
    case BatchStage::kStabilisation:
      return {BatchStage::kAcceptance};
    case BatchStage::kUsers:
      return {BatchStage::kStabilisation};
    case BatchStage::kDrain:
      return {BatchStage::kUsers};
    case BatchStage::kRetirement:
      return {BatchStage::kDrain};
    case BatchStage::kPower:
    case BatchStage::kNetwork:
    case BatchStage::kOrder:
      return {};
  }
  return {};
}

base::Status check_before(const CapacityBatch& batch, BatchStage stage, Date on) {
  for (const auto needed : needed_before(stage)) {
    const auto before = actual_of(batch, needed);
    const bool facility = needed == BatchStage::kPower || needed == BatchStage::kNetwork;
    if (!before && facility)
      return conflict(base::Reason("supply.facility_not_ready").with("stage", stage_text(needed)));
    if (!before && needed == BatchStage::kStabilisation) return conflict(base::Reason("supply.not_stable"));
    if (before && on < *before)
      return refused("/actual_on", base::Reason("supply.before_stage")
                                       .with("stage", stage_text(needed))
                                       .with("on", base::to_text(*before)));
  }
  return {};
}

// An order, and users, need an agreement in force.
base::Status check_in_force(const model::SupplyAgreement* agreement) {
  if (agreement != nullptr && agreement->state == model::AgreementState::kInForce) return {};
  return conflict(base::Reason("supply.agreement_not_in_force"));
}

// It is available until the agreement under which it was ordered ends, and until the day before its
// retirement, whichever comes first. The retirement is the one that is planned now, or that came: it may have
// been postponed.
void set_end(CapacityBatch& batch, const model::SupplyAgreement* agreement) {
  const bool ordered = batch.state != BatchState::kPlanned;
  batch.available_until = ordered && agreement != nullptr ? agreement->ends_on : std::nullopt;
  const auto* retirement = find_stage(batch, BatchStage::kRetirement);
  const auto on = retirement == nullptr   ? std::nullopt
                  : retirement->actual_on ? retirement->actual_on
                                          : retirement->planned_on;
  if (!on) return;
  const Date last = calendar::day_before(*on);
  batch.available_until = batch.available_until ? std::min(*batch.available_until, last) : last;
}

base::Status plan_stage(CapacityBatch& batch, StageEntry& entry, const model::RecordStage& command,
                        const model::SupplyAgreement* agreement) {
  if (entry.actual_on)
    return conflict(base::Reason("supply.stage_recorded")
                        .with("stage", stage_text(entry.stage))
                        .with("on", base::to_text(*entry.actual_on)));
  DURE_TRY(calendar::check_plannable(*command.planned_on));
  entry.planned_on = command.planned_on;
  if (entry.stage == BatchStage::kRetirement) set_end(batch, agreement);
  return {};
}

base::Status reach_stage(CapacityBatch& batch, StageEntry& entry, Date on,
                         const model::SupplyAgreement* agreement, Date today) {
  if (today < on)
    return refused("/actual_on", base::Reason("supply.in_the_future").with("today", base::to_text(today)));
  if (entry.actual_on && *entry.actual_on != on)
    return conflict(base::Reason("supply.stage_recorded")
                        .with("stage", stage_text(entry.stage))
                        .with("on", base::to_text(*entry.actual_on)));
  if (entry.actual_on) return {};
  DURE_LET(state, next(batch.state, entry.stage));
  DURE_TRY(check_before(batch, entry.stage, on));
  if (entry.stage == BatchStage::kOrder || entry.stage == BatchStage::kUsers)
    DURE_TRY(check_in_force(agreement));
  if (entry.stage == BatchStage::kDrain) {
    const auto* retirement = find_stage(batch, BatchStage::kRetirement);
    if (retirement == nullptr || !retirement->planned_on)
      return conflict(base::Reason("supply.retirement_not_planned"));
  }
  entry.actual_on = on;
  batch.state = state;
  if (entry.stage == BatchStage::kOrder) batch.conditional = false;
  if (entry.stage == BatchStage::kOrder || entry.stage == BatchStage::kRetirement) set_end(batch, agreement);
  return {};
}

}  // namespace

std::int64_t gpus_in_service(const CapacityBatch& batch, Date on) {
  if (batch.available_until && *batch.available_until < on) return 0;
  std::int64_t units = 0;
  for (const auto& each : batch.stages)
    if (each.stage == BatchStage::kUsers && each.actual_on && *each.actual_on <= on) units += each.quantity;
  return units * batch.gpus_per_unit;
}

std::int64_t own_use_of(const CapacityBatch& batch, std::int64_t gpus) {
  return batch.gpus() == 0 ? 0 : base::multiply_divide(gpus, batch.own_use_gpus, batch.gpus());
}

std::int64_t gpus_for_users(const CapacityBatch& batch, Date on) {
  const std::int64_t gpus = gpus_in_service(batch, on);
  return gpus - own_use_of(batch, gpus);
}

base::Result<CapacityBatch> plan_batch(const model::PlanBatch& wish, const model::SupplyAgreement* agreement,
                                       const policy::Supply& rules) {
  CapacityBatch batch;
  batch.programme_id = wish.programme_id;
  batch.serves_programme_id = wish.serves_programme_id.value_or(wish.programme_id);
  batch.name = wish.name;
  batch.pool = wish.pool;
  batch.model = wish.item.model;
  batch.unit = wish.item.unit;
  batch.quantity = wish.item.quantity;
  batch.gpus_per_unit = wish.item.gpus_per_unit;
  batch.site = wish.site;
  batch.conditional = wish.conditional || agreement == nullptr;
  batch.node_ids = wish.node_ids;
  if (agreement == nullptr && !rules.conditional_capacity)
    return refused("/supply_agreement_id", base::Reason("supply.supplier_missing"));
  if (agreement != nullptr) DURE_TRY(tie_to_agreement(batch, *agreement));
  for (const auto& each : wish.stages) {
    if (each.actual_on || !each.planned_on)
      return refused("/stages", base::Reason("supply.wrong_stage").with("stage", stage_text(each.stage)));
    const model::RecordStage plan{each.stage, each.wave, each.quantity, each.planned_on, {}, each.note};
    DURE_LET(planned, record_stage(batch, plan, agreement, *each.planned_on));
    batch = planned;
  }
  return batch;
}

base::Status tie_to_agreement(CapacityBatch& batch, const model::SupplyAgreement& agreement) {
  if (agreement.state == model::AgreementState::kExpired ||
      agreement.state == model::AgreementState::kTerminated)
    return conflict(
        base::Reason("supply.agreement_over").with("state", std::string(model::to_text(agreement.state))));
  batch.supply_agreement_id = agreement.id;
  batch.own_use_gpus = base::multiply_divide(batch.gpus(), agreement.own_use_bp, model::kWhole);
  return {};
}

base::Result<CapacityBatch> record_stage(CapacityBatch batch, const model::RecordStage& command,
                                         const model::SupplyAgreement* agreement, Date today) {
  if (command.planned_on.has_value() == command.actual_on.has_value())
    return refused("", base::Reason("supply.one_date"));
  DURE_LET(entry, entry_for(batch, command));
  DURE_TRY(command.planned_on ? plan_stage(batch, *entry, command, agreement)
                              : reach_stage(batch, *entry, *command.actual_on, agreement, today));
  if (!command.note.empty()) entry->note = command.note;
  return batch;
}

base::Status promise(CapacityBatch& batch, const model::PromiseCapacity& command,
                     const policy::Supply& rules) {
  const std::string state(model::to_text(batch.state));
  std::int64_t former = 0;
  for (const auto& each : batch.promises)
    if (each.call_id == command.call_id) former = each.gpus;
  const bool rising = command.gpus > former;  // to promise less is never in the way of anything
  if (rising && (batch.state == BatchState::kDraining || batch.state == BatchState::kRetired))
    return conflict(base::Reason("supply.no_more_promises").with("state", state));
  if (rising && batch.state != BatchState::kInService && !rules.conditional_capacity)
    return conflict(base::Reason("supply.not_conditional").with("state", state));
  std::int64_t left = batch.gpus() - batch.own_use_gpus;
  for (const auto& each : batch.promises)
    if (each.call_id != command.call_id) left -= each.gpus;
  if (rising && command.gpus > left)
    return conflict(base::Reason("supply.promised_too_much").with("asked", command.gpus).with("left", left));
  std::erase_if(batch.promises, [&](const auto& each) { return each.call_id == command.call_id; });
  if (command.gpus > 0) batch.promises.push_back({command.call_id, command.gpus});
  return {};
}

base::Status check_within_agreement(const model::SupplyAgreement& agreement,
                                    const std::vector<CapacityBatch>& others, const CapacityBatch& batch) {
  std::int64_t agreed = 0, planned = batch.gpus();
  for (const auto& item : agreement.items)
    if (item.model == batch.model) agreed += item.gpus();
  for (const auto& each : others)
    if (each.id != batch.id && each.model == batch.model) planned += each.gpus();
  if (planned <= agreed) return {};
  return conflict(base::Reason("supply.more_than_agreed")
                      .with("model", batch.model)
                      .with("agreed", agreed)
                      .with("planned", planned));
}

}  // namespace dure::supply
