// What the tests of several rules of access share.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace dure::access {

inline constexpr base::Instant kNow{1'800'000'000'000'000};

// "ok", or the code of the reason.
inline std::string code(const base::Status& status) {
  return status.ok() ? "ok" : status.failure().reason.code;
}

}  // namespace dure::access
