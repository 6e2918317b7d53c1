// Hours of the day in which nothing is sent: from a minute of the local day to another, over midnight where
// the second is the earlier one (P13).
#pragma once

#include <cstdint>

#include "base/time.h"
#include "calendar/zone.h"

namespace dure::calendar {

// [from, until) in minutes of the local day, 0 .. 1439. Equal: none.
struct QuietHours {
  std::int64_t from = 0;
  std::int64_t until = 0;
  bool operator==(const QuietHours&) const = default;
};

// Whether the instant lies in them.
bool is_quiet(base::Instant instant, QuietHours hours, const Zone& zone);

// The instant itself where it does not lie in them, else the first instant after it that does not. Never more
// than a day and an hour of a change of summer time later.
base::Instant after_quiet_hours(base::Instant instant, QuietHours hours, const Zone& zone);

}  // namespace dure::calendar
