// Days that hang on another day, each with the steps of its computation: what falls due after an end, what
// must be said before an event, where a cycle of reviews ends.
//
// Together with calendar/period.h the only place where a deadline is computed (governance invariant 20). All
// functions are pure. REQUIRES of all: plannable dates (check_plannable), lengths as calendar/period.h says.
#pragma once

#include <cstdint>
#include <vector>

#include "calendar/period.h"

namespace dure::calendar {

// A day and how it was found; steps are told by the codes "calendar.…", in the order of the computation.
struct DayStory {
  base::Date from;
  base::Date day;
  std::vector<base::Reason> steps;
  bool operator==(const DayStory&) const = default;
};

// period_end() and its steps.
DayStory tell_period(base::Date start, Length length, PeriodRule rule, const BusinessDays& days);

// due_date() and its steps: within a time after `end`, or by the month's end where the rule for the end of
// the year applies (K2; S1: use that ends in December is reported by November).
DayStory tell_due(base::Date end, const DueRule& rule, const BusinessDays& days);

// last_notice_day() and its step: the whole length lies between that day and the event, neither counted (B2).
DayStory tell_last_notice(base::Date event, Length length);

// The day that lies so many days before the event: a reminder "7 days before" 2026-03-10 is 2026-03-03.
// REQUIRES: 0 <= days <= 100'000.
base::Date lead_day(base::Date event, std::int64_t days);
DayStory tell_lead(base::Date event, std::int64_t days);

// The last day of the cycle of `months` calendar months, counted from January, in which the date lies: 3
// gives the end of the quarter. REQUIRES: months divides 12.
base::Date cycle_end(base::Date date, std::int64_t months);
DayStory tell_cycle_end(base::Date date, std::int64_t months);

// The first day of that cycle, and how many cycles the days from the one to the other touch: 1 within one.
// REQUIRES: months divides 12; from <= to.
base::Date cycle_start(base::Date date, std::int64_t months);
std::int64_t cycles_touched(base::Date from, base::Date to, std::int64_t months);

}  // namespace dure::calendar
