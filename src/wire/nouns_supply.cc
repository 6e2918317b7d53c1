// The codec's instantiations for the supply side's nouns and requests.
#include "model/capacity.h"
#include "model/supply.h"
#include "model/supply_requests.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Contact);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplyItem);
DURE_WIRE_INSTANTIATE_NOUN(model::Supplier);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplierCall);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplierProposal);
DURE_WIRE_INSTANTIATE_NOUN(model::CriterionScore);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplierEvaluation);
DURE_WIRE_INSTANTIATE_NOUN(model::PaymentMilestone);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplyAgreement);
DURE_WIRE_INSTANTIATE_NOUN(model::StageEntry);
DURE_WIRE_INSTANTIATE_NOUN(model::CapacityPromise);
DURE_WIRE_INSTANTIATE_NOUN(model::CapacityBatch);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplyTarget);
DURE_WIRE_INSTANTIATE_NOUN(model::DemandSurvey);
DURE_WIRE_INSTANTIATE_NOUN(model::DemandAnswer);
DURE_WIRE_INSTANTIATE_NOUN(model::BeneficiaryReservation);

DURE_WIRE_INSTANTIATE(model::RegisterSupplier);
DURE_WIRE_INSTANTIATE(model::OpenSupplierCall);
DURE_WIRE_INSTANTIATE(model::ProposeSupply);
DURE_WIRE_INSTANTIATE(model::EvaluateProposal);
DURE_WIRE_INSTANTIATE(model::DecideSupplierCall);
DURE_WIRE_INSTANTIATE(model::DraftAgreement);
DURE_WIRE_INSTANTIATE(model::MoveAgreement);
DURE_WIRE_INSTANTIATE(model::PlanBatch);
DURE_WIRE_INSTANTIATE(model::RecordStage);
DURE_WIRE_INSTANTIATE(model::TieBatch);
DURE_WIRE_INSTANTIATE(model::PromiseCapacity);
DURE_WIRE_INSTANTIATE(model::DecideTarget);
DURE_WIRE_INSTANTIATE(model::OpenSurvey);
DURE_WIRE_INSTANTIATE(model::AnswerSurvey);
DURE_WIRE_INSTANTIATE(model::ReserveForBeneficiary);
DURE_WIRE_INSTANTIATE_NOUN(model::GroupShare);
DURE_WIRE_INSTANTIATE_NOUN(model::SupplyRow);
DURE_WIRE_INSTANTIATE(model::SupplyStatus);

}  // namespace dure::wire
