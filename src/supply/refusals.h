// How the rules of this folder refuse: the member of the request with its reason, or the state of things.
// Pure.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace dure::supply {

// (kInvalid) with the reason at the JSON pointer of the member.
inline base::Error refused(const std::string& pointer, const base::Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}
// (kConflict): what is asked does not go with the state of things.
inline base::Error conflict(base::Reason reason) {
  return base::error(base::ErrorKind::kConflict, std::move(reason));
}

}  // namespace dure::supply
