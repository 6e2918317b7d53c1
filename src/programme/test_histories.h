// What the tests of this folder ask of their tier and of a result.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dure::programme {

// Random histories of a property test: `in_ci` of them, 10,000 at the full tier (docs/testing.md).
inline int histories(int in_ci) {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string_view(tier) == "full" ? 10'000 : in_ci;
}

// The code of the refusal, or "ok".
template <class T>
std::string code_of(const base::Result<T>& result) {
  return result.ok() ? "ok" : result.failure().reason.code;
}

}  // namespace dure::programme
