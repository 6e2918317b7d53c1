// The states of rounds, panel members, claims, rankings and appeals (B3, E1, E7; governance 5.3). Reviews and
// the waiting list have theirs in programme/. docs/evaluation-states.md is printed from the tables.
#pragma once

#include <string>

#include "base/result.h"
#include "model/panel.h"
#include "model/round.h"
#include "model/waiting.h"
#include "programme/state_table.h"

namespace dure::evaluation {

enum class RoundEvent { kCutOff, kEvaluate, kDecide, kCancel };
enum class MemberEvent { kAccept, kDecline, kRelease };
enum class ClaimEvent { kGrant, kRefuse };
enum class RankingEvent { kConfirm, kSupersede };
enum class AppealEvent { kUphold, kDismiss, kWithdraw };

const programme::StateTable<model::RoundState, RoundEvent>& round_states();
const programme::StateTable<model::PanelMemberState, MemberEvent>& member_states();
const programme::StateTable<model::BonusClaimState, ClaimEvent>& claim_states();
const programme::StateTable<model::RankingState, RankingEvent>& ranking_states();
const programme::StateTable<model::AppealState, AppealEvent>& appeal_states();

// Refuse (kConflict) "state.not_from_this_state" {entity, state, event, possible}.
base::Result<model::RoundState> next(model::RoundState from, RoundEvent event);
base::Result<model::PanelMemberState> next(model::PanelMemberState from, MemberEvent event);
base::Result<model::BonusClaimState> next(model::BonusClaimState from, ClaimEvent event);
base::Result<model::RankingState> next(model::RankingState from, RankingEvent event);
base::Result<model::AppealState> next(model::AppealState from, AppealEvent event);

// docs/evaluation-states.md.
std::string state_tables();

}  // namespace dure::evaluation

namespace dure::model {

DURE_ENUM(evaluation::RoundEvent, DURE_NAME(kCutOff, "cut_off"), DURE_NAME(kEvaluate, "evaluate"),
          DURE_NAME(kDecide, "decide"), DURE_NAME(kCancel, "cancel"));
DURE_ENUM(evaluation::MemberEvent, DURE_NAME(kAccept, "accept"), DURE_NAME(kDecline, "decline"),
          DURE_NAME(kRelease, "release"));
DURE_ENUM(evaluation::ClaimEvent, DURE_NAME(kGrant, "grant"), DURE_NAME(kRefuse, "refuse"));
DURE_ENUM(evaluation::RankingEvent, DURE_NAME(kConfirm, "confirm"), DURE_NAME(kSupersede, "supersede"));
DURE_ENUM(evaluation::AppealEvent, DURE_NAME(kUphold, "uphold"), DURE_NAME(kDismiss, "dismiss"),
          DURE_NAME(kWithdraw, "withdraw"));

}  // namespace dure::model
