#include "notices/fill.h"

#include <algorithm>

namespace dure::notices {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9') || each == '_';
  });
}

std::string text_of(const base::ReasonValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

const base::ReasonParameter* find(const std::vector<base::ReasonParameter>& values, std::string_view name) {
  for (const auto& each : values)
    if (each.name == name) return &each;
  return nullptr;
}

}  // namespace

std::optional<std::string> fill(std::string_view text, const std::vector<base::ReasonParameter>& values) {
  std::string filled;
  while (!text.empty()) {
    const auto open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 1);
    const auto close = text.find('}');
    const auto name = text.substr(0, close);
    if (close == std::string_view::npos || !is_name(name)) {
      filled += '{';
      continue;
    }
    const auto* value = find(values, name);
    if (value == nullptr) return std::nullopt;
    filled += text_of(value->value);
    text.remove_prefix(close + 1);
  }
  return filled;
}

}  // namespace dure::notices
