// D3: what a file is follows from its content; names and extensions are never looked at.
#include "adapters/blobs/file_types.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <vector>

#include "adapters/blobs/ole_names.h"
#include "adapters/blobs/zip_names.h"

namespace dure::blobs {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

la_ssize_t append(archive*, void* bytes, const void* more, std::size_t count) {
  static_cast<std::string*>(bytes)->append(static_cast<const char*>(more), count);
  return static_cast<la_ssize_t>(count);
}

std::string zip(const Parts& parts, bool packed = true) {
  std::string bytes;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  if (!packed) archive_write_zip_set_compression_store(writer);
  archive_write_open(writer, &bytes, nullptr, append, nullptr);
  for (const auto& [name, content] : parts) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return bytes;
}

void put(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

// A compound file of 512-byte sectors: the table in sector 0, the directory from sector 1 on, then `content`.
std::string ole(const std::vector<std::string>& names, const std::string& content = "") {
  const std::size_t directory = (names.size() + 4) / 4;
  std::string bytes(512 * (2 + directory), '\0');
  bytes.replace(0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
  put(bytes, 30, 9, 2);
  put(bytes, 44, 1, 4);
  put(bytes, 48, 1, 4);
  put(bytes, 68, 0xfffffffe, 4);
  put(bytes, 76, 0, 4);
  put(bytes, 512, 0xfffffffd, 4);
  for (std::size_t i = 1; i <= directory; ++i)
    put(bytes, 512 + 4 * i, i == directory ? 0xfffffffe : static_cast<std::uint32_t>(i + 1), 4);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto at = 1024 + 128 * i;
    for (std::size_t k = 0; k < names[i].size(); ++k) bytes[at + 2 * k] = names[i][k];
    put(bytes, at + 64, static_cast<std::uint32_t>(2 * names[i].size() + 2), 2);
    bytes[at + 66] = 2;
  }
  return bytes + content;
}

std::string type_of(std::string_view bytes) {
  static const auto types = open_file_types();
  DURE_ASSERT(types.ok());
  const auto type = (*types)->media_type(bytes);
  return type.ok() ? *type : type.failure().reason.code;
}

const std::string kPng("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0\x90wS\xde", 33);
const std::string kPdf =
    "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";
const std::string kJpeg("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb", 22);

TEST(FileTypes, D3_PlainFormats) {
  EXPECT_EQ(type_of(kPdf), "application/pdf");
  EXPECT_EQ(type_of(kPng), "image/png");
  EXPECT_EQ(type_of(kJpeg), "image/jpeg");
  EXPECT_EQ(type_of("HWP Document File V3.00 \x1a\1\2\3\4\5"), "application/x-hwp");
}

TEST(FileTypes, D3_OfficeFormatsInsideOle) {
  EXPECT_EQ(type_of(ole({"Root Entry", "FileHeader", "DocInfo", "BodyText"}, "HWP Document File")),
            "application/x-hwp");
  EXPECT_EQ(type_of(ole({"Root Entry", "FileHeader"})), "application/x-ole-storage")
      << "without the signature";
  EXPECT_EQ(type_of(ole({"Root Entry", "1Table", "WordDocument"})), "application/msword");
  EXPECT_EQ(type_of(ole({"Root Entry", "a", "b", "c", "d", "e", "f", "g", "Workbook"})),
            "application/vnd.ms-excel")
      << "in the third sector of the directory";
  EXPECT_EQ(type_of(ole({"Root Entry", "Setup.msi"})), "application/x-ole-storage");
}

TEST(FileTypes, D3_OfficeFormatsInsideZip) {
  EXPECT_EQ(type_of(zip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w/>"}})),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(type_of(zip({{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.xml", "<w/>"}})),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(type_of(zip({{"mimetype", "application/hwp+zip"}, {"Contents/content.hpf", "<x/>"}}, false)),
            "application/hwp+zip");
  EXPECT_EQ(type_of(zip({{"mimetype", "application/hwp+zip"}})), "application/zip")
      << "a name alone is not enough";
  EXPECT_EQ(type_of(zip({{"word/document.xml", "<w/>"}})), "application/zip");
  EXPECT_EQ(type_of(zip({{"한글.txt", "x"}, {"virus.exe", "MZ"}})), "application/zip");
}

TEST(FileTypes, D3_MacrosMakeAnotherType) {
  EXPECT_EQ(type_of(zip({{"[Content_Types].xml", "<Types/>"},
                         {"word/document.xml", "<w/>"},
                         {"word/vbaProject.bin", "x"}})),
            "application/vnd.ms-word.document.macroEnabled.12");
}

TEST(FileTypes, D3_RenamedProgramsAndPagesAreSeenThrough) {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::string program(4096, '\0');
  self.read(program.data(), static_cast<std::streamsize>(program.size()));
  EXPECT_EQ(type_of(program).rfind("application/x-", 0), 0u) << type_of(program);
  std::string windows(256, '\0');
  windows.replace(0, 2, "MZ");
  put(windows, 60, 128, 4);
  windows.replace(128, 4, std::string("PE\0\0", 4));
  EXPECT_NE(type_of(windows).find("exec"), std::string::npos) << type_of(windows);
  EXPECT_EQ(type_of("<!DOCTYPE html><html><script>alert(1)</script></html>"), "text/html");
  EXPECT_EQ(type_of("#!/bin/sh\necho application.pdf\n"), "text/x-shellscript");
  EXPECT_EQ(type_of(windows + zip({{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w/>"}})),
            type_of(windows))
      << "what is appended does not matter";
  EXPECT_EQ(type_of(""), "application/x-empty");
}

// What this process computed since `before`, however busy the machine is.
std::clock_t computed(std::clock_t before = 0) {
  return std::clock() - before;
}

// Against the making of the bomb, which goes over every byte of what is in it.
TEST(FileTypes, D3_AZipBombCostsNothing) {
  const std::string zeros(48 << 20, '\0');
  const auto making = computed();
  const auto bomb = zip({{"[Content_Types].xml", zeros}, {"word/document.xml", zeros}, {"mimetype", zeros}});
  const auto made = computed(making);
  ASSERT_LT(bomb.size(), std::size_t{1} << 20);
  const auto looking = computed();
  EXPECT_EQ(type_of(bomb), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_LT(computed(looking), made / 10);
}

TEST(FileTypes, AZipOfVeryManyNamesIsNotReadToTheEnd) {
  Parts many;
  for (int i = 0; i < 10'001; ++i) many.emplace_back("n" + std::to_string(i), "");
  EXPECT_FALSE(zip_names(zip(many)));
  many.pop_back();
  EXPECT_EQ(zip_names(zip(many))->names.size(), 10'000u);
}

TEST(FileTypes, BrokenFilesAreAnsweredAndNeverCrash) {
  const std::vector<std::string> sound{
      zip({{"[Content_Types].xml", "<Types/>"},
           {"word/document.xml", "<w/>"},
           {"mimetype", "application/hwp+zip"}}),
      ole({"Root Entry", "FileHeader", "DocInfo", "BodyText", "WordDocument"}, "HWP Document File"), kPdf,
      kPng};
  std::mt19937 random(3);
  for (const auto& original : sound) {
    for (std::size_t length = 0; length < original.size(); length += 7)
      EXPECT_NE(type_of(original.substr(0, length)), "");
    for (int i = 0; i < 2000; ++i) {
      auto changed = original;
      for (int k = 0; k < 4; ++k) changed[random() % changed.size()] = static_cast<char>(random());
      EXPECT_NE(type_of(changed), "");
    }
  }
}

TEST(FileTypes, ADirectoryThatRunsInACircleEnds) {
  auto circle = ole({"Root Entry", "WordDocument"});
  put(circle, 512 + 4, 1, 4);  // sector 1 is followed by sector 1
  EXPECT_TRUE(ole_names(circle).contains("WordDocument"));
}

TEST(FileTypes, ExtensionsOfFormsHaveTheirTypes) {
  EXPECT_EQ(media_type_of_extension("hwp"), "application/x-hwp");
  EXPECT_EQ(media_type_of_extension("jpg"), media_type_of_extension("jpeg"));
  EXPECT_EQ(media_type_of_extension("exe"), "");
}

}  // namespace
}  // namespace dure::blobs
