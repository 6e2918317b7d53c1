// The codec's instantiations for reviews of use, sanctions and restrictions.
#include "model/idle.h"
#include "model/sanction.h"
#include "model/sanction_requests.h"
#include "model/use_review.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::ReviewCriteria);
DURE_WIRE_INSTANTIATE_NOUN(model::UtilisationReview);
DURE_WIRE_INSTANTIATE_NOUN(model::IdleWarning);
DURE_WIRE_INSTANTIATE(model::Idleness);
DURE_WIRE_INSTANTIATE_NOUN(model::Incident);
DURE_WIRE_INSTANTIATE_NOUN(model::Deliberation);
DURE_WIRE_INSTANTIATE_NOUN(model::LegalReferral);
DURE_WIRE_INSTANTIATE_NOUN(model::Sanction);
DURE_WIRE_INSTANTIATE_NOUN(model::Restriction);
DURE_WIRE_INSTANTIATE_NOUN(model::UtilisationRow);
DURE_WIRE_INSTANTIATE(model::UtilisationTable);

DURE_WIRE_INSTANTIATE(model::PublishCriteria);
DURE_WIRE_INSTANTIATE(model::OpenReview);
DURE_WIRE_INSTANTIATE(model::ProposeMeasure);
DURE_WIRE_INSTANTIATE(model::GiveOpinion);
DURE_WIRE_INSTANTIATE(model::DecideReview);
DURE_WIRE_INSTANTIATE(model::ReportIncident);
DURE_WIRE_INSTANTIATE(model::ConfirmIncident);
DURE_WIRE_INSTANTIATE(model::ReportSanction);
DURE_WIRE_INSTANTIATE(model::SuspendForSanction);
DURE_WIRE_INSTANTIATE(model::NotifySanction);
DURE_WIRE_INSTANTIATE(model::DeliberateSanction);
DURE_WIRE_INSTANTIATE(model::ImposeSanction);
DURE_WIRE_INSTANTIATE(model::AppealSanction);
DURE_WIRE_INSTANTIATE(model::DecideSanctionAppeal);
DURE_WIRE_INSTANTIATE(model::ReferSanction);
DURE_WIRE_INSTANTIATE(model::RecordRestriction);

}  // namespace dure::wire
