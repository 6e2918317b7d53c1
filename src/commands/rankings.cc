#include "commands/rankings.h"

#include <algorithm>
#include <map>
#include <set>

#include "calendar/zone.h"
#include "commands/decision_inputs.h"
#include "commands/evaluation_work.h"
#include "commands/restrictions.h"
#include "commands/rounds.h"
#include "evaluation/inputs.h"
#include "evaluation/states.h"
#include "programme/call_states.h"
#include "programme/decision.h"
#include "selection/select.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::ApplicationState;
using model::Ranking;
using model::RankingState;
using model::Round;
using model::SelectionOutcome;

constexpr wire::Limits kTexts{64U << 20U, 32};

base::Result<std::vector<evaluation::Candidate>> candidates_of(Work& work, const Round& of_round,
                                                               const std::string& pool) {
  const auto& round = of_round.id;
  DURE_LET(entries, entries_of(work, round));
  DURE_LET(standing, standing_restrictions(work, of_round.programme_id));
  std::vector<evaluation::Candidate> candidates;
  for (auto& entry : entries) {
    if (entry.pool != pool || entry.position == 0) continue;
    evaluation::Candidate made;
    const auto of = ports::Query{}.where("application_id", entry.application_id);
    DURE_LET(application, work.tx.applications().get(entry.application_id));
    DURE_LET(reviews, load_all(work.tx.reviews(), ports::Query{of}.where("round_id", round)));
    DURE_LET(conflicts, load_all(work.tx.conflicts_of_interest(), of));
    DURE_LET(claims, load_all(work.tx.bonus_claims(), of));
    made.against = restrictions_against(standing, application.form.applicant);
    made.application = std::move(application);
    made.reviews = std::move(reviews);
    made.conflicts = std::move(conflicts);
    made.claims = std::move(claims);
    made.entry = std::move(entry);
    candidates.push_back(std::move(made));
  }
  return candidates;
}

base::Result<evaluation::CallDays> days_of(Work& work, const Round& round, const policy::Pack& pack) {
  DURE_LET(call, work.tx.calls().get(round.call_id));
  evaluation::CallDays days;
  if (call.opens_at) days.opens_on = calendar::local_date(*call.opens_at, policy::zone_of(pack));
  days.closes_on = round.cutoff_on;
  return days;
}

// What there is to give: as the command says, within what the supply has free, or all of that.
base::Result<model::SelectionCapacity> capacity_for(Work& work, const Round& round,
                                                    const model::ComputeRanking& command,
                                                    const selection::SelectionRules& rules,
                                                    const policy::Pack& pack) {
  // For the longest use that the pack has: what is ranked may ask for so much.
  const auto today = today_of(work, pack);
  DURE_LET(free, free_units(work, round.programme_id, rules.pool.id, today,
                            calendar::period_end(today, pack.award.max_period), pack));
  model::SelectionCapacity capacity;
  capacity.conditional = command.conditional;
  if (!command.in_service) {
    if (!free) return refused("/in_service", base::Reason("evaluation.capacity_missing"));
    capacity.in_service = {*free, selection::unit_of(rules.pool)};
    return capacity;
  }
  const auto asked = selection::units_within(*command.in_service, rules.pool);
  if (free && asked && *free < *asked)
    return refused("/in_service",
                   base::Reason("evaluation.capacity_above").with("asked", *asked).with("free", *free));
  capacity.in_service = *command.in_service;
  return capacity;
}

base::Status supersede(Work& work, const model::RoundId& round, const std::string& pool) {
  DURE_LET(earlier, load_all(work.tx.rankings(),
                             ports::Query{}
                                 .where("round_id", round)
                                 .where("pool", pool)
                                 .where("state", RankingState::kSuperseded, ports::Compare::kNotEqual)));
  for (auto& each : earlier) {
    DURE_LET(state, evaluation::next(each.state, evaluation::RankingEvent::kSupersede));
    each.state = state;
    DURE_TRY(work.save(work.tx.rankings(), each));
  }
  return {};
}

std::int64_t count_of(const model::SelectionResult& result, SelectionOutcome outcome) {
  return std::count_if(result.ranking.begin(), result.ranking.end(),
                       [&](const auto& each) { return each.outcome == outcome; });
}

void fill(Ranking& ranking, const model::SelectionResult& result) {
  ranking.policy_hash = result.policy_hash;
  ranking.rules = evaluation::kRankingRules;
  ranking.inputs_hash = result.inputs_hash;
  ranking.result = wire::json_text(result);
  ranking.unit = result.unit;
  ranking.totals = result.totals;
  ranking.ranked = std::count_if(result.ranking.begin(), result.ranking.end(),
                                 [](const auto& each) { return each.rank.has_value(); });
  ranking.selected = count_of(result, SelectionOutcome::kSelected);
  ranking.waitlisted = count_of(result, SelectionOutcome::kWaitlisted);
}

// ---- Confirming

// All that confirming one ranking needs.
struct Verdicts {
  Round round;
  Ranking ranking;
  selection::SelectionRules rules;
  PackPtr pack;
  model::SelectionResult result;
  std::map<std::string, evaluation::Candidate> by_application;
  model::ConfirmRanking command;
};

base::Status check_minutes(Work& work, const Round& round, const policy::Pack& pack) {
  if (pack.evaluation.mode != policy::EvaluationMode::kPanel) return {};
  DURE_LET(panel, panel_of(work, round.id));
  if (panel && panel->minutes) return {};
  return conflict(base::Reason("evaluation.minutes_missing"));
}

// The rows must still give the inputs that the ranking was made from.
base::Status check_fresh(Work& work, const Verdicts& verdicts) {
  DURE_LET(kept, wire::read_json<model::SelectionRequest>(verdicts.ranking.inputs, {}, kTexts));
  std::vector<evaluation::Candidate> candidates;
  candidates.reserve(verdicts.by_application.size());
  for (const auto& [id, each] : verdicts.by_application) candidates.push_back(each);
  model::ComputeRanking command;
  command.releases = kept.releases;
  DURE_LET(days, days_of(work, verdicts.round, *verdicts.pack));
  const auto request =
      evaluation::inputs_of(candidates, command, kept.capacity.value_or(model::SelectionCapacity{}),
                            verdicts.ranking.pool, days, *verdicts.pack);
  const bool same = wire::json_text(request) == verdicts.ranking.inputs &&
                    verdicts.ranking.policy_hash == verdicts.pack->hash() &&
                    verdicts.ranking.rules == evaluation::kRankingRules;
  return same ? base::Status() : conflict(base::Reason("evaluation.ranking_stale"));
}

base::Result<Verdicts> load_verdicts(Work& work, Ranking ranking, const model::ConfirmRanking& command) {
  Verdicts verdicts;
  verdicts.command = command;
  DURE_LET(round, work.tx.rounds().get(ranking.round_id));
  DURE_TRY(check_state(round, model::RoundState::kEvaluating));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, ranking.programme_id, work.now));
  DURE_LET(rules, rules_for(*pack, ranking.pool));
  DURE_LET(candidates, candidates_of(work, round, ranking.pool));
  for (auto& each : candidates) verdicts.by_application[each.application.id.text] = std::move(each);
  DURE_LET(result, wire::read_json<model::SelectionResult>(ranking.result, {}, kTexts));
  verdicts.round = std::move(round);
  verdicts.ranking = std::move(ranking);
  verdicts.rules = std::move(rules);
  verdicts.pack = pack;
  verdicts.result = std::move(result);
  return verdicts;
}

base::Result<ApplicationState> scored(ApplicationState state) {
  return programme::next(state, programme::ApplicationEvent::kScore);
}

model::ResourceAmount amount_for(const evaluation::Candidate& candidate, const model::UnitAmount& units,
                                 const policy::Pool& pool) {
  const auto count = selection::whole_units(units, pool).value_or(0);
  const auto blocks = evaluation::blocks_of(count, pool).value_or(0);
  return evaluation::amount_of(candidate.application.form.resources, blocks);
}

base::Status select_one(Work& work, const Verdicts& verdicts, const evaluation::Candidate& candidate,
                        const model::RankedApplication& ranked) {
  Grant grant;
  grant.application = candidate.application;
  DURE_LET(state, scored(grant.application.state));
  grant.application.state = state;
  grant.awarded = amount_for(candidate, ranked.awarded, verdicts.rules.pool);
  grant.recommended =
      amount_for(candidate, ranked.recommended.value_or(ranked.requested), verdicts.rules.pool);
  grant.starts_on = verdicts.command.starts_on;
  grant.pool = verdicts.ranking.pool;
  grant.ground = "rankings/" + verdicts.ranking.id.text;
  grant.waived = candidate.entry.waiver_ground.has_value();
  DURE_TRY(grant_award(work, grant, *verdicts.pack));
  return {};
}

model::Decision ranked_decision(Work& work, const Verdicts& verdicts, const model::Application& application,
                                const std::string& kind) {
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = application.programme_id;
  decision.application_id = application.id;
  decision.kind = kind;
  decision.subject = "applications/" + application.id.text;
  decision.decided_by = work.caller.subject.actor;
  decision.policy_hash = verdicts.pack->hash();
  decision.note = "rankings/" + verdicts.ranking.id.text;
  return decision;
}

base::Status tell_decided(Work& work, const model::Application& application) {
  const auto name = "applications/" + application.id.text;
  const auto detail = state_detail(application.state);
  DURE_TRY(work.publish("application.decided", name, resource_of(application), detail));
  return work.audit("applications.decide", name, resource_of(application), detail, name);
}

base::Status wait_one(Work& work, const Verdicts& verdicts, const evaluation::Candidate& candidate,
                      const model::RankedApplication& ranked) {
  auto application = candidate.application;
  DURE_LET(state, scored(application.state));
  DURE_LET(waiting, programme::next(state, programme::ApplicationEvent::kWait));
  application.state = waiting;
  application.decided_at = work.now;
  auto decision = ranked_decision(work, verdicts, application, kWaitingKind);
  decision.outcome = "waitlisted";
  decision.rules = evaluation::kRankingRules;
  decision.inputs = "{}";
  decision.reasons = ranked.needed;
  DURE_TRY(work.tx.decisions().insert(decision));
  DURE_TRY(work.save(work.tx.applications(), application));
  model::WaitlistEntry entry;
  work.stamp(entry);
  entry.programme_id = application.programme_id;
  entry.call_id = application.call_id;
  entry.application_id = application.id;
  entry.ranking_id = verdicts.ranking.id;
  entry.pool = verdicts.ranking.pool;
  entry.position = ranked.waiting_position.value_or(0);
  entry.requested = amount_for(candidate, ranked.recommended.value_or(ranked.requested), verdicts.rules.pool);
  DURE_TRY(work.tx.waitlist_entries().insert(entry));
  DURE_TRY(tell(work, entry, "waitlist-entries", "waitlist_entry.queued", "queue"));
  return tell_decided(work, application);
}

base::Status refuse_one(Work& work, const Verdicts& verdicts, const evaluation::Candidate& candidate,
                        const model::RankedApplication& ranked) {
  auto application = candidate.application;
  DURE_LET(state, scored(application.state));
  application.state = state;
  DecisionInputs inputs;
  inputs.application = application;
  inputs.command.verdict = programme::Verdict::kReject;
  inputs.command.ground =
      std::string(model::to_text(ranked.outcome)) + " (rankings/" + verdicts.ranking.id.text + ")";
  inputs.today = today_of(work, *verdicts.pack);
  inputs.now = work.now;
  DURE_LET(outcome, decide(inputs, *verdicts.pack));
  auto decision = ranked_decision(work, verdicts, application, "decision");
  decision.outcome = outcome.outcome;
  decision.rules = kDecisionRules;
  decision.inputs = inputs_text(inputs);
  decision.reasons = outcome.reasons;
  decision.reasons.insert(decision.reasons.end(), ranked.needed.begin(), ranked.needed.end());
  DURE_TRY(work.tx.decisions().insert(decision));
  application.state = outcome.state;
  application.decided_at = work.now;
  DURE_TRY(work.save(work.tx.applications(), application));
  return tell_decided(work, application);
}

base::Status carry_out_verdict(Work& work, const Verdicts& verdicts, const model::RankedApplication& ranked) {
  const auto found = verdicts.by_application.find(ranked.id);
  if (found == verdicts.by_application.end()) return {};
  const auto& candidate = found->second;
  switch (ranked.outcome) {
    case SelectionOutcome::kSelected:
      DURE_TRY(select_one(work, verdicts, candidate, ranked));
      break;
    case SelectionOutcome::kWaitlisted:
      DURE_TRY(wait_one(work, verdicts, candidate, ranked));
      break;
    case SelectionOutcome::kNotSelected:
    case SelectionOutcome::kBelowThreshold:
    case SelectionOutcome::kNotEvaluated:
    case SelectionOutcome::kNotEligible:
      DURE_TRY(refuse_one(work, verdicts, candidate, ranked));
      break;
  }
  auto entry = candidate.entry;
  entry.outcome = ranked.outcome;
  entry.rank = ranked.rank;
  return work.save(work.tx.round_entries(), entry);
}

// One row for the ranking as a whole, from which it can be made again (decision 20).
base::Status keep_ranking(Work& work, const Verdicts& verdicts) {
  model::Decision decision;
  work.stamp(decision);
  decision.programme_id = verdicts.ranking.programme_id;
  decision.kind = kRankingKind;
  decision.subject = "rankings/" + verdicts.ranking.id.text;
  decision.outcome = policy::sha256_hex(verdicts.ranking.result);
  decision.decided_by = work.caller.subject.actor;
  decision.policy_hash = verdicts.ranking.policy_hash;
  decision.rules = verdicts.ranking.rules;
  decision.inputs = verdicts.ranking.inputs;
  decision.note = verdicts.command.ground;
  return work.tx.decisions().insert(decision);
}

// Decided is a round when each pool in it is.
base::Status end_round(Work& work, Round round) {
  DURE_LET(entries, entries_of(work, round.id));
  DURE_LET(confirmed,
           load_all(work.tx.rankings(),
                    ports::Query{}.where("round_id", round.id).where("state", RankingState::kConfirmed)));
  std::set<std::string> done;
  for (const auto& each : confirmed) done.insert(each.pool);
  for (const auto& entry : entries)
    if (entry.position > 0 && !done.contains(entry.pool)) return {};
  DURE_LET(state, evaluation::next(round.state, evaluation::RoundEvent::kDecide));
  round.state = state;
  round.decided_at = work.now;
  DURE_TRY(work.save(work.tx.rounds(), round));
  DURE_LET(call, work.tx.calls().get(round.call_id));
  if (const auto moved = programme::next(call.state, programme::CallEvent::kDecide);
      call.kind == model::CallKind::kFixed && moved.ok()) {
    call.state = *moved;
    DURE_TRY(work.save(work.tx.calls(), call));
  }
  return tell(work, round, "rounds", "round.decided", "decide", state_detail(round.state));
}

}  // namespace

base::Result<Ranking> compute_ranking(Work& work, const model::ComputeRanking& command) {
  DURE_LET(round, work.tx.rounds().find(command.round_id));
  if (!round) return access::not_found();
  DURE_TRY(work.require(access::Permission::kEvaluationManage, where(round->programme_id)));
  DURE_TRY(check_command(command));
  DURE_TRY(check_state(*round, model::RoundState::kEvaluating));
  DURE_LET(pack, work.world.policies.to_decide(work.tx, round->programme_id, work.now));
  DURE_LET(rules, selection::rules_of(*pack, command.pool));
  DURE_LET(candidates, candidates_of(work, *round, rules.pool.id));
  if (candidates.empty()) return conflict(base::Reason("evaluation.nobody_in"));
  DURE_TRY(evaluation::reviews_are_in(candidates));
  DURE_LET(capacity, capacity_for(work, *round, command, rules, *pack));
  DURE_LET(days, days_of(work, *round, *pack));
  const auto request = evaluation::inputs_of(candidates, command, capacity, rules.pool.id, days, *pack);
  DURE_LET(result, selection::select(request, rules));
  DURE_TRY(supersede(work, round->id, rules.pool.id));
  Ranking ranking;
  work.stamp(ranking);
  ranking.programme_id = round->programme_id;
  ranking.round_id = round->id;
  ranking.pool = rules.pool.id;
  ranking.inputs = wire::json_text(request);
  result.inputs_hash = policy::sha256_hex(ranking.inputs);
  fill(ranking, result);
  DURE_TRY(work.tx.rankings().insert(ranking));
  DURE_TRY(tell(
      work, ranking, "rankings", "ranking.computed", "compute",
      "{\"inputs_hash\":\"" + ranking.inputs_hash + "\",\"policy_hash\":\"" + ranking.policy_hash + "\"}"));
  return ranking;
}

base::Result<Ranking> read_ranking(Work& work, const model::RankingId& id) {
  return read_row(work, work.tx.rankings(), id);
}

base::Result<Ranking> confirm_ranking(Work& work, const model::RankingId& id,
                                      const model::ConfirmRanking& command) {
  DURE_LET(ranking, load_row(work, work.tx.rankings(), id));
  if (ranking.state == RankingState::kConfirmed) return ranking;
  DURE_TRY(check_command(command));
  DURE_LET(state, evaluation::next(ranking.state, evaluation::RankingEvent::kConfirm));
  DURE_LET(verdicts, load_verdicts(work, ranking, command));
  DURE_TRY(check_minutes(work, verdicts.round, *verdicts.pack));
  DURE_TRY(check_fresh(work, verdicts));
  for (const auto& each : verdicts.result.ranking) DURE_TRY(carry_out_verdict(work, verdicts, each));
  DURE_TRY(keep_ranking(work, verdicts));
  ranking.state = state;
  ranking.confirmed_at = work.now;
  ranking.confirmed_by = work.caller.subject.actor;
  ranking.ground = command.ground;
  DURE_TRY(work.save(work.tx.rankings(), ranking));
  DURE_TRY(tell(work, ranking, "rankings", "ranking.confirmed", "confirm", state_detail(ranking.state)));
  DURE_TRY(end_round(work, verdicts.round));
  return ranking;
}

}  // namespace dure::commands
