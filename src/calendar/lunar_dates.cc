#include "calendar/lunar_dates.h"

#include <array>

#include "base/result.h"
#include "calendar/business_days.h"

namespace dure::calendar {
namespace {

struct MonthDay {
  std::int32_t month;
  std::int32_t day;
};

struct Row {
  std::int32_t year;
  MonthDay seollal;
  MonthDay buddhas_birthday;
  MonthDay chuseok;
};

// clang-format off
constexpr std::array<Row, kLastHolidayYear - kFirstHolidayYear + 1> kRows{{
    {2020, {1, 25}, {4, 30}, {10, 1}},
    {2021, {2, 12}, {5, 19}, {9, 21}},
    {2022, {2, 1}, {5, 8}, {9, 10}},
    {2023, {1, 22}, {5, 27}, {9, 29}},
    {2024, {2, 10}, {5, 15}, {9, 17}},
    {2025, {1, 29}, {5, 5}, {10, 6}},
    {2026, {2, 17}, {5, 24}, {9, 25}},
    {2027, {2, 7}, {5, 13}, {9, 15}},
    {2028, {1, 27}, {5, 2}, {10, 3}},
    {2029, {2, 13}, {5, 20}, {9, 22}},
    {2030, {2, 3}, {5, 9}, {9, 12}},
    {2031, {1, 23}, {5, 28}, {10, 1}},
    {2032, {2, 11}, {5, 16}, {9, 19}},
    {2033, {1, 31}, {5, 6}, {9, 8}},
    {2034, {2, 19}, {5, 25}, {9, 27}},
    {2035, {2, 8}, {5, 15}, {9, 16}},
    {2036, {1, 28}, {5, 3}, {10, 4}},
    {2037, {2, 15}, {5, 22}, {9, 24}},
    {2038, {2, 4}, {5, 11}, {9, 13}},
    {2039, {1, 24}, {4, 30}, {10, 2}},
    {2040, {2, 12}, {5, 18}, {9, 21}},
    {2041, {2, 1}, {5, 7}, {9, 10}},
    {2042, {1, 22}, {5, 26}, {9, 28}},
    {2043, {2, 10}, {5, 16}, {9, 17}},
    {2044, {1, 30}, {5, 5}, {10, 5}},
    {2045, {2, 17}, {5, 24}, {9, 25}},
    {2046, {2, 6}, {5, 13}, {9, 15}},
    {2047, {1, 26}, {5, 2}, {10, 4}},
    {2048, {2, 14}, {5, 20}, {9, 22}},
    {2049, {2, 2}, {5, 9}, {9, 11}},
    {2050, {1, 23}, {5, 28}, {9, 30}},
}};
// clang-format on

base::Date date_of(std::int32_t year, MonthDay day) {
  return {year, day.month, day.day};
}

}  // namespace

std::optional<LunarDates> lunar_dates(std::int32_t year) {
  if (year < kFirstHolidayYear || year > kLastHolidayYear) return std::nullopt;
  const Row& row = kRows[static_cast<std::size_t>(year - kFirstHolidayYear)];
  DURE_ASSERT(row.year == year);
  return LunarDates{date_of(year, row.seollal), date_of(year, row.buddhas_birthday),
                    date_of(year, row.chuseok)};
}

}  // namespace dure::calendar
