// Ids: UUIDv7 texts (RFC 9562, section 5.7), one type per noun so that they cannot be swapped.
//
// The text is 36 characters, lower case. Ids of one process sort by the millisecond in which they were made.
// Making one needs a time and ten random bytes, which come in as arguments (ports/ids.h has the source).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace dure::base {

template <class Noun>
struct Id {
  std::string text;

  Id() = default;
  explicit Id(std::string id_text) : text(std::move(id_text)) {}
  bool empty() const { return text.empty(); }
  auto operator<=>(const Id&) const = default;
};

// The UUIDv7 of the millisecond and the random bytes.
std::string make_uuid7(std::int64_t unix_ms, const std::array<std::uint8_t, 10>& random);

// True for 36 lower-case characters in the form of a UUID of any version.
bool is_uuid(std::string_view text);

}  // namespace dure::base

template <class Noun>
struct std::hash<dure::base::Id<Noun>> {
  std::size_t operator()(const dure::base::Id<Noun>& id) const { return std::hash<std::string>{}(id.text); }
};
