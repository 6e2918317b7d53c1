#include "adapters/blobs/ole_names.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dure::blobs {
namespace {

constexpr std::string_view kSignature = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
constexpr std::size_t kHeader = 512;
constexpr std::size_t kEntry = 128;
constexpr std::size_t kMostEntries = 4096;
constexpr std::uint32_t kLastSector = 0xfffffffa;  // larger numbers are marks, not sectors

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

// One compound file, read through its file allocation table.
class Compound {
 public:
  explicit Compound(std::string_view bytes) : bytes_(bytes) {
    const auto shift = number_at(bytes, 30, 2);
    size_ = shift == 9 || shift == 12 ? std::size_t{1} << shift : 0;
  }

  bool sound() const { return size_ != 0 && bytes_.size() >= kHeader; }

  std::string_view sector(std::uint32_t number) const {
    const auto from = (static_cast<std::uint64_t>(number) + 1) * size_;
    if (number > kLastSector || from + size_ > bytes_.size()) return {};
    return bytes_.substr(static_cast<std::size_t>(from), size_);
  }

  std::uint32_t first_directory_sector() const { return number_at(bytes_, 48, 4); }

  // The sector after this one in its chain; kLastSector + 1 where there is none.
  std::uint32_t next(std::uint32_t number) const {
    const auto per_sector = static_cast<std::uint32_t>(size_ / 4);
    const auto table = table_sector(number / per_sector);
    const auto found = table ? sector(*table) : std::string_view{};
    return found.empty() ? kLastSector + 1 : number_at(found, 4 * (number % per_sector), 4);
  }

 private:
  // Where the n-th sector of the table lies: 109 are listed in the header, the others in a chain of lists.
  std::optional<std::uint32_t> table_sector(std::uint32_t n) const {
    if (n < 109) return number_at(bytes_, 76 + 4 * n, 4);
    const auto per_list = static_cast<std::uint32_t>(size_ / 4 - 1);
    auto list = number_at(bytes_, 68, 4);
    for (n -= 109; n >= per_list; n -= per_list) {
      const auto found = sector(list);
      if (found.empty()) return std::nullopt;
      list = number_at(found, size_ - 4, 4);
    }
    const auto found = sector(list);
    if (found.empty()) return std::nullopt;
    return number_at(found, 4 * n, 4);
  }

  std::string_view bytes_;
  std::size_t size_ = 0;
};

std::string name_of(std::string_view entry) {
  const std::size_t length = number_at(entry, 64, 2);  // bytes of UTF-16, with the closing zero
  std::string name;
  for (std::size_t i = 0; i + 2 < length && i < 64; i += 2) {
    const auto unit = number_at(entry, i, 2);
    name += unit < 0x80 ? static_cast<char>(unit) : '?';
  }
  return name;
}

}  // namespace

bool is_ole(std::string_view bytes) {
  return bytes.starts_with(kSignature);
}

std::set<std::string> ole_names(std::string_view bytes) {
  std::set<std::string> names;
  const Compound file(bytes);
  if (!is_ole(bytes) || !file.sound()) return names;
  std::size_t entries = 0;
  for (auto number = file.first_directory_sector(); entries < kMostEntries; number = file.next(number)) {
    const auto sector = file.sector(number);
    if (sector.empty()) break;
    for (std::size_t at = 0; at + kEntry <= sector.size(); at += kEntry, ++entries)
      if (auto name = name_of(sector.substr(at, kEntry)); !name.empty()) names.insert(std::move(name));
  }
  return names;
}

}  // namespace dure::blobs
