#include "commands/evaluation_dates.h"

#include <algorithm>

#include "calendar/zone.h"
#include "commands/counter_offers.h"
#include "commands/evaluation_work.h"
#include "commands/rounds.h"
#include "commands/waiting.h"
#include "evaluation/rounds.h"

namespace dure::commands {
namespace {

using namespace evaluation_side;  // NOLINT: what these commands have in common
using model::CallState;
using model::RoundState;

base::Status set_call_state(Work& work, model::Call call, CallState state, const std::string& event,
                            const std::string& action) {
  call.state = state;
  DURE_TRY(work.save(work.tx.calls(), call));
  return tell(work, call, "calls", event, action);
}

base::Result<std::vector<model::Call>> calls_in(Work& work, CallState state, const std::string& time) {
  return load_all(work.tx.calls(),
                  ports::Query{}.where("state", state).where(time, work.now, ports::Compare::kAtMost));
}

// B2: those whose opening or end has come.
base::Result<std::int64_t> keep_calls(Work& work) {
  DURE_LET(opening, calls_in(work, CallState::kAnnounced, "opens_at"));
  for (const auto& each : opening)
    DURE_TRY(set_call_state(work, each, CallState::kOpen, "call.opened", "open"));
  auto moved = static_cast<std::int64_t>(opening.size());
  for (const auto state : {CallState::kOpen, CallState::kClosingEarly}) {
    DURE_LET(closing, calls_in(work, state, "closes_at"));
    for (const auto& each : closing)
      DURE_TRY(set_call_state(work, each, CallState::kClosed, "call.closed", "close"));
    moved += static_cast<std::int64_t>(closing.size());
  }
  return moved;
}

// Tells once: the same event, about the same row, with the same words, is not told again.
base::Result<std::int64_t> tell_once(Work& work, const std::string& event, const std::string& name,
                                     const access::Resource& scope, const std::string& data) {
  DURE_LET(told,
           work.tx.events().first(
               ports::Query{}.where("resource", name).where("type", event).where("data", data).at_most(1)));
  if (told) return 0;
  DURE_TRY(work.publish(event, name, scope, data));
  return 1;
}

// E11: what is late is told, once for each date.
base::Result<std::int64_t> tell_overdue(Work& work, const model::Round& round, base::Date today) {
  std::int64_t told = 0;
  const auto name = "rounds/" + round.id.text;
  const auto late = [&](const std::optional<base::Date>& by, const std::string& event) -> base::Status {
    if (!by || today <= *by) return {};
    DURE_LET(count,
             tell_once(work, event, name, resource_of(round), "{\"by\":\"" + base::to_text(*by) + "\"}"));
    told += count;
    return {};
  };
  DURE_LET(panel, panel_of(work, round.id));
  if (!panel || !panel->minutes) DURE_TRY(late(round.panel_by, "round.panel_overdue"));
  DURE_TRY(late(round.result_by, "round.result_overdue"));
  return told;
}

base::Result<std::int64_t> keep_rounds(Work& work) {
  std::int64_t changed = 0;
  for (const auto state : {RoundState::kPlanned, RoundState::kCutoff, RoundState::kEvaluating}) {
    DURE_LET(rounds, load_all(work.tx.rounds(), ports::Query{}.where("state", state)));
    for (auto& round : rounds) {
      const auto pack = work.world.policies.of_programme(work.tx, round.programme_id);
      if (!pack) continue;
      const auto today = today_of(work, **pack);
      if (round.state == RoundState::kPlanned && round.cutoff_on < today) {
        DURE_TRY(cut_off(work, round));
        ++changed;
      }
      DURE_LET(told, tell_overdue(work, round, today));
      changed += told;
    }
  }
  return changed;
}

// B3: a quarter of an open rolling call without the rounds that the pack wants, once a quarter.
base::Result<std::int64_t> tell_missing_rounds(Work& work) {
  std::int64_t told = 0;
  DURE_LET(
      calls,
      load_all(work.tx.calls(),
               ports::Query{}.where("state", CallState::kOpen).where("kind", model::CallKind::kRolling)));
  for (const auto& call : calls) {
    const auto pack = work.world.policies.of_programme(work.tx, call.programme_id);
    if (!pack || (*pack)->call.min_rounds_per_quarter == 0) continue;
    DURE_LET(rounds, load_all(work.tx.rounds(), ports::Query{}.where("call_id", call.id)));
    const auto duty =
        evaluation::duty_of(rounds, (*pack)->call.min_rounds_per_quarter, today_of(work, **pack));
    if (duty.missing == 0) continue;
    DURE_LET(count, tell_once(work, "call.round_missing", "calls/" + call.id.text, resource_of(call),
                              "{\"quarter_ends_on\":\"" + base::to_text(duty.quarter_ends_on) + "\"}"));
    told += count;
  }
  return told;
}

}  // namespace

base::Result<std::int64_t> keep_evaluations(Work& work) {
  DURE_LET(calls, keep_calls(work));
  DURE_LET(rounds, keep_rounds(work));
  DURE_LET(missing, tell_missing_rounds(work));
  DURE_LET(expired, expire_counter_offers(work));
  DURE_LET(lapsed, lapse_awards(work));
  return calls + rounds + missing + expired + lapsed;
}

}  // namespace dure::commands
