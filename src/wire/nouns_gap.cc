// The codec's instantiations for gaps and who could use them.
#include "model/gap.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::GapQuestion);
DURE_WIRE_INSTANTIATE_NOUN(model::GapMatching);

}  // namespace dure::wire
