// Business days: every day but Saturdays, Sundays and public holidays.
//
// Korean public holidays follow the Regulations on Public Holidays of Government Offices (관공서의 공휴일에
// 관한 규정, article 2; substitute holidays article 3; last amended by Presidential Decree 36290 of
// 2026-04-30) and the Act on Public Holidays. Seollal, Buddha's Birthday and Chuseok depend on the moon and
// come from a table (lunar_dates.h); elections and days that the government names are listed as far as they
// are known, and a policy pack adds others (calendar.extra_holidays).
//
// A BusinessDays is an immutable value; copies and concurrent reads are safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace dure::calendar {

struct Holiday {
  base::Date date;
  std::string id;  // "seollal", "liberation_day", "substitute", "election", …
  std::string name_ko;
  std::string name_en;
  bool substitute = false;
  bool operator==(const Holiday&) const = default;
};

class BusinessDays {
 public:
  // Weekends only.
  BusinessDays() = default;
  // Weekends and the given days. Of two entries for one day the first stays.
  explicit BusinessDays(const std::vector<Holiday>& holidays);

  // The public holiday of that day (no weekends), or nullptr.
  const Holiday* holiday(base::Date date) const;
  bool is_business_day(base::Date date) const;
  // The first business day on or after the date.
  base::Date on_or_after(base::Date date) const;
  // The n-th business day after the date, which itself is not counted. REQUIRES: n >= 0; n = 0 is
  // on_or_after.
  base::Date after(base::Date date, std::int64_t n) const;
  // Business days in [first, last].
  std::int64_t count(base::Date first, base::Date last) const;
  std::vector<Holiday> between(base::Date first, base::Date last) const;

 private:
  std::map<base::Date, Holiday> holidays_;
};

// Years for which every Korean holiday is known but for elections and days that the government has yet to
// name: lunar dates included. Outside of them only solar holidays and their substitutes are known.
inline constexpr std::int32_t kFirstHolidayYear = 2020;
inline constexpr std::int32_t kLastHolidayYear = 2050;

// The public holidays of one year, by date, substitutes included.
std::vector<Holiday> korean_holidays(std::int32_t year);

// Weekends, Korean holidays of kFirstHolidayYear .. kLastHolidayYear, and `extra`. Extra days never create or
// move a substitute holiday.
BusinessDays korean_business_days(const std::vector<Holiday>& extra = {});

}  // namespace dure::calendar
