#include "commands/batches.h"

#include <algorithm>
#include <optional>

#include "calendar/zone.h"
#include "commands/capacity.h"
#include "commands/reads.h"
#include "commands/supply_work.h"
#include "supply/batch.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace supply_side;  // NOLINT: what these commands have in common
using model::CapacityBatch;
using model::SupplyAgreement;

constexpr const char* kBatches = "capacity-batches";

// The pool of the programme that the batch is for.
base::Status check_batch_pool(Work& work, const CapacityBatch& batch) {
  DURE_TRY(work.require(access::Permission::kSupplyManage, supply_resource(batch.serves_programme_id)));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, batch.serves_programme_id));
  for (const auto& pool : pack->offer.pools) {
    if (pool.id != batch.pool) continue;
    const auto& models = pool.models;
    if (models.empty() || std::find(models.begin(), models.end(), batch.model) != models.end()) return {};
    return refused(
        "/item/model",
        base::Reason("supply.model_not_in_pool").with("pool", batch.pool).with("model", batch.model));
  }
  return refused("/pool", base::Reason("supply.no_such_pool").with("pool", batch.pool));
}

// A node carries one batch.
base::Status check_nodes(Work& work, const CapacityBatch& batch) {
  if (batch.node_ids.empty()) return {};
  for (const auto& node : batch.node_ids) {
    DURE_LET(found, work.tx.nodes().find(model::NodeId(node)));
    if (!found) return refused("/node_ids", base::Reason("supply.no_such_node").with("node", node));
  }
  DURE_LET(others, load_all(work.tx.capacity_batches(), ports::Query{}));
  for (const auto& other : others)
    for (const auto& node : batch.node_ids)
      if (other.id != batch.id && other.state != model::BatchState::kRetired &&
          std::find(other.node_ids.begin(), other.node_ids.end(), node) != other.node_ids.end())
        return conflict(base::Reason("supply.node_taken").with("node", node));
  return {};
}

base::Result<std::optional<SupplyAgreement>> agreement_named(
    Work& work, const std::optional<model::SupplyAgreementId>& id, const model::ProgrammeId& programme) {
  if (!id) return std::optional<SupplyAgreement>();
  DURE_LET(found, named_supply_row(work.tx.supply_agreements(), *id, programme, "/supply_agreement_id"));
  return std::optional(found);
}

base::Status check_agreed(Work& work, const SupplyAgreement& agreement, const CapacityBatch& batch) {
  DURE_LET(others,
           load_all(work.tx.capacity_batches(), ports::Query{}.where("supply_agreement_id", agreement.id)));
  return supply::check_within_agreement(agreement, others, batch);
}

base::Result<base::Date> supply_today(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(pack, supply_pack_for(work, programme, access::Permission::kSupplyManage));
  return calendar::local_date(work.now, policy::zone_of(*pack));
}

bool unchanged(const CapacityBatch& before, const CapacityBatch& after) {
  return wire::json_text(before) == wire::json_text(after);
}

base::Result<CapacityBatch> keep_batch(Work& work, const CapacityBatch& before, CapacityBatch after,
                                       const std::string& event, const std::string& action,
                                       const std::string& detail) {
  if (unchanged(before, after)) return before;
  DURE_TRY(work.save(work.tx.capacity_batches(), after));
  DURE_TRY(tell_supply(work, after, kBatches, event, action, detail));
  return after;
}

std::string stage_detail(const model::RecordStage& command, const CapacityBatch& batch) {
  return "{\"stage\":\"" + std::string(model::to_text(command.stage)) + "\",\"state\":\"" +
         std::string(model::to_text(batch.state)) + "\",\"" + (command.actual_on ? "actual" : "planned") +
         "_on\":\"" + base::to_text(command.actual_on ? *command.actual_on : *command.planned_on) + "\"}";
}

}  // namespace

base::Result<CapacityBatch> plan_batch(Work& work, const model::PlanBatch& command) {
  DURE_LET(pack, supply_pack_for(work, command.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_supply_texts(
      {{"/name", command.name}, {"/pool", command.pool}, {"/item/model", command.item.model}}));
  DURE_LET(agreement, agreement_named(work, command.supply_agreement_id, command.programme_id));
  DURE_LET(batch, supply::plan_batch(command, agreement ? &*agreement : nullptr, pack->supply));
  work.stamp(batch);
  DURE_TRY(check_batch_pool(work, batch));
  DURE_TRY(check_nodes(work, batch));
  if (agreement) DURE_TRY(check_agreed(work, *agreement, batch));
  DURE_TRY(work.tx.capacity_batches().insert(batch));
  DURE_TRY(tell_supply(work, batch, kBatches, "capacity_batch.planned", "plan"));
  return batch;
}

base::Result<CapacityBatch> record_stage(Work& work, const model::CapacityBatchId& id,
                                         const model::RecordStage& command) {
  DURE_LET(batch, load_supply_row(work, work.tx.capacity_batches(), id));
  DURE_LET(today, supply_today(work, batch.programme_id));
  DURE_TRY(check_command(command));
  DURE_LET(agreement, agreement_named(work, batch.supply_agreement_id, batch.programme_id));
  DURE_LET(after, supply::record_stage(batch, command, agreement ? &*agreement : nullptr, today));
  if (batch.state == model::BatchState::kInService || batch.state == model::BatchState::kDraining)
    DURE_TRY(check_still_fits(work, after, today));
  const bool moved = after.state != batch.state;
  return keep_batch(
      work, batch, after,
      moved ? "capacity_batch." + std::string(model::to_text(after.state)) : "capacity_batch.stage",
      "record_stage", stage_detail(command, after));
}

base::Result<CapacityBatch> tie_batch(Work& work, const model::CapacityBatchId& id,
                                      const model::TieBatch& command) {
  DURE_LET(before, load_supply_row(work, work.tx.capacity_batches(), id));
  DURE_LET(today, supply_today(work, before.programme_id));
  auto batch = before;
  if (command.node_ids) batch.node_ids = *command.node_ids;
  DURE_TRY(check_nodes(work, batch));
  const bool another =
      command.supply_agreement_id && command.supply_agreement_id != before.supply_agreement_id;
  if (another && before.supply_agreement_id)
    return conflict(base::Reason("supply.tied_already").with("id", before.supply_agreement_id->text));
  if (another) {
    DURE_LET(agreement, agreement_named(work, command.supply_agreement_id, before.programme_id));
    DURE_TRY(supply::tie_to_agreement(batch, *agreement));
    DURE_TRY(check_agreed(work, *agreement, batch));
    DURE_TRY(check_still_fits(work, batch, today));
  }
  return keep_batch(work, before, batch, "capacity_batch.tied", "tie", "{}");
}

base::Result<CapacityBatch> promise_capacity(Work& work, const model::CapacityBatchId& id,
                                             const model::PromiseCapacity& command) {
  DURE_LET(before, load_supply_row(work, work.tx.capacity_batches(), id));
  DURE_LET(pack, supply_pack_for(work, before.programme_id, access::Permission::kSupplyManage));
  DURE_TRY(check_command(command));
  DURE_LET(call, named_supply_row(work.tx.calls(), command.call_id, before.serves_programme_id, "/call_id"));
  auto batch = before;
  DURE_TRY(supply::promise(batch, command, pack->supply));
  return keep_batch(work, before, batch, "capacity_batch.promised", "promise",
                    "{\"call\":\"" + call.id.text + "\",\"gpus\":" + std::to_string(command.gpus) + "}");
}

}  // namespace dure::commands
