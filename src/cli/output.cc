#include "cli/output.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>
#include <iostream>

#include "wire/json.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

std::string pad(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return text + std::string(width > taken ? width - taken : 0, ' ');
}

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += i + 1 < cells.size() ? pad(cells[i], widths[i]) + "  " : cells[i];
  std::printf("%s\n", line.c_str());
}

std::string parameter_text(const base::Reason& reason, const char* name) {
  const auto* value = reason.find(name);
  if (value == nullptr) return "";
  if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
  const auto* text = std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

// "FILE:LINE:COLUMN: " as far as the reason says the line.
std::string place_in(const std::string& file, const base::Reason& reason) {
  if (file.empty()) return "";
  const std::string line = parameter_text(reason, "line");
  return line.empty() ? file + ": " : file + ":" + line + ":" + parameter_text(reason, "column") + ": ";
}

// What is wrong at one place; in a file as `policy check` tells it, with what to do about it. `whole`: the
// file of what only knows its line.
void report_detail(const base::Detail& detail, const std::string& whole, wire::Language language) {
  const auto rendered = wire::render(detail.reason, language);
  std::string file = parameter_text(detail.reason, "file");
  if (file.empty() && detail.reason.find("line") != nullptr) file = whole;
  const std::string place = place_in(file, detail.reason);
  if (place.empty()) {
    std::fprintf(stderr, "  %s: %s\n", detail.pointer.c_str(), rendered.text.c_str());
    return;
  }
  std::fprintf(stderr, "%s%s%s%s\n", place.c_str(), detail.pointer.c_str(),
               detail.pointer.empty() ? "" : ": ", rendered.text.c_str());
  if (!rendered.help.empty()) std::fprintf(stderr, "    %s\n", rendered.help.c_str());
}

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0x1f300 && c <= 0x1faff);
}

}  // namespace

void add_reason_texts(json::value& value, const std::string& language) {
  if (auto* array = value.if_array()) {
    for (auto& each : *array) add_reason_texts(each, language);
    return;
  }
  auto* object = value.if_object();
  if (!object) return;
  for (auto& member : *object) add_reason_texts(member.value(), language);
  const bool is_reason = object->size() == 2 && object->contains("code") && object->contains("parameters");
  if (!is_reason) return;
  if (const auto reason = wire::from_json<base::Reason>(value))
    (*object)["text"] = wire::render(*reason, wire::pick_language(language)).text;
}

json::value with_use(json::value object) {
  auto* members = object.if_object();
  if (members == nullptr) return object;
  const auto* bp = members->if_contains("used_bp");
  std::string text;
  if (bp != nullptr && bp->is_int64())
    text = std::to_string(bp->as_int64() / 100) + "." + std::to_string(bp->as_int64() % 100 / 10) + " %";
  (*members)["used"] = text;
  return object;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = lead & (length == 1 ? 0x7f : 0xff >> (length + 1));
    for (std::size_t j = 1; j < length && i + j < text.size(); ++j)
      c = (c << 6) | (static_cast<unsigned char>(text[i + j]) & 0x3f);
    width += is_wide(c) ? 2 : 1;
    i += length;
  }
  return width;
}

void print_table(const json::value& rows, const std::vector<Column>& columns) {
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const auto& column : columns) {
    titles.push_back(column.title);
    widths.push_back(display_width(column.title));
  }
  cells.push_back(titles);
  for (const auto& row : rows.as_array()) {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line.push_back(text_at(row, columns[i].path));
      widths[i] = std::max(widths[i], display_width(line.back()));
    }
    cells.push_back(std::move(line));
  }
  for (const auto& line : cells) print_row(line, widths);
}

void print_json(const json::value& value) {
  std::cout << wire::write(value) << "\n";
}

void print(Format format, const json::value& value, const std::vector<Column>& columns) {
  if (format == Format::kJson) return print_json(value);
  if (!value.is_array()) {
    json::array one;
    one.push_back(value);
    return print_table(one, columns);
  }
  print_table(value, columns);
}

int report(const base::Error& failure, const Problem& problem, const std::string& language) {
  const auto chosen = wire::pick_language(language);
  if (failure.reason.code == "cli.problem") {
    std::fprintf(stderr, "%s (%s)\n", problem.detail.c_str(), problem.code.c_str());
    for (const auto& [pointer, detail] : problem.errors)
      std::fprintf(stderr, "  %s: %s\n", pointer.c_str(), detail.c_str());
    if (!problem.help.empty()) std::fprintf(stderr, "%s\n", problem.help.c_str());
    return kFailed;
  }
  const auto rendered = wire::render(failure.reason, chosen);
  std::fprintf(stderr, "%s%s (%s)\n",
               place_in(parameter_text(failure.reason, "in_file"), failure.reason).c_str(),
               rendered.text.c_str(), failure.reason.code.c_str());
  const std::string file = parameter_text(failure.reason, "name");  // of a refused policy file
  for (const auto& detail : failure.details) report_detail(detail, file, chosen);
  if (!rendered.help.empty()) std::fprintf(stderr, "%s\n", rendered.help.c_str());
  return failure.reason.code == "http.connect_failed" ? kNoServer : kFailed;
}

}  // namespace dure::cli
