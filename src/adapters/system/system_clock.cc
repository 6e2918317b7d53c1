#include "adapters/system/system_clock.h"

#include <chrono>

namespace dure::system {

base::Instant SystemClock::now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

}  // namespace dure::system
