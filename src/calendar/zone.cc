#include "calendar/zone.h"

#include <algorithm>

namespace dure::calendar {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int32_t kNineHours = 9 * 3600;

Zone make_seoul() {
  const auto at = [](std::int64_t unix_seconds) { return base::Instant{unix_seconds * 1'000'000}; };
  // Summer times of 1987 and 1988 (tz database, rule ROK): from the second Sunday of May, 2:00, to the second
  // Sunday of October, 3:00.
  return {"Asia/Seoul",
          kNineHours,
          {{at(547'578'000), 10 * 3600},
           {at(560'883'600), kNineHours},
           {at(579'027'600), 10 * 3600},
           {at(592'333'200), kNineHours}}};
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

const Zone& utc() {
  static const Zone zone{"UTC", 0, {}};
  return zone;
}

const Zone& seoul() {
  static const Zone zone = make_seoul();
  return zone;
}

std::optional<Zone> find_zone(std::string_view name) {
  for (const Zone* zone : {&utc(), &seoul()}) {
    if (zone->name == name) return *zone;
  }
  return std::nullopt;
}

std::int32_t offset_at(base::Instant instant, const Zone& zone) {
  const auto later = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), instant,
                                      [](base::Instant i, const Transition& t) { return i < t.at; });
  return later == zone.transitions.begin() ? zone.first_offset_seconds : std::prev(later)->offset_seconds;
}

LocalTime local_time(base::Instant instant, const Zone& zone) {
  const std::int64_t local_us = instant.us + std::int64_t{offset_at(instant, zone)} * 1'000'000;
  const std::int64_t day = floor_divide(local_us, kDayUs);
  return {base::from_days(day), local_us - day * kDayUs};
}

base::Date local_date(base::Instant instant, const Zone& zone) {
  return local_time(instant, zone).date;
}

base::Instant start_of(base::Date date, const Zone& zone) {
  const std::int64_t midnight_us = base::to_days(date) * kDayUs;
  const auto with_offset = [&](std::int32_t offset) {
    return base::Instant{midnight_us - std::int64_t{offset} * 1'000'000};
  };
  // The earliest instant of the date is local midnight under an offset that holds there, or, where midnight
  // is skipped, the transition that skips it.
  const base::Instant first = with_offset(zone.first_offset_seconds);
  if (zone.transitions.empty() || first < zone.transitions.front().at) return first;
  for (std::size_t i = 0; i < zone.transitions.size(); ++i) {
    const Transition& transition = zone.transitions[i];
    const bool last = i + 1 == zone.transitions.size();
    const base::Instant candidate = std::max(with_offset(transition.offset_seconds), transition.at);
    if ((last || candidate < zone.transitions[i + 1].at) && local_date(candidate, zone) == date) {
      return candidate;
    }
  }
  return with_offset(offset_at(with_offset(zone.transitions.back().offset_seconds), zone));
}

base::Instant end_of(base::Date date, const Zone& zone) {
  return start_of(base::add_days(date, 1), zone);
}

bool at_midnight(base::Instant instant, const Zone& zone) {
  return start_of(local_date(instant, zone), zone) == instant;
}

}  // namespace dure::calendar
