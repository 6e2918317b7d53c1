// A noun's row as JSON text, straight from what a store holds of it: nothing is decoded on the way.
//
// Gives exactly what write_json() gives for the noun (json.h): secret members are left out and personal ones
// masked by the same rules. The caller hands over the members in the order of the field table, nested values
// as the text that write_json(…, Out::everything()) made of them. Pure; belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/json.h"
#include "wire/mask.h"
#include "wire/shape.h"

namespace dure::wire {

class RowText {
 public:
  // Appends to `text`, which outlives this.
  RowText(std::string& text, Out out);

  // Each call writes one member. The member's form, or that of what it optionally holds, says which fits.
  void null(const Member& member);
  void number(const Member& member, std::int64_t value);    // whole numbers, truth (0 or 1), instants (us)
  void text(const Member& member, std::string_view value);  // text, dates, names of enums
  // False where `json` is not text as this release writes it (a newer or older one may have other members):
  // decode the noun and write that; what was appended so far is then of no use.
  bool nested(const Member& member, std::string_view json);

  void end() { text_ += '}'; }

 private:
  // Writes the member's name; false where the member is not to be written.
  bool begin(const Member& member);
  bool masked(const Member& member) const;

  std::string& text_;
  Out out_;
  bool first_ = true;
};

}  // namespace dure::wire
