// The codec's instantiations for the announcement of a call.
#include "model/announcement.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Announcement);

}  // namespace dure::wire
