// The query of a list from the request: ?limit= &cursor= &sort= and the parameters of the filterable fields.
//
//   ?state=queued                    equal; several values with commas: any of them
//   ?created_at.from=…&created_at.to=…   at least, and less than: of numbers, times and dates
//   ?sort=-created_at                descending
//
// Only fields that the noun's table has and that are neither secret nor personal can be filtered or sorted
// by; a value must have the field's type, and of an enum be one of its names. Everything else is refused with
// the parameter's name: unknown and repeated parameters for every route (parameters.h), here the values and
// what contradicts itself. A cursor holds for the list and the filters that it came with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "model/fields.h"
#include "net/message.h"
#include "ports/query.h"

namespace dure::server {

// What a field's values look like in a query string.
enum class FilterType { kText, kEnum, kWhole, kBool, kInstant, kDate, kNone };

struct FilterField {
  std::string_view name;
  FilterType type;
  std::vector<std::string_view> names;  // of an enum
};

// Whether a field of the type has an order that ranges make sense in.
constexpr bool has_ranges(FilterType type) {
  return type == FilterType::kWhole || type == FilterType::kInstant || type == FilterType::kDate;
}

template <class Member>
constexpr FilterType filter_type();
template <class Member>
std::vector<std::string_view> filter_names();

// The fields of a noun that a list can be filtered by.
template <model::Stored Noun>
std::vector<FilterField> filter_fields() {
  std::vector<FilterField> fields;
  model::for_each_field<Noun>([&]<class N, class M>(const model::Field<N, M>& each) {
    if (each.visibility == model::Visibility::kOpen && filter_type<M>() != FilterType::kNone)
      fields.push_back({each.name, filter_type<M>(), filter_names<M>()});
  });
  return fields;
}

// Every parameter that a list of these fields takes.
std::vector<std::string> list_parameters(const std::vector<FilterField>& fields);

// REQUIRES: the request holds only parameters of list_parameters(fields), each once. Refusals, each with its
// {parameter}: "http.filter_value", "http.filter_choice" {allowed, near}, "http.filter_contradiction"
// {other}, "http.filter_unknown" (of sort), "http.limit", "cursor.other_list".
base::Result<ports::Query> read_list_query(const net::Request& request,
                                           const std::vector<FilterField>& fields);

// What stands before the cursors of this list, with these filters and this order.
std::string cursor_prefix(const net::Request& request);

namespace internal {
template <class Member>
struct FilterTypeOf {
  static constexpr FilterType value = FilterType::kNone;
};
template <>
struct FilterTypeOf<std::string> {
  static constexpr auto value = FilterType::kText;
};
template <>
struct FilterTypeOf<std::int64_t> {
  static constexpr auto value = FilterType::kWhole;
};
template <>
struct FilterTypeOf<bool> {
  static constexpr auto value = FilterType::kBool;
};
template <>
struct FilterTypeOf<base::Instant> {
  static constexpr auto value = FilterType::kInstant;
};
template <>
struct FilterTypeOf<base::Date> {
  static constexpr auto value = FilterType::kDate;
};
template <>
struct FilterTypeOf<base::MilliGpu> {
  static constexpr auto value = FilterType::kWhole;
};
template <>
struct FilterTypeOf<base::Usage> {
  static constexpr auto value = FilterType::kWhole;
};
template <>
struct FilterTypeOf<base::Krw> {
  static constexpr auto value = FilterType::kWhole;
};
template <>
struct FilterTypeOf<base::Bytes> {
  static constexpr auto value = FilterType::kWhole;
};
template <class N>
struct FilterTypeOf<base::Id<N>> {
  static constexpr auto value = FilterType::kText;
};
template <model::Named Enum>
struct FilterTypeOf<Enum> {
  static constexpr auto value = FilterType::kEnum;
};
template <class M>
struct FilterTypeOf<std::optional<M>> {
  static constexpr auto value = FilterTypeOf<M>::value;
};

template <class Member>
struct BareMember {
  using Type = Member;
};
template <class M>
struct BareMember<std::optional<M>> {
  using Type = M;
};
}  // namespace internal

template <class Member>
constexpr FilterType filter_type() {
  return internal::FilterTypeOf<Member>::value;
}

template <class Member>
std::vector<std::string_view> filter_names() {
  using Bare = typename internal::BareMember<Member>::Type;
  std::vector<std::string_view> names;
  if constexpr (model::Named<Bare>)
    for (const auto& [value, name] : model::EnumNames<Bare>::kAll) names.push_back(name);
  return names;
}

}  // namespace dure::server
