// The file in the state folder in which dure-node keeps what a context takes of each kind of card
// (gpu/node/context_sizes.h), so that a restart measures nothing anew.
//
//   {"version":1,"contexts":[{"product":"NVIDIA H200","model":"h200-141gb","driver":"580.65.06",
//                             "context_bytes":541065216}]}
//
// People may read it, and delete it: then all is measured anew.
#pragma once

#include <string>

#include "base/result.h"
#include "gpu/node/context_sizes.h"
#include "node/log.h"

namespace dure::node {

// What the file says. Nothing where there is none, and nothing, with a line in the log, where it is not
// understood: of another version, cut off, or with a figure that cannot be.
gpu::ContextTable load_contexts(const std::string& path, const Log& log);

// Writes it whole. Errors: node.state_unusable {path, why}.
base::Status save_contexts(const std::string& path, const gpu::ContextTable& contexts);

}  // namespace dure::node
