// The rules of the Regulations on Public Holidays of Government Offices, by the day from which they hold.
#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "calendar/business_days.h"
#include "calendar/lunar_dates.h"

namespace dure::calendar {
namespace {

constexpr base::Date kNever{9999, 12, 31};
constexpr base::Date kAlways{1, 1, 1};
// Substitutes for Seollal, Chuseok and Children's Day (decree 24828 of 2013-11-05), for national days (decree
// 31930 of 2021-08-04), for Buddha's Birthday and Christmas (decree 33448 of 2023-05-04); Labour Day and
// Constitution Day as public holidays with substitutes (decree 36290 of 2026-04-30, in force 2026-05-01 and
// 2026-05-11; acts 21338 and 21543).
constexpr base::Date kFestivals{2013, 11, 5};
constexpr base::Date kNationalDays{2021, 8, 4};
constexpr base::Date kBuddhaAndChristmas{2023, 5, 4};
constexpr base::Date kLabourDay{2026, 5, 1};
constexpr base::Date kConstitutionDay{2026, 5, 11};

// A holiday of article 2 and when article 3 gives a substitute for it. A three-day festival is one entry that
// starts the day before.
struct Article2 {
  std::string_view id;
  std::string_view ko;
  std::string_view en;
  std::int32_t month = 0;  // 0: from the lunar table
  std::int32_t day = 0;
  base::Date from = kAlways;            // public holiday since
  base::Date substitute_from = kNever;  // substitutes since
  bool on_saturday = false;             // a Saturday gives one too (article 3(1)1), else Sundays only
};

constexpr std::array<Article2, 10> kSolar{{
    {"new_year", "1월 1일", "New Year's Day", 1, 1},
    {"independence_movement_day", "3·1절", "Independence Movement Day", 3, 1, kAlways, kNationalDays, true},
    {"labour_day", "노동절", "Labour Day", 5, 1, kLabourDay, kLabourDay, true},
    {"childrens_day", "어린이날", "Children's Day", 5, 5, kAlways, kFestivals, true},
    {"memorial_day", "현충일", "Memorial Day", 6, 6},
    {"constitution_day", "제헌절", "Constitution Day", 7, 17, kConstitutionDay, kConstitutionDay, true},
    {"liberation_day", "광복절", "Liberation Day", 8, 15, kAlways, kNationalDays, true},
    {"foundation_day", "개천절", "National Foundation Day", 10, 3, kAlways, kNationalDays, true},
    {"hangul_day", "한글날", "Hangul Day", 10, 9, kAlways, kNationalDays, true},
    {"christmas", "기독탄신일", "Christmas Day", 12, 25, kAlways, kBuddhaAndChristmas, true},
}};
constexpr Article2 kSeollal{"seollal", "설날", "Seollal", 0, 0, kAlways, kFestivals, false};
constexpr Article2 kBuddha{
    "buddhas_birthday", "부처님 오신 날", "Buddha's Birthday", 0, 0, kAlways, kBuddhaAndChristmas, true};
constexpr Article2 kChuseok{"chuseok", "추석", "Chuseok", 0, 0, kAlways, kFestivals, false};

// Election days of the end of a term (article 2, 10-2) and days named by the government (article 2, 11).
struct Named {
  base::Date date;
  std::string_view id;
  std::string_view ko;
  std::string_view en;
};

constexpr std::array<Named, 11> kNamed{{
    {{2020, 4, 15}, "election", "국회의원 선거일", "National Assembly election"},
    {{2020, 8, 17}, "named_by_government", "임시공휴일", "Temporary holiday"},
    {{2022, 3, 9}, "election", "대통령 선거일", "Presidential election"},
    {{2022, 6, 1}, "election", "전국동시지방선거일", "Local elections"},
    {{2023, 10, 2}, "named_by_government", "임시공휴일", "Temporary holiday"},
    {{2024, 4, 10}, "election", "국회의원 선거일", "National Assembly election"},
    {{2024, 10, 1}, "named_by_government", "국군의 날 임시공휴일", "Armed Forces Day (temporary holiday)"},
    {{2025, 1, 27}, "named_by_government", "임시공휴일", "Temporary holiday"},
    {{2025, 6, 3}, "election", "대통령 선거일", "Presidential election"},
    {{2026, 6, 3}, "election", "전국동시지방선거일", "Local elections"},
    {{2028, 4, 12}, "election", "국회의원 선거일", "National Assembly election"},
}};

// One holiday of one year: its days, and the rule that it follows.
struct Occurrence {
  const Article2* rule;
  base::Date first;
  std::int64_t days;
};

std::vector<Occurrence> occurrences(std::int32_t year) {
  std::vector<Occurrence> all;
  for (const Article2& rule : kSolar) {
    const base::Date date{year, rule.month, rule.day};
    if (date >= rule.from) all.push_back({&rule, date, 1});
  }
  if (const auto lunar = lunar_dates(year)) {
    all.push_back({&kSeollal, base::add_days(lunar->seollal, -1), 3});
    all.push_back({&kBuddha, lunar->buddhas_birthday, 1});
    all.push_back({&kChuseok, base::add_days(lunar->chuseok, -1), 3});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Occurrence& a, const Occurrence& b) { return a.first < b.first; });
  return all;
}

bool covers(const Occurrence& occurrence, base::Date date) {
  return date >= occurrence.first && date < base::add_days(occurrence.first, occurrence.days);
}

// How many days of `one` article 3(1) gives back: those on a Sunday (and Saturday, where the rule says so)
// and those that fall on another holiday on a weekday. A day shared by two holidays is given back once: to
// the one that has a right to it, the earlier in the year's order where both have.
std::int64_t lost_days(std::size_t one, const std::vector<Occurrence>& all) {
  const Occurrence& self = all[one];
  std::int64_t lost = 0;
  for (std::int64_t i = 0; i < self.days; ++i) {
    const base::Date date = base::add_days(self.first, i);
    if (date < self.rule->substitute_from) continue;
    const int day = base::weekday(date);
    if (day == 0 || (day == 6 && self.rule->on_saturday)) {
      ++lost;
      continue;
    }
    if (day == 6) continue;
    for (std::size_t other = 0; other < all.size(); ++other) {
      if (other == one || !covers(all[other], date)) continue;
      const bool other_has_right = date >= all[other].rule->substitute_from;
      if (!other_has_right || one < other) ++lost;
    }
  }
  return lost;
}

Holiday holiday(base::Date date, std::string_view id, std::string_view ko, std::string_view en,
                bool substitute = false) {
  return {date, std::string(id), std::string(ko), std::string(en), substitute};
}

Holiday substitute_for(const Article2& rule, base::Date date) {
  return holiday(date, "substitute", "대체공휴일(" + std::string(rule.ko) + ")",
                 "Substitute holiday (" + std::string(rule.en) + ")", true);
}

Holiday day_of(const Occurrence& occurrence, std::int64_t index) {
  const Article2& rule = *occurrence.rule;
  const base::Date date = base::add_days(occurrence.first, index);
  if (occurrence.days == 1 || index == 1) return holiday(date, rule.id, rule.ko, rule.en);
  return holiday(date, rule.id, std::string(rule.ko) + " 연휴", std::string(rule.en) + " holiday");
}

}  // namespace

std::vector<Holiday> korean_holidays(std::int32_t year) {
  const std::vector<Occurrence> all = occurrences(year);
  std::map<base::Date, Holiday> by_date;
  for (const Occurrence& occurrence : all) {
    for (std::int64_t i = 0; i < occurrence.days; ++i) {
      const Holiday day = day_of(occurrence, i);
      by_date.emplace(day.date, day);
    }
  }
  for (const Named& named : kNamed) {
    if (named.date.year == year)
      by_date.emplace(named.date, holiday(named.date, named.id, named.ko, named.en));
  }
  // Article 3: the first day after the holiday that is neither a weekend nor a holiday.
  for (std::size_t i = 0; i < all.size(); ++i) {
    base::Date date = base::add_days(all[i].first, all[i].days);
    for (std::int64_t n = lost_days(i, all); n > 0; --n) {
      while (by_date.count(date) != 0 || base::weekday(date) == 0 || base::weekday(date) == 6) {
        date = base::add_days(date, 1);
      }
      by_date.emplace(date, substitute_for(*all[i].rule, date));
    }
  }
  std::vector<Holiday> result;
  std::transform(by_date.begin(), by_date.end(), std::back_inserter(result),
                 [](const auto& entry) { return entry.second; });
  return result;
}

}  // namespace dure::calendar
