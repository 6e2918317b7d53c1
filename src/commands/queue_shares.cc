#include "commands/queue_shares.h"

#include <map>
#include <string>

#include "commands/queue_scene.h"
#include "commands/quotas.h"
#include "commands/rows.h"
#include "queue/share_table.h"

namespace dure::commands {
namespace {

base::Status may_read(Work& work) {
  return work.require(access::Permission::kQuotaRead, {.kind = access::ResourceKind::kQuota});
}

model::HeldAmount shown(const queue::Amount& amount) {
  return {amount.runs, amount.gpu.value / 10, amount.card_memory, amount.cpu_milli, amount.memory};
}

// By the id of each account, project and organisation.
std::map<std::string, queue::Amount> held_by(const Scene& scene) {
  std::map<std::string, queue::Amount> held;
  for (const auto& run : scene.running)
    for (const auto& id : {run.account_id.text, run.project_id.text, run.organisation_id.text})
      held[id] = held[id] + run.amount;
  return held;
}

model::QuotaScope scope_of(queue::OwnerKind kind) {
  switch (kind) {
    case queue::OwnerKind::kOrganisation:
      return model::QuotaScope::kOrganisation;
    case queue::OwnerKind::kProject:
      return model::QuotaScope::kProject;
    case queue::OwnerKind::kAccount:
      break;
  }
  return model::QuotaScope::kAccount;
}

model::WeightSource weight_source(const Scene& scene, const queue::OwnerShare& owner) {
  const auto quota = scene.quotas.find(owner.id);
  if (quota != scene.quotas.end() && quota->second.weight) return model::WeightSource::kQuota;
  const auto& shares = scene.rules.shares;
  const bool by_blocks =
      (owner.kind == queue::OwnerKind::kProject && shares.weights.contains(model::ProjectId(owner.id))) ||
      (owner.kind == queue::OwnerKind::kOrganisation &&
       shares.organisation_weights.contains(model::OrganisationId(owner.id)));
  return by_blocks ? model::WeightSource::kBlocks : model::WeightSource::kNone;
}

}  // namespace

base::Result<std::vector<model::QuotaUse>> list_quota_use(Work& work) {
  DURE_TRY(may_read(work));
  DURE_LET(quotas, load_all(work.tx.quotas(), {}));
  DURE_LET(scene, load_scene(work));
  const auto held = held_by(scene);
  std::vector<model::QuotaUse> uses;
  for (const auto& quota : quotas) {
    DURE_LET(name, subject_name(work, quota.scope, quota.id.text));
    const auto found = held.find(quota.id.text);
    uses.push_back({quota, name.value_or(""), in_force(quota, work.now),
                    shown(found == held.end() ? queue::Amount{} : found->second)});
  }
  return uses;
}

base::Result<model::ShareTable> read_shares(Work& work) {
  DURE_TRY(may_read(work));
  DURE_LET(scene, load_scene(work));
  model::ShareTable table{scene.rules.fair_share, scene.rules.shares.half_life, {}};
  for (const auto& owner :
       queue::share_table(scene.entries, scene.running, scene.limits, scene.rules, work.now)) {
    const auto scope = scope_of(owner.kind);
    DURE_LET(name, subject_name(work, scope, owner.id));
    table.owners.push_back({scope, owner.id, owner.parent_id, name.value_or(""), owner.weight,
                            weight_source(scene, owner), owner.due_ppm, owner.had_ppm, owner.milli_gpu_s,
                            owner.held.gpu.value / 10, owner.waiting, owner.turn});
  }
  return table;
}

}  // namespace dure::commands
