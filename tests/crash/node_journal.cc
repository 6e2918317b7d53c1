#include "crash/node_journal.h"

#include <sys/stat.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "cli/api.h"
#include "crash/centre.h"
#include "node/record_file.h"

namespace dure::crash {

namespace json = boost::json;

namespace {

constexpr std::size_t kHead = 8;

std::uint32_t number_of(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t n = 0; n < 4; ++n)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + n])) << (8 * n);
  return value;
}

}  // namespace

Frames whole_frames(const std::string& bytes) {
  Frames frames;
  while (bytes.size() - frames.bytes >= kHead) {
    const std::size_t length = number_of(bytes, frames.bytes);
    if (length == 0 || bytes.size() - frames.bytes - kHead < length) break;
    std::string payload = bytes.substr(frames.bytes + kHead, length);
    if (node::crc32c(payload) != number_of(bytes, frames.bytes + 4)) break;
    frames.bytes += kHead + length;
    frames.payloads.push_back(std::move(payload));
  }
  return frames;
}

NodeJournal::NodeJournal(std::string path)
    : path_(std::move(path)), thread_([this] {
        while (!over_) {
          look();
          sleep_ms(100);
        }
        look();
      }) {}

NodeJournal::~NodeJournal() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
}

json::array NodeJournal::observations() const {
  const std::lock_guard lock(mutex_);
  return observations_;
}

// A file that was replaced, or cut because its end was torn, is read from its beginning: what is known is
// known.
void NodeJournal::look() {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return;
  const bool other = info.st_ino != inode_ || static_cast<std::size_t>(info.st_size) < offset_;
  inode_ = info.st_ino;
  if (other) offset_ = 0;
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset_));
  const Frames frames = whole_frames({std::istreambuf_iterator<char>(file), {}});
  offset_ += frames.bytes;
  for (const auto& payload : frames.payloads) {
    const json::value record = json::parse(payload);
    const auto* seen = record.as_object().if_contains("observation");
    if (!seen || !seen->is_object()) continue;
    const std::lock_guard lock(mutex_);
    if (known_.insert(cli::text_at(*seen, "boot_id") + "/" + cli::text_at(*seen, "sequence")).second)
      observations_.push_back(*seen);
  }
}

}  // namespace dure::crash
