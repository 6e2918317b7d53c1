#include "node/record_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dure::node {
namespace {

constexpr std::size_t kHead = 8;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < 256; ++n) {
    std::uint32_t value = n;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? (value >> 1) ^ 0x82f63b78u : value >> 1;
    table[n] = value;
  }
  return table;
}
constexpr auto kTable = make_table();

void put_number(std::string& to, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) to += static_cast<char>((value >> shift) & 0xff);
}

std::uint32_t number_at(std::string_view bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t n = 0; n < 4; ++n)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + n])) << (8 * n);
  return value;
}

std::string frame_all(const std::vector<std::string>& payloads) {
  std::string bytes;
  for (const std::string& payload : payloads) {
    DURE_ASSERT(!payload.empty() && payload.size() <= RecordFile::kMostPayload);
    put_number(bytes, static_cast<std::uint32_t>(payload.size()));
    put_number(bytes, crc32c(payload));
    bytes += payload;
  }
  return bytes;
}

// The payload of the frame at `offset`, or nothing where there is no whole and sound one. A length of nought
// is refused, because a file that grew but was not written reads as zeroes.
std::optional<std::string_view> frame_at(std::string_view content, std::size_t offset) {
  if (content.size() - offset < kHead) return std::nullopt;
  const std::size_t length = number_at(content, offset);
  if (length == 0 || length > RecordFile::kMostPayload || content.size() - offset - kHead < length)
    return std::nullopt;
  const auto payload = content.substr(offset + kHead, length);
  if (crc32c(payload) != number_at(content, offset + 4)) return std::nullopt;
  return payload;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool read_all(int file, std::string& content) {
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(file, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) return true;
    content.append(buffer, static_cast<std::size_t>(count));
  }
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t value = 0xffffffffu;
  for (const char byte : bytes)
    value = (value >> 8) ^ kTable[(value ^ static_cast<unsigned char>(byte)) & 0xff];
  return value ^ 0xffffffffu;
}

base::Status sync_folder(const std::string& path) {
  const net::Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder && ::fsync(folder.get()) == 0) return {};
  return base::error(
      base::ErrorKind::kUnavailable,
      base::Reason("node.state_unusable").with("path", path).with("why", std::strerror(errno)));
}

base::Error RecordFile::unusable(const char* why) const {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("node.state_unusable").with("path", path_).with("why", why));
}

base::Result<RecordFile> RecordFile::open(std::string path,
                                          const std::function<base::Status(std::string_view)>& on_record) {
  RecordFile records(std::move(path));
  records.file_.reset(::open(records.path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!records.file_) return records.unusable(std::strerror(errno));
  std::string content;
  if (!read_all(records.file_.get(), content)) return records.unusable(std::strerror(errno));
  std::size_t offset = 0;
  while (const auto payload = frame_at(content, offset)) {
    DURE_TRY(on_record(*payload));
    offset += kHead + payload->size();
  }
  DURE_TRY(records.repair(content, offset));
  DURE_TRY(sync_folder(folder_of(records.path_)));
  return records;
}

base::Status RecordFile::repair(std::string_view content, std::size_t good) {
  size_ = static_cast<std::int64_t>(good);
  cut_ = static_cast<std::int64_t>(content.size() - good);
  if (cut_ == 0) return {};
  const net::Fd kept(::open((path_ + ".cut").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (kept) write_all(kept.get(), content.substr(good));  // for people only: its loss is no failure
  if (::ftruncate(file_.get(), size_) != 0 || ::fsync(file_.get()) != 0)
    return unusable(std::strerror(errno));
  return {};
}

base::Status RecordFile::append(const std::vector<std::string>& payloads) {
  if (broken_) return unusable("an earlier write failed");
  const std::string bytes = frame_all(payloads);
  if (!write_all(file_.get(), bytes)) {
    const int why = errno;
    broken_ = ::ftruncate(file_.get(), size_) != 0;
    return unusable(std::strerror(why));
  }
  if (::fdatasync(file_.get()) != 0) {
    broken_ = true;  // the kernel may have dropped the pages: only a new start knows what is there
    return unusable(std::strerror(errno));
  }
  size_ += static_cast<std::int64_t>(bytes.size());
  return {};
}

base::Status RecordFile::replace(const std::vector<std::string>& payloads) {
  if (broken_) return unusable("an earlier write failed");
  const std::string beside = path_ + ".new";
  const std::string bytes = frame_all(payloads);
  net::Fd file(::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (!file || !write_all(file.get(), bytes) || ::fsync(file.get()) != 0)
    return unusable(std::strerror(errno));
  if (::rename(beside.c_str(), path_.c_str()) != 0) return unusable(std::strerror(errno));
  file_ = std::move(file);
  size_ = static_cast<std::int64_t>(bytes.size());
  return sync_folder(folder_of(path_));
}

}  // namespace dure::node
