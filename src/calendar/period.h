// Legal periods (Civil Act articles 155 to 161): the only place where a deadline is computed.
//
// A period is counted in whole local days. Its first day counts when it starts at 0:00 of that day, which is
// how a period of use that starts "on" a date is meant; it does not count when the period runs from an event
// during the day (a notice, a log-in, the end of an allocation). Weeks, months and years are counted by the
// calendar: the period ends on the day before the day that corresponds to its first day, and, where the last
// month has no such day, on that month's last day (article 160). Whether a last day on a Saturday or holiday
// moves to the next business day (article 161) is the rule's choice: periods of use do not move.
//
// All functions are pure. REQUIRES of all: valid dates in the years 1 .. 9990, counts of 1 .. 100'000 days or
// weeks, 12'000 months or 1'000 years. Use describe_period for input that nobody has checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"
#include "base/result.h"
#include "base/time.h"
#include "calendar/business_days.h"
#include "calendar/zone.h"

namespace dure::calendar {

// What a date from outside may be: a start of use, a deadline, a holiday. Whatever is counted from it by any
// Length that parse_length takes, twice over, still lies within the years that can be computed with.
inline constexpr base::Date kFirstPlannable{1900, 1, 1};
inline constexpr base::Date kLastPlannable{2999, 12, 31};

// Refuses (kInvalid) "calendar.date_not_plannable" {date, first, last}.
base::Status check_plannable(base::Date date);

enum class Unit { kDays, kWeeks, kMonths, kYears };

// "6 months", "3 weeks", "21 days".
struct Length {
  std::int64_t count = 0;
  Unit unit = Unit::kDays;
  bool operator==(const Length&) const = default;
};

std::string to_text(Length length);
// Accepts "1 day", "21 days", "3 weeks", "6 months", "1 year" and nothing else; count 1 .. 100'000.
std::optional<Length> parse_length(std::string_view text);

// The days beside one: a price that ends on a day ends before the day after it.
base::Date day_before(base::Date date);
base::Date day_after(base::Date date);

enum class FirstDay { kCounts, kNotCounted };  // Civil Act article 157
enum class Roll { kNone, kNextBusinessDay };   // Civil Act article 161

struct PeriodRule {
  FirstDay first_day = FirstDay::kCounts;
  Roll roll = Roll::kNone;
  bool operator==(const PeriodRule&) const = default;
};

// A period of use or of a right: counts its first day, ends where the calendar says.
inline constexpr PeriodRule kUse{FirstDay::kCounts, Roll::kNone};
// A deadline after an event: the event's day is not counted; a last day on a holiday moves on.
inline constexpr PeriodRule kDeadline{FirstDay::kNotCounted, Roll::kNextBusinessDay};
// The same without moving on, for periods that burden nobody (idle days) or where a pack says so.
inline constexpr PeriodRule kAfterEvent{FirstDay::kNotCounted, Roll::kNone};

// Counts when the period starts at 0:00 of a local day (article 157, proviso).
FirstDay first_day_for(base::Instant start, const Zone& zone);

// The last day of the period that starts on `start`.
base::Date period_end(base::Date start, Length length, PeriodRule rule = kUse, const BusinessDays& days = {});

// The last day on which notice may be given so that `length` lies in full between that day and `event`
// (neither of the two counted): 3 weeks before 2024-03-15 is 2024-02-22.
base::Date last_notice_day(base::Date event, Length length);

// The end of a period after time that was lost: an outage gives back as many days as it touched, rounded up
// to whole days in favour of the user (S0 article 10(2)2). REQUIRES: lost >= 0.
base::Date extended_end(base::Date end, base::Span lost);

// Days from first to last, both counted. REQUIRES: first <= last.
std::int64_t days_of(base::Date first, base::Date last);

// Where something falls due after another thing has ended: within `after`; but where that end lies in
// `year_end_month`, by the last day of `due_month` of the same year, business day or not (S1: use that ends
// in December is reported by November, before it ends).
struct DueRule {
  Length after;
  Roll roll = Roll::kNextBusinessDay;
  std::optional<std::int64_t> year_end_month;
  std::int64_t due_month = 0;  // read only with year_end_month
  bool operator==(const DueRule&) const = default;
};

base::Date due_date(base::Date end, const DueRule& rule, const BusinessDays& days);

// What was computed and why, for people: `dure calendar period`.
struct PeriodStory {
  base::Date start;
  Length length;
  PeriodRule rule;
  base::Date first_counted;         // start, or the day after it
  base::Date last;                  // before rolling
  base::Date end;                   // after rolling; equals last where nothing rolled
  std::int64_t days = 0;            // first_counted .. end
  std::vector<base::Reason> steps;  // in the order of the computation, codes "calendar.…"
  bool operator==(const PeriodStory&) const = default;
};

// As period_end, with its steps; refuses (kInvalid) what the preconditions above exclude.
base::Result<PeriodStory> describe_period(base::Date start, Length length, PeriodRule rule,
                                          const BusinessDays& days);

}  // namespace dure::calendar
