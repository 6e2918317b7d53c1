#include "calendar/years.h"

#include <utility>

#include "calendar/period.h"

namespace dure::calendar {

std::int64_t full_years(base::Date from, base::Date to) {
  const bool not_yet = std::pair(to.month, to.day) < std::pair(from.month, from.day);
  return to.year - from.year - (not_yet ? 1 : 0);
}

base::Date last_day_within(base::Date event, std::int64_t years) {
  return years == 0 ? event : period_end(event, {years, Unit::kYears}, kAfterEvent);
}

bool within_years(base::Date event, std::int64_t years, base::Date day) {
  return event <= day && day <= last_day_within(event, years);
}

}  // namespace dure::calendar
