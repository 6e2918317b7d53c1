// JSON from and to the nouns, by their field tables (model/fields.h): one codec for the API, the store's
// nested values, the node link and the offline tools.
//
// A member appears under its field's name, in the table's order. Instants are RFC 3339 text, dates
// "2026-09-01", spans whole microseconds, quantities whole numbers (the field's name carries the unit), ids
// and enums text, an empty optional null, a Reason {"code": …, "parameters": {…}}.
//
// The templates are declared here and instantiated in this library for every noun of model/, for the values
// of model/node_link.h and model/requests.h, and for std::vector of each; a type of one's own with a field
// table includes wire/json_impl.h instead. This header pulls in no Boost.JSON beyond its forward
// declarations: who touches a boost::json::value includes <boost/json/value.hpp>, who only reads and writes
// text needs nothing more.
//
// All functions are pure and may be called from any thread.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dure::wire {

// What may leave. Secret fields are left out unless `secrets` (only the store's adapter sets it, for nested
// values); personal fields are masked by wire/mask.h unless `personal` (the caller may see them, and the look
// is recorded).
struct Out {
  bool secrets = false;
  bool personal = false;

  static constexpr Out everything() { return {true, true}; }
};

// What is demanded of an input.
struct In {
  // Members that must be present, as paths below the top: "call_id", "applicant/name".
  std::vector<std::string_view> required;
  // Whether other members may be absent (they then keep the value of a default-constructed T). If not, every
  // member but the optional ones must be there, at every depth.
  bool allow_missing = true;
  // Whether secret fields may be given. Refused as unknown otherwise.
  bool secrets = false;
};

struct Limits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;
};

// At most so many details are reported for one input.
inline constexpr std::size_t kMaxDetails = 20;

// ---- Text
// ----------------------------------------------------------------------------------------------------

// Appends the value as JSON text without building a tree: the way out of the server. Gives exactly
// write(to_json(value, out)). Bytes that are not UTF-8 become U+FFFD, so the result is always valid JSON.
template <class T>
void write_json(std::string& text, const T& value, Out out = {});

template <class T>
std::string json_text(const T& value, Out out = {}) {
  std::string text;
  write_json(text, value, out);
  return text;
}

// parse() and from_json() in one.
template <class T>
base::Result<T> read_json(std::string_view text, const In& in = {}, Limits limits = {});

// ---- Trees
// ---------------------------------------------------------------------------------------------------

template <class T>
boost::json::value to_json(const T& value, Out out = {});

// Strict: unknown members (with the nearest known name), wrong types, numbers out of range or with a
// fraction, text with NUL or that is not UTF-8, and whatever `in` demands, are refused. All faults are
// collected, up to kMaxDetails, each with its JSON pointer (RFC 6901), in Error::details. Code
// "json.invalid".
template <class T>
base::Result<T> from_json(const boost::json::value& value, const In& in = {});

// RFC 8259 text to a tree; a byte order mark before it is skipped. Refuses, with the offset in bytes: what is
// not JSON ("json.syntax"), text over the limits ("json.too_large", kTooLarge; "json.too_deep"), an object
// that names a member twice
// ("json.duplicate_member"), whole numbers beyond 64 bits and infinite ones ("json.number_range"), and text
// that is not UTF-8 ("json.utf8").
base::Result<boost::json::value> parse(std::string_view bytes, Limits limits = {});

// The tree as text, without white space, members in their order. The same tree gives the same text.
std::string write(const boost::json::value& value);
// The same with the members of every object sorted by the bytes of their names: for hashes.
std::string write_canonical(const boost::json::value& value);

// JSON Merge Patch (RFC 7396): `patch` applied to `target`.
boost::json::value apply_patch(boost::json::value target, const boost::json::value& patch);

// RFC 6901: "/" and "~" of one reference token escaped.
std::string pointer_token(std::string_view name);

}  // namespace dure::wire
