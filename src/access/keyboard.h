// Text as keystrokes on a Korean keyboard (QWERTY and Dubeolsik share its keys).
//
// Columns count from the left so that 1, q, a and z have column 1; the row below is shifted a little to the
// right, so a key touches, in the row below it, its own column and the one to its left.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dure::access {

struct Key {
  int row = -1;     // 0: digits … 3: z; -1: not a key of these four rows (space, other scripts)
  int column = -1;  // 0: the key left of 1
  auto operator<=>(const Key&) const = default;
};

struct Stroke {
  char32_t character = 0;  // lower-case ASCII of the key, or the character itself when it has no key
  char32_t typed = 0;      // as typed; of Hangul the key's lower-case letter
  Key key;
};

// The characters of a UTF-8 text; none where it is not UTF-8 (RFC 3629: no surrogates, no overlong forms).
std::optional<std::vector<char32_t>> decode_utf8(std::string_view text);

// The strokes that type the text. `hangul`: syllables and jamo become Dubeolsik keys, else characters without
// a key. Full-width ASCII forms count as ASCII; shift is dropped (A = a, ! = 1).
std::vector<Stroke> to_strokes(const std::vector<char32_t>& text, bool hangul);

// Place of the key's jamo in the order ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ (0 .. 13) or ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ (100 ..
// 109); -1 for keys without one of these.
int dubeolsik_order(char32_t lower_case_key);

}  // namespace dure::access
