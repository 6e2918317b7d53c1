#include "calendar/business_days.h"

#include "base/result.h"

namespace dure::calendar {
namespace {

bool weekend(base::Date date) {
  const int day = base::weekday(date);
  return day == 0 || day == 6;
}

// Made once: a thousand feasts of the moon take a while.
const std::vector<Holiday>& holidays_of_all_years() {
  static const std::vector<Holiday> all = [] {
    std::vector<Holiday> made;
    for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
      const std::vector<Holiday> of_year = korean_holidays(year);
      made.insert(made.end(), of_year.begin(), of_year.end());
    }
    return made;
  }();
  return all;
}

const BusinessDays& without_extra() {
  static const BusinessDays days(holidays_of_all_years());
  return days;
}

}  // namespace

BusinessDays::BusinessDays(const std::vector<Holiday>& holidays) {
  for (const Holiday& holiday : holidays) holidays_.emplace(holiday.date, holiday);
}

const Holiday* BusinessDays::holiday(base::Date date) const {
  const auto found = holidays_.find(date);
  return found == holidays_.end() ? nullptr : &found->second;
}

bool BusinessDays::is_business_day(base::Date date) const {
  return !weekend(date) && holiday(date) == nullptr;
}

base::Date BusinessDays::on_or_after(base::Date date) const {
  while (!is_business_day(date)) date = base::add_days(date, 1);
  return date;
}

base::Date BusinessDays::after(base::Date date, std::int64_t n) const {
  DURE_ASSERT(n >= 0);
  if (n == 0) return on_or_after(date);
  for (std::int64_t i = 0; i < n; ++i) date = on_or_after(base::add_days(date, 1));
  return date;
}

std::int64_t BusinessDays::count(base::Date first, base::Date last) const {
  std::int64_t days = 0;
  for (base::Date date = first; date <= last; date = base::add_days(date, 1)) {
    if (is_business_day(date)) ++days;
  }
  return days;
}

std::vector<Holiday> BusinessDays::between(base::Date first, base::Date last) const {
  std::vector<Holiday> found;
  for (auto it = holidays_.lower_bound(first); it != holidays_.end() && it->first <= last; ++it) {
    found.push_back(it->second);
  }
  return found;
}

BusinessDays korean_business_days(const std::vector<Holiday>& extra) {
  if (extra.empty()) return without_extra();
  std::vector<Holiday> all = holidays_of_all_years();
  all.insert(all.end(), extra.begin(), extra.end());
  return BusinessDays(all);
}

}  // namespace dure::calendar
