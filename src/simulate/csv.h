// Comma-separated values with a first line of names, as the public traces have them: no quotes, one record a
// line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dure::simulate {

// What one machine, pod or job may say that it has or needs.
inline constexpr std::int64_t kMostCpuMilli = 1'000'000'000;
inline constexpr std::int64_t kMostMemoryMib = 1'000'000'000;

// Without the spaces, tabs and carriage returns at its ends, as every cell is read.
std::string_view trimmed(std::string_view text);

class Csv {
 public:
  // `file` names it in errors. Views into `text`, which must outlive it. Errors: simulate.empty {file}.
  static base::Result<Csv> open(std::string_view text, std::string file);

  // False at the end. Empty lines are passed over.
  bool next();
  bool has(std::string_view column) const;
  // Of the current record; "" where the column is not there or the record is too short.
  std::string_view text(std::string_view column) const;
  // Errors: simulate.column_missing {file, column}, simulate.row_invalid {file, line, column, text} for what
  // is no whole number from `least` to `most`.
  base::Result<std::int64_t> number(std::string_view column, std::int64_t least, std::int64_t most) const;
  base::Error invalid(std::string_view column) const;

 private:
  std::string_view line();

  std::string_view rest_;
  std::string file_;
  std::int64_t line_ = 0;
  std::vector<std::string_view> names_;
  std::vector<std::string_view> cells_;
};

}  // namespace dure::simulate
