#include "gpu/node/share_folder.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "gpu/node/unusable.h"

namespace dure::gpu {
namespace {

namespace fs = std::filesystem;

base::Status make_folder(const std::string& path) {
  std::error_code failure;
  fs::create_directories(fs::path(path).parent_path(), failure);
  struct stat status = {};
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return unusable(path, std::strerror(errno));
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return unusable(path, "not a folder");
  return {};
}

bool is_mounted(const std::string& path) {
  struct stat here = {};
  struct stat above = {};
  return ::stat(path.c_str(), &here) == 0 && ::stat((path + "/..").c_str(), &above) == 0 &&
         here.st_dev != above.st_dev;
}

}  // namespace

base::Status make_share_root(const std::string& root) {
  return make_folder(root);
}

std::string mount_share_root(const std::string& root) {
  if (is_mounted(root)) return {};
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount("dure-shares", root.c_str(), "tmpfs", flags, "mode=0700") == 0) return {};
  return "no tmpfs of its own at " + root + ": " + std::strerror(errno);
}

bool is_share_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         std::ranges::all_of(name, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.';
         });
}

base::Status make_share_folder(const std::string& root, const std::string& name) {
  DURE_ASSERT(is_share_name(name));
  return make_folder(root + "/" + name);
}

std::vector<std::string> list_share_folders(const std::string& root) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(root, failure), end; !failure && entry != end; entry.increment(failure)) {
    const std::string name = entry->path().filename();
    if (is_share_name(name) && entry->is_directory(failure)) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

void remove_share_folder(const std::string& root, const std::string& name) {
  DURE_ASSERT(is_share_name(name));
  std::error_code ignored;
  fs::remove_all(root + "/" + name, ignored);
}

}  // namespace dure::gpu
