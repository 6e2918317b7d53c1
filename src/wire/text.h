// Small pieces of text that several files of this folder need: UTF-8, JSON strings, numbers, times. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dure::wire {

// 0 to 9, whatever the locale.
constexpr bool digit(char c) {
  return c >= '0' && c <= '9';
}

// The length of the UTF-8 sequence that starts at `pos` (1 to 4), or 0 where there is none (RFC 3629: no
// overlong forms, no surrogates, nothing above U+10FFFF). REQUIRES: pos < text.size().
std::size_t utf8_length(std::string_view text, std::size_t pos);
// The offset of the first byte that is not UTF-8, or npos.
std::size_t invalid_utf8_at(std::string_view text);
// The code point of the sequence of `length` bytes at `pos`. REQUIRES: utf8_length(text, pos) == length > 0.
char32_t code_point(std::string_view text, std::size_t pos, std::size_t length);
// Where the character that starts at `pos` ends. A character is what people see as one: a base with its
// combining marks, a Hangul syllable written in conjoining jamo. A byte that is not UTF-8 is one of its own.
// REQUIRES: pos < text.size().
std::size_t character_end(std::string_view text, std::size_t pos);
// The text cut into its characters.
std::vector<std::string_view> characters(std::string_view text);

// Appends `text` as a JSON string with its quotes (RFC 8259, 7). Bytes that are not UTF-8 become U+FFFD.
void append_quoted(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);
// As base::to_text() gives it, without going through printf.
void append_instant(std::string& out, base::Instant instant);
void append_date(std::string& out, base::Date date);

// The name among `names` that `given` was probably meant to be: equal but for case and separators, or at most
// two typing slips away (one for names of up to five letters); "" where none is near.
std::string_view nearest(std::string_view given, const std::vector<std::string_view>& names);

}  // namespace dure::wire
