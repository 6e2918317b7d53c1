// What every command from outside is asked before anything else: its numbers, and its texts.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/fields.h"
#include "model/ranges.h"
#include "wire/resident_number.h"

namespace dure::commands {

namespace internal {
template <class T>
void find_texts(const T&, const std::string&, std::vector<base::Detail>&) {}
inline void find_texts(const std::string& text, const std::string& at, std::vector<base::Detail>& found) {
  if (wire::has_resident_number(text)) found.push_back({at, base::Reason("form.resident_number")});
}
template <class T>
void find_texts(const std::optional<T>& value, const std::string& at, std::vector<base::Detail>& found);
template <class T>
void find_texts(const std::vector<T>& list, const std::string& at, std::vector<base::Detail>& found);
template <model::Described T>
void find_texts(const T& value, const std::string& at, std::vector<base::Detail>& found) {
  model::for_each_field<T>(
      [&](const auto& field) { find_texts(value.*field.member, at + "/" + std::string(field.name), found); });
}
template <class T>
void find_texts(const std::optional<T>& value, const std::string& at, std::vector<base::Detail>& found) {
  if (value) find_texts(*value, at, found);
}
template <class T>
void find_texts(const std::vector<T>& list, const std::string& at, std::vector<base::Detail>& found) {
  for (std::size_t i = 0; i < list.size(); ++i) find_texts(list[i], at + "/" + std::to_string(i), found);
}
}  // namespace internal

// Numbers within their ranges, and no resident number in any text (R9, invariant 16).
template <class Command>
base::Status check_command(const Command& command) {
  DURE_TRY(model::check_ranges(command));
  std::vector<base::Detail> found;
  internal::find_texts(command, "", found);
  if (found.empty()) return {};
  const base::Reason first = found.front().reason;
  return base::invalid(first, std::move(found));
}

}  // namespace dure::commands
