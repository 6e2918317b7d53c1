// I8: invoices for a spreadsheet, as CSV and as XLSX.
#include "cli/sheet.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdlib>
#include <ctime>
#include <map>

#include "cli/invoice_sheet.h"

namespace dure::cli {
namespace {

Sheet sample() {
  return {"invoices",
          {"number", "KRW"},
          {{std::string("INV-1, \"가\""), std::int64_t{24'000}},
           {std::string("=1+1 <&>"), std::int64_t{-7}},
           {std::string(""), std::int64_t{9'007'199'254'740'993}}}};
}

// Path -> content, as an independent reader sees it.
std::map<std::string, std::string> unpacked(const std::string& bytes) {
  std::map<std::string, std::string> files;
  archive* zip = archive_read_new();
  archive_read_support_format_zip(zip);
  EXPECT_EQ(archive_read_open_memory(zip, bytes.data(), bytes.size()), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(zip, &entry) == ARCHIVE_OK) {
    std::string content(1 << 16, '\0');
    content.resize(static_cast<std::size_t>(archive_read_data(zip, content.data(), content.size())));
    files[archive_entry_pathname(entry)] = content;
  }
  archive_read_free(zip);
  return files;
}

TEST(Sheet, I8_CsvQuotesTextsAndNeverStartsAFormula) {
  EXPECT_EQ(to_csv(sample()),
            "\xEF\xBB\xBF\"number\",\"KRW\"\r\n"
            "\"INV-1, \"\"가\"\"\",24000\r\n"
            "\"'=1+1 <&>\",-7\r\n"
            "\"\",9007199254740993\r\n");
}

TEST(Sheet, I8_XlsxHasItsPartsAndExactNumbers) {
  const auto bytes = to_xlsx(sample());
  ASSERT_TRUE(bytes.ok());
  const auto files = unpacked(*bytes);
  ASSERT_EQ(files.size(), 5u);
  EXPECT_NE(files.at("xl/workbook.xml").find("sheet name=\"invoices\""), std::string::npos);
  const auto& sheet = files.at("xl/worksheets/sheet1.xml");
  EXPECT_NE(sheet.find("<c r=\"B2\"><v>24000</v></c>"), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("=1+1 &lt;&amp;&gt;"), std::string::npos) << "a text, not a formula";
  EXPECT_NE(sheet.find(">9007199254740993<"), std::string::npos);
  EXPECT_EQ(sheet.find("<v>9007199254740993"), std::string::npos) << "a spreadsheet would round it";
  for (const char* zone : {"Asia/Seoul", "America/New_York"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_EQ(*to_xlsx(sample()), *bytes) << "the same bytes for the same table, in " << zone;
  }
  unsetenv("TZ");
  tzset();
}

TEST(Sheet, I8_AnInvoiceIsARowWithWhatIsOwed) {
  const boost::json::array invoices{boost::json::object{{"number", "INV-2026-000001"},
                                                        {"state", "partly_paid"},
                                                        {"due_on", nullptr},
                                                        {"total_krw", 24'000},
                                                        {"tax_krw", 2'400},
                                                        {"paid_krw", 10'000},
                                                        {"credited_krw", 400}}};
  const auto sheet = invoice_sheet(invoices);
  ASSERT_EQ(sheet.rows.size(), 1u);
  ASSERT_EQ(sheet.rows[0].size(), sheet.titles.size());
  const auto cell = [&](const std::string& title) {
    const auto at = std::find(sheet.titles.begin(), sheet.titles.end(), title) - sheet.titles.begin();
    return sheet.rows[0][static_cast<std::size_t>(at)];
  };
  EXPECT_EQ(cell("number"), Cell(std::string("INV-2026-000001")));
  EXPECT_EQ(cell("owed_krw"), Cell(std::int64_t{16'000}));
  EXPECT_EQ(cell("due_on"), Cell(std::string()));
}

}  // namespace
}  // namespace dure::cli
