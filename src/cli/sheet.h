// A table of texts and whole numbers as a file for a spreadsheet: CSV (RFC 4180), or XLSX (ISO/IEC 29500, one
// sheet, inline texts), the same bytes for the same table.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dure::cli {

using Cell = std::variant<std::string, std::int64_t>;

struct Sheet {
  std::string name;
  std::vector<std::string> titles;
  std::vector<std::vector<Cell>> rows;
};

// UTF-8 with a byte order mark, by which spreadsheets know it. A text that a spreadsheet would take for a
// formula gets an apostrophe before it.
std::string to_csv(const Sheet& sheet);

// Fails (kInternal "cli.archive_failed") where the archive cannot be made.
base::Result<std::string> to_xlsx(const Sheet& sheet);

// The table as CSV, or as XLSX, in a file that is made or made anew; "-" is standard output. Fails (kInvalid
// "cli.file_unwritable").
base::Status write_sheet(const Sheet& sheet, const std::string& path, bool xlsx);

}  // namespace dure::cli
