#include "supply/status.h"

#include <algorithm>
#include <tuple>

#include "programme/award.h"
#include "supply/batch.h"

namespace dure::supply {
namespace {

using model::BatchState;
using model::SupplyRow;

void add(SupplyRow& sum, const SupplyRow& row) {
  for (const auto member : {&SupplyRow::target, &SupplyRow::agreed, &SupplyRow::planned, &SupplyRow::ordered,
                            &SupplyRow::delivered, &SupplyRow::accepted, &SupplyRow::in_service,
                            &SupplyRow::own_use, &SupplyRow::for_users, &SupplyRow::promised,
                            &SupplyRow::reserved, &SupplyRow::allocated_blocks, &SupplyRow::seen})
    sum.*member += row.*member;
}

// A batch has reached a state when it is in it or went further; one that is retired counts as it was.
SupplyRow row_of(const model::CapacityBatch& batch, base::Date on,
                 const std::map<std::string, std::int64_t>& cards) {
  const auto reached = [&](BatchState state) { return batch.state >= state ? batch.gpus() : 0; };
  SupplyRow row;
  row.model = batch.model;
  row.planned = batch.gpus();
  row.ordered = reached(BatchState::kOrdered);
  row.delivered = reached(BatchState::kDelivered);
  row.accepted = reached(BatchState::kAccepted);
  row.in_service = gpus_in_service(batch, on);
  row.own_use = own_use_of(batch, row.in_service);
  row.for_users = row.in_service - row.own_use;
  for (const auto& each : batch.promises) row.promised += each.gpus;
  for (const auto& node : batch.node_ids) {
    const auto found = cards.find(node);
    if (found != cards.end()) row.seen += found->second;
  }
  return row;
}

bool agreed(const model::SupplyAgreement& agreement) {
  return agreement.state == model::AgreementState::kSigned ||
         agreement.state == model::AgreementState::kInForce;
}

using Rows = std::map<std::string, SupplyRow>;

// What is claimed without a model stands in a row of its own, "*".
SupplyRow& row_for(Rows& rows, const std::string& model) {
  auto& row = rows[model.empty() ? "*" : model];
  row.model = model.empty() ? "*" : model;
  return row;
}

void add_claims(Rows& rows, const SupplyFacts& facts, base::Date on) {
  for (const auto& each : facts.reservations)
    if (each.state == model::BeneficiaryState::kInForce && each.starts_on <= on && on <= each.ends_on)
      row_for(rows, each.model).reserved += each.gpus;
  for (const auto& each : facts.allocations) {
    if (!programme::over(each.state) && each.starts_on <= on && on <= each.ends_on)
      row_for(rows, each.limit.model).allocated_blocks += each.limit.blocks;
  }
}

}  // namespace

const model::SupplyTarget* target_in_force(const std::vector<model::SupplyTarget>& targets, std::int64_t year,
                                           const std::string& model) {
  const model::SupplyTarget* found = nullptr;
  const auto age = [](const model::SupplyTarget& each) {
    return std::tuple(each.decided_on, each.created_at, each.id.text);
  };
  for (const auto& each : targets)
    if (each.year == year && each.model == model && (found == nullptr || age(*found) < age(each)))
      found = &each;
  return found;
}

model::SupplyStatus supply_status(const SupplyFacts& facts, const policy::Supply& rules, std::int64_t year,
                                  base::Date on) {
  model::SupplyStatus status;
  status.year = year;
  status.on = on;
  Rows rows;
  for (const auto& each : facts.targets)
    if (each.year == year && !each.model.empty())
      row_for(rows, each.model).target = target_in_force(facts.targets, year, each.model)->gpus;
  for (const auto& agreement : facts.agreements)
    for (const auto& item : agreement.items)
      if (agreed(agreement)) row_for(rows, item.model).agreed += item.gpus();
  for (const auto& batch : facts.batches) {
    const auto row = row_of(batch, on, facts.cards_by_node);
    add(row_for(rows, batch.model), row);
    status.batches.push_back({batch.id.text, batch.name, batch.state, row});
  }
  add_claims(rows, facts, on);
  for (auto& [model, row] : rows) {
    add(status.total, row);
    status.models.push_back(row);
  }
  if (const auto* whole = target_in_force(facts.targets, year, "")) {
    status.target = *whole;
    status.total.target = whole->gpus;
  } else if (status.total.target == 0 && (!rules.target_by || rules.target_by->year == year)) {
    status.total.target = rules.target_gpus;
  }
  return status;
}

}  // namespace dure::supply
