#include "adapters/blobs/zip_names.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <memory>

namespace dure::blobs {
namespace {

constexpr std::size_t kMostNames = 10'000;
constexpr std::size_t kMostNameBytes = 4 << 20;

struct Close {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Close>;

// Reads the first bytes of the current part; unpacking stops there.
std::string head_of_part(archive* reader) {
  std::array<char, 128> head{};
  const auto got = archive_read_data(reader, head.data(), head.size());
  std::string text(head.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

bool is_zip(std::string_view bytes) {
  return bytes.starts_with(std::string_view("PK\x03\x04", 4));
}

std::optional<ZipNames> zip_names(std::string_view bytes) {
  const Reader reader(archive_read_new());
  if (!reader || archive_read_support_format_zip_seekable(reader.get()) != ARCHIVE_OK ||
      archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return std::nullopt;
  ZipNames found;
  std::size_t name_bytes = 0;
  for (std::size_t count = 0;; ++count) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return found;
    if (status < ARCHIVE_WARN || count == kMostNames) return std::nullopt;
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) continue;  // in a character set that this process does not have: none of ours
    name_bytes += std::char_traits<char>::length(name);
    if (name_bytes > kMostNameBytes) return std::nullopt;
    if (found.mimetype.empty() && std::string_view(name) == "mimetype")
      found.mimetype = head_of_part(reader.get());
    found.names.emplace(name);
  }
}

}  // namespace dure::blobs
