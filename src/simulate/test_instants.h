// Short ways to write instants in tests.
#pragma once

#include "base/time.h"

namespace dure::simulate {

inline base::Instant at(const char* text) {
  return *base::parse_instant(text);
}

}  // namespace dure::simulate
