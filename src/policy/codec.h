// Between C++ types and values of a pack. A record's fields are declared once, in Record<T>::declare, and
// give its type, its reading and its writing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "calendar/period.h"
#include "policy/names.h"
#include "policy/type.h"

namespace dure::policy {

// What a declaration adds to the C++ type: bounds and unit of numbers, form or closed set of texts. In a list
// it holds for the items.
struct Hint {
  std::int64_t min = 0;
  std::int64_t max = kMaxNumber;
  std::string unit;
  Form form = Form::kLine;
  std::vector<std::string> names;
};

inline Hint number(std::int64_t min, std::int64_t max, std::string unit = "") {
  return {min, max, std::move(unit), Form::kLine, {}};
}
inline Hint basis_points() {
  return number(0, 10'000, "bp");
}
inline Hint form(Form text_form) {
  return {0, kMaxNumber, "", text_form, {}};
}
inline Hint id() {
  return form(Form::kId);
}
inline Hint one_of(std::vector<std::string> names) {
  return {0, kMaxNumber, "", Form::kLine, std::move(names)};
}

// Declares the fields of a record; specialised beside the keys that use it.
template <class T>
struct Record;

template <class T>
struct Codec;

namespace detail {

inline Type scalar(Kind kind, const Hint& hint) {
  Type type;
  type.kind = kind;
  type.min = hint.min;
  type.max = hint.max;
  type.unit = hint.unit;
  type.form = hint.form;
  return type;
}

}  // namespace detail

template <>
struct Codec<bool> {
  static Type type(const Hint& hint) { return detail::scalar(Kind::kBool, hint); }
  static bool read(const Value& value) { return std::get<bool>(value.data); }
  static Value write(bool truth) { return {truth}; }
};

template <>
struct Codec<std::int64_t> {
  static Type type(const Hint& hint) { return detail::scalar(Kind::kNumber, hint); }
  static std::int64_t read(const Value& value) { return std::get<std::int64_t>(value.data); }
  static Value write(std::int64_t number) { return {number}; }
};

// For quantities: one 64-bit member.
template <class T, std::int64_t T::*kMember, Kind kKind>
struct QuantityCodec {
  static Type type(const Hint& hint) {
    Type type = detail::scalar(kKind, hint);
    if (kKind == Kind::kNumber && type.unit.empty()) type.unit = "KRW";
    if (kKind == Kind::kBytes) type.max = std::int64_t{1} << 60;
    return type;
  }
  static T read(const Value& value) {
    T quantity;
    quantity.*kMember = std::get<std::int64_t>(value.data);
    return quantity;
  }
  static Value write(const T& quantity) { return {quantity.*kMember}; }
};
template <>
struct Codec<base::Krw> : QuantityCodec<base::Krw, &base::Krw::won, Kind::kNumber> {};
template <>
struct Codec<base::Bytes> : QuantityCodec<base::Bytes, &base::Bytes::value, Kind::kBytes> {};
template <>
struct Codec<base::MilliGpu> : QuantityCodec<base::MilliGpu, &base::MilliGpu::value, Kind::kMilliGpu> {};

template <>
struct Codec<std::string> {
  static Type type(const Hint& hint) {
    Type type = detail::scalar(hint.names.empty() ? Kind::kText : Kind::kName, hint);
    type.names = hint.names;
    return type;
  }
  static std::string read(const Value& value) { return std::get<std::string>(value.data); }
  static Value write(const std::string& text) { return {text}; }
};

template <>
struct Codec<base::Date> {
  static Type type(const Hint& hint) { return detail::scalar(Kind::kDate, hint); }
  static base::Date read(const Value& value) { return *base::parse_date(std::get<std::string>(value.data)); }
  static Value write(const base::Date& date) { return {base::to_text(date)}; }
};

template <>
struct Codec<calendar::Length> {
  static Type type(const Hint& hint) { return detail::scalar(Kind::kLength, hint); }
  static calendar::Length read(const Value& value) {
    return *calendar::parse_length(std::get<std::string>(value.data));
  }
  static Value write(const calendar::Length& length) { return {calendar::to_text(length)}; }
};

template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
  static Type type(const Hint& hint) {
    Type type = detail::scalar(Kind::kName, hint);
    for (const auto& [value, name] : kNames<E>) type.names.emplace_back(name);
    return type;
  }
  static E read(const Value& value) {
    const std::string& text = std::get<std::string>(value.data);
    for (const auto& [each, name] : kNames<E>) {
      if (name == text) return each;
    }
    DURE_ASSERT(false && "a name that was checked");
    return {};
  }
  static Value write(E value) { return {std::string(name_of(value))}; }
};

template <class T>
struct Codec<std::vector<T>> {
  static Type type(const Hint& hint) {
    Type type;
    type.kind = Kind::kList;
    type.item = std::make_shared<const Type>(Codec<T>::type(hint));
    return type;
  }
  static std::vector<T> read(const Value& value) {
    std::vector<T> items;
    for (const Value& item : std::get<Value::List>(value.data)) items.push_back(Codec<T>::read(item));
    return items;
  }
  static Value write(const std::vector<T>& items) {
    Value::List list;
    for (const T& item : items) list.push_back(Codec<T>::write(item));
    return {std::move(list)};
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static Type type(const Hint& hint) {
    Type type = Codec<T>::type(hint);
    type.optional = true;
    return type;
  }
  static std::optional<T> read(const Value& value) { return Codec<T>::read(value); }
};

// A codec without its C++ type, so that a table of members is one piece of code and not one a member:
// `member` points to a value of the type that it was made for.
struct MemberCodec {
  Type (*type)(const Hint& hint);
  std::optional<Value> (*write)(const void* member);  // none: an optional value that is not there
  void (*read)(void* member, const Value* value);     // a checked value; nullptr: the initial one
};

template <class M>
std::optional<Value> write_member(const void* at) {
  const M& member = *static_cast<const M*>(at);
  if constexpr (requires { member.has_value(); }) {
    if (!member) return std::nullopt;
    return Codec<typename M::value_type>::write(*member);
  } else {
    return Codec<M>::write(member);
  }
}

template <class M>
void read_member(void* at, const Value* value) {
  M& member = *static_cast<M*>(at);
  if (value != nullptr) {
    member = Codec<M>::read(*value);
  } else {
    member = M{};
  }
}

template <class M>
Type type_of_member(const Hint& hint) {
  return Codec<M>::type(hint);
}

template <class M>
inline constexpr MemberCodec kMemberCodec{type_of_member<M>, write_member<M>, read_member<M>};

// The fields of one record, without its C++ type: `record` points to one of the type that they were declared
// for.
class FieldList {
 public:
  using Place = std::function<void*(void* record)>;

  void keep(std::string_view name, Place place, const MemberCodec& codec, const Hint& hint, bool required);
  Type type() const;
  void read(void* record, const Value& value) const;
  Value write(const void* record) const;

 private:
  struct Field {
    FieldType declared;
    Place place;
    const MemberCodec* codec = nullptr;
  };
  std::vector<Field> fields_;
};

template <class T>
class Fields {
 public:
  template <class M>
  void add(std::string_view name, M T::*member, const Hint& hint = {}) {
    list_.keep(name, place(member), kMemberCodec<M>, hint, false);
  }
  template <class M>
  void required(std::string_view name, M T::*member, const Hint& hint = {}) {
    list_.keep(name, place(member), kMemberCodec<M>, hint, true);
  }

  Type type() const { return list_.type(); }
  T read(const Value& value) const {
    T record{};
    list_.read(&record, value);
    return record;
  }
  Value write(const T& record) const { return list_.write(&record); }

 private:
  template <class M>
  static FieldList::Place place(M T::*member) {
    return [member](void* record) -> void* { return &(static_cast<T*>(record)->*member); };
  }

  FieldList list_;
};

template <class T>
requires requires(Fields<T>& fields) {
  Record<T>::declare(fields);
}
struct Codec<T> {
  static const Fields<T>& fields() {
    static const Fields<T> declared = [] {
      Fields<T> all;
      Record<T>::declare(all);
      return all;
    }();
    return declared;
  }
  static Type type(const Hint&) { return fields().type(); }
  static T read(const Value& value) { return fields().read(value); }
  static Value write(const T& record) { return fields().write(record); }
};

}  // namespace dure::policy
