// The query of a list from the request: ?limit= &cursor= &sort= and one parameter per filterable field.
//
//   ?state=queued                    equal; several values with commas: any of them
//   ?created_at.from=…&created_at.to=…   at least, and less than
//   ?sort=-created_at                descending
//
// Only fields that the noun's table has and that are neither secret nor personal can be filtered or sorted
// by; a value must have the field's type. Everything else is refused with the parameter's name.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"
#include "model/fields.h"
#include "net/message.h"
#include "ports/query.h"

namespace dure::server {

// What a field's values look like in a query string.
enum class FilterType { kText, kWhole, kBool, kInstant, kDate, kNone };

struct FilterField {
  std::string_view name;
  FilterType type;
};

template <class Member>
constexpr FilterType filter_type();

// The fields of a noun that a list can be filtered by.
template <model::Stored Noun>
std::vector<FilterField> filter_fields() {
  std::vector<FilterField> fields;
  model::for_each_field<Noun>([&]<class N, class M>(const model::Field<N, M>& each) {
    if (each.visibility == model::Visibility::kOpen && filter_type<M>() != FilterType::kNone)
      fields.push_back({each.name, filter_type<M>()});
  });
  return fields;
}

// `ignored`: parameters that the route itself reads.
base::Result<ports::Query> read_list_query(const net::Request& request,
                                           const std::vector<FilterField>& fields,
                                           const std::set<std::string, std::less<>>& ignored = {});

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
template <class M>
struct FilterTypeOf<std::optional<M>> {
  static constexpr auto value = FilterTypeOf<M>::value;
};
}  // namespace internal

template <class Member>
constexpr FilterType filter_type() {
  if constexpr (std::is_enum_v<Member>)
    return FilterType::kText;
  else
    return internal::FilterTypeOf<Member>::value;
}

}  // namespace dure::server
