// Inside of queue: how far one instant is from the next.
#pragma once

#include "base/time.h"

namespace dure::queue {

inline constexpr base::Span kMoment{1};  // the shortest that there is

}  // namespace dure::queue
