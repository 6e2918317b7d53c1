#include "adapters/blobs/file_blobs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/blobs/sealed.h"

namespace dure::blobs {
namespace {

using base::ErrorKind;
using base::Reason;

constexpr std::string_view kTemporary = "tmp-";
constexpr base::Span kOrphanAge = base::Span::hours(1);

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

base::Error storage_failed(const char* operation) {
  return base::error(ErrorKind::kUnavailable, Reason("blob.storage_failed")
                                                  .with("operation", std::string(operation))
                                                  .with("problem", std::string(std::strerror(errno))));
}

base::Error not_found() {
  return base::error(ErrorKind::kNotFound, Reason("blob.not_found"));
}

base::Status write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return storage_failed("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

base::Result<std::string> read_all(int file, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const auto got = ::read(file, bytes.data() + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return storage_failed("read");
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

// The names in a folder, without "." and "..".
base::Result<std::vector<std::string>> names_in(const std::string& folder) {
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr) return storage_failed("opendir");
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(open);
  return names;
}

class FileBlobs : public ports::Blobs {
 public:
  FileBlobs(FileBlobsOptions options, Descriptor folder)
      : options_(std::move(options)), folder_(std::move(folder)) {}

  base::Result<ports::StoredBlob> put(std::string_view bytes) override {
    if (static_cast<std::int64_t>(bytes.size()) > options_.max_bytes)
      return base::error(ErrorKind::kTooLarge,
                         Reason("blob.too_large")
                             .with("size_bytes", static_cast<std::int64_t>(bytes.size()))
                             .with("max_bytes", options_.max_bytes));
    const auto name = random_name();
    const auto key = random_key();
    DURE_TRY(store(name, seal(bytes, key, name)));
    return ports::StoredBlob{name, wrap(key, options_.master_key, name), digest(bytes)};
  }

  base::Result<std::string> get(const std::string& name, const std::string& wrapped_key) override {
    if (!is_name(name)) return not_found();
    const auto key = unwrap(wrapped_key, options_.master_key, name);
    if (!key) return base::error(ErrorKind::kInvalid, Reason("blob.key_wrong"));
    DURE_LET(file, load(name));
    auto bytes = unseal(file, *key, name);
    if (!bytes) return base::error(ErrorKind::kInvalid, Reason("blob.damaged"));
    return std::move(*bytes);
  }

  base::Status remove(const std::string& name) override {
    if (!is_name(name)) return {};
    if (::unlinkat(folder_.number(), name.c_str(), 0) != 0) {
      if (errno == ENOENT) return {};
      return storage_failed("unlink");
    }
    return sync_folder();
  }

  base::Status collect(const std::function<bool(const std::string& name)>& known,
                       base::Instant now) override {
    DURE_LET(names, names_in(options_.folder));
    for (const auto& name : names) {
      const bool temporary = name.starts_with(kTemporary);
      if (!temporary && !is_name(name)) continue;  // not ours
      if (!old_enough(name, now) || (!temporary && known(name))) continue;
      if (::unlinkat(folder_.number(), name.c_str(), 0) != 0 && errno != ENOENT)
        return storage_failed("unlink");
    }
    return sync_folder();
  }

 private:
  // After this returns well, the blob is there whatever happens to the machine.
  base::Status store(const std::string& name, const std::string& file) {
    const auto temporary = std::string(kTemporary) + name;
    auto stored = write_and_rename(temporary, name, file);
    if (!stored.ok()) ::unlinkat(folder_.number(), temporary.c_str(), 0);
    return stored;
  }

  base::Status write_and_rename(const std::string& temporary, const std::string& name,
                                const std::string& file) {
    const Descriptor open(::openat(folder_.number(), temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!open.open()) return storage_failed("open");
    DURE_TRY(write_all(open.number(), file));
    if (::fsync(open.number()) != 0) return storage_failed("fsync");
    if (::renameat(folder_.number(), temporary.c_str(), folder_.number(), name.c_str()) != 0)
      return storage_failed("rename");
    return sync_folder();
  }

  base::Result<std::string> load(const std::string& name) {
    const Descriptor open(::openat(folder_.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!open.open()) {
      if (errno == ENOENT) return not_found();
      return storage_failed("open");
    }
    struct stat status {};
    if (::fstat(open.number(), &status) != 0) return storage_failed("fstat");
    return read_all(open.number(), static_cast<std::size_t>(status.st_size));
  }

  bool old_enough(const std::string& name, base::Instant now) const {
    struct stat status {};
    if (::fstatat(folder_.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
    const base::Instant changed{status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000};
    return now - changed > kOrphanAge;
  }

  base::Status sync_folder() const {
    return ::fsync(folder_.number()) == 0 ? base::Status{} : storage_failed("fsync of the folder");
  }

  const FileBlobsOptions options_;
  const Descriptor folder_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Blobs>> open_file_blobs(const FileBlobsOptions& options) {
  if (::sodium_init() < 0)
    return base::error(ErrorKind::kUnavailable,
                       Reason("blob.storage_failed")
                           .with("operation", std::string("sodium_init"))
                           .with("problem", std::string("libsodium does not start")));
  if (::mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) return storage_failed("mkdir");
  Descriptor folder(::open(options.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return storage_failed("open of the folder");
  return std::unique_ptr<ports::Blobs>(std::make_unique<FileBlobs>(options, std::move(folder)));
}

}  // namespace dure::blobs
