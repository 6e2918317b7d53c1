// Days of the Korean lunisolar calendar that are public holidays, as data.
//
// Checked in three ways: lunar_dates_test.cc computes each of them again from new moons and solar terms at
// UTC+9 (Meeus, Astronomical Algorithms, chapters 25 and 49; the nearest new moon lies 12 minutes from
// midnight, the error of the method below one); ICU 72's "dangi" calendar gives the same 93 days; the
// holidays of 2020 .. 2027 that the government has published (월력요항) are pinned in business_days_test.cc.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace dure::calendar {

struct LunarDates {
  base::Date seollal;           // 1st day of the 1st month
  base::Date buddhas_birthday;  // 8th day of the 4th month
  base::Date chuseok;           // 15th day of the 8th month
};

// For the years of kFirstHolidayYear .. kLastHolidayYear (business_days.h), else none.
std::optional<LunarDates> lunar_dates(std::int32_t year);

}  // namespace dure::calendar
