// The codec's instantiations for the nouns and requests of an evaluation.
#include "model/evaluation_requests.h"
#include "model/panel_requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Round);
DURE_WIRE_INSTANTIATE_NOUN(model::RoundEntry);
DURE_WIRE_INSTANTIATE_NOUN(model::Panel);
DURE_WIRE_INSTANTIATE_NOUN(model::PanelMember);
DURE_WIRE_INSTANTIATE_NOUN(model::ConflictOfInterest);
DURE_WIRE_INSTANTIATE_NOUN(model::ReviewScore);
DURE_WIRE_INSTANTIATE_NOUN(model::Review);
DURE_WIRE_INSTANTIATE_NOUN(model::BonusClaim);
DURE_WIRE_INSTANTIATE_NOUN(model::Ranking);
DURE_WIRE_INSTANTIATE_NOUN(model::WaitlistEntry);
DURE_WIRE_INSTANTIATE_NOUN(model::Appeal);
DURE_WIRE_INSTANTIATE_NOUN(model::RoundResult);

DURE_WIRE_INSTANTIATE(model::CloseEarly);
DURE_WIRE_INSTANTIATE(model::RoundDuty);
DURE_WIRE_INSTANTIATE(model::PlanRound);
DURE_WIRE_INSTANTIATE(model::CancelRound);
DURE_WIRE_INSTANTIATE(model::AdmitToRound);
DURE_WIRE_INSTANTIATE(model::AssignReviews);
DURE_WIRE_INSTANTIATE(model::RecommendAmount);
DURE_WIRE_INSTANTIATE(model::RoundProgress);
DURE_WIRE_INSTANTIATE(model::ConvenePanel);
DURE_WIRE_INSTANTIATE(model::ResizePanel);
DURE_WIRE_INSTANTIATE(model::InviteMember);
DURE_WIRE_INSTANTIATE(model::RespondInvitation);
DURE_WIRE_INSTANTIATE(model::ReleaseMember);
DURE_WIRE_INSTANTIATE(model::RecordMinutes);
DURE_WIRE_INSTANTIATE(model::DeclareConflict);
DURE_WIRE_INSTANTIATE(model::ResolveConflict);
DURE_WIRE_INSTANTIATE(model::DeclineReview);
DURE_WIRE_INSTANTIATE(model::GiveScores);
DURE_WIRE_INSTANTIATE(model::ReopenReview);
DURE_WIRE_INSTANTIATE(model::AnswerScreening);
DURE_WIRE_INSTANTIATE(model::ClaimBonus);
DURE_WIRE_INSTANTIATE(model::DecideBonus);
DURE_WIRE_INSTANTIATE(model::ComputeRanking);
DURE_WIRE_INSTANTIATE(model::ConfirmRanking);
DURE_WIRE_INSTANTIATE(model::DeclineAward);
DURE_WIRE_INSTANTIATE(model::SignAgreement);
DURE_WIRE_INSTANTIATE(model::MatchDemand);
DURE_WIRE_INSTANTIATE(model::MatchedDemand);
DURE_WIRE_INSTANTIATE(model::WithdrawFromWaiting);
DURE_WIRE_INSTANTIATE(model::FileAppeal);
DURE_WIRE_INSTANTIATE(model::DecideAppeal);

}  // namespace dure::wire
