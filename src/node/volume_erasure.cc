#include "node/volume_erasure.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/id.h"

namespace dure::node {
namespace {

namespace fs = std::filesystem;

fs::path folder_of_volume(const std::string& volumes_folder, const std::string& id) {
  DURE_ASSERT(base::is_uuid(id));
  return fs::path(volumes_folder) / id;
}
fs::path remains_of(const std::string& volumes_folder, const std::string& id) {
  DURE_ASSERT(base::is_uuid(id));
  return fs::path(volumes_folder) / (".erasing-" + id);
}

// Also of what cannot be looked at: then it is there.
bool there(const fs::path& path) {
  std::error_code problem;
  const auto status = fs::symlink_status(path, problem);
  return status.type() != fs::file_type::not_found;
}

base::Error failed(const std::string& id, const std::error_code& problem) {
  return base::error(
      base::ErrorKind::kUnavailable,
      base::Reason("node.volume_not_erased").with("volume", id).with("why", problem.message()));
}

base::Status remove_whole(const fs::path& path, const std::string& id) {
  std::error_code problem;
  fs::remove_all(path, problem);
  if (problem) return failed(id, problem);
  return {};
}

bool put(const fs::path& path) {
  std::ofstream file(path, std::ios::app);
  file << "dure-node keeps its volumes here\n";
  file.flush();
  return file.good();
}

}  // namespace

bool volumes_there(const std::string& volumes_folder) {
  const auto mark = fs::path(volumes_folder) / ".dure-volumes";
  const fs::path note(volumes_folder + ".marked");
  std::error_code problem;
  if (fs::exists(note, problem)) return fs::exists(mark, problem);
  if (problem) return false;
  fs::create_directories(volumes_folder, problem);
  return !problem && put(mark) && put(note);
}

bool volume_gone(const std::string& volumes_folder, const std::string& id) {
  return !there(folder_of_volume(volumes_folder, id)) && !there(remains_of(volumes_folder, id));
}

base::Status erase_volume(const std::string& volumes_folder, const std::string& id) {
  const auto folder = folder_of_volume(volumes_folder, id);
  const auto remains = remains_of(volumes_folder, id);
  DURE_TRY(remove_whole(remains, id));
  if (!there(folder)) return {};
  std::error_code problem;
  fs::rename(folder, remains, problem);
  if (problem) return failed(id, problem);
  return remove_whole(remains, id);
}

}  // namespace dure::node
