#include "wire/resident_number.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/time.h"
#include "wire/json.h"
#include "wire/resident_scan.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;

constexpr char kSeparator = '-';
constexpr char kOther = 'x';

// What a character means here: a digit, kSeparator, kOther, or 0 for one that cannot be seen.
char meaning(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<char>(c);
  if (c >= 0xff10 && c <= 0xff19) return static_cast<char>('0' + (c - 0xff10));
  if ((c >= 0x200b && c <= 0x200d) || c == 0xfeff || c == 0xad) return 0;
  const bool dash = (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xff0d || c == 0x30fc || c == 0x3161;
  const bool space = c == 0xa0 || c == 0x3000 || c == '\t';
  if (dash || space ||
      (c < 0x80 && std::string_view(" -_./~").find(static_cast<char>(c)) != std::string_view::npos))
    return kSeparator;
  return kOther;
}

std::string meanings(std::string_view text) {
  std::string out;
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t length = utf8_length(text, pos);
    const char found = length == 0 ? kOther : meaning(code_point(text, pos, length));
    if (found != 0) out.push_back(found);
    pos += length == 0 ? 1 : length;
  }
  return out;
}

std::size_t digits_from(const std::string& text, std::size_t pos) {
  std::size_t count = 0;
  while (pos + count < text.size() && digit(text[pos + count])) ++count;
  return count;
}

int two(const std::string& text, std::size_t pos) {
  return (text[pos] - '0') * 10 + (text[pos + 1] - '0');
}

// Whether `birth` is a day of the century that the seventh digit names.
bool is_birth(const std::string& birth, char seventh) {
  int century = 1900;
  if (seventh == '9' || seventh == '0') century = 1800;
  if (seventh == '3' || seventh == '4' || seventh == '7' || seventh == '8') century = 2000;
  return base::valid({century + two(birth, 0), two(birth, 2), two(birth, 4)});
}

// A number whose first digit stands at `from`, of `run` digits without a gap.
bool number_at(const std::string& text, std::size_t from, std::size_t run) {
  if (run == 13) return is_birth(text.substr(from, 6), text[from + 6]);
  if (run != 6) return false;
  std::size_t second = from + 6;
  while (second < text.size() && second < from + 9 && text[second] == kSeparator) ++second;
  return digits_from(text, second) == 7 && is_birth(text.substr(from, 6), text[second]);
}

void scan(const json::value& value, const std::string& pointer, std::vector<base::Detail>& found) {
  if (const auto* string = value.if_string()) {
    if (has_resident_number({string->data(), string->size()}))
      found.push_back({pointer, base::Reason("form.resident_number")});
  } else if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      scan((*array)[i], pointer + "/" + std::to_string(i), found);
  } else if (const auto* object = value.if_object()) {
    for (const auto& each : *object)
      scan(each.value(), pointer + "/" + pointer_token({each.key().data(), each.key().size()}), found);
  }
}

}  // namespace

bool has_resident_number(std::string_view text) {
  const std::string known = meanings(text);
  for (std::size_t pos = 0; pos < known.size();) {
    const std::size_t run = digits_from(known, pos);
    if (run > 0 && number_at(known, pos, run)) return true;
    pos += run > 0 ? run : 1;
  }
  return false;
}

std::vector<base::Detail> find_resident_numbers(const json::value& tree) {
  std::vector<base::Detail> found;
  scan(tree, "", found);
  return found;
}

base::Status refuse_resident_numbers(const model::Form1& form) {
  auto found = find_resident_numbers(to_json(form, Out::everything()));
  if (found.empty()) return {};
  const auto count = static_cast<std::int64_t>(found.size());
  if (found.size() > kMaxDetails) found.resize(kMaxDetails);
  return base::invalid(base::Reason("form.invalid").with("count", count), std::move(found));
}

}  // namespace dure::wire
