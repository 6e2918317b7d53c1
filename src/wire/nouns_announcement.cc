// The codec's instantiations for the announcement of a call and the files at it.
#include "model/announcement.h"
#include "model/call_attachment.h"
#include "model/summary.h"
#include "wire/json_impl.h"

namespace dure::wire {

DURE_WIRE_INSTANTIATE_NOUN(model::Announcement);
DURE_WIRE_INSTANTIATE_NOUN(model::CallAttachment);
DURE_WIRE_INSTANTIATE_NOUN(model::SummarySheet);

}  // namespace dure::wire
