// Time as values: instants, spans and dates. Nothing here reads a clock.
//
// Instant is microseconds since 1970-01-01T00:00:00Z (UTC, no leap seconds); Span is a difference in
// microseconds; Date is a day of the proleptic Gregorian calendar without a zone. Conversion between an
// instant and a date needs a zone's offset and is done by calendar/.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dure::base {

struct Span {
  std::int64_t us = 0;

  static constexpr Span milliseconds(std::int64_t n) { return {n * 1000}; }
  static constexpr Span seconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Span minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Span hours(std::int64_t n) { return seconds(n * 3600); }
  static constexpr Span days(std::int64_t n) { return seconds(n * 86400); }
  constexpr std::int64_t in_ms() const { return us / 1000; }
  constexpr std::int64_t in_seconds() const { return us / 1'000'000; }
  auto operator<=>(const Span&) const = default;
};

struct Instant {
  std::int64_t us = 0;

  constexpr std::int64_t unix_ms() const { return us / 1000; }
  auto operator<=>(const Instant&) const = default;
};

constexpr Instant operator+(Instant a, Span b) {
  return {a.us + b.us};
}
constexpr Instant operator-(Instant a, Span b) {
  return {a.us - b.us};
}
constexpr Span operator-(Instant a, Instant b) {
  return {a.us - b.us};
}
constexpr Span operator+(Span a, Span b) {
  return {a.us + b.us};
}
constexpr Span operator-(Span a, Span b) {
  return {a.us - b.us};
}

// REQUIRES of every function that takes one: valid(date).
struct Date {
  std::int32_t year = 1970;
  std::int32_t month = 1;  // 1..12
  std::int32_t day = 1;    // 1..31

  auto operator<=>(const Date&) const = default;
};

bool valid(Date date);
bool leap_year(std::int32_t year);
std::int32_t days_in_month(std::int32_t year, std::int32_t month);

// Days since 1970-01-01 and back (H. Hinnant, "chrono-compatible low-level date algorithms").
std::int64_t to_days(Date date);
Date from_days(std::int64_t days);
Date add_days(Date date, std::int64_t days);
// 0 = Sunday .. 6 = Saturday.
int weekday(Date date);

// "2026-09-01"; and back, refusing anything but exactly that form and a valid date.
std::string to_text(Date date);
std::optional<Date> parse_date(std::string_view text);

// RFC 3339 in UTC with microseconds only where they are not zero: "2026-09-01T00:00:00Z",
// "2026-09-01T00:00:00.250000Z"; and back, accepting any offset and up to nine digits (cut to six).
std::string to_text(Instant instant);
std::optional<Instant> parse_instant(std::string_view text);

}  // namespace dure::base
