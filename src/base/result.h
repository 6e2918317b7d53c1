// Result<T>: a value, or the Error that stood in its way.
//
// Expected failure is a value of this type; a broken promise of the code itself is DURE_ASSERT. Nothing in
// the pure folders throws. Exceptions of outside libraries stop at the border of the adapter that called
// them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/reason.h"

// A broken promise: prints where and what, and ends the process. Kept in release builds.
#define DURE_ASSERT(condition)                                                             \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      std::fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)

namespace dure::base {

// The closed list of ways to fail. The HTTP status follows from it (wire/problem.h).
enum class ErrorKind {
  kInvalid,          // the input is wrong; the same input will always be wrong          400 or 422
  kUnauthenticated,  // nobody is logged in, or the credential is not valid               401
  kNotAllowed,       // known, and may not (by permission or by policy)                   403
  kNotFound,         // no such thing, or not visible to the asker                        404
  kConflict,         // the state does not permit it, or somebody else changed it first   409
  kPrecondition,     // If-Match named another version                                    412
  kTooLarge,         // over a stated limit of size                                       413
  kNotEver,          // well-formed, and can never be met here                            422
  kTooMany,          // rate limit or lock-out; later                                     429
  kUnavailable,      // something outside does not answer; later                          503
  kInternal,         // our fault                                                         500
};

// One thing that is wrong in an input: where (a JSON pointer, "" for the whole) and why.
struct Detail {
  std::string pointer;
  Reason reason;

  bool operator==(const Detail&) const = default;
};

struct Error {  // NOLINT(clang-analyzer-core.uninitialized.Assign)
  ErrorKind kind = ErrorKind::kInternal;
  Reason reason;
  std::vector<Detail> details;  // one per field, where there are several

  bool operator==(const Error&) const = default;
};

inline Error error(ErrorKind kind, Reason reason, std::vector<Detail> details = {}) {
  return Error{kind, std::move(reason), std::move(details)};
}
inline Error invalid(Reason reason, std::vector<Detail> details = {}) {
  return Error{ErrorKind::kInvalid, std::move(reason), std::move(details)};
}

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Error failure) : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    DURE_ASSERT(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    DURE_ASSERT(ok());
    return std::get<0>(state_);
  }
  T&& value() && {
    DURE_ASSERT(ok());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const Error& failure() const {
    DURE_ASSERT(!ok());
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error failure) : failure_(std::move(failure)) {}  // NOLINT

  bool ok() const { return !failure_.has_value(); }
  explicit operator bool() const { return ok(); }
  // REQUIRES: !ok().
  const Error& failure() const {
    DURE_ASSERT(!ok());
    return *failure_;
  }

 private:
  std::optional<Error> failure_;
};

using Status = Result<void>;

}  // namespace dure::base

// Returns the failure of `expression` from the enclosing function, if it has one.
#define DURE_TRY(expression)                                                                \
  do {                                                                                      \
    if (auto&& dure_status = (expression); !dure_status.ok()) return dure_status.failure(); \
  } while (false)

// Declares `name` as the value of `expression`, or returns its failure from the enclosing function.
#define DURE_LET(name, expression)                         \
  auto name##_result = (expression);                       \
  if (!name##_result.ok()) return name##_result.failure(); \
  auto& name = name##_result.value()
