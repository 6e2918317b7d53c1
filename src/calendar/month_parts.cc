#include "calendar/month_parts.h"

#include <algorithm>

#include "base/result.h"
#include "calendar/period.h"

namespace dure::calendar {
namespace {

// How many whole months lie safely before the day: the loop starts there and not at the beginning of the use.
std::int64_t months_before(base::Date counted_from, base::Date day) {
  const std::int64_t months =
      (std::int64_t{day.year} - counted_from.year) * 12 + (day.month - counted_from.month) - 1;
  return std::max<std::int64_t>(months, 0);
}

base::Date end_of_use(base::Date counted_from, std::int64_t months) {
  if (months == 0) return base::add_days(counted_from, -1);
  return period_end(counted_from, {months, Unit::kMonths}, kUse);
}

}  // namespace

std::vector<MonthPart> months_between(base::Date counted_from, base::Date first, base::Date last) {
  DURE_ASSERT(counted_from <= first && first <= last);
  std::vector<MonthPart> months;
  std::int64_t number = months_before(counted_from, first);
  base::Date before = end_of_use(counted_from, number);
  while (before < last) {
    const base::Date end = end_of_use(counted_from, ++number);
    const base::Date begin = base::add_days(before, 1);
    if (end >= first)
      months.push_back(
          {begin, end, days_of(begin, end), days_of(std::max(begin, first), std::min(end, last))});
    before = end;
  }
  return months;
}

}  // namespace dure::calendar
