#include "policy/version.h"

#include <algorithm>
#include <string>

namespace dure::policy {
namespace {

std::string_view take_part(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view part = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  return part;
}

bool is_number(std::string_view part) {
  return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// -1, 0, 1.
int compare(std::string_view a, std::string_view b) {
  if (is_number(a) && is_number(b)) {
    a = without_zeros(a);
    b = without_zeros(b);
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  }
  return a < b ? -1 : a == b ? 0 : 1;
}

}  // namespace

bool version_less(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int order = compare(take_part(a), take_part(b));
    if (order != 0) return order < 0;
  }
  return false;
}

}  // namespace dure::policy
