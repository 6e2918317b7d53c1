#include "calendar/period.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dure::calendar {
namespace {

constexpr std::int64_t kMaxCount = 100'000;
constexpr std::int32_t kLastYear = 9990;

struct UnitName {
  Unit unit;
  std::string_view one;
  std::string_view many;
};
constexpr std::array<UnitName, 4> kUnitNames{{{Unit::kDays, "day", "days"},
                                              {Unit::kWeeks, "week", "weeks"},
                                              {Unit::kMonths, "month", "months"},
                                              {Unit::kYears, "year", "years"}}};

std::int64_t max_count(Unit unit) {
  switch (unit) {
    case Unit::kMonths:
      return 12'000;
    case Unit::kYears:
      return 1'000;
    default:
      return kMaxCount;
  }
}

// The day of that number in the month that lies `months` later; none where that month is too short.
std::optional<base::Date> corresponding_day(base::Date first, std::int64_t months) {
  const std::int64_t index = std::int64_t{first.year} * 12 + (first.month - 1) + months;
  const auto year = static_cast<std::int32_t>(index / 12);
  const auto month = static_cast<std::int32_t>(index % 12 + 1);
  if (first.day > base::days_in_month(year, month)) return std::nullopt;
  return base::Date{year, month, first.day};
}

base::Date last_of_month(std::int32_t year, std::int32_t month) {
  return {year, month, base::days_in_month(year, month)};
}

// Article 160: the last of the months counted from `first`, which is counted.
base::Date end_of_months(base::Date first, std::int64_t months) {
  if (const auto day = corresponding_day(first, months)) return base::add_days(*day, -1);
  const base::Date in_last_month = *corresponding_day({first.year, first.month, 1}, months);
  return last_of_month(in_last_month.year, in_last_month.month);
}

base::Date last_day(base::Date first_counted, Length length) {
  switch (length.unit) {
    case Unit::kDays:
      return base::add_days(first_counted, length.count - 1);
    case Unit::kWeeks:
      return base::add_days(first_counted, length.count * 7 - 1);
    case Unit::kMonths:
      return end_of_months(first_counted, length.count);
    case Unit::kYears:
      return end_of_months(first_counted, length.count * 12);
  }
  return first_counted;
}

base::Date first_counted_day(base::Date start, FirstDay rule) {
  return rule == FirstDay::kCounts ? start : base::add_days(start, 1);
}

bool in_range(base::Date date) {
  return base::valid(date) && date.year >= 1 && date.year <= kLastYear;
}

bool in_range(Length length) {
  return length.count >= 1 && length.count <= max_count(length.unit);
}

void tell_last_day(PeriodStory& story) {
  const bool months = story.length.unit == Unit::kMonths || story.length.unit == Unit::kYears;
  const std::int64_t count = story.length.unit == Unit::kYears ? story.length.count * 12 : story.length.count;
  base::Reason step(!months                                         ? "calendar.counted_in_days"
                    : corresponding_day(story.first_counted, count) ? "calendar.day_before_corresponding_day"
                                                                    : "calendar.last_day_of_month");
  story.steps.push_back(
      std::move(step).with("length", to_text(story.length)).with("last", base::to_text(story.last)));
}

void tell_roll(PeriodStory& story, const BusinessDays& days) {
  if (story.rule.roll == Roll::kNone) {
    if (!days.is_business_day(story.last)) {
      story.steps.push_back(base::Reason("calendar.not_rolled").with("last", base::to_text(story.last)));
    }
    return;
  }
  for (base::Date date = story.last; date < story.end; date = base::add_days(date, 1)) {
    const Holiday* holiday = days.holiday(date);
    base::Reason step(holiday != nullptr ? "calendar.rolled_over_holiday" : "calendar.rolled_over_weekend");
    step.with("date", base::to_text(date));
    if (holiday != nullptr) step.with("name_ko", holiday->name_ko).with("name_en", holiday->name_en);
    story.steps.push_back(std::move(step));
  }
  if (story.end > story.last) {
    story.steps.push_back(base::Reason("calendar.rolled_to").with("end", base::to_text(story.end)));
  }
}

}  // namespace

base::Date day_before(base::Date date) {
  return base::add_days(date, -1);
}
base::Date day_after(base::Date date) {
  return base::add_days(date, 1);
}

base::Status check_plannable(base::Date date) {
  if (base::valid(date) && kFirstPlannable <= date && date <= kLastPlannable) return {};
  return base::invalid(base::Reason("calendar.date_not_plannable")
                           .with("date", base::to_text(date))
                           .with("first", base::to_text(kFirstPlannable))
                           .with("last", base::to_text(kLastPlannable)));
}

std::string to_text(Length length) {
  for (const UnitName& name : kUnitNames) {
    if (name.unit != length.unit) continue;
    return std::to_string(length.count) + " " + std::string(length.count == 1 ? name.one : name.many);
  }
  return "";
}

std::optional<Length> parse_length(std::string_view text) {
  Length length;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, length.count);
  if (failure != std::errc{} || text.front() == '-' || text.front() == '0') return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  for (const UnitName& name : kUnitNames) {
    if (unit != " " + std::string(name.one) && unit != " " + std::string(name.many)) continue;
    length.unit = name.unit;
    if (in_range(length)) return length;
  }
  return std::nullopt;
}

FirstDay first_day_for(base::Instant start, const Zone& zone) {
  return at_midnight(start, zone) ? FirstDay::kCounts : FirstDay::kNotCounted;
}

base::Date period_end(base::Date start, Length length, PeriodRule rule, const BusinessDays& days) {
  DURE_ASSERT(in_range(start) && in_range(length));
  const base::Date last = last_day(first_counted_day(start, rule.first_day), length);
  return rule.roll == Roll::kNone ? last : days.on_or_after(last);
}

base::Date last_notice_day(base::Date event, Length length) {
  // Going back by the longest that the length can be, then forward while the whole length still fits.
  const std::int64_t days_per_unit[] = {1, 7, 31, 366};
  const std::int64_t most = length.count * days_per_unit[static_cast<int>(length.unit)] + 1;
  base::Date day = base::add_days(event, -most);
  for (base::Date next = base::add_days(day, 1); period_end(next, length, kAfterEvent) < event;
       next = base::add_days(next, 1)) {
    day = next;
  }
  return day;
}

base::Date extended_end(base::Date end, base::Span lost) {
  DURE_ASSERT(lost.us >= 0);
  const std::int64_t day_us = base::Span::days(1).us;
  return base::add_days(end, lost.us / day_us + (lost.us % day_us == 0 ? 0 : 1));
}

std::int64_t days_of(base::Date first, base::Date last) {
  DURE_ASSERT(first <= last);
  return base::to_days(last) - base::to_days(first) + 1;
}

base::Date due_date(base::Date end, const DueRule& rule, const BusinessDays& days) {
  if (rule.year_end_month && end.month == *rule.year_end_month) {
    return last_of_month(end.year, static_cast<std::int32_t>(rule.due_month));
  }
  return period_end(end, rule.after, {FirstDay::kNotCounted, rule.roll}, days);
}

base::Result<PeriodStory> describe_period(base::Date start, Length length, PeriodRule rule,
                                          const BusinessDays& days) {
  if (!in_range(start)) return base::invalid(base::Reason("calendar.date_out_of_range"));
  if (!in_range(length)) {
    return base::invalid(base::Reason("calendar.length_out_of_range").with("max", max_count(length.unit)));
  }
  PeriodStory story{start, length, rule, first_counted_day(start, rule.first_day), {}, {}, 0, {}};
  story.last = last_day(story.first_counted, length);
  if (!in_range(story.last)) return base::invalid(base::Reason("calendar.date_out_of_range"));
  story.end = rule.roll == Roll::kNone ? story.last : days.on_or_after(story.last);
  story.days = days_of(story.first_counted, story.end);
  story.steps.push_back(base::Reason(rule.first_day == FirstDay::kCounts ? "calendar.first_day_counts"
                                                                         : "calendar.first_day_not_counted")
                            .with("start", base::to_text(start))
                            .with("first_counted", base::to_text(story.first_counted)));
  tell_last_day(story);
  tell_roll(story, days);
  return story;
}

}  // namespace dure::calendar
