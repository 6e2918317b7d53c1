#include "bench/placing/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace dure::bench {
namespace {

constexpr std::int64_t kMostBytes = 64 << 20;  // then it begins again

[[noreturn]] void give_up(const std::string& path) {
  std::perror(path.c_str());
  std::exit(2);
}

}  // namespace

Journal::Journal(const std::string& path, bool synced)
    : file_(open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600)),
      synced_(synced),
      path_(path) {
  if (file_ < 0) give_up(path_);
}

Journal::~Journal() {
  close(file_);
  unlink(path_.c_str());
}

Journal& Journal::word(std::string_view text) {
  (text_ += text) += ' ';
  return *this;
}

Journal& Journal::number(std::uint64_t value) {
  std::array<char, 20> digits;
  const auto made = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return word({digits.data(), made.ptr});
}

void Journal::decided() {
  if (++in_batch_ < kBatch) return;
  in_batch_ = 0;
  flush();
}

void Journal::flush() {
  if (length_ > kMostBytes) {
    if (ftruncate(file_, 0) != 0 || lseek(file_, 0, SEEK_SET) != 0) give_up(path_);
    length_ = 0;
  }
  for (std::string_view left = text_; !left.empty();) {
    const ssize_t written = write(file_, left.data(), left.size());
    if (written < 0) give_up(path_);
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (synced_ && fdatasync(file_) != 0) give_up(path_);
  length_ += static_cast<std::int64_t>(text_.size());
  text_.clear();
}

}  // namespace dure::bench
