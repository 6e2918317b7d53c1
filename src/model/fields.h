// One declaration per noun: the names, members and visibility of its fields.
//
// From this table follow the columns of the store (adapters/sql) and the JSON of the API (wire): a field that
// is not in the table is neither kept nor sent. The order is the order of columns and of JSON members. Names
// are the API's names; renaming one breaks both the schema and the contract.
//
// A member's type is one of: std::string, bool, std::int64_t, the types of base/quantity.h, base::Instant,
// base::Date, base::Span, base::Id<…>, base::Reason, an enum with EnumNames, std::optional of these, and,
// kept as JSON text in the store, a struct with Fields, std::vector and std::map<std::string, …> of any of
// them.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace dure::model {

enum class Visibility {
  kOpen,      // sent to whoever may see the row
  kPersonal,  // personal data: masked on the way out unless the asker may see it and the look is recorded
  kSecret,    // never leaves the store's side (hashes, salts)
};

// The whole numbers that a field may have. The contract says so (minimum, maximum); whoever takes the value
// from outside asks out_of_range() (model/ranges.h).
struct Range {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr bool holds(std::int64_t value) const { return least <= value && value <= most; }
  bool operator==(const Range&) const = default;
};

template <class Noun, class Member>
struct Field {
  std::string_view name;
  Member Noun::*member;
  Visibility visibility;
  Range range;
};

template <class Noun, class Member>
constexpr Field<Noun, Member> field(std::string_view name, Member Noun::*member,
                                    Visibility visibility = Visibility::kOpen) {
  return {name, member, visibility, {}};
}
template <class Noun, class Member>
constexpr Field<Noun, Member> field(std::string_view name, Member Noun::*member, Range range) {
  return {name, member, Visibility::kOpen, range};
}

// Specialised per noun: `static constexpr std::string_view kTable` (stored nouns only) and a function
// template `give(take)` that returns take(field(…), …). Every source reads these tables and few use them, so
// a table is no object: a std::tuple of them all was two thirds of the time that the compiler took.
template <class Noun>
struct Fields;

template <class Noun>
concept Described = requires {
  Fields<Noun>::kDescribed;
};

template <class Noun>
concept Stored = Described<Noun> && requires {
  Fields<Noun>::kTable;
};

// Calls visit(field) for each field in order.
template <Described Noun, class Visit>
constexpr void for_each_field(Visit&& visit) {
  Fields<Noun>::give([&](const auto&... each) { (visit(each), ...); });
}

// All fields as a std::tuple, for who needs one by its index. Costly to compile: see Fields.
template <Described Noun>
inline constexpr auto kAllFields = Fields<Noun>::give([](const auto&... each) {
  return std::tuple{each...};
});

// Specialised per enum: `static constexpr auto kAll = std::array{std::pair{E::kA, std::string_view("a")},
// …}`.
template <class Enum>
struct EnumNames;

template <class Enum>
concept Named = requires {
  EnumNames<Enum>::kAll;
};

template <Named Enum>
constexpr std::string_view to_text(Enum value) {
  for (const auto& [each, name] : EnumNames<Enum>::kAll)
    if (each == value) return name;
  return "";
}

template <Named Enum>
constexpr std::optional<Enum> parse_enum(std::string_view text) {
  for (const auto& [each, name] : EnumNames<Enum>::kAll)
    if (name == text) return each;
  return std::nullopt;
}

}  // namespace dure::model

// The two declarations, written out once so that each noun's table stays readable.
#define DURE_FIELDS(Noun, table, ...)                 \
  template <>                                         \
  struct Fields<Noun> {                               \
    static constexpr std::string_view kTable = table; \
    DURE_GIVE_FIELDS(__VA_ARGS__)                     \
  }
#define DURE_VALUE_FIELDS(Noun, ...) \
  template <>                        \
  struct Fields<Noun> {              \
    DURE_GIVE_FIELDS(__VA_ARGS__)    \
  }
#define DURE_GIVE_FIELDS(...)                     \
  static constexpr bool kDescribed = true;        \
  template <class Take>                           \
  static constexpr auto give(Take&& take) {       \
    return std::forward<Take>(take)(__VA_ARGS__); \
  }
#define DURE_ENUM(Enum, ...)                              \
  template <>                                             \
  struct EnumNames<Enum> {                                \
    using E = Enum;                                       \
    static constexpr auto kAll = std::array{__VA_ARGS__}; \
  }
#define DURE_NAME(value, text)     \
  std::pair<E, std::string_view> { \
    E::value, text                 \
  }
