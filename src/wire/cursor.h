// Where the next page of a list starts, as text that a client passes back and does not read.
//
// It holds the order of the list and the place of the last row in it. It is not signed: a forged one leads to
// another place of a list that the asker may read anyway. It is parsed strictly: what decode_cursor()
// accepts, encode_cursor() gives back byte for byte.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace dure::wire {

struct Cursor {
  std::string order;                                             // the field, "-" before it where descending
  std::optional<std::variant<std::int64_t, std::string>> value;  // of the last row; empty where it has none
  std::string id;                                                // of the last row

  bool operator==(const Cursor&) const = default;
};

std::string encode_cursor(const Cursor& cursor);

// Fails with "cursor.malformed", or "cursor.other_list" where the cursor belongs to another order.
base::Result<Cursor> decode_cursor(std::string_view text, std::string_view order);

}  // namespace dure::wire
