// The codec's instantiations for consolidation.
#include "model/consolidation.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::ConsolidationProposal);
DURE_WIRE_INSTANTIATE_NOUN(model::CarryOutConsolidation);

}  // namespace dure::wire
