#include "evaluation/states.h"

#include "programme/machines.h"

namespace dure::evaluation {
namespace {

using programme::StateTable;

std::string printed(const std::string& title, const programme::Machine& machine) {
  std::string text = "\n## " + title + "\n\n```mermaid\n" + programme::mermaid(machine) +
                     "```\n\n| from | event | to | by | what must hold |\n|---|---|---|---|---|\n";
  for (const auto& step : machine.steps)
    text += "| " + step.from + " | " + step.event + " | " + step.to + " | " + step.by + " | " +
            (step.guard.empty() ? "" : "`" + step.guard + "`") + " |\n";
  return text;
}

}  // namespace

const StateTable<model::RoundState, RoundEvent>& round_states() {
  using S = model::RoundState;
  using E = RoundEvent;
  static const StateTable<S, E> table{
      "round",
      S::kPlanned,
      {S::kDecided, S::kCancelled},
      {
          {S::kPlanned, E::kCutOff, S::kCutoff, "rule", "state.time_passed"},
          {S::kPlanned, E::kCancel, S::kCancelled, "operator", "state.needs_ground"},
          {S::kCutoff, E::kEvaluate, S::kEvaluating, "operator", ""},
          {S::kCutoff, E::kCancel, S::kCancelled, "operator", "state.needs_ground"},
          {S::kEvaluating, E::kDecide, S::kDecided, "panel", "state.needs_minutes"},
      }};
  return table;
}

const StateTable<model::PanelMemberState, MemberEvent>& member_states() {
  using S = model::PanelMemberState;
  using E = MemberEvent;
  static const StateTable<S, E> table{
      "panel_member",
      S::kInvited,
      {S::kAccepted, S::kDeclined, S::kReleased},
      {
          {S::kInvited, E::kAccept, S::kAccepted, "reviewer", ""},
          {S::kInvited, E::kDecline, S::kDeclined, "reviewer", ""},
          {S::kInvited, E::kRelease, S::kReleased, "operator", "state.needs_ground"},
          {S::kAccepted, E::kRelease, S::kReleased, "operator", "state.needs_ground"},
      }};
  return table;
}

const StateTable<model::BonusClaimState, ClaimEvent>& claim_states() {
  using S = model::BonusClaimState;
  using E = ClaimEvent;
  static const StateTable<S, E> table{
      "bonus_claim",
      S::kClaimed,
      {S::kGranted, S::kRefused},
      {
          {S::kClaimed, E::kGrant, S::kGranted, "operator", "state.needs_ground"},
          {S::kClaimed, E::kRefuse, S::kRefused, "operator", "state.needs_ground"},
          {S::kGranted, E::kRefuse, S::kRefused, "operator", "state.needs_ground"},
          {S::kRefused, E::kGrant, S::kGranted, "operator", "state.needs_ground"},
      }};
  return table;
}

const StateTable<model::RankingState, RankingEvent>& ranking_states() {
  using S = model::RankingState;
  using E = RankingEvent;
  static const StateTable<S, E> table{
      "ranking",
      S::kComputed,
      {S::kConfirmed, S::kSuperseded},
      {
          {S::kComputed, E::kConfirm, S::kConfirmed, "panel", "state.needs_minutes"},
          {S::kComputed, E::kSupersede, S::kSuperseded, "rule", ""},
      }};
  return table;
}

const StateTable<model::AppealState, AppealEvent>& appeal_states() {
  using S = model::AppealState;
  using E = AppealEvent;
  static const StateTable<S, E> table{
      "appeal",
      S::kFiled,
      {S::kUpheld, S::kDismissed, S::kWithdrawn},
      {
          {S::kFiled, E::kUphold, S::kUpheld, "operator", "state.needs_ground"},
          {S::kFiled, E::kDismiss, S::kDismissed, "operator", "state.needs_ground"},
          {S::kFiled, E::kWithdraw, S::kWithdrawn, "applicant", ""},
      }};
  return table;
}

base::Result<model::RoundState> next(model::RoundState from, RoundEvent event) {
  return programme::next(round_states(), from, event);
}
base::Result<model::PanelMemberState> next(model::PanelMemberState from, MemberEvent event) {
  return programme::next(member_states(), from, event);
}
base::Result<model::BonusClaimState> next(model::BonusClaimState from, ClaimEvent event) {
  return programme::next(claim_states(), from, event);
}
base::Result<model::RankingState> next(model::RankingState from, RankingEvent event) {
  return programme::next(ranking_states(), from, event);
}
base::Result<model::AppealState> next(model::AppealState from, AppealEvent event) {
  return programme::next(appeal_states(), from, event);
}

std::string state_tables() {
  return "# States of an evaluation\n\nAll transitions that exist; there are no others. Written by a test "
         "from "
         "`src/evaluation/states.cc`. Reviews and entries of\nthe waiting list: `docs/states.md`; "
         "applications: "
         "`docs/application-states.md`.\n" +
         printed("A round", programme::machine_of(round_states())) +
         printed("A member of a panel", programme::machine_of(member_states())) +
         printed("A claim of bonus points or priority", programme::machine_of(claim_states())) +
         printed("A ranking", programme::machine_of(ranking_states())) +
         printed("An appeal", programme::machine_of(appeal_states()));
}

}  // namespace dure::evaluation
