// The codec's instantiations for outcomes, the end, determinations and desks.
#include "model/closure.h"
#include "model/closure_requests.h"
#include "model/guidance.h"
#include "model/outcome.h"
#include "model/outcome_requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::EvidenceDocument);
DURE_WIRE_INSTANTIATE_NOUN(model::Outcome);
DURE_WIRE_INSTANTIATE_NOUN(model::AcknowledgementCheck);
DURE_WIRE_INSTANTIATE_NOUN(model::ShareClaim);
DURE_WIRE_INSTANTIATE_NOUN(model::DataShare);
DURE_WIRE_INSTANTIATE_NOUN(model::SurveyQuestion);
DURE_WIRE_INSTANTIATE_NOUN(model::SurveyCount);
DURE_WIRE_INSTANTIATE_NOUN(model::UserSurvey);
DURE_WIRE_INSTANTIATE_NOUN(model::SurveyParticipation);
DURE_WIRE_INSTANTIATE_NOUN(model::DeletionItem);
DURE_WIRE_INSTANTIATE_NOUN(model::DeletionJob);
DURE_WIRE_INSTANTIATE_NOUN(model::RetentionHold);
DURE_WIRE_INSTANTIATE_NOUN(model::CertificateLine);
DURE_WIRE_INSTANTIATE_NOUN(model::DeletionCertificate);
DURE_WIRE_INSTANTIATE_NOUN(model::Determination);
DURE_WIRE_INSTANTIATE_NOUN(model::Question);

DURE_WIRE_INSTANTIATE(model::ReportForm);
DURE_WIRE_INSTANTIATE(model::GiveGround);
DURE_WIRE_INSTANTIATE(model::TellOutcome);
DURE_WIRE_INSTANTIATE(model::CheckAcknowledgement);
DURE_WIRE_INSTANTIATE(model::ProposeShare);
DURE_WIRE_INSTANTIATE(model::CheckShare);
DURE_WIRE_INSTANTIATE(model::RegisterShare);
DURE_WIRE_INSTANTIATE(model::OpenUserSurvey);
DURE_WIRE_INSTANTIATE(model::AnswerUserSurvey);
DURE_WIRE_INSTANTIATE(model::SurveyAnswered);
DURE_WIRE_INSTANTIATE(model::SurveyResults);
DURE_WIRE_INSTANTIATE(model::OutcomeStatus);
DURE_WIRE_INSTANTIATE(model::PlaceHold);
DURE_WIRE_INSTANTIATE(model::AnnounceEnd);
DURE_WIRE_INSTANTIATE(model::EndPolicyVersion);
DURE_WIRE_INSTANTIATE(model::RecordDetermination);
DURE_WIRE_INSTANTIATE(model::AskQuestion);
DURE_WIRE_INSTANTIATE(model::AnswerQuestion);
DURE_WIRE_INSTANTIATE(model::DeclineQuestion);
DURE_WIRE_INSTANTIATE_NOUN(model::DeskView);

}  // namespace dure::wire
