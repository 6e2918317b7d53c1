#include "adapters/system/key_file.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace dure::system {
namespace {

// A descriptor that is closed with its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

base::Error unusable(const std::string& path, const std::string& problem) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("secret.key_file_unusable").with("path", path).with("problem", problem));
}

base::Error failed(const std::string& path, const char* call) {
  return unusable(path, std::string(call) + ": " + std::strerror(errno));
}

// What is wrong with an existing file, if anything.
std::optional<std::string> fault(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "not a plain file";
  if (status.st_uid != ::geteuid()) return "belongs to another user";
  if ((status.st_mode & 077) != 0) return "others may read or write it";
  if (status.st_size != static_cast<off_t>(sizeof(Key))) return "not 32 bytes long";
  return std::nullopt;
}

// The key; none where there is no file.
base::Result<std::optional<Key>> read_key(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open()) {
    if (errno == ENOENT) return std::optional<Key>{};
    return failed(path, "open");
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failed(path, "fstat");
  if (const auto problem = fault(status)) return unusable(path, *problem);
  Key key;
  if (::read(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
    return failed(path, "read");
  return std::optional<Key>{key};
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string random_suffix() {
  std::array<unsigned char, 8> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 17> text{};
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  return text.data();
}

base::Status write_new(const std::string& path, const Key& key) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.open()) return failed(path, "open");
  if (::write(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
    return failed(path, "write");
  return ::fsync(file.number()) == 0 ? base::Status{} : failed(path, "fsync");
}

base::Status sync_folder(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.number()) != 0) return failed(path, "fsync of the folder");
  return {};
}

// Makes the file unless somebody else was faster.
base::Status make_key(const std::string& path) {
  Key key;
  randombytes_buf(key.data(), key.size());
  const std::string beside = path + "." + random_suffix();
  auto written = write_new(beside, key);
  if (written.ok() && ::link(beside.c_str(), path.c_str()) != 0 && errno != EEXIST)
    written = failed(path, "link");
  ::unlink(beside.c_str());
  if (!written.ok()) return written;
  return sync_folder(path);
}

}  // namespace

base::Result<Key> read_or_make_key(const std::string& path) {
  if (::sodium_init() < 0) return unusable(path, "libsodium does not start");
  DURE_LET(existing, read_key(path));
  if (existing) return *existing;
  DURE_TRY(make_key(path));
  DURE_LET(made, read_key(path));
  if (!made) return unusable(path, "was removed while it was made");
  return *made;
}

}  // namespace dure::system
