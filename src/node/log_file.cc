#include "node/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dure::node {
namespace {

constexpr std::int64_t kPiece = 256 * 1024;

std::int64_t size_of(int file) {
  struct stat facts {};
  return ::fstat(file, &facts) == 0 ? static_cast<std::int64_t>(facts.st_size) : 0;
}

// The next word of the line, which is shortened by it.
std::string_view take_word(std::string_view& line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return {};
  const auto word = line.substr(0, space);
  line.remove_prefix(space + 1);
  return word;
}

}  // namespace

std::string log_line_text(std::string_view line) {
  std::string_view rest = line;
  const auto time = take_word(rest);
  const auto stream = take_word(rest);
  // An empty text may have lost the space behind its mark.
  const auto mark = rest == "F" || rest == "P" ? std::exchange(rest, {}) : take_word(rest);
  const bool formed = time.size() >= 20 && time[10] == 'T' && (stream == "stdout" || stream == "stderr") &&
                      (mark == "F" || mark == "P");
  if (!formed) return std::string(line) + "\n";
  return mark == "P" ? std::string(rest) : std::string(rest) + "\n";
}

LogFile::LogFile(std::string path, std::int64_t tail_lines)
    : path_(std::move(path)), tail_lines_(tail_lines) {}

bool LogFile::open() {
  if (file_) return true;
  file_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file_) return false;
  if (tail_lines_ >= 0) offset_ = tail_offset(size_of(file_.get()));
  return true;
}

// Where the last tail_lines_ lines of a file of that size begin, looked for from its end.
std::int64_t LogFile::tail_offset(std::int64_t size) const {
  std::int64_t lines = 0;
  std::string piece;
  for (std::int64_t end = size; end > 0;) {
    const std::int64_t begin = std::max<std::int64_t>(0, end - kPiece);
    piece.resize(static_cast<std::size_t>(end - begin));
    if (::pread(file_.get(), piece.data(), piece.size(), begin) != static_cast<ssize_t>(piece.size()))
      return 0;
    for (std::size_t n = piece.size(); n > 0; --n) {
      if (piece[n - 1] != '\n') continue;
      const std::int64_t behind = begin + static_cast<std::int64_t>(n);
      if (behind != size && ++lines >= tail_lines_) return behind;
      if (tail_lines_ == 0) return size;
    }
    end = begin;
  }
  return 0;
}

base::Result<std::string> LogFile::next() {
  if (!open()) return std::string();
  if (size_of(file_.get()) < offset_) {
    offset_ = 0;
    held_.clear();
  }
  std::string piece(kPiece, '\0');
  const ssize_t count = ::pread(file_.get(), piece.data(), piece.size(), offset_);
  if (count < 0)
    return base::error(base::ErrorKind::kUnavailable,
                       base::Reason("node.log_unreadable").with("why", std::strerror(errno)));
  offset_ += count;
  held_.append(piece, 0, static_cast<std::size_t>(count));
  std::string text;
  std::size_t begin = 0;
  for (std::size_t end = held_.find('\n'); end != std::string::npos; end = held_.find('\n', begin)) {
    text += log_line_text(std::string_view(held_).substr(begin, end - begin));
    begin = end + 1;
  }
  held_.erase(0, begin);
  if (text.empty() && count > 0) return next();  // one very long line: read on
  return text;
}

int collect_logs(const std::string& folder, std::int64_t now_s, std::int64_t age_s,
                 const std::function<bool(const std::string& replica_id)>& keep) {
  int removed = 0;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
    struct stat facts {};
    const std::string path = entry.path().string();
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    if (now_s - facts.st_mtime <= age_s || keep(entry.path().stem().string())) continue;
    if (::unlink(path.c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace dure::node
