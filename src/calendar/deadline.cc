#include "calendar/deadline.h"

#include <utility>

namespace dure::calendar {
namespace {

base::Date last_of(std::int32_t year, std::int32_t month) {
  return {year, month, base::days_in_month(year, month)};
}

}  // namespace

DayStory tell_period(base::Date start, Length length, PeriodRule rule, const BusinessDays& days) {
  auto story = describe_period(start, length, rule, days);
  DURE_ASSERT(story.ok());
  return {start, story->end, std::move(story->steps)};
}

DayStory tell_due(base::Date end, const DueRule& rule, const BusinessDays& days) {
  if (!rule.year_end_month || end.month != *rule.year_end_month)
    return tell_period(end, rule.after, {FirstDay::kNotCounted, rule.roll}, days);
  DayStory story{end, due_date(end, rule, days), {}};
  story.steps.push_back(base::Reason("calendar.year_end_rule")
                            .with("end", base::to_text(end))
                            .with("month", *rule.year_end_month)
                            .with("due_month", rule.due_month)
                            .with("due", base::to_text(story.day)));
  if (!days.is_business_day(story.day))
    story.steps.push_back(base::Reason("calendar.not_rolled").with("last", base::to_text(story.day)));
  return story;
}

DayStory tell_last_notice(base::Date event, Length length) {
  DayStory story{event, last_notice_day(event, length), {}};
  story.steps.push_back(base::Reason("calendar.whole_length_before")
                            .with("length", to_text(length))
                            .with("event", base::to_text(event))
                            .with("day", base::to_text(story.day)));
  return story;
}

base::Date lead_day(base::Date event, std::int64_t days) {
  DURE_ASSERT(days >= 0 && days <= 100'000);
  return base::add_days(event, -days);
}

DayStory tell_lead(base::Date event, std::int64_t days) {
  DayStory story{event, lead_day(event, days), {}};
  story.steps.push_back(base::Reason("calendar.days_before")
                            .with("days", days)
                            .with("event", base::to_text(event))
                            .with("day", base::to_text(story.day)));
  return story;
}

base::Date cycle_end(base::Date date, std::int64_t months) {
  DURE_ASSERT(months >= 1 && 12 % months == 0);
  const auto length = static_cast<std::int32_t>(months);
  const std::int32_t last_month = ((date.month - 1) / length + 1) * length;
  return last_of(date.year, last_month);
}

base::Date cycle_start(base::Date date, std::int64_t months) {
  DURE_ASSERT(months >= 1 && 12 % months == 0);
  const auto length = static_cast<std::int32_t>(months);
  return {date.year, (date.month - 1) / length * length + 1, 1};
}

std::int64_t cycles_touched(base::Date from, base::Date to, std::int64_t months) {
  const auto first = cycle_start(from, months);
  const auto last = cycle_start(to, months);
  return ((last.year - first.year) * std::int64_t{12} + (last.month - first.month)) / months + 1;
}

DayStory tell_cycle_end(base::Date date, std::int64_t months) {
  DayStory story{date, cycle_end(date, months), {}};
  story.steps.push_back(base::Reason("calendar.end_of_cycle")
                            .with("date", base::to_text(date))
                            .with("months", months)
                            .with("day", base::to_text(story.day)));
  return story;
}

}  // namespace dure::calendar
