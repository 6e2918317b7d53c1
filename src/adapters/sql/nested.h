// Reading back the nested values that the store keeps as JSON text (codec.h).
//
// The text was written by wire/ from the same field table, so this reader is made for speed: it goes straight
// from the text into the value, without a tree, and expects members in their order (any order is right). It
// is strict about JSON (RFC 8259) and types, and lenient in two ways that the API's reader is not: members it
// does not know are passed over, because a newer release may have written the row, and members that are
// missing keep the value of a fresh T, because an older one may have.
#pragma once

#include <string_view>

#include "wire/shape.h"

namespace dure::sql {

// `value` points to a fresh value of the shape's type. False where the text cannot be one; it is then left
// half-written.
bool read_nested(const wire::Shape& shape, std::string_view text, void* value);

}  // namespace dure::sql
