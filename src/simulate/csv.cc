#include "simulate/csv.h"

#include <algorithm>
#include <charconv>

namespace dure::simulate {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

namespace {

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const auto comma = line.find(',');
    cells.push_back(trimmed(line.substr(0, comma)));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

// A part of what came from outside, short enough for a message.
std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string made(text.substr(0, kMost));
  for (char& each : made)
    if (static_cast<unsigned char>(each) < 0x20 || static_cast<unsigned char>(each) > 0x7e) each = '?';
  return made;
}

}  // namespace

std::string_view Csv::line() {
  const auto end = rest_.find('\n');
  std::string_view found = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
  return trimmed(found);
}

base::Result<Csv> Csv::open(std::string_view text, std::string file) {
  Csv csv;
  csv.file_ = std::move(file);
  csv.rest_ = text;
  if (csv.rest_.starts_with("\xef\xbb\xbf")) csv.rest_.remove_prefix(3);
  const auto names = csv.line();
  if (names.empty()) return base::invalid(base::Reason("simulate.empty").with("file", csv.file_));
  csv.names_ = split(names);
  return csv;
}

bool Csv::next() {
  while (!rest_.empty()) {
    const auto found = line();
    if (found.empty()) continue;
    cells_ = split(found);
    return true;
  }
  return false;
}

bool Csv::has(std::string_view column) const {
  return std::find(names_.begin(), names_.end(), column) != names_.end();
}

std::string_view Csv::text(std::string_view column) const {
  const auto found = std::find(names_.begin(), names_.end(), column);
  const auto index = static_cast<std::size_t>(found - names_.begin());
  return index < cells_.size() && found != names_.end() ? cells_[index] : std::string_view{};
}

base::Error Csv::invalid(std::string_view column) const {
  return base::invalid(base::Reason("simulate.row_invalid")
                           .with("file", file_)
                           .with("line", line_)
                           .with("column", std::string(column))
                           .with("text", shortened(text(column))));
}

base::Result<std::int64_t> Csv::number(std::string_view column, std::int64_t least, std::int64_t most) const {
  if (!has(column))
    return base::invalid(
        base::Reason("simulate.column_missing").with("file", file_).with("column", std::string(column)));
  const auto cell = text(column);
  std::int64_t value = 0;
  const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (read.ec != std::errc() || read.ptr != cell.data() + cell.size() || value < least || value > most)
    return invalid(column);
  return value;
}

}  // namespace dure::simulate
