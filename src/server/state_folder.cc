#include "server/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/id.h"

namespace dure::server {
namespace {

base::Error unusable(const std::string& path) {
  return base::error(base::ErrorKind::kUnavailable, base::Reason("server.state_unusable")
                                                        .with("path", path)
                                                        .with("problem", std::string(std::strerror(errno))));
}

base::Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return unusable(path);
}

base::Result<std::shared_ptr<void>> take_lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return unusable(path);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0)
    return std::shared_ptr<void>(new int(fd), [](void* held) {
      ::close(*static_cast<int*>(held));
      delete static_cast<int*>(held);
    });
  ::close(fd);
  return base::error(base::ErrorKind::kConflict, base::Reason("server.state_in_use").with("path", path));
}

// The name of a new file lasts only when its folder is on the disk as well.
base::Status sync_folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unusable(folder);
  const bool synced = ::fsync(fd) == 0;
  base::Status status = synced ? base::Status{} : base::Status{unusable(folder)};
  ::close(fd);
  return status;
}

// The kernel's own random UUID: read once, then kept.
base::Result<std::string> read_or_make_name(const std::string& path) {
  std::string name;
  std::ifstream(path) >> name;
  if (base::is_uuid(name)) return name;
  std::ifstream("/proc/sys/kernel/random/uuid") >> name;
  DURE_TRY(write_secret(path, name));
  return name;
}

}  // namespace

base::Result<StateFolder> StateFolder::open(const std::string& path) {
  DURE_TRY(make_folder(path));
  DURE_TRY(make_folder(path + "/keys"));
  StateFolder folder;
  DURE_LET(lock, take_lock(path + "/lock"));
  folder.lock_ = lock;
  DURE_LET(name, read_or_make_name(path + "/installation"));
  folder.installation_ = name;
  return folder;
}

base::Status write_secret(const std::string& path, const std::string& secret) {
  const std::string beside = path + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return unusable(beside);
  const std::string text = secret + "\n";
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(beside.c_str(), path.c_str()) != 0) return unusable(path);
  return sync_folder_of(path);
}

std::string read_secret(const std::string& path) {
  std::string secret;
  std::ifstream file(path);
  std::getline(file, secret);
  return secret;
}

void forget_secret(const std::string& path) {
  ::unlink(path.c_str());
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace dure::server
