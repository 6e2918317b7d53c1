// RecordFile: an append-only file of records that survives kill -9 and loss of power.
//
// A record is a frame: length (4 bytes, little-endian), CRC-32C of the payload (4 bytes), payload. append()
// returns when the records are on the disk (fdatasync). What a crash left half-written at the end is cut off
// on opening and kept beside as "<path>.cut". Not thread-safe; one process at a time (the caller's lock).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/fd.h"

namespace dure::node {

class RecordFile {
 public:
  static constexpr std::size_t kMostPayload = 4 * 1024 * 1024;

  // Opens or creates (mode 0600) and hands every whole record to `on_record`, whose failure ends the opening.
  // Errors: node.state_unusable {path, why}.
  static base::Result<RecordFile> open(std::string path,
                                       const std::function<base::Status(std::string_view)>& on_record);

  // All of them or, at a crash, a beginning of them. REQUIRES: each at most kMostPayload bytes. After a
  // failed write the file is as before; after a failed sync it takes nothing more (node.state_unusable).
  base::Status append(const std::vector<std::string>& payloads);

  // Replaces the whole content at once (written beside, synced, renamed).
  base::Status replace(const std::vector<std::string>& payloads);

  std::int64_t size_bytes() const { return size_; }
  // How many bytes the opening cut off.
  std::int64_t cut_bytes() const { return cut_; }

 private:
  explicit RecordFile(std::string path) : path_(std::move(path)) {}
  base::Error unusable(const char* why) const;
  base::Status repair(std::string_view content, std::size_t good);

  std::string path_;
  net::Fd file_;
  std::int64_t size_ = 0;
  std::int64_t cut_ = 0;
  bool broken_ = false;
};

// CRC-32C (Castagnoli, RFC 3720 appendix B.4).
std::uint32_t crc32c(std::string_view bytes);

// Makes the names in a folder last (fsync of the folder).
base::Status sync_folder(const std::string& path);

}  // namespace dure::node
