#include "commands/rounds.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "calendar/zone.h"
#include "commands/evaluation_work.h"
#include "evaluation/rounds.h"
#include "evaluation/states.h"
#include "programme/call_states.h"
#include "programme/decision.h"
#include "programme/from_policy.h"
#include "wire/json.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using evaluation::RoundEvent;
using model::ApplicationState;
using model::Round;
using model::RoundState;

base::Result<std::vector<Round>> rounds_of(Work& work, const model::CallId& call) {
  return load_all(work.tx.rounds(), ports::Query{}.where("call_id", call));
}

base::Status move_round(Round& round, RoundEvent event) {
  DURE_LET(state, evaluation::next(round.state, event));
  round.state = state;
  return {};
}

bool over(const model::Call& call, base::Instant now) {
  return call.state != model::CallState::kAnnounced && call.state != model::CallState::kOpen &&
                 call.state != model::CallState::kClosingEarly
             ? true
             : call.closes_at && *call.closes_at <= now;
}

base::Result<base::Date> cutoff_of(const model::PlanRound& command, const model::Call& call,
                                   const policy::Pack& pack, base::Date today) {
  auto cutoff = command.cutoff_on;
  if (!cutoff && call.kind == model::CallKind::kFixed && call.closes_at)
    cutoff = calendar::local_date(base::Instant{call.closes_at->us - 1}, policy::zone_of(pack));
  if (!cutoff) return refused("/cutoff_on", base::Reason("evaluation.cutoff_needed"));
  DURE_TRY(calendar::check_plannable(*cutoff));
  // What has closed is cut off whenever it is asked for.
  if (*cutoff < today && call.state != model::CallState::kClosed)
    return refused("/cutoff_on", base::Reason("evaluation.cutoff_wrong")
                                     .with("cutoff_on", base::to_text(*cutoff))
                                     .with("first", base::to_text(today)));
  return *cutoff;
}

// The live round that the application is in, if any.
base::Result<std::optional<model::RoundId>> round_of(Work& work, const model::ApplicationId& application) {
  DURE_LET(entries, load_all(work.tx.round_entries(), ports::Query{}.where("application_id", application)));
  for (const auto& entry : entries) {
    DURE_LET(round, work.tx.rounds().get(entry.round_id));
    if (round.state != RoundState::kCancelled && round.state != RoundState::kDecided)
      return std::optional(round.id);
  }
  return std::optional<model::RoundId>();
}

model::UnitAmount requested_of(const model::Application& application, const policy::Pool& pool) {
  const model::UnitAmount blocks{application.form.resources.blocks, model::AmountUnit::kBlock};
  const auto units = selection::whole_units(blocks, pool);
  return units ? model::UnitAmount{*units, selection::unit_of(pool)} : blocks;
}

base::Result<model::RoundEntry> make_entry(Work& work, const Round& round,
                                           const model::Application& application, const policy::Pack& pack) {
  model::RoundEntry entry;
  work.stamp(entry);
  entry.programme_id = round.programme_id;
  entry.round_id = round.id;
  entry.application_id = application.id;
  entry.organisation = application.organisation;
  entry.track = application.form.track.value_or("");
  entry.pool = programme::pool_with(pack, application.form.resources, entry.track);
  DURE_LET(rules, rules_for(pack, entry.pool));
  entry.requested = requested_of(application, rules.pool);
  return entry;
}

// Of an application that was in the round when it was found not to be eligible, its entry there.
base::Result<model::RoundEntry> admitted_entry(Work& work, const Round& round,
                                               const model::Application& application,
                                               const std::string& ground) {
  DURE_LET(
      there,
      work.tx.round_entries().first(
          ports::Query{}.where("round_id", round.id).where("application_id", application.id).at_most(1)));
  if (there) {
    there->waiver_ground = ground;
    DURE_TRY(work.save(work.tx.round_entries(), *there));
    return *there;
  }
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_LET(entry, make_entry(work, round, application, *pack));
  entry.waiver_ground = ground;
  DURE_TRY(work.tx.round_entries().insert(entry));
  return std::move(entry);
}

// The screening item that still waits for a person, if any.
const model::ScreeningItem* first_open_item(const model::Application& application) {
  const auto found =
      std::find_if(application.screening.begin(), application.screening.end(),
                   [](const auto& each) { return each.result == model::ScreeningResult::kNeedsPerson; });
  return found == application.screening.end() ? nullptr : &*found;
}

base::Status check_panel(Work& work, const Round& round, const policy::Pack& pack) {
  if (pack.evaluation.mode != policy::EvaluationMode::kPanel) return {};
  DURE_LET(panel, panel_of(work, round.id));
  if (!panel) return conflict(base::Reason("evaluation.panel_missing"));
  DURE_LET(all, members_of(work, panel->id));
  const auto members = seated(std::move(all));
  const auto accepted = static_cast<std::int64_t>(members.size());
  const auto needed = std::max<std::int64_t>({1, panel->size, pack.evaluation.min_reviews});
  if (accepted < needed)
    return conflict(base::Reason("evaluation.panel_short").with("accepted", accepted).with("needed", needed));
  if (pack.evaluation.outside_experts_only)
    for (const auto& each : members)
      if (!each.outside_expert)
        return conflict(base::Reason("evaluation.not_outside").with("id", each.id.text));
  if (std::none_of(members.begin(), members.end(), [](const auto& each) { return each.chair; }))
    return conflict(base::Reason("evaluation.chair_missing"));
  return {};
}

// The class of the pack whose claim an official granted: the first in the pack's list.
base::Result<std::optional<std::size_t>> priority_of(Work& work, const model::ApplicationId& application,
                                                     const policy::Pack& pack) {
  DURE_LET(claims, load_all(work.tx.bonus_claims(), ports::Query{}
                                                        .where("application_id", application)
                                                        .where("state", model::BonusClaimState::kGranted)));
  const auto& classes = pack.selection.priority_classes;
  for (std::size_t i = 0; i < classes.size(); ++i)
    for (const auto& claim : claims)
      if (claim.rule == classes[i].id) return std::optional(i);
  return std::optional<std::size_t>();
}

// Gives each entry that is evaluated its place, and moves its application. Entries whose application left on
// the way keep no place.
base::Status take_up(Work& work, const Round& round, const policy::Pack& pack) {
  DURE_LET(entries, entries_of(work, round.id));
  std::vector<evaluation::Candidacy> candidacies;
  std::map<std::string, model::RoundEntry> by_id;
  for (auto& entry : entries) {
    DURE_LET(application, work.tx.applications().get(entry.application_id));
    const bool ready = application.state == ApplicationState::kEligible || entry.waiver_ground;
    if (!ready) continue;
    if (const auto* item = first_open_item(application); item != nullptr && !entry.waiver_ground)
      return conflict(base::Reason("evaluation.items_open")
                          .with("application", application.receipt_number)
                          .with("rule", item->rule));
    DURE_LET(state, programme::next(application.state, programme::ApplicationEvent::kReview));
    application.state = state;
    DURE_TRY(work.save(work.tx.applications(), application));
    DURE_LET(priority, priority_of(work, application.id, pack));
    if (priority) entry.priority = pack.selection.priority_classes[*priority].id;
    candidacies.push_back(
        {entry.id.text, priority, application.submitted_at.value_or(application.created_at)});
    by_id[entry.id.text] = entry;
  }
  if (candidacies.empty()) return conflict(base::Reason("evaluation.nobody_in"));
  std::int64_t position = 0;
  for (const auto& id : evaluation::evaluation_order(std::move(candidacies))) {
    auto& entry = by_id.at(id);
    entry.position = ++position;
    DURE_TRY(work.save(work.tx.round_entries(), entry));
  }
  return {};
}

// A fixed call goes along with its only round.
base::Status move_call_along(Work& work, const Round& round, programme::CallEvent event) {
  DURE_LET(call, work.tx.calls().get(round.call_id));
  if (call.kind != model::CallKind::kFixed) return {};
  const auto state = programme::next(call.state, event);
  if (!state) return {};
  call.state = *state;
  return work.save(work.tx.calls(), call);
}

}  // namespace

base::Result<std::vector<model::RoundEntry>> entries_of(Work& work, const model::RoundId& id) {
  DURE_LET(entries, load_all(work.tx.round_entries(), ports::Query{}.where("round_id", id)));
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.position, a.id) < std::tie(b.position, b.id);
  });
  return std::move(entries);
}

base::Result<model::Call> close_early(Work& work, const model::CallId& id, const model::CloseEarly& command) {
  DURE_LET(call, load_for(work, work.tx.calls(), id, access::Permission::kCallManage));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  DURE_TRY(evaluation::may_close_early(call, command.closes_on, today_of(work, *pack), *pack));
  DURE_LET(state, programme::next(call.state, programme::CallEvent::kPlanEarlyClose));
  call.state = state;
  call.closes_at = calendar::end_of(command.closes_on, policy::zone_of(*pack));
  DURE_TRY(work.save(work.tx.calls(), call));
  // The event goes to everyone who may see the call: the ground stands in the audit alone.
  const auto name = "calls/" + call.id.text;
  const auto day = "\"closes_on\":\"" + base::to_text(command.closes_on) + "\"";
  DURE_TRY(work.publish("call.closing_early", name, resource_of(call), "{" + day + "}"));
  DURE_TRY(work.audit("calls.close_early", name, resource_of(call),
                      "{" + day + ",\"ground\":" + wire::json_text(command.ground) + "}"));
  return call;
}

base::Result<model::RoundDuty> round_duty(Work& work, const model::CallId& id) {
  DURE_LET(call, read_row(work, work.tx.calls(), id));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call.programme_id));
  DURE_LET(rounds, rounds_of(work, call.id));
  return evaluation::duty_of(rounds, pack->call.min_rounds_per_quarter, today_of(work, *pack));
}

base::Result<Round> plan_round(Work& work, const model::PlanRound& command) {
  DURE_LET(call, work.tx.calls().find(command.call_id));
  if (!call) return access::not_found();
  DURE_TRY(work.require(access::Permission::kEvaluationManage, where(call->programme_id)));
  DURE_TRY(check_command(command));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, call->programme_id));
  DURE_LET(cutoff, cutoff_of(command, *call, *pack, today_of(work, *pack)));
  DURE_LET(rounds, rounds_of(work, call->id));
  Round round;
  work.stamp(round);
  for (const auto& each : rounds) {
    if (call->kind == model::CallKind::kFixed && each.state != RoundState::kCancelled)
      return conflict(base::Reason("evaluation.one_round").with("id", each.id.text));
    round.number = std::max(round.number, each.number + 1);
  }
  round.programme_id = call->programme_id;
  round.call_id = call->id;
  round.title = command.title.empty() ? call->title + " " + std::to_string(round.number) : command.title;
  round.cutoff_on = cutoff;
  const auto dates = evaluation::dates_of(cutoff, *pack);
  round.panel_by = dates.panel_by;
  round.result_by = dates.result_by;
  DURE_TRY(work.tx.rounds().insert(round));
  DURE_TRY(tell(work, round, "rounds", "round.planned", "plan",
                "{\"cutoff_on\":\"" + base::to_text(cutoff) + "\"}"));
  return round;
}

base::Status cut_off(Work& work, Round& round) {
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_TRY(move_round(round, RoundEvent::kCutOff));
  const auto end = calendar::end_of(round.cutoff_on, policy::zone_of(*pack));
  DURE_LET(
      applications,
      load_all(work.tx.applications(),
               ports::Query{}.where("call_id", round.call_id).where("state", ApplicationState::kEligible)));
  for (const auto& application : applications) {
    if (!application.submitted_at || *application.submitted_at >= end) continue;
    DURE_LET(other, round_of(work, application.id));
    if (other) continue;
    DURE_LET(entry, make_entry(work, round, application, *pack));
    DURE_TRY(work.tx.round_entries().insert(entry));
  }
  DURE_TRY(move_call_along(work, round, programme::CallEvent::kScreen));
  DURE_TRY(work.save(work.tx.rounds(), round));
  return tell(work, round, "rounds", "round.cut_off", "cut_off", state_detail(round.state));
}

base::Result<Round> cut_off_round(Work& work, const model::RoundId& id) {
  DURE_LET(round, load_row(work, work.tx.rounds(), id));
  if (round.state == RoundState::kCutoff) return round;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_LET(call, work.tx.calls().get(round.call_id));
  if (today_of(work, *pack) <= round.cutoff_on && !over(call, work.now))
    return conflict(
        base::Reason("evaluation.cutoff_not_yet").with("cutoff_on", base::to_text(round.cutoff_on)));
  DURE_TRY(cut_off(work, round));
  return round;
}

base::Result<Round> cancel_round(Work& work, const model::RoundId& id, const model::CancelRound& command) {
  DURE_LET(round, load_row(work, work.tx.rounds(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_LET(rounds, rounds_of(work, round.call_id));
  auto cancelled = round;
  DURE_TRY(move_round(cancelled, RoundEvent::kCancel));
  DURE_TRY(evaluation::may_cancel(round, rounds, pack->call.min_rounds_per_quarter));
  cancelled.ground = command.ground;
  DURE_TRY(work.save(work.tx.rounds(), cancelled));
  DURE_TRY(tell(work, cancelled, "rounds", "round.cancelled", "cancel", state_detail(cancelled.state)));
  return cancelled;
}

base::Result<model::RoundEntry> admit_to_round(Work& work, const model::RoundId& id,
                                               const model::AdmitToRound& command) {
  DURE_LET(round, load_row(work, work.tx.rounds(), id));
  DURE_TRY(check_command(command));
  DURE_TRY(check_ground(command.ground));
  DURE_TRY(check_state(round, RoundState::kCutoff));
  DURE_LET(application,
           named_row(work.tx.applications(), command.application_id, round.programme_id, "/application_id"));
  if (application.call_id != round.call_id || application.state != ApplicationState::kIneligible)
    return conflict(base::Reason("evaluation.not_to_admit")
                        .with("state", std::string(model::to_text(application.state))));
  DURE_LET(other, round_of(work, application.id));
  if (other && *other != round.id)
    return conflict(base::Reason("evaluation.in_round_already").with("round", other->text));
  DURE_LET(entry, admitted_entry(work, round, application, command.ground));
  DURE_TRY(tell(work, entry, "round-entries", "round_entry.admitted", "admit",
                "{\"ground\":" + wire::json_text(command.ground) + "}"));
  return entry;
}

base::Result<Round> begin_evaluation(Work& work, const model::RoundId& id) {
  DURE_LET(round, load_row(work, work.tx.rounds(), id));
  if (round.state == RoundState::kEvaluating) return round;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round.programme_id));
  DURE_TRY(move_round(round, RoundEvent::kEvaluate));
  DURE_TRY(check_panel(work, round, *pack));
  DURE_TRY(take_up(work, round, *pack));
  DURE_TRY(move_call_along(work, round, programme::CallEvent::kEvaluate));
  DURE_TRY(work.save(work.tx.rounds(), round));
  DURE_TRY(tell(work, round, "rounds", "round.evaluating", "evaluate", state_detail(round.state)));
  return round;
}

base::Result<model::RoundProgress> round_progress(Work& work, const model::RoundId& id) {
  DURE_LET(round, work.tx.rounds().find(id));
  if (!round) return access::not_found();
  DURE_TRY(work.require(access::Permission::kEvaluationRead, where(round->programme_id)));
  DURE_LET(pack, work.world.policies.of_programme(work.tx, round->programme_id));
  model::RoundProgress progress;
  progress.state = round->state;
  progress.today = today_of(work, *pack);
  progress.panel_by = round->panel_by;
  progress.result_by = round->result_by;
  const auto here = ports::Query{}.where("round_id", id);
  DURE_LET(entries, work.tx.round_entries().count(here));
  progress.entries = entries;
  DURE_LET(reviews, load_all(work.tx.reviews(), here));
  for (const auto& each : reviews) {
    progress.reviews += each.state != model::ReviewState::kDeclined ? 1 : 0;
    progress.reviews_submitted += each.state == model::ReviewState::kSubmitted ? 1 : 0;
    progress.reviews_locked += each.state == model::ReviewState::kLocked ? 1 : 0;
  }
  DURE_LET(open, work.tx.conflicts_of_interest().count(
                     ports::Query{}.where("round_id", id).where("state", model::ConflictState::kUnresolved)));
  progress.open_conflicts = open;
  DURE_LET(panel, panel_of(work, id));
  progress.minutes = panel && panel->minutes;
  const bool running = round->state != RoundState::kDecided && round->state != RoundState::kCancelled;
  progress.panel_overdue =
      running && !progress.minutes && round->panel_by && *round->panel_by < progress.today;
  progress.result_overdue = running && round->result_by && *round->result_by < progress.today;
  return progress;
}

base::Result<std::vector<model::RoundResult>> round_results(Work& work, const model::RoundId& id) {
  DURE_LET(round, read_row(work, work.tx.rounds(), id));
  std::vector<model::RoundResult> results;
  if (round.state != RoundState::kDecided) return results;
  std::map<std::string, model::UnitAmount> awarded;
  DURE_LET(rankings,
           load_all(work.tx.rankings(),
                    ports::Query{}.where("round_id", id).where("state", model::RankingState::kConfirmed)));
  for (const auto& ranking : rankings) {
    DURE_LET(made, wire::read_json<model::SelectionResult>(ranking.result, {}, {64U << 20U, 32}));
    for (const auto& each : made.ranking) awarded[each.id] = each.awarded;
  }
  DURE_LET(entries, entries_of(work, id));
  for (const auto& entry : entries) {
    if (!entry.outcome) continue;
    DURE_LET(application, work.tx.applications().get(entry.application_id));
    results.push_back(
        {application.receipt_number, entry.track, *entry.outcome, awarded[application.id.text]});
  }
  // By receipt: the order of the list must not tell the ranks.
  std::sort(results.begin(), results.end(),
            [](const auto& a, const auto& b) { return a.receipt_number < b.receipt_number; });
  return results;
}

}  // namespace dure::commands
