// Whether the numbers of a value from outside are those that its field tables allow.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "model/fields.h"

namespace dure::model {

namespace ranges {

inline std::optional<std::int64_t> number_of(std::int64_t value) {
  return value;
}
inline std::optional<std::int64_t> number_of(base::Bytes value) {
  return value.value;
}
inline std::optional<std::int64_t> number_of(base::Krw value) {
  return value.won;
}
template <class T>
std::optional<std::int64_t> number_of(const T&) {
  return std::nullopt;
}
template <class T>
std::optional<std::int64_t> number_of(const std::optional<T>& value) {
  return value ? number_of(*value) : std::nullopt;
}

template <class T>
void look(const T&, const std::string&, std::vector<base::Detail>&) {}
template <Described Noun>
void look(const Noun& value, const std::string& at, std::vector<base::Detail>& details);
template <class T>
void look(const std::optional<T>& value, const std::string& at, std::vector<base::Detail>& details) {
  if (value) look(*value, at, details);
}
template <class T>
void look(const std::vector<T>& list, const std::string& at, std::vector<base::Detail>& details) {
  for (std::size_t i = 0; i < list.size(); ++i) look(list[i], at + "/" + std::to_string(i), details);
}

template <Described Noun>
void look(const Noun& value, const std::string& at, std::vector<base::Detail>& details) {
  for_each_field<Noun>([&](const auto& field) {
    const auto& member = value.*field.member;
    const std::string pointer = at + "/" + std::string(field.name);
    const auto number = number_of(member);
    if (number && !field.range.holds(*number))
      details.push_back({pointer, base::Reason("number.out_of_range")
                                      .with("value", *number)
                                      .with("least", field.range.least)
                                      .with("most", field.range.most)});
    look(member, pointer, details);
  });
}

}  // namespace ranges

// One detail "number.out_of_range" {value, least, most} per number that is out of range, with a pointer to it
// below `at`; lists and nested values included.
template <Described Noun>
std::vector<base::Detail> out_of_range(const Noun& value, const std::string& at = "") {
  std::vector<base::Detail> details;
  ranges::look(value, at, details);
  return details;
}

// Refuses (kInvalid) with those details, if there are any.
template <Described Noun>
base::Status check_ranges(const Noun& value, const std::string& at = "") {
  auto details = out_of_range(value, at);
  if (details.empty()) return {};
  const base::Reason first = details.front().reason;
  return base::invalid(first, std::move(details));
}

}  // namespace dure::model
