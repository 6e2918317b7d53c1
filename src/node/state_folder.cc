#include "node/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "node/record_file.h"

namespace dure::node {
namespace {

constexpr std::size_t kMostContent = 1 << 20;

base::Error unusable(const std::string& path, int why) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("node.state_unusable").with("path", path).with("why", std::strerror(why)));
}

}  // namespace

base::Status make_folder(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT) return unusable(path, errno);
  const auto parent = std::filesystem::path(path).parent_path().string();
  if (parent.empty() || parent == path) return unusable(path, ENOENT);
  DURE_TRY(make_folder(parent, 0755));
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
  return unusable(path, errno);
}

base::Status write_file(const std::string& path, const std::string& content) {
  const std::string beside = path + ".new";
  const net::Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return unusable(beside, errno);
  const auto written = ::write(file.get(), content.data(), content.size());
  if (written != static_cast<ssize_t>(content.size())) return unusable(beside, written < 0 ? errno : ENOSPC);
  if (::fsync(file.get()) != 0) return unusable(beside, errno);
  if (::rename(beside.c_str(), path.c_str()) != 0) return unusable(path, errno);
  return sync_folder(std::filesystem::path(path).parent_path().string());
}

base::Result<std::string> read_file(const std::string& path) {
  const net::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unusable(path, errno);
  std::string content;
  char buffer[4096];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0) return unusable(path, errno);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > kMostContent) return unusable(path, EFBIG);
  }
}

base::Result<StateFolder> StateFolder::open(const std::string& path) {
  std::error_code failure;
  const std::string absolute = std::filesystem::absolute(path, failure).lexically_normal().string();
  DURE_TRY(make_folder(absolute, 0700));
  const std::string lock_path = absolute + "/lock";
  net::Fd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return unusable(lock_path, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return base::error(base::ErrorKind::kConflict, base::Reason("node.state_in_use").with("path", absolute));
  StateFolder folder(absolute, std::move(lock));
  DURE_TRY(make_folder(folder.volumes(), 0700));
  DURE_TRY(make_folder(folder.logs(), 0700));
  return folder;
}

}  // namespace dure::node
