// Computes the table of lunar_dates.cc a second time, from the sky. Floating point belongs to this test only.
#include "calendar/lunar_dates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "calendar/business_days.h"

namespace dure::calendar {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kDeltaTDays = 75.0 / 86400;  // terrestrial minus universal time, 2020 .. 2050
constexpr double kKoreaDays = 9.0 / 24;

double sine(double degrees) {
  return std::sin(std::fmod(degrees, 360.0) * kPi / 180);
}

// Apparent longitude of the sun in degrees (Meeus, chapter 25; good to 0.01 degree, 15 minutes of time).
double sun_longitude(double jde) {
  const double t = (jde - 2451545.0) / 36525;
  const double m = 357.52911 + 35999.05029 * t - 0.0001537 * t * t;
  const double centre =
      (1.914602 - 0.004817 * t) * sine(m) + (0.019993 - 0.000101 * t) * sine(2 * m) + 0.000289 * sine(3 * m);
  const double mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t;
  return std::fmod(mean + centre - 0.00569 - 0.00478 * sine(125.04 - 1934.136 * t) + 36000000.0, 360.0);
}

// When the sun reaches the longitude, near `guess`.
double solar_term(double longitude, double guess) {
  for (int i = 0; i < 30; ++i) {
    const double off = std::fmod(longitude - sun_longitude(guess) + 540.0, 360.0) - 180.0;
    guess += off * 365.2422 / 360;
  }
  return guess;
}

struct Periodic {
  double factor;
  int power_of_e, sun, moon, latitude, node;
};

// The k-th new moon after that of 2000-01-06 (Meeus, chapter 49; good to some seconds).
double new_moon(int k) {
  static constexpr std::array<Periodic, 25> kTerms{{
      {-.40720, 0, 0, 1, 0, 0}, {.17241, 1, 1, 0, 0, 0},    {.01608, 0, 0, 2, 0, 0},
      {.01039, 0, 0, 0, 2, 0},  {.00739, 1, -1, 1, 0, 0},   {-.00514, 1, 1, 1, 0, 0},
      {.00208, 2, 2, 0, 0, 0},  {-.00111, 0, 0, 1, -2, 0},  {-.00057, 0, 0, 1, 2, 0},
      {.00056, 1, 1, 2, 0, 0},  {-.00042, 0, 0, 3, 0, 0},   {.00042, 1, 1, 0, 2, 0},
      {.00038, 1, 1, 0, -2, 0}, {-.00024, 1, -1, 2, 0, 0},  {-.00017, 0, 0, 0, 0, 1},
      {-.00007, 0, 2, 1, 0, 0}, {.00004, 0, 0, 2, -2, 0},   {.00004, 0, 3, 0, 0, 0},
      {.00003, 0, 1, 1, -2, 0}, {.00003, 0, 0, 2, 2, 0},    {-.00003, 0, 1, 1, 2, 0},
      {.00003, 0, -1, 1, 2, 0}, {-.00002, 0, -1, 1, -2, 0}, {-.00002, 0, 1, 3, 0, 0},
      {.00002, 0, 0, 4, 0, 0},
  }};
  static constexpr double kPlanets[][3] = {
      {299.77, .107408, .000325},   {251.88, .016321, .000165},  {251.83, 26.651886, .000164},
      {349.42, 36.412478, .000126}, {84.66, 18.206239, .000110}, {141.74, 53.303771, .000062},
      {207.14, 2.453732, .000060},  {154.84, 7.306860, .000056}, {34.52, 27.261239, .000047},
      {207.19, .121824, .000042},   {291.34, 1.844379, .000040}, {161.72, 24.198154, .000037},
      {239.56, 25.513099, .000035}, {331.55, 3.592518, .000023},
  };
  const double t = k / 1236.85;
  const double e = 1 - 0.002516 * t - 0.0000074 * t * t;
  const double sun = 2.5534 + 29.10535670 * k - 0.0000014 * t * t;
  const double moon = 201.5643 + 385.81693528 * k + 0.0107582 * t * t;
  const double latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t * t;
  const double node = 124.7746 - 1.56375588 * k + 0.0020672 * t * t;
  double jde = 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t;
  for (const Periodic& p : kTerms) {
    const double argument = p.sun * sun + p.moon * moon + p.latitude * latitude + p.node * node;
    jde += p.factor * std::pow(e, p.power_of_e) * sine(argument);
  }
  for (const auto& planet : kPlanets) jde += planet[2] * sine(planet[0] + planet[1] * k);
  return jde;
}

// Civil day in Korea, in days since 1970-01-01.
std::int64_t korean_day(double jde) {
  return static_cast<std::int64_t>(std::floor(jde - kDeltaTDays + kKoreaDays - 2440587.5));
}

double minutes_from_midnight(double jde) {
  const double day = jde - kDeltaTDays + kKoreaDays - 2440587.5;
  const double part = day - std::floor(day);
  return std::min(part, 1 - part) * 1440;
}

std::int64_t winter_solstice(int year) {
  return korean_day(solar_term(270, 2451545.0 + (year - 2000) * 365.2422 + 355));
}

struct Month {
  std::int64_t first_day;
  double minutes;  // of the new moon from midnight
};

// The months from the one of last year's winter solstice to the one after this year's.
std::vector<Month> months_of(int year) {
  const std::int64_t from = winter_solstice(year - 1), to = winter_solstice(year);
  std::vector<Month> months;
  for (int k = static_cast<int>((year - 2000 - 1) * 12.3685) + 8;
       months.size() < 2 || months.end()[-2].first_day <= to; ++k) {
    months.push_back({korean_day(new_moon(k)), minutes_from_midnight(new_moon(k))});
    while (months.size() > 1 && months[1].first_day <= from) months.erase(months.begin());
  }
  return months;
}

// A month that holds one of the twelve major solar terms.
bool has_major_term(std::int64_t first_day, std::int64_t next_first_day) {
  const double middle = static_cast<double>(first_day) + 2440587.5 + 15;
  for (int longitude = 0; longitude < 360; longitude += 30) {
    const std::int64_t day = korean_day(solar_term(longitude, middle));
    if (day >= first_day && day < next_first_day) return true;
  }
  return false;
}

struct Computed {
  LunarDates dates;
  double nearest_midnight = 1e9;
};

Computed compute(int year) {
  const std::vector<Month> months = months_of(year);
  const std::int64_t next_solstice = winter_solstice(year);
  std::size_t last = 0;
  while (months[last + 1].first_day <= next_solstice) ++last;
  const bool leap_needed = last == 13;
  bool leap_given = false;
  int number = 11;
  Computed result;
  for (std::size_t i = 1; i <= last; ++i) {
    if (leap_needed && !leap_given && !has_major_term(months[i].first_day, months[i + 1].first_day)) {
      leap_given = true;
      continue;
    }
    number = number % 12 + 1;
    if (number == 1) result.dates.seollal = base::from_days(months[i].first_day);
    if (number == 4) result.dates.buddhas_birthday = base::from_days(months[i].first_day + 7);
    if (number == 8) result.dates.chuseok = base::from_days(months[i].first_day + 14);
    if (number == 1 || number == 4 || number == 8) {
      result.nearest_midnight = std::min(result.nearest_midnight, months[i].minutes);
    }
  }
  return result;
}

TEST(LunarDates, R18_EqualThoseComputedFromNewMoonsAndSolarTerms) {
  for (std::int32_t year = kFirstHolidayYear; year <= kLastHolidayYear; ++year) {
    const Computed computed = compute(year);
    const LunarDates table = *lunar_dates(year);
    EXPECT_EQ(base::to_text(table.seollal), base::to_text(computed.dates.seollal));
    EXPECT_EQ(base::to_text(table.buddhas_birthday), base::to_text(computed.dates.buddhas_birthday));
    EXPECT_EQ(base::to_text(table.chuseok), base::to_text(computed.dates.chuseok));
    // Nearer to midnight than this, the method's own error could turn the day.
    EXPECT_GT(computed.nearest_midnight, 10) << year;
  }
}

TEST(LunarDates, AreUnknownOutsideTheTable) {
  EXPECT_FALSE(lunar_dates(kFirstHolidayYear - 1));
  EXPECT_FALSE(lunar_dates(kLastHolidayYear + 1));
}

}  // namespace
}  // namespace dure::calendar
