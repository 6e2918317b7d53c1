#include "commands/allocation_actions.h"

#include <algorithm>

#include "commands/allocation_measures.h"
#include "commands/command_texts.h"
#include "commands/group_bindings.h"
#include "commands/outages.h"
#include "commands/project_resources.h"
#include "commands/rankings.h"
#include "commands/row_work.h"
#include "programme/allocation_action.h"
#include "programme/allocation_action_states.h"
#include "programme/award.h"
#include "programme/from_policy.h"

namespace dure::commands {
namespace {

using model::AllocationAction;
using model::AllocationActionKind;
using model::AllocationActionState;
using programme::AllocationActionEvent;

constexpr std::int64_t kBlocksPerCard = 100;

base::Status check_action_words(const std::string& pointer, const std::string& text, const char* code) {
  if (!text.empty()) return {};
  return refused(pointer, base::Reason(code));
}

base::Result<programme::ActionRules> action_rules(Work& work, const model::Allocation& allocation,
                                                  const policy::Pack& pack) {
  DURE_LET(programme, work.tx.programmes().get(allocation.programme_id));
  programme::ActionRules rules;
  rules.pool = programme::decision_limits(pack, allocation.pool).pool;
  rules.ceiling = pack.offer.ceiling;
  rules.award = pack.award;
  rules.use_until = pack.award.use_until;
  if (programme.ends_on && (!rules.use_until || *programme.ends_on < *rules.use_until))
    rules.use_until = programme.ends_on;
  return rules;
}

// Blocks of the healthy cards of the model on the pool's nodes to which the project's runs may come.
base::Result<std::int64_t> blocks_of_cards(Work& work, const model::Allocation& allocation) {
  DURE_LET(nodes, load_all(work.tx.nodes(), ports::Query{}.where("pool", allocation.pool)));
  DURE_LET(closed, nodes_closed_to(work, allocation.project_id));
  std::int64_t cards = 0;
  for (const auto& node : nodes) {
    if (closed.contains(node.id)) continue;
    const auto& model = allocation.limit.model;
    const auto healthy = [&] {
      return ports::Query{}.where("node_id", node.id).where("health", model::CardHealth::kHealthy);
    };
    DURE_LET(count, work.tx.cards().count(model.empty() ? healthy() : healthy().where("model", model)));
    cards += count;
  }
  return cards * kBlocksPerCard;
}

// What else is given of the pool by any programme, of the same model or of none.
base::Result<std::vector<model::Allocation>> others_in_pool(Work& work, const model::Allocation& allocation) {
  DURE_LET(found, load_all(work.tx.allocations(), ports::Query{}.where("pool", allocation.pool)));
  std::erase_if(found, [&](const auto& each) {
    return each.id == allocation.id || (!each.limit.model.empty() && !allocation.limit.model.empty() &&
                                        each.limit.model != allocation.limit.model);
  });
  return std::move(found);
}

// A programme that knows no supply has the cards that are there.
base::Status check_pool_slack(Work& work, const model::Allocation& former, const AllocationAction& action,
                              const policy::Pack& pack) {
  if (action.kind == AllocationActionKind::kReduction) return {};
  DURE_TRY(
      check_project_resource(work, former.project_id, former.id, {former.pool, former.limit.model}, pack));
  const auto changed = programme::acted(former, action);
  DURE_TRY(check_change_fits(work, changed, former, pack));
  DURE_LET(known, knows_supply(work, former.programme_id, pack));
  if (known) return {};
  DURE_LET(cards, blocks_of_cards(work, changed));
  DURE_LET(others, others_in_pool(work, changed));
  const auto free = programme::slack_blocks(changed, cards, others, action.starts_on);
  if (changed.limit.blocks <= free) return {};
  return conflict(base::Reason("allocation_action.no_slack")
                      .with("asked", changed.limit.blocks)
                      .with("free", std::max<std::int64_t>(0, free)));
}

std::string action_detail(const AllocationAction& action) {
  return "{\"kind\":\"" + std::string(model::to_text(action.kind)) + "\",\"state\":\"" +
         std::string(model::to_text(action.state)) + "\",\"blocks\":" + std::to_string(action.blocks) +
         ",\"ends_on\":" +
         (action.ends_on ? "\"" + base::to_text(*action.ends_on) + "\"" : std::string("null")) +
         ",\"starts_on\":\"" + base::to_text(action.starts_on) + "\"}";
}

base::Status move_action(Work& work, AllocationAction& action, AllocationActionEvent event,
                         const std::string& name) {
  DURE_LET(state, programme::next(action.state, event));
  action.state = state;
  DURE_TRY(work.save(work.tx.allocation_actions(), action));
  return tell(work, action, "allocation-actions", "allocation_action." + name,
              std::string(model::to_text(event)), action_detail(action), action.ground);
}

base::Status extend_allocation(Work& work, const model::Allocation& former, const AllocationAction& action,
                               const policy::Pack& pack) {
  auto changed = programme::acted(former, action);
  DURE_TRY(work.save(work.tx.allocations(), changed));
  DURE_LET(kept, keep_dates_of(work, changed.id));
  DURE_TRY(check_change_fits(work, kept, former, pack));
  return tell(work, kept, "allocations", "allocation.changed", "extend", action_detail(action));
}

base::Status carry_out_action(Work& work, AllocationAction& action, const policy::Pack& pack) {
  DURE_LET(former, work.tx.allocations().get(action.allocation_id));
  action.blocks_before = former.limit.blocks;
  action.ends_on_before = former.agreed_ends_on;
  if (action.kind == AllocationActionKind::kExtension) {
    DURE_TRY(extend_allocation(work, former, action, pack));
  } else {
    const bool more = action.kind == AllocationActionKind::kSupplement;
    const auto blocks = former.limit.blocks + (more ? action.blocks : -action.blocks);
    const auto changed =
        change_use(work, former.id, more ? model::UseMeasure::kIncrease : model::UseMeasure::kReduce, blocks,
                   pack, action.reason);
    if (!changed) return changed.failure();
  }
  DURE_LET(after, work.tx.allocations().get(action.allocation_id));
  action.blocks_after = after.limit.blocks;
  action.applied_at = work.now;
  return move_action(work, action, AllocationActionEvent::kApply, "applied");
}

// What the pack and the pool say of it today. Its first day may have come since it was asked for.
base::Status check_action_now(Work& work, AllocationAction action, const policy::Pack& pack) {
  DURE_LET(allocation, work.tx.allocations().get(action.allocation_id));
  const auto today = today_of(work, pack);
  action.starts_on = std::max(action.starts_on, today);
  DURE_LET(rules, action_rules(work, allocation, pack));
  DURE_TRY(programme::check_action(allocation, action, rules, today));
  return check_pool_slack(work, allocation, action, pack);
}

base::Status reject_action(Work& work, AllocationAction& action, const std::string& ground) {
  action.ground = ground;
  action.decided_by = work.caller.subject.actor;
  action.decided_at = work.now;
  return move_action(work, action, AllocationActionEvent::kReject, "rejected");
}

bool action_decided_so(const AllocationAction& action, bool approve) {
  return approve ? action.state == AllocationActionState::kApproved ||
                       action.state == AllocationActionState::kApplied
                 : action.state == AllocationActionState::kRejected;
}

base::Result<std::vector<model::AllocationActionId>> due_actions(Work& work) {
  std::vector<model::AllocationActionId> due;
  DURE_LET(approved, load_all(work.tx.allocation_actions(),
                              ports::Query{}.where("state", AllocationActionState::kApproved)));
  due.reserve(approved.size());
  for (const auto& action : approved) {
    const auto pack = work.world.policies.of_programme(work.tx, action.programme_id);
    if (pack && action.starts_on <= today_of(work, **pack)) due.push_back(action.id);
  }
  return due;
}

// The rules that let it be approved are asked again on its day.
base::Result<bool> apply_due_action(Work& work, const model::AllocationActionId& id) {
  DURE_LET(action, work.tx.allocation_actions().get(id));
  if (action.state != AllocationActionState::kApproved) return false;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, action.programme_id));
  DURE_TRY(check_action_now(work, action, *pack));
  DURE_TRY(carry_out_action(work, action, *pack));
  return true;
}

// An answer of the rules, and no trouble of the store.
bool is_refusal(const base::Reason& cause) {
  return !cause.code.starts_with("store.") && !cause.code.starts_with("lease.");
}

// One of a kind at a time waits for its decision or its day.
base::Status check_none_open(Work& work, const AllocationAction& action) {
  for (const auto state : {AllocationActionState::kRequested, AllocationActionState::kChecked,
                           AllocationActionState::kApproved}) {
    DURE_LET(open, work.tx.allocation_actions().count(ports::Query{}
                                                          .where("allocation_id", action.allocation_id)
                                                          .where("kind", action.kind)
                                                          .where("state", state)));
    if (open != 0)
      return conflict(base::Reason("allocation_action.open")
                          .with("kind", std::string(model::to_text(action.kind)))
                          .with("state", std::string(model::to_text(state))));
  }
  return {};
}

}  // namespace

base::Result<AllocationAction> request_action(Work& work, const model::RequestAllocationAction& command) {
  DURE_LET(allocation, work.tx.allocations().find(command.allocation_id));
  if (!allocation) return access::not_found();
  DURE_TRY(work.require(access::Permission::kAllocationAsk, resource_of(*allocation)));
  DURE_TRY(check_command(command));
  DURE_TRY(check_action_words("/reason", command.reason, "allocation_action.reason_missing"));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, allocation->programme_id));
  const auto today = today_of(work, *pack);
  AllocationAction action;
  work.stamp(action);
  action.programme_id = allocation->programme_id;
  action.project_id = allocation->project_id;
  action.allocation_id = allocation->id;
  action.kind = command.kind;
  action.blocks = command.kind == AllocationActionKind::kExtension ? 0 : command.blocks;
  if (command.kind == AllocationActionKind::kExtension) action.ends_on = command.ends_on;
  action.starts_on = command.starts_on.value_or(std::max(today, allocation->starts_on));
  action.reason = command.reason;
  action.requested_by = work.caller.subject.actor;
  action.policy_hash = pack->hash();
  DURE_LET(rules, action_rules(work, *allocation, *pack));
  DURE_TRY(programme::check_action(*allocation, action, rules, today));
  DURE_TRY(check_none_open(work, action));
  if (const auto slack = check_pool_slack(work, *allocation, action, *pack); !slack) {
    if (slack.failure().kind != base::ErrorKind::kConflict || is_conflict(slack.failure()))
      return slack.failure();
    action.findings.push_back(slack.failure().reason);
  }
  DURE_LET(state, programme::next(action.state, AllocationActionEvent::kCheck));
  action.state = state;
  DURE_TRY(work.tx.allocation_actions().insert(action));
  DURE_TRY(tell(work, action, "allocation-actions", "allocation_action.requested", "request",
                action_detail(action), action.reason));
  return action;
}

base::Result<AllocationAction> decide_action(Work& work, const model::AllocationActionId& id,
                                             const model::DecideAllocationAction& command) {
  DURE_LET(action, load_for(work, work.tx.allocation_actions(), id, access::Permission::kAllocationManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_action_words("/ground", command.ground, "allocation_action.ground_missing"));
  if (action_decided_so(action, command.approve)) return action;
  if (!command.approve) {
    DURE_TRY(reject_action(work, action, command.ground));
    return action;
  }
  if (const auto may = programme::next(action.state, AllocationActionEvent::kApprove); !may)
    return may.failure();
  DURE_LET(pack, work.world.policies.to_decide(work.tx, action.programme_id, work.now));
  DURE_TRY(check_action_now(work, action, *pack));
  action.ground = command.ground;
  action.decided_by = work.caller.subject.actor;
  action.decided_at = work.now;
  action.policy_hash = pack->hash();
  DURE_TRY(move_action(work, action, AllocationActionEvent::kApprove, "approved"));
  // A later end holds from its approval on: the allocation may end before the action's own first day.
  const bool at_once = action.kind == AllocationActionKind::kExtension;
  if (at_once || action.starts_on <= today_of(work, *pack)) DURE_TRY(carry_out_action(work, action, *pack));
  return action;
}

base::Result<AllocationAction> withdraw_action(Work& work, const model::AllocationActionId& id) {
  DURE_LET(action, load_for(work, work.tx.allocation_actions(), id, access::Permission::kAllocationAsk));
  if (action.state == AllocationActionState::kWithdrawn) return action;
  DURE_TRY(move_action(work, action, AllocationActionEvent::kWithdraw, "withdrawn"));
  return action;
}

base::Result<KeptDates> keep_actions(World& world, const HeldLease& lease) {
  KeptDates all;
  using Ids = std::vector<model::AllocationActionId>;
  DURE_LET(due, look<Ids>(world, system_caller(lease.role), due_actions));
  DURE_LET(kept, keep_each<AllocationAction>(world, lease, due, apply_due_action));
  all.changed += kept.changed;
  for (auto& [id, cause] : kept.failed) {
    if (!is_refusal(cause)) {
      all.failed.emplace_back(std::move(id), std::move(cause));
      continue;
    }
    // What it began was undone as a whole; it is rejected for that reason, and holds up nobody.
    const auto reject = [&](Work& work, const model::AllocationActionId& each) -> base::Result<bool> {
      DURE_LET(action, work.tx.allocation_actions().get(each));
      if (action.state != AllocationActionState::kApproved) return false;
      DURE_TRY(reject_action(work, action, cause.code));
      return true;
    };
    DURE_LET(rejected, keep_each<AllocationAction>(world, lease, {model::AllocationActionId(id)}, reject));
    all.changed += rejected.changed;
    for (auto& each : rejected.failed) all.failed.push_back(std::move(each));
  }
  return all;
}

}  // namespace dure::commands
