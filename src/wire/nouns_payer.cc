// The codec's instantiations for what is confirmed about who pays.
#include "model/payer_facts.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::ConfirmPayer);

}  // namespace dure::wire
