#include "gpu/node/process_place.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace dure::gpu {
namespace {

std::optional<std::string> read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// "NSpid:\t4242\t17": from the outermost namespace that /proc shows to the process's own.
std::uint64_t innermost_pid(const std::string& status) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("NSpid:")) continue;
    std::istringstream numbers(line.substr(6));
    std::uint64_t last = 0;
    for (std::uint64_t each = 0; numbers >> each;) last = each;
    return last;
  }
  return 0;
}

}  // namespace

std::optional<ProcessPlace> find_place(std::int64_t pid, const std::string& proc) {
  const std::string folder = proc + "/" + std::to_string(pid);
  const auto name = read_text(folder + "/comm");
  const auto cgroup = read_text(folder + "/cgroup");
  const auto status = read_text(folder + "/status");
  struct stat space = {};
  if (!name || !cgroup || !status || ::stat((folder + "/ns/pid").c_str(), &space) != 0) return std::nullopt;
  return ProcessPlace{name->substr(0, name->find('\n')), *cgroup, innermost_pid(*status), space.st_ino};
}

bool is_in_container(const ProcessPlace& process, const std::string& container_id,
                     const std::optional<ProcessPlace>& first) {
  if (!container_id.empty() && process.cgroup.find(container_id) != std::string::npos) return true;
  return first && first->pid_namespace != 0 && first->pid_namespace == process.pid_namespace;
}

}  // namespace dure::gpu
