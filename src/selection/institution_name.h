// The name by which an institution is told apart.
#pragma once

#include <string>
#include <string_view>

namespace dure::selection {

// Without white space at its ends, and with one space for each run of it within (the wide space of Korean and
// Chinese typing and the one that does not break included). Letters are not composed: a name that was typed
// in parts (NFD) is another one.
inline std::string folded_name(std::string_view name) {
  std::string folded;
  folded.reserve(name.size());
  bool gap = false;
  while (!name.empty()) {
    std::size_t space = 0;
    for (const std::string_view each : {" ", "\t", "\xe3\x80\x80", "\xc2\xa0"})
      if (name.starts_with(each)) space = each.size();
    if (space > 0) {
      gap = !folded.empty();
      name.remove_prefix(space);
      continue;
    }
    if (gap) folded += ' ';
    gap = false;
    folded += name.front();
    name.remove_prefix(1);
  }
  return folded;
}

}  // namespace dure::selection
