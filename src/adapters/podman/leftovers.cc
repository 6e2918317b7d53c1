#include "adapters/podman/leftovers.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>

namespace dure::podman {

namespace fs = std::filesystem;

namespace {

constexpr char kHome[] = "/run/netns/";
constexpr std::time_t kYoung = 60;  // seconds in which a namespace may not have its first process yet

bool is_below_home(const std::string& file) {
  return file.starts_with(std::string(kHome) + "netns-") &&
         file.find('/', sizeof(kHome) - 1) == std::string::npos;
}

void unmount_and_remove(const std::string& file) {
  ::umount2(file.c_str(), MNT_DETACH);
  ::unlink(file.c_str());
}

std::set<ino_t> namespaces_in_use() {
  std::set<ino_t> used;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator("/proc", failure)) {
    struct stat info {};
    if (::stat((entry.path() / "ns/net").c_str(), &info) == 0) used.insert(info.st_ino);
  }
  return used;
}

}  // namespace

void NetworkNamespaces::remember(const std::string& replica_id, const std::string& file) const {
  if (!is_below_home(file)) return;
  std::ofstream(folder_ + "/" + replica_id, std::ios::trunc) << file;
}

void NetworkNamespaces::discard(const std::string& replica_id) const {
  const std::string note = folder_ + "/" + replica_id;
  std::string file;
  if (!(std::ifstream(note) >> file)) return;
  if (is_below_home(file)) unmount_and_remove(file);
  ::unlink(note.c_str());
}

std::vector<std::string> NetworkNamespaces::remembered() const {
  std::vector<std::string> replicas;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder_, failure))
    replicas.push_back(entry.path().filename());
  return replicas;
}

void discard_unused_namespaces() {
  const std::set<ino_t> used = namespaces_in_use();
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(kHome, failure)) {
    const std::string file = entry.path();
    struct stat info {};
    if (!is_below_home(file) || ::stat(file.c_str(), &info) != 0) continue;
    const bool young = std::time(nullptr) - info.st_ctime < kYoung;
    if (!young && !used.contains(info.st_ino)) unmount_and_remove(file);
  }
}

}  // namespace dure::podman
