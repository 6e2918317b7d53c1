// Whether a node's report can be true at all. A report comes from another program over a network; what it
// says is computed with and given out, so that its numbers and names are checked before anything of it is
// believed.
#pragma once

#include "base/result.h"
#include "model/node_link.h"

namespace dure::fleet {

// Refuses (kInvalid) "node.report_malformed" {what} and "number.out_of_range", with a pointer.
base::Status check_report(const model::NodeReport& report);

}  // namespace dure::fleet
