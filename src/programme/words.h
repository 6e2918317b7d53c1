// Words and lists of words as rules use them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace dure::programme {

// Nothing but white space.
inline bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// "a, b, c": how a list stands in a reason.
inline std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

inline bool among(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A name as names are compared: without white space and without the case of ASCII letters.
inline std::string plain_name(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    kept += 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return kept;
}

}  // namespace dure::programme
