#include "access/keyboard.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace dure::access {
namespace {

// Each row from its column on; the shifted characters lie at the same places.
struct Row {
  int first_column;
  std::string_view plain;
  std::string_view shifted;
};
constexpr std::array<Row, 4> kKeyRows{{
    {0, "`1234567890-=", "~!@#$%^&*()_+"},
    {1, "qwertyuiop[]\\", "QWERTYUIOP{}|"},
    {1, "asdfghjkl;'", "ASDFGHJKL:\""},
    {1, "zxcvbnm,./", "ZXCVBNM<>?"},
}};

std::optional<Stroke> stroke_of_ascii(char32_t character) {
  if (character > 0x7e) return std::nullopt;
  const char wanted = static_cast<char>(character);
  for (std::size_t row = 0; row < kKeyRows.size(); ++row) {
    for (const auto& text : {kKeyRows[row].plain, kKeyRows[row].shifted}) {
      const auto at = text.find(wanted);
      if (at == std::string_view::npos) continue;
      const Key key{static_cast<int>(row), kKeyRows[row].first_column + static_cast<int>(at)};
      return Stroke{static_cast<char32_t>(static_cast<unsigned char>(kKeyRows[row].plain[at])), character,
                    key};
    }
  }
  return std::nullopt;
}

// The keys of the parts of a syllable, in the order of Unicode's jamo (The Unicode Standard, 3.12).
constexpr std::array<std::string_view, 19> kInitials{"r", "r", "s", "e", "e", "f", "a", "q", "q", "t",
                                                     "t", "d", "w", "w", "c", "z", "x", "v", "g"};
constexpr std::array<std::string_view, 21> kVowels{"k",  "o",  "i",  "o",  "j",  "p",  "u",
                                                   "p",  "h",  "hk", "ho", "hl", "y",  "n",
                                                   "nj", "np", "nl", "b",  "m",  "ml", "l"};
constexpr std::array<std::string_view, 28> kFinals{"",   "r",  "r",  "rt", "s",  "sw", "sg", "e", "f",  "fr",
                                                   "fa", "fq", "ft", "fx", "fv", "fg", "a",  "q", "qt", "t",
                                                   "t",  "d",  "w",  "c",  "z",  "x",  "v",  "g"};
// Compatibility jamo U+3131 .. U+3163, in order.
constexpr std::array<std::string_view, 51> kCompatibility{
    "r", "r", "rt", "s", "sw", "sg", "e",  "e",  "f", "fr", "fa", "fq", "ft", "fx", "fv", "fg", "a",
    "q", "q", "qt", "t", "t",  "d",  "w",  "w",  "c", "z",  "x",  "v",  "g",  "k",  "o",  "i",  "o",
    "j", "p", "u",  "p", "h",  "hk", "ho", "hl", "y", "n",  "nj", "np", "nl", "b",  "m",  "ml", "l"};

constexpr char32_t kFirstSyllable = 0xac00;
constexpr char32_t kLastSyllable = 0xd7a3;

// The keys of one Hangul character, shift dropped (ㄲ is r); "" for what is none.
std::string dubeolsik_keys(char32_t character) {
  if (character >= kFirstSyllable && character <= kLastSyllable) {
    const auto index = character - kFirstSyllable;
    std::string keys(kInitials[index / 588]);
    keys += kVowels[index % 588 / 28];
    keys += kFinals[index % 28];
    return keys;
  }
  if (character >= 0x3131 && character <= 0x3163) return std::string(kCompatibility[character - 0x3131]);
  if (character >= 0x1100 && character <= 0x1112) return std::string(kInitials[character - 0x1100]);
  if (character >= 0x1161 && character <= 0x1175) return std::string(kVowels[character - 0x1161]);
  if (character >= 0x11a8 && character <= 0x11c2) return std::string(kFinals[character - 0x11a7]);
  return "";
}

char32_t without_full_width(char32_t character) {
  return character >= 0xff01 && character <= 0xff5e ? character - 0xff01 + 0x21 : character;
}

// Bytes of the character that starts with `lead`, or 0.
int utf8_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

bool well_formed(char32_t character, int length) {
  if (length == 3 && character < 0x800) return false;
  if (length == 4 && (character < 0x10000 || character > 0x10ffff)) return false;
  return character < 0xd800 || character > 0xdfff;
}

}  // namespace

std::optional<std::vector<char32_t>> decode_utf8(std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const int length = utf8_length(lead);
    if (length == 0 || at + static_cast<std::size_t>(length) > text.size()) return std::nullopt;
    char32_t character = length == 1 ? lead : lead & (0xff >> (length + 1));
    for (int i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
      if ((next & 0xc0) != 0x80) return std::nullopt;
      character = character << 6 | (next & 0x3f);
    }
    if (!well_formed(character, length)) return std::nullopt;
    characters.push_back(character);
    at += static_cast<std::size_t>(length);
  }
  return characters;
}

std::vector<Stroke> to_strokes(const std::vector<char32_t>& text, bool hangul) {
  std::vector<Stroke> strokes;
  for (const char32_t original : text) {
    const char32_t character = without_full_width(original);
    if (const auto stroke = stroke_of_ascii(character)) {
      strokes.push_back(*stroke);
      continue;
    }
    const std::string keys = hangul ? dubeolsik_keys(character) : "";
    for (const char key : keys) strokes.push_back(*stroke_of_ascii(static_cast<unsigned char>(key)));
    if (keys.empty()) strokes.push_back({character, character, {}});
  }
  return strokes;
}

int dubeolsik_order(char32_t lower_case_key) {
  if (lower_case_key > 0x7f) return -1;
  const char key = static_cast<char>(lower_case_key);
  constexpr std::string_view kConsonants = "rsefaqtdwczxvg";
  constexpr std::string_view kSimpleVowels = "kijuhynbml";
  if (const auto at = kConsonants.find(key); at != std::string_view::npos) return static_cast<int>(at);
  if (const auto at = kSimpleVowels.find(key); at != std::string_view::npos)
    return 100 + static_cast<int>(at);
  return -1;
}

}  // namespace dure::access
