// The codec's instantiations for selection.
#include "model/selection.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE(model::SelectionRequest);
DURE_WIRE_INSTANTIATE(model::SelectionResult);
DURE_WIRE_INSTANTIATE(model::RankedApplication);

}  // namespace dure::wire
