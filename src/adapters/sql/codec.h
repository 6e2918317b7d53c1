// Between a field of a noun and a cell.
//
// Truth is 0 or 1, an instant microseconds, a date "2026-09-01", an enum its name, an empty optional NULL; a
// Reason, struct, list or map is JSON text as wire/ writes it, secrets and personal data included.
//
// Text must be UTF-8 without NUL, at any depth ("store.text"): PostgreSQL keeps nothing else, and what one
// engine keeps, the other keeps too.
#pragma once

#include <string_view>

#include "adapters/sql/cell.h"
#include "adapters/sql/noun_table.h"
#include "base/result.h"

namespace dure::sql {

// `noun` points to a value of the type whose table this column is of.
base::Status encode(const Column& column, const void* noun, Cell& cell);

// Takes the text out of the cell. Fails with "store.corrupt" where the cell cannot be such a field.
base::Status decode(const NounTable& table, const Column& column, Cell& cell, void* noun);

// All columns of a row.
base::Status decode_row(const NounTable& table, Cells& row, void* noun);

// Appends the row as JSON text, as wire::write_json() does with wire::Out{}. False where it must be decoded
// for that (wire/row_text.h); nothing is then appended.
bool append_row_text(const NounTable& table, const Cells& row, std::string& text);

// True for UTF-8 without NUL.
bool storable(std::string_view text);

// What encode() says of text that is not.
base::Error not_storable(std::string_view field);

}  // namespace dure::sql
