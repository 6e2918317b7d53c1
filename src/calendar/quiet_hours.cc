#include "calendar/quiet_hours.h"

namespace dure::calendar {
namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 24 * 60;

// Minutes until the end by the clock on the wall, counted from the minute in which the instant lies.
std::int64_t minutes_left(std::int64_t minute, std::int64_t until) {
  return minute < until ? until - minute : until + kDay - minute;
}

}  // namespace

bool is_quiet(base::Instant instant, QuietHours hours, const Zone& zone) {
  const std::int64_t minute = local_time(instant, zone).microsecond_of_day / kMinute;
  if (hours.from <= hours.until) return hours.from <= minute && minute < hours.until;
  return hours.from <= minute || minute < hours.until;
}

base::Instant after_quiet_hours(base::Instant instant, QuietHours hours, const Zone& zone) {
  // More than one step only where summer time makes the end fall into an hour that is not there.
  for (int steps = 0; steps < 4 && is_quiet(instant, hours, zone); ++steps) {
    const std::int64_t of_day = local_time(instant, zone).microsecond_of_day;
    const std::int64_t left = minutes_left(of_day / kMinute, hours.until) * kMinute - of_day % kMinute;
    const auto end = instant + base::Span{left};
    // The clock on the wall moved by as much as the offset did in between.
    instant = end + base::Span::seconds(offset_at(instant, zone) - offset_at(end, zone));
  }
  return instant;
}

}  // namespace dure::calendar
