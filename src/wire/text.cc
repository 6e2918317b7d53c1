#include "wire/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "wire/eight_bytes.h"

namespace dure::wire {
namespace {

bool continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Joins the character before it: marks, variation selectors, medial and final jamo, zero-width joiner.
bool joins_left(char32_t c) {
  return (c >= 0x0300 && c <= 0x036f) || (c >= 0x1160 && c <= 0x11ff) || (c >= 0xd7b0 && c <= 0xd7ff) ||
         (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
         c == 0x200d;
}

// Writes two digits and gives the place after them.
char* put_two_digits(char* to, std::int64_t number) {
  *to++ = static_cast<char>('0' + number / 10 % 10);
  *to++ = static_cast<char>('0' + number % 10);
  return to;
}

// REQUIRES: 0 <= year <= 9999. Ten characters.
char* put_date(char* to, base::Date date) {
  to = put_two_digits(to, date.year / 100);
  to = put_two_digits(to, date.year % 100);
  *to++ = '-';
  to = put_two_digits(to, date.month);
  *to++ = '-';
  return put_two_digits(to, date.day);
}

bool four_digits(std::int64_t year) {
  return year >= 0 && year <= 9999;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
  }
}

bool plain_ascii(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Eight bytes at once: none of them a control character, a quote, a backslash or beyond ASCII. (Where one is
// none, its neighbours above may be taken for one too; never the other way round.)
bool eight_plain(const char* at) {
  const std::uint64_t word = load_eight(at);
  return (word & kHighBits) == 0 && !has_byte(word, '"') && !has_byte(word, '\\') &&
         ((word - 0x20 * kEachByte) & kHighBits) == 0;
}

// Where from `pos` on the first byte stands that JSON text cannot hold as it is.
std::size_t plain_until(std::string_view text, std::size_t pos) {
  while (pos < text.size()) {
    if (text.size() - pos >= 8 && eight_plain(text.data() + pos)) {
      pos += 8;
      continue;
    }
    if (static_cast<unsigned char>(text[pos]) < 0x80) {
      if (!plain_ascii(text[pos])) return pos;
      ++pos;
      continue;
    }
    const std::size_t length = utf8_length(text, pos);
    if (length == 0) return pos;
    pos += length;
  }
  return pos;
}

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != '_' && c != '-' && c != ' ') out.push_back(fold(c));
  return out;
}

// Optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours.
std::size_t slips(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::size_t utf8_length(std::string_view text, std::size_t pos) {
  const auto byte = static_cast<unsigned char>(text[pos]);
  if (byte < 0x80) return 1;
  const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  if (byte < 0xc2 || byte > 0xf4 || pos + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continuation(text[pos + i])) return 0;
  const auto second = static_cast<unsigned char>(text[pos + 1]);
  if ((byte == 0xe0 && second < 0xa0) || (byte == 0xed && second > 0x9f) || (byte == 0xf0 && second < 0x90) ||
      (byte == 0xf4 && second > 0x8f))
    return 0;
  return length;
}

std::size_t invalid_utf8_at(std::string_view text) {
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t length = utf8_length(text, pos);
    if (length == 0) return pos;
    pos += length;
  }
  return std::string_view::npos;
}

char32_t code_point(std::string_view text, std::size_t pos, std::size_t length) {
  const auto first = static_cast<unsigned char>(text[pos]);
  char32_t point = length == 1 ? first : first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[pos + i]) & 0x3f);
  return point;
}

std::size_t character_end(std::string_view text, std::size_t pos) {
  pos += std::max<std::size_t>(1, utf8_length(text, pos));
  while (pos < text.size() && static_cast<unsigned char>(text[pos]) >= 0x80) {  // what joins is beyond ASCII
    const std::size_t length = utf8_length(text, pos);
    if (length == 0 || !joins_left(code_point(text, pos, length))) break;
    pos += length;
  }
  return pos;
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> found;
  found.reserve(text.size());
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t end = character_end(text, pos);
    found.push_back(text.substr(pos, end - pos));
    pos = end;
  }
  return found;
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t pos = 0;;) {
    const std::size_t stop = plain_until(text, pos);
    out.append(text.substr(pos, stop - pos));
    if (stop == text.size()) break;
    if (static_cast<unsigned char>(text[stop]) < 0x80)
      append_escaped(out, text[stop]);
    else
      out += "\xef\xbf\xbd";
    pos = stop + 1;
  }
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t number) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out.append(buffer, end);
}

void append_date(std::string& out, base::Date date) {
  if (!four_digits(date.year)) {
    out += base::to_text(date);
    return;
  }
  char buffer[10];
  out.append(buffer, put_date(buffer, date));
}

void append_instant(std::string& out, base::Instant instant) {
  constexpr std::int64_t kDay = 86'400'000'000;
  const std::int64_t days = instant.us / kDay - (instant.us % kDay < 0 ? 1 : 0);
  const base::Date date = base::from_days(days);
  if (!four_digits(date.year)) {
    out += base::to_text(instant);
    return;
  }
  const std::int64_t of_day = instant.us - days * kDay;
  const std::int64_t seconds = of_day / 1'000'000;
  char buffer[32];
  char* to = put_date(buffer, date);
  *to++ = 'T';
  to = put_two_digits(to, seconds / 3600);
  *to++ = ':';
  to = put_two_digits(to, seconds / 60 % 60);
  *to++ = ':';
  to = put_two_digits(to, seconds % 60);
  if (const std::int64_t fraction = of_day % 1'000'000; fraction != 0) {
    *to++ = '.';
    to = put_two_digits(to, fraction / 10'000);
    to = put_two_digits(to, fraction / 100 % 100);
    to = put_two_digits(to, fraction % 100);
  }
  *to++ = 'Z';
  out.append(buffer, to);
}

std::string_view nearest(std::string_view given, const std::vector<std::string_view>& names) {
  if (given.empty() || given.size() > 64) return "";
  const std::string wanted = folded(given);
  std::string_view best;
  std::size_t least = wanted.size() <= 5 ? 2 : 3;
  for (const std::string_view name : names) {
    const std::size_t distance = slips(wanted, folded(name));
    if (distance >= least || distance >= wanted.size()) continue;
    least = distance;
    best = name;
  }
  return best;
}

}  // namespace dure::wire
