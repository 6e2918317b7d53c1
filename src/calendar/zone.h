// Zones: what date and time of day it is somewhere at an instant.
//
// A Zone is data: an offset that held first and the instants at which it changed. The programmes of this
// product live in Asia/Seoul (UTC+9 without change since 1988-10-09); another zone is added by giving its
// transitions, for example from the tz database. Values are immutable and may be shared by threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dure::calendar {

// From `at` on, local time is UTC plus `offset_seconds`.
struct Transition {
  base::Instant at;
  std::int32_t offset_seconds = 0;
  bool operator==(const Transition&) const = default;
};

struct Zone {
  std::string name;                       // as in the tz database: "Asia/Seoul"
  std::int32_t first_offset_seconds = 0;  // before the first transition
  std::vector<Transition> transitions;    // by rising time
  bool operator==(const Zone&) const = default;
};

const Zone& utc();
// Exact from 1988-10-09 on; the summer times of 1987 and 1988 are transitions of it.
const Zone& seoul();

// The zone of that name among those above; none for any other.
std::optional<Zone> find_zone(std::string_view name);

// Offset from UTC in seconds that holds at the instant.
std::int32_t offset_at(base::Instant instant, const Zone& zone);

struct LocalTime {
  base::Date date;
  std::int64_t microsecond_of_day = 0;  // 0 .. 86'399'999'999
  auto operator<=>(const LocalTime&) const = default;
};

LocalTime local_time(base::Instant instant, const Zone& zone);
base::Date local_date(base::Instant instant, const Zone& zone);

// The first instant whose local date is `date`. Where summer time skips midnight, that is the end of the gap.
base::Instant start_of(base::Date date, const Zone& zone);
// The first instant after the date: start_of the next day. A right that ends "on" a date ends here.
base::Instant end_of(base::Date date, const Zone& zone);

// True when the instant is 0:00 of its local date (Civil Act article 157, proviso).
bool at_midnight(base::Instant instant, const Zone& zone);

}  // namespace dure::calendar
