// The codec's instantiations for what changes an award or an allocation, and for training.
#include "model/allocation_action.h"
#include "model/counter_offer.h"
#include "model/training.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::TrainingCompletion);
DURE_WIRE_INSTANTIATE_NOUN(model::CounterOffer);
DURE_WIRE_INSTANTIATE_NOUN(model::AllocationAction);

DURE_WIRE_INSTANTIATE(model::ConfirmTraining);
DURE_WIRE_INSTANTIATE(model::TrainingStatus);
DURE_WIRE_INSTANTIATE(model::MakeCounterOffer);
DURE_WIRE_INSTANTIATE(model::EndCounterOffer);
DURE_WIRE_INSTANTIATE(model::RequestAllocationAction);
DURE_WIRE_INSTANTIATE(model::DecideAllocationAction);

}  // namespace dure::wire
