#include "adapters/blobs/file_types.h"

#include <magic.h>

#include <array>
#include <mutex>
#include <string>
#include <utility>

#include "adapters/blobs/ole_names.h"
#include "adapters/blobs/zip_names.h"

namespace dure::blobs {
namespace {

constexpr std::size_t kLookedAtByMagic = 1 << 20;
constexpr const char* kHwp = "application/x-hwp";
constexpr const char* kHwpx = "application/hwp+zip";
constexpr const char* kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr const char* kXlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr const char* kPptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kByExtension{{
    {"hwp", kHwp},
    {"hwpx", kHwpx},
    {"pdf", "application/pdf"},
    {"doc", "application/msword"},
    {"docx", kDocx},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", kXlsx},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", kPptx},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"zip", "application/zip"},
    {"txt", "text/plain"},
}};

std::string ole_type(std::string_view bytes) {
  const auto names = ole_names(bytes);
  const bool hwp = names.contains("FileHeader") && bytes.find("HWP Document File") != std::string_view::npos;
  if (hwp) return kHwp;
  if (names.contains("WordDocument")) return "application/msword";
  if (names.contains("Workbook") || names.contains("Book")) return "application/vnd.ms-excel";
  if (names.contains("PowerPoint Document")) return "application/vnd.ms-powerpoint";
  return "application/x-ole-storage";
}

// Office Open XML by its main part; with macros it is another type, which no form asks for.
std::string open_xml_type(const ZipNames& zip) {
  struct Format {
    const char* main_part;
    const char* macros;
    const char* type;
    const char* type_with_macros;
  };
  constexpr std::array<Format, 3> kFormats{{
      {"word/document.xml", "word/vbaProject.bin", kDocx, "application/vnd.ms-word.document.macroEnabled.12"},
      {"xl/workbook.xml", "xl/vbaProject.bin", kXlsx, "application/vnd.ms-excel.sheet.macroEnabled.12"},
      {"ppt/presentation.xml", "ppt/vbaProject.bin", kPptx,
       "application/vnd.ms-powerpoint.presentation.macroEnabled.12"},
  }};
  if (!zip.names.contains("[Content_Types].xml")) return "";
  for (const auto& format : kFormats)
    if (zip.names.contains(format.main_part))
      return zip.names.contains(format.macros) ? format.type_with_macros : format.type;
  return "";
}

std::string zip_type(std::string_view bytes) {
  const auto zip = zip_names(bytes);
  if (!zip) return "application/zip";
  if (zip->mimetype == kHwpx && zip->names.contains("Contents/content.hpf")) return kHwpx;
  const auto office = open_xml_type(*zip);
  return office.empty() ? "application/zip" : office;
}

class MagicFileTypes : public ports::FileTypes {
 public:
  explicit MagicFileTypes(magic_t magic) : magic_(magic) {}
  MagicFileTypes(const MagicFileTypes&) = delete;
  MagicFileTypes& operator=(const MagicFileTypes&) = delete;
  ~MagicFileTypes() override { magic_close(magic_); }

  base::Result<std::string> media_type(std::string_view bytes) override {
    if (is_ole(bytes)) return ole_type(bytes);
    if (is_zip(bytes)) return zip_type(bytes);
    if (bytes.starts_with("HWP Document File V")) return std::string(kHwp);
    const auto looked_at = bytes.substr(0, kLookedAtByMagic);
    const std::scoped_lock lock(mutex_);
    const char* type = magic_buffer(magic_, looked_at.data(), looked_at.size());
    if (type == nullptr)
      return base::error(base::ErrorKind::kUnavailable, base::Reason("blob.type_detection_unavailable"));
    return std::string(type);
  }

 private:
  std::mutex mutex_;
  magic_t magic_;
};

}  // namespace

base::Result<std::unique_ptr<ports::FileTypes>> open_file_types() {
  // Never looks into compressed or archived data, and never runs on more than the bytes given.
  magic_t magic =
      magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR | MAGIC_NO_CHECK_CDF);
  if (magic == nullptr || magic_load(magic, nullptr) != 0) {
    if (magic != nullptr) magic_close(magic);
    return base::error(base::ErrorKind::kUnavailable, base::Reason("blob.type_detection_unavailable"));
  }
  return std::unique_ptr<ports::FileTypes>(std::make_unique<MagicFileTypes>(magic));
}

std::string media_type_of_extension(std::string_view extension) {
  for (const auto& [known, type] : kByExtension)
    if (known == extension) return std::string(type);
  return "";
}

}  // namespace dure::blobs
