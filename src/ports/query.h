// Which rows, in which order, how many: a value that a repository turns into one statement.
//
// Field names are those of model/fields.h; an unknown one is a broken promise (routes check names that come
// from outside first). Paging is by key, not by offset: a page says where the next one starts, in an opaque
// cursor that stays right while rows come and go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"

namespace dure::ports {

using Scalar = std::variant<std::int64_t, std::string>;

inline Scalar scalar(std::int64_t value) {
  return value;
}
inline Scalar scalar(int value) {
  return static_cast<std::int64_t>(value);
}
inline Scalar scalar(bool value) {
  return static_cast<std::int64_t>(value ? 1 : 0);
}
inline Scalar scalar(std::string value) {
  return value;
}
inline Scalar scalar(const char* value) {
  return std::string(value);
}
inline Scalar scalar(base::Instant value) {
  return value.us;
}
inline Scalar scalar(base::Date value) {
  return base::to_text(value);
}
template <class Noun>
Scalar scalar(const base::Id<Noun>& id) {
  return id.text;
}
template <model::Named Enum>
Scalar scalar(Enum value) {
  return std::string(model::to_text(value));
}

enum class Compare {
  kEqual,
  kNotEqual,
  kLess,
  kAtMost,
  kGreater,
  kAtLeast,
  kIsNull,
  kIsNotNull,
  kIn,
  kPrefix
};

struct Condition {
  std::string field;
  Compare compare = Compare::kEqual;
  std::vector<Scalar> values;  // one; none for kIsNull and kIsNotNull; any number for kIn (none: no row)
};

struct Query {
  std::vector<Condition> all;               // every one must hold
  std::vector<std::vector<Condition>> any;  // and, where not empty, at least one of these groups, each wholly
  std::string order_by = "id";              // then by id
  bool descending = false;
  std::int64_t limit = 100;  // 1..1000; a repository returns at most this many
  std::string cursor;        // of the page before; "" for the first

  // REQUIRES: `value` is one of the types that scalar() takes.
  template <class Value>
  Query& where(std::string field, Value value, Compare compare = Compare::kEqual) & {
    all.push_back({std::move(field), compare, {scalar(std::move(value))}});
    return *this;
  }
  template <class Value>
  Query&& where(std::string field, Value value, Compare compare = Compare::kEqual) && {
    return std::move(this->where(std::move(field), std::move(value), compare));
  }
  Query&& where_null(std::string field) && {
    all.push_back({std::move(field), Compare::kIsNull, {}});
    return std::move(*this);
  }
  Query&& where_in(std::string field, std::vector<Scalar> values) && {
    all.push_back({std::move(field), Compare::kIn, std::move(values)});
    return std::move(*this);
  }
  Query&& ordered(std::string field, bool down = false) && {
    order_by = std::move(field);
    descending = down;
    return std::move(*this);
  }
  Query&& at_most(std::int64_t count) && {
    limit = count;
    return std::move(*this);
  }
};

template <class Noun>
struct Page {
  std::vector<Noun> rows;
  std::string next;  // cursor of the page after; "" where this is the last
};

}  // namespace dure::ports
