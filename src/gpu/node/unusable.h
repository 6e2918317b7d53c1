// The node's own files cannot be used: a folder or file of its state at `path`, and why.
#pragma once

#include <string>

#include "base/result.h"

namespace dure::gpu {

inline base::Error unusable(const std::string& path, const std::string& why) {
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("node.state_unusable").with("path", path).with("why", why));
}

}  // namespace dure::gpu
