// The months between two days, and how much of each lies between them: what a price by the month is counted
// by.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"

namespace dure::calendar {

// One month of a use: from `first` to `last`, both counted, of which `days` lie inside.
struct MonthPart {
  base::Date first;
  base::Date last;
  std::int64_t length = 0;  // days of the month: 28 .. 31
  std::int64_t days = 0;    // 1 .. length
  bool operator==(const MonthPart&) const = default;
};

// Days of every length that a month may have are whole in so many parts: a day of a month of n days is
// kMonthParts / n of them, so the parts of a month add up to it however it is cut.
inline constexpr std::int64_t kMonthParts = 377'580;  // the least common multiple of 28, 29, 30 and 31

// The months, counted from `counted_from` by the calendar (Civil Act article 160), that [first, last]
// touches. REQUIRES: counted_from <= first <= last, all plannable (period.h), at most 12'000 months apart.
std::vector<MonthPart> months_between(base::Date counted_from, base::Date first, base::Date last);

}  // namespace dure::calendar
