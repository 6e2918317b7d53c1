// What giving has in common (rankings.h): the decision, the award, and what the supply has for it.
#include <algorithm>
#include <map>

#include "calendar/zone.h"
#include "commands/applications.h"
#include "commands/capacity.h"
#include "commands/decision_inputs.h"
#include "commands/evaluation_work.h"
#include "commands/project_resources.h"
#include "commands/rankings.h"
#include "commands/restrictions.h"
#include "commands/unit_ids.h"
#include "programme/award.h"
#include "programme/from_policy.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common

constexpr std::int64_t kMilliOfBlock = 10;

// What an award will take once it is an allocation.
std::optional<supply::Claim> claim_of(const model::Award& award, const policy::Pack& pack) {
  const auto period =
      programme::plan_period(award.starts_on, award.months, pack.award.max_period, pack.award.use_until);
  if (!period) return std::nullopt;
  return supply::Claim{"awards/" + award.id.text, award.awarded.model,
                       base::MilliGpu::blocks(award.awarded.blocks), period->starts_on, period->ends_on};
}

// Of a waived application nothing of its screening is asked: that is what was decided.
model::Application as_decided(const Grant& grant) {
  auto application = grant.application;
  if (grant.waived) application.screening.clear();
  return application;
}

DecisionInputs inputs_of(Work& work, const Grant& grant, const policy::Pack& pack) {
  const auto today = today_of(work, pack);
  DecisionInputs inputs;
  inputs.application = as_decided(grant);
  inputs.command.verdict = programme::Verdict::kApprove;
  inputs.command.awarded = grant.awarded;
  inputs.command.starts_on = grant.starts_on.value_or(std::max(grant.application.form.starts_on, today));
  inputs.command.months = grant.application.form.months;
  inputs.command.ground = grant.ground;
  inputs.today = today;
  inputs.now = work.now;
  return inputs;
}

model::Decision decision_of(Work& work, const DecisionInputs& inputs,
                            const programme::DecisionOutcome& outcome, const Grant& grant,
                            const policy::Pack& pack) {
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = grant.application.programme_id;
  decision.application_id = grant.application.id;
  decision.kind = "decision";
  decision.subject = application_name(grant.application.id);
  decision.outcome = outcome.outcome;
  decision.decided_by = work.caller.subject.actor;
  decision.policy_hash = pack.hash();
  decision.rules = kDecisionRules;
  decision.inputs = inputs_text(inputs);
  decision.note = grant.ground;
  decision.reasons = outcome.reasons;
  return decision;
}

model::Award award_of(Work& work, const programme::DecisionOutcome& outcome, const Grant& grant,
                      const model::DecisionId& decision) {
  model::Award award;
  work.stamp(award);
  award.programme_id = grant.application.programme_id;
  award.application_id = grant.application.id;
  award.decision_id = decision;
  award.requested = outcome.requested;
  award.recommended = grant.recommended;
  award.awarded = outcome.awarded;
  award.starts_on = outcome.starts_on;
  award.months = outcome.months;
  return award;
}

}  // namespace

base::Result<model::Award> grant_award(Work& work, const Grant& grant, const policy::Pack& pack) {
  const auto inputs = inputs_of(work, grant, pack);
  const auto received_at = grant.application.submitted_at.value_or(grant.application.created_at);
  DURE_TRY(check_not_restricted(work, grant.application,
                                calendar::local_date(received_at, policy::zone_of(pack))));
  DURE_LET(outcome, decide(inputs, pack));
  DURE_TRY(check_award_resource(work, grant.application, grant.pool, outcome.awarded, pack));
  DURE_TRY(check_unit_has_room(work, grant.application, pack));
  const auto decision = decision_of(work, inputs, outcome, grant, pack);
  auto award = award_of(work, outcome, grant, decision.id);
  DURE_TRY(check_award_fits(work, award, grant.pool, pack));  // before anything is written
  DURE_TRY(work.tx.decisions().insert(decision));
  auto application = grant.application;
  application.state = outcome.state;
  application.decided_at = work.now;
  DURE_TRY(work.save(work.tx.applications(), application));
  DURE_TRY(work.tx.awards().insert(award));
  DURE_TRY(work.publish("award.offered", "awards/" + award.id.text, resource_of(award)));
  const auto name = application_name(application.id);
  const auto detail = state_detail(application.state);
  DURE_TRY(work.publish("application.decided", name, resource_of(application), detail));
  DURE_TRY(work.audit("applications.decide", name, resource_of(application), detail, name));
  return award;
}

base::Result<bool> knows_supply(Work& work, const model::ProgrammeId& programme, const policy::Pack& pack) {
  if (pack.on(policy::Section::kSupply)) return true;
  DURE_LET(serving, work.tx.capacity_batches().count(ports::Query{}.where("serves_programme_id", programme)));
  return serving > 0;
}

namespace {

// The pool of the counter-offer that was accepted last, by award: countered_pool() of all of a programme.
using PoolByAward = std::map<model::AwardId, std::string>;
base::Result<PoolByAward> countered_pools(Work& work, const model::ProgrammeId& programme) {
  DURE_LET(taken, load_all(work.tx.counter_offers(), ports::Query{}
                                                         .where("programme_id", programme)
                                                         .where("state", model::CounterOfferState::kAccepted)
                                                         .ordered("id")));
  PoolByAward pools;
  for (auto& each : taken)
    if (each.award_id) pools[*each.award_id] = std::move(each.pool);
  return pools;
}

}  // namespace

base::Result<PoolCapacity> pool_with_offers(Work& work, const model::ProgrammeId& programme,
                                            const std::string& pool, const policy::Pack& pack) {
  DURE_LET(found, load_pool(work, programme, pool));
  DURE_LET(countered, countered_pools(work, programme));
  for (const auto state :
       {model::AwardState::kOffered, model::AwardState::kAccepted, model::AwardState::kAgreed}) {
    DURE_LET(awards, load_all(work.tx.awards(),
                              ports::Query{}.where("programme_id", programme).where("state", state)));
    for (const auto& award : awards) {
      const auto taken = countered.find(award.id);
      if ((taken == countered.end() ? programme::pool_with(pack, award.awarded) : taken->second) != pool)
        continue;
      if (auto claim = claim_of(award, pack)) found.claims.push_back(std::move(*claim));
    }
  }
  return std::move(found);
}

base::Status check_award_fits(Work& work, const model::Award& award, const std::string& pool,
                              const policy::Pack& pack) {
  DURE_LET(known, knows_supply(work, award.programme_id, pack));
  const auto wanted = claim_of(award, pack);
  if (!known || !wanted) return {};
  DURE_LET(there, pool_with_offers(work, award.programme_id, pool, pack));
  std::erase_if(there.claims, [&](const auto& each) { return each.id == wanted->id; });
  return supply::may_claim(there.batches, there.claims, *wanted, today_of(work, pack));
}

base::Status check_change_fits(Work& work, const model::Allocation& changed, const model::Allocation& former,
                               const policy::Pack& pack) {
  DURE_LET(known, knows_supply(work, changed.programme_id, pack));
  const auto wanted = supply::claim_of(changed);
  if (!known || !wanted) return {};
  DURE_LET(there, pool_with_offers(work, changed.programme_id, changed.pool, pack));
  std::erase_if(there.claims, [&](const auto& each) {
    return each.id == wanted->id || each.id == "awards/" + changed.award_id.text;
  });
  const bool same_pool = former.pool == changed.pool;
  return supply::may_claim(there.batches, there.claims, *wanted, today_of(work, pack),
                           same_pool ? supply::claim_of(former) : std::nullopt);
}

base::Result<std::optional<std::int64_t>> free_units(Work& work, const model::ProgrammeId& programme,
                                                     const std::string& pool, base::Date from,
                                                     base::Date until, const policy::Pack& pack) {
  DURE_LET(known, knows_supply(work, programme, pack));
  if (!known) return std::optional<std::int64_t>();
  DURE_LET(there, pool_with_offers(work, programme, pool, pack));
  const auto gaps = supply::gaps_from(there.batches, there.claims, "", from, until);
  const bool throughout = !gaps.empty() && gaps.back().until == until;
  const auto free = throughout ? gaps.back().amount.value : 0;
  DURE_LET(rules, rules_for(pack, pool));
  const model::UnitAmount blocks{free / kMilliOfBlock, model::AmountUnit::kBlock};
  return std::optional(selection::units_within(blocks, rules.pool).value_or(0));
}

}  // namespace dure::commands
