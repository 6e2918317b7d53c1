// The value of what has to succeed for a test to go on.
#pragma once

#include <cstdio>
#include <utility>

#include "base/result.h"

namespace dure::tests {

// Says the code of the failure, and ends the program, where there is no value.
template <class T>
T taken(base::Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.failure().reason.code.c_str());
  DURE_ASSERT(result.ok());
  return std::move(*result);
}

}  // namespace dure::tests
