#include "cli/sheet.h"

#include <archive.h>
#include <archive_entry.h>

#include <cstdio>
#include <memory>
#include <utility>

namespace dure::cli {
namespace {

// ---- CSV

std::string csv_text(const std::string& text) {
  const bool formula = !text.empty() && std::string("=+-@\t\r").find(text[0]) != std::string::npos;
  std::string quoted = formula ? "\"'" : "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_cell(const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return csv_text(std::get<std::string>(cell));
}

// ---- XLSX

// Control characters have no place in XML 1.0.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
      out += c;
  }
  return out;
}

// "A", …, "Z", "AA".
std::string column_name(std::size_t index) {
  std::string name;
  for (++index; index > 0; index = (index - 1) / 26)
    name.insert(name.begin(), static_cast<char>('A' + (index - 1) % 26));
  return name;
}

// Beyond this a spreadsheet would round a number: it keeps the digits as a text.
constexpr std::int64_t kExact = 999'999'999'999'999;

std::string xml_cell(const Cell& cell, const std::string& at) {
  const auto* number = std::get_if<std::int64_t>(&cell);
  if (number && *number <= kExact && *number >= -kExact)
    return "<c r=\"" + at + "\"><v>" + std::to_string(*number) + "</v></c>";
  const auto text = number ? std::to_string(*number) : escaped(std::get<std::string>(cell));
  return "<c r=\"" + at + R"(" t="inlineStr"><is><t xml:space="preserve">)" + text + "</t></is></c>";
}

std::string xml_row(const std::vector<Cell>& cells, std::size_t number) {
  const auto row = std::to_string(number);
  std::string xml = "<row r=\"" + row + "\">";
  for (std::size_t i = 0; i < cells.size(); ++i) xml += xml_cell(cells[i], column_name(i) + row);
  return xml + "</row>";
}

constexpr const char* kHead = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
)";
constexpr const char* kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr const char* kRelations = "http://schemas.openxmlformats.org/package/2006/relationships";
constexpr const char* kOffice = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::string types_xml() {
  const std::string type = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
  return std::string(kHead) +
         R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
         R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
         R"(<Override PartName="/xl/workbook.xml" ContentType=")" +
         type + R"(sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType=")" + type +
         R"(worksheet+xml"/></Types>)";
}

std::string relation_xml(const std::string& kind, const std::string& target) {
  return std::string(kHead) + "<Relationships xmlns=\"" + kRelations + R"("><Relationship Id="rId1" Type=")" +
         kOffice + "/" + kind + "\" Target=\"" + target + "\"/></Relationships>";
}

std::string workbook_xml(const std::string& name) {
  return std::string(kHead) + "<workbook xmlns=\"" + kMain + "\" xmlns:r=\"" + kOffice +
         "\"><sheets><sheet name=\"" + escaped(name) + R"(" sheetId="1" r:id="rId1"/></sheets></workbook>)";
}

std::string sheet_xml(const Sheet& sheet) {
  std::string xml = std::string(kHead) + "<worksheet xmlns=\"" + kMain + "\"><sheetData>";
  xml += xml_row({sheet.titles.begin(), sheet.titles.end()}, 1);
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) xml += xml_row(sheet.rows[i], i + 2);
  return xml + "</sheetData></worksheet>";
}

using Archive = std::unique_ptr<archive, int (*)(archive*)>;
using ArchiveEntry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

la_ssize_t take(archive*, void* into, const void* bytes, std::size_t length) {
  static_cast<std::string*>(into)->append(static_cast<const char*>(bytes), length);
  return static_cast<la_ssize_t>(length);
}

// Without a time (the format would hold a local one) and owners, so that the same table gives the same bytes.
bool add(archive* zip, const char* path, const std::string& content) {
  const ArchiveEntry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), path);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  return archive_write_header(zip, entry.get()) == ARCHIVE_OK &&
         archive_write_data(zip, content.data(), content.size()) == static_cast<la_ssize_t>(content.size());
}

}  // namespace

std::string to_csv(const Sheet& sheet) {
  std::string csv = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < sheet.titles.size(); ++i) csv += (i ? "," : "") + csv_text(sheet.titles[i]);
  csv += "\r\n";
  for (const auto& row : sheet.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) csv += (i ? "," : "") + csv_cell(row[i]);
    csv += "\r\n";
  }
  return csv;
}

base::Result<std::string> to_xlsx(const Sheet& sheet) {
  std::string bytes;
  Archive zip(archive_write_new(), archive_write_free);
  const bool open = archive_write_set_format_zip(zip.get()) == ARCHIVE_OK &&
                    archive_write_set_bytes_per_block(zip.get(), 0) == ARCHIVE_OK &&
                    archive_write_open(zip.get(), &bytes, nullptr, take, nullptr) == ARCHIVE_OK;
  const bool added =
      open && add(zip.get(), "[Content_Types].xml", types_xml()) &&
      add(zip.get(), "_rels/.rels", relation_xml("officeDocument", "xl/workbook.xml")) &&
      add(zip.get(), "xl/workbook.xml", workbook_xml(sheet.name)) &&
      add(zip.get(), "xl/_rels/workbook.xml.rels", relation_xml("worksheet", "worksheets/sheet1.xml")) &&
      add(zip.get(), "xl/worksheets/sheet1.xml", sheet_xml(sheet));
  if (added && archive_write_close(zip.get()) == ARCHIVE_OK) return bytes;
  const char* cause = archive_error_string(zip.get());
  return base::error(base::ErrorKind::kInternal,
                     base::Reason("cli.archive_failed").with("cause", std::string(cause ? cause : "")));
}

base::Status write_sheet(const Sheet& sheet, const std::string& path, bool xlsx) {
  std::string bytes;
  if (xlsx) {
    DURE_LET(book, to_xlsx(sheet));
    bytes = std::move(book);
  } else {
    bytes = to_csv(sheet);
  }
  const bool is_stdout = path == "-";
  std::FILE* file = is_stdout ? stdout : std::fopen(path.c_str(), "wb");
  const bool written = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool closed = !file || is_stdout || std::fclose(file) == 0;
  if (written && closed) return {};
  return base::error(base::ErrorKind::kInvalid, base::Reason("cli.file_unwritable").with("path", path));
}

}  // namespace dure::cli
