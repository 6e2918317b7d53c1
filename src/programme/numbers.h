// Numbers with a form of their own: business, corporate and resident registration numbers (governance R9,
// R20, R21). They show that a number is well-formed, not that it exists.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dure::programme {

// Ten digits without dashes, or none: wrong length, other characters, wrong check digit, ten equal digits.
// Accepted forms: 1234567891, 123-45-67891.
std::optional<std::string> business_number(std::string_view text);

// Thirteen digits without dash, or none. Accepted forms: 1101110062432, 110111-0062432.
std::optional<std::string> corporate_number(std::string_view text);

// Where something looks like a resident or alien registration number: byte offset and length in the text.
// The number itself is never copied (invariant 16).
struct ResidentNumberSite {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool check_digit_right = false;  // numbers given out since October 2020 have no check digit
  bool operator==(const ResidentNumberSite&) const = default;
};

// All of them: thirteen digits standing alone, with nothing, or up to three spaces, dashes or the like after
// the sixth, the first six a date of the century that the seventh names. ASCII and full-width digits;
// characters that cannot be seen do not hide one. What has the form and check digit of a corporate number and
// not that of a resident number is left alone.
std::vector<ResidentNumberSite> find_resident_numbers(std::string_view utf8);

}  // namespace dure::programme
