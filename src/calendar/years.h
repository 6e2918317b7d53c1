// Years between two days, as rules about persons count them: full years of age, and whether a day still lies
// within so many years of an event.
//
// Both follow calendar/period.h. Age counts the day of birth (Civil Act article 158), so the n-th year ends
// on the day before the birthday, and who was born on 29 February reaches an age on 1 March where the year
// has no such day (article 160(3)). A time "within 7 years of" an event does not count the event's day
// (article 157), so the seventh anniversary is the last day within it. Pure; valid dates.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace dure::calendar {

// Full years from one day to another, the first counted; negative where `to` lies before `from`.
std::int64_t full_years(base::Date from, base::Date to);

// Whether `day` lies in the `years` years after the event, the last day included; no where it lies before it.
// REQUIRES: 0 <= years <= 1'000, `event` in the years 1 .. 8'990.
bool within_years(base::Date event, std::int64_t years, base::Date day);

// The last day within them.
base::Date last_day_within(base::Date event, std::int64_t years);

}  // namespace dure::calendar
