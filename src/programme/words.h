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

}  // namespace dure::programme
