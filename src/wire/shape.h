// What a type looks like on the wire, as a constant table: the one thing that is made from a field table per
// type. Reading, writing and masking then walk these tables, so that forty nouns do not mean forty copies of
// the codec.
//
// A Shape describes one C++ type. Its functions take a pointer to a value of exactly that type, without its
// name; only the members that belong to its form are set. Shapes are constants of static lifetime.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"

namespace dure::wire {

enum class Form {
  kText,      // text
  kBool,      // the pointer itself, to bool
  kInteger,   // integer
  kInstant,   // the pointer itself, to base::Instant
  kDate,      // the pointer itself, to base::Date
  kReason,    // the pointer itself, to base::Reason
  kEnum,      // name, set_name, names
  kOptional,  // item, held, hold, clear
  kList,      // item, size, at, append, clear
  kMap,       // item, each, insert, clear
  kObject,    // members
};

struct Shape;

struct Member {
  std::string_view name;
  model::Visibility visibility;
  void* (*of)(void* object);
  const Shape* shape;
  model::Range range{};
};

struct Names {
  const std::string_view* first = nullptr;
  std::size_t count = 0;
};

struct Shape {
  Form form = Form::kObject;
  const Shape* item = nullptr;  // of optional, list and map

  std::string* (*text)(void* value) = nullptr;
  std::int64_t* (*integer)(void* value) = nullptr;
  std::string_view (*name)(const void* value) = nullptr;
  bool (*set_name)(void* value, std::string_view name) = nullptr;
  Names names{};

  const void* (*held)(const void* optional) = nullptr;  // nullptr where empty
  void* (*hold)(void* optional) = nullptr;              // makes it hold a fresh value
  void (*clear)(void* value) = nullptr;

  std::size_t (*size)(const void* list) = nullptr;
  const void* (*at)(const void* list, std::size_t index) = nullptr;
  void* (*append)(void* list) = nullptr;

  void (*each)(const void* map, void* context,
               void (*visit)(void* context, const std::string& key, const void* value)) = nullptr;
  void* (*insert)(void* map, const std::string& key) = nullptr;

  const Member* members = nullptr;
  std::size_t member_count = 0;
};

namespace shaping {

template <class T>
T& as(void* value) {
  return *static_cast<T*>(value);
}
template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

template <class T>
constexpr Shape make();

}  // namespace shaping

// The shape of T. Does not compile for a type that model/fields.h does not list.
template <class T>
inline constexpr Shape kShape = shaping::make<T>();

namespace shaping {

template <class T>
struct Maker;  // specialised for the templates among the member types

template <class Noun>
struct Maker<base::Id<Noun>> {
  static constexpr Shape make() {
    return {.form = Form::kText, .text = [](void* value) { return &as<base::Id<Noun>>(value).text; }};
  }
};

template <class T>
struct Maker<std::optional<T>> {
  using Type = std::optional<T>;
  static constexpr Shape make() {
    Shape shape{.form = Form::kOptional, .item = &kShape<T>};
    shape.held = [](const void* value) -> const void* {
      const auto& optional = as<Type>(value);
      return optional ? &*optional : nullptr;
    };
    shape.hold = [](void* value) -> void* { return &as<Type>(value).emplace(); };
    shape.clear = [](void* value) { as<Type>(value).reset(); };
    return shape;
  }
};

template <class T>
struct Maker<std::vector<T>> {
  using Type = std::vector<T>;
  static constexpr Shape make() {
    Shape shape{.form = Form::kList, .item = &kShape<T>};
    shape.clear = [](void* value) { as<Type>(value).clear(); };
    shape.size = [](const void* value) { return as<Type>(value).size(); };
    shape.at = [](const void* value, std::size_t index) -> const void* { return &as<Type>(value)[index]; };
    shape.append = [](void* value) -> void* { return &as<Type>(value).emplace_back(); };
    return shape;
  }
};

template <class T>
struct Maker<std::map<std::string, T>> {
  using Type = std::map<std::string, T>;
  static constexpr Shape make() {
    Shape shape{.form = Form::kMap, .item = &kShape<T>};
    shape.clear = [](void* value) { as<Type>(value).clear(); };
    shape.each = [](const void* value, void* context, void (*visit)(void*, const std::string&, const void*)) {
      for (const auto& [key, each] : as<Type>(value)) visit(context, key, &each);
    };
    shape.insert = [](void* value, const std::string& key) -> void* { return &as<Type>(value)[key]; };
    return shape;
  }
};

template <class Enum>
constexpr auto names_of() {
  std::array<std::string_view, model::EnumNames<Enum>::kAll.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = model::EnumNames<Enum>::kAll[i].second;
  return names;
}
template <class Enum>
inline constexpr auto kNames = names_of<Enum>();

template <class Enum>
constexpr Shape make_enum() {
  Shape shape{.form = Form::kEnum};
  shape.name = [](const void* value) { return model::to_text(as<Enum>(value)); };
  shape.set_name = [](void* value, std::string_view name) {
    const auto parsed = model::parse_enum<Enum>(name);
    if (parsed) as<Enum>(value) = *parsed;
    return parsed.has_value();
  };
  shape.names = {kNames<Enum>.data(), kNames<Enum>.size()};
  return shape;
}

template <class T, std::size_t I>
constexpr Member make_member() {
  constexpr auto& field = std::get<I>(model::kAllFields<T>);
  using Type = std::remove_cvref_t<decltype(std::declval<T&>().*field.member)>;
  return {field.name, field.visibility,
          [](void* object) -> void* { return &(as<T>(object).*std::get<I>(model::kAllFields<T>).member); },
          &kShape<Type>, field.range};
}

template <class T, std::size_t... I>
constexpr auto make_members(std::index_sequence<I...>) {
  return std::array<Member, sizeof...(I)>{make_member<T, I>()...};
}
template <class T>
inline constexpr auto kMembers = make_members<T>(
    std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(model::kAllFields<T>)>>>{});

// A quantity is an object of one std::int64_t.
template <class T, std::int64_t T::*member>
constexpr Shape make_quantity() {
  return {.form = Form::kInteger, .integer = [](void* value) { return &(as<T>(value).*member); }};
}

template <class T>
constexpr Shape make() {
  if constexpr (std::is_same_v<T, std::string>)
    return {.form = Form::kText, .text = [](void* value) { return &as<std::string>(value); }};
  else if constexpr (std::is_same_v<T, bool>)
    return {.form = Form::kBool};
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return {.form = Form::kInteger, .integer = [](void* value) { return &as<std::int64_t>(value); }};
  else if constexpr (std::is_same_v<T, base::Krw>)
    return make_quantity<T, &base::Krw::won>();
  else if constexpr (std::is_same_v<T, base::MilliGpu>)
    return make_quantity<T, &base::MilliGpu::value>();
  else if constexpr (std::is_same_v<T, base::Usage>)
    return make_quantity<T, &base::Usage::milli_gpu_ms>();
  else if constexpr (std::is_same_v<T, base::Bytes>)
    return make_quantity<T, &base::Bytes::value>();
  else if constexpr (std::is_same_v<T, base::BasisPoints>)
    return make_quantity<T, &base::BasisPoints::value>();
  else if constexpr (std::is_same_v<T, base::Span>)
    return make_quantity<T, &base::Span::us>();
  else if constexpr (std::is_same_v<T, base::Instant>)
    return {.form = Form::kInstant};
  else if constexpr (std::is_same_v<T, base::Date>)
    return {.form = Form::kDate};
  else if constexpr (std::is_same_v<T, base::Reason>)
    return {.form = Form::kReason};
  else if constexpr (model::Named<T>)
    return make_enum<T>();
  else if constexpr (model::Described<T>)
    return {.form = Form::kObject, .members = kMembers<T>.data(), .member_count = kMembers<T>.size()};
  else
    return Maker<T>::make();
}

}  // namespace shaping
}  // namespace dure::wire
