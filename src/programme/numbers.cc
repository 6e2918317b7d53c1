#include "programme/numbers.h"

#include <algorithm>
#include <array>

#include "base/time.h"

namespace dure::programme {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
int value(char c) {
  return c - '0';
}

// The digits of a text that has dashes at exactly these places of the dashed form, or none at all.
std::optional<std::string> digits_of(std::string_view text, std::size_t length,
                                     const std::vector<std::size_t>& dashes) {
  std::string digits;
  const bool dashed = text.size() == length + dashes.size();
  if (!dashed && text.size() != length) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = dashed && std::find(dashes.begin(), dashes.end(), i) != dashes.end();
    if (dash ? text[i] != '-' : !is_digit(text[i])) return std::nullopt;
    if (!dash) digits += text[i];
  }
  return digits;
}

bool corporate_check_digit_right(const std::string& digits) {
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += value(digits[i]) * (i % 2 == 0 ? 1 : 2);
  return (10 - sum % 10) % 10 == value(digits[12]);
}

bool resident_check_digit_right(const std::string& digits) {
  constexpr std::array kWeights{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * value(digits[i]);
  const int expected = (11 - sum % 11) % 10;
  // Registered foreigners' numbers end two higher.
  const bool foreigner = digits[6] >= '5' && digits[6] <= '8';
  return value(digits[12]) == expected || (foreigner && value(digits[12]) == (expected + 2) % 10);
}

// The seventh digit tells the century: 1, 2, 5, 6 the twentieth, 3, 4, 7, 8 the twenty-first, 9, 0 the
// nineteenth.
std::optional<int> century(char seventh) {
  switch (seventh) {
    case '1':
    case '2':
    case '5':
    case '6':
      return 1900;
    case '3':
    case '4':
    case '7':
    case '8':
      return 2000;
    default:
      return std::nullopt;  // nobody born before 1900 applies
  }
}

bool plausible_birth(const std::string& digits) {
  const auto from = century(digits[6]);
  const auto two = [&](std::size_t at) { return 10 * value(digits[at]) + value(digits[at + 1]); };
  return from && base::valid({*from + two(0), two(2), two(4)});
}

// Whether thirteen digits are a company's rather than a person's: the fifth and sixth digit name a legal form
// (11 stock company … 22 foundation), the corporate check digit is right and the resident one is not. Who was
// born since October 2020 has a number without check digit, so that nothing of the kind can be told there.
bool rather_corporate(const std::string& digits) {
  constexpr std::array<std::string_view, 8> kLegalForms{"11", "12", "13", "14", "15", "21", "22", "31"};
  const std::string_view form = std::string_view(digits).substr(4, 2);
  const bool named = std::find(kLegalForms.begin(), kLegalForms.end(), form) != kLegalForms.end();
  const bool since_2020 = *century(digits[6]) == 2000 && digits.substr(0, 4) >= "2010";
  return named && !since_2020 && corporate_check_digit_right(digits) && !resident_check_digit_right(digits);
}

// One character of the text, seen as a digit, a thing that may stand between the two halves, or another.
struct Sign {
  enum class Kind { kDigit, kGap, kInvisible, kOther } kind = Kind::kOther;
  char digit = '0';
  std::size_t offset = 0;
  std::size_t length = 1;
};

constexpr std::array<std::string_view, 16> kGaps{" ",
                                                 "\t",
                                                 "-",
                                                 "_",
                                                 ".",
                                                 "/",
                                                 "~",
                                                 "\xe2\x80\x90",
                                                 "\xe2\x80\x91",
                                                 "\xe2\x80\x92",
                                                 "\xe2\x80\x93",
                                                 "\xe2\x80\x94",
                                                 "\xe2\x88\x92",
                                                 "\xef\xbc\x8d",
                                                 "\xe3\x80\x80",
                                                 "\xc2\xa0"};
constexpr std::array<std::string_view, 5> kInvisible{"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d",
                                                     "\xef\xbb\xbf", "\xc2\xad"};

Sign sign_at(std::string_view text, std::size_t at) {
  if (is_digit(text[at])) return {Sign::Kind::kDigit, text[at], at, 1};
  const auto rest = text.substr(at);
  if (rest.size() >= 3 && rest.starts_with("\xef\xbc") && rest[2] >= '\x90' && rest[2] <= '\x99')
    return {Sign::Kind::kDigit, static_cast<char>('0' + (rest[2] - '\x90')), at, 3};  // full width
  for (const auto gap : kGaps)
    if (rest.starts_with(gap)) return {Sign::Kind::kGap, '0', at, gap.size()};
  for (const auto nothing : kInvisible)
    if (rest.starts_with(nothing)) return {Sign::Kind::kInvisible, '0', at, nothing.size()};
  return {Sign::Kind::kOther, '0', at, 1};
}

std::vector<Sign> signs_of(std::string_view text) {
  std::vector<Sign> signs;
  for (std::size_t at = 0; at < text.size();) {
    const auto sign = sign_at(text, at);
    at += sign.length;
    if (sign.kind != Sign::Kind::kInvisible) signs.push_back(sign);
  }
  return signs;
}

// Digits in a row from `at` on.
std::size_t digits_from(const std::vector<Sign>& signs, std::size_t at) {
  std::size_t count = 0;
  while (at + count < signs.size() && signs[at + count].kind == Sign::Kind::kDigit) ++count;
  return count;
}

// Index behind a number that starts at `at`, or 0: thirteen digits, or six and seven with one to three gaps.
std::size_t end_of_number(const std::vector<Sign>& signs, std::size_t at, std::size_t run) {
  if (run == 13) return at + 13;
  if (run != 6) return 0;
  std::size_t second = at + 6;
  while (second < signs.size() && second < at + 9 && signs[second].kind == Sign::Kind::kGap) ++second;
  return digits_from(signs, second) == 7 ? second + 7 : 0;
}

std::string digits_between(const std::vector<Sign>& signs, std::size_t from, std::size_t to) {
  std::string digits;
  for (std::size_t i = from; i < to; ++i)
    if (signs[i].kind == Sign::Kind::kDigit) digits += signs[i].digit;
  return digits;
}

}  // namespace

std::optional<std::string> business_number(std::string_view text) {
  constexpr std::array kWeights{1, 3, 7, 1, 3, 7, 1, 3, 5};
  auto digits = digits_of(text, 10, {3, 6});
  if (!digits || digits->find_first_not_of(digits->front()) == std::string::npos) return std::nullopt;
  int sum = value((*digits)[8]) * 5 / 10;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * value((*digits)[i]);
  if ((10 - sum % 10) % 10 != value((*digits)[9])) return std::nullopt;
  return digits;
}

std::optional<std::string> corporate_number(std::string_view text) {
  auto digits = digits_of(text, 13, {6});
  if (!digits || digits->find_first_not_of(digits->front()) == std::string::npos) return std::nullopt;
  if (!corporate_check_digit_right(*digits)) return std::nullopt;
  return digits;
}

std::vector<ResidentNumberSite> find_resident_numbers(std::string_view utf8) {
  std::vector<ResidentNumberSite> found;
  const auto signs = signs_of(utf8);
  for (std::size_t at = 0; at < signs.size();) {
    const auto run = digits_from(signs, at);
    const auto end = end_of_number(signs, at, run);
    if (end != 0) {
      const auto digits = digits_between(signs, at, end);
      if (plausible_birth(digits) && !rather_corporate(digits)) {
        const auto& last = signs[end - 1];
        found.push_back({signs[at].offset, last.offset + last.length - signs[at].offset,
                         resident_check_digit_right(digits)});
      }
    }
    at += run > 0 ? run : 1;
  }
  return found;
}

}  // namespace dure::programme
