// How the rules of this folder refuse a member of a request. Pure.
#pragma once

#include <string>

#include "base/result.h"

namespace dure::programme {

// (kInvalid) with the reason at the JSON pointer of the member.
inline base::Error refused(const std::string& pointer, const base::Reason& reason) {
  return base::invalid(reason, {{pointer, reason}});
}

}  // namespace dure::programme
