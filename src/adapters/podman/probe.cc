#include "adapters/podman/probe.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace dure::podman {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Reason;

namespace {

// Podman lowers its own hard limits to these when it starts, and so those that it can give.
constexpr std::int64_t kPodmanFiles = 1'048'576;
constexpr std::int64_t kPodmanProcesses = 32'768;

std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
                             "/usr/libexec/podman", "/usr/lib/podman"}) {
    std::string path = std::string(folder) + "/" + name;
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

std::string find_first(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::string path = find_program(name);
    if (!path.empty()) return path;
  }
  return {};
}

std::string read_stream(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::int64_t hard_limit(int resource, std::int64_t most) {
  struct rlimit limit {};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return 1024;
  if (limit.rlim_max == RLIM_INFINITY) return most;
  return std::min(static_cast<std::int64_t>(limit.rlim_max), most);
}

bool is_unified() {
  struct statfs info {};
  return ::statfs("/sys/fs/cgroup", &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

void probe_cgroups(Machine& machine) {
  machine.cgroup_v2 = is_unified();
  if (machine.cgroup_v2) {
    machine.controllers = controllers_v2(read_stream("/sys/fs/cgroup/cgroup.controllers"));
    machine.swap_limit = machine.can_limit("memory");
  } else {
    machine.controllers = controllers_v1(read_stream("/proc/self/mountinfo"));
    machine.swap_limit = fs::exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
  }
  machine.systemd = fs::is_directory("/run/systemd/system");
}

// Why an overlay cannot be mounted below the folder; "" when it can. The kernel refuses where the folder lies
// on an overlay itself.
std::string overlay_fault(const std::string& state) {
  const std::string at = state + "/overlay-probe." + std::to_string(::getpid());
  std::error_code failure;
  for (const char* name : {"/lower", "/upper", "/work", "/merged"})
    fs::create_directories(at + name, failure);
  if (failure) return failure.message();
  const std::string options = "lowerdir=" + at + "/lower,upperdir=" + at + "/upper,workdir=" + at + "/work";
  const std::string merged = at + "/merged";
  const bool mounted = ::mount("overlay", merged.c_str(), "overlay", 0, options.c_str()) == 0;
  std::string why = mounted ? "" : std::strerror(errno);
  if (mounted) ::umount2(merged.c_str(), MNT_DETACH);
  fs::remove_all(at, failure);
  return why;
}

void probe_storage(const Folders& folders, Machine& machine) {
  machine.storage = driver_in_use(folders);
  if (!machine.storage.empty()) return;
  machine.storage_why = overlay_fault(folders.state);
  machine.storage = machine.storage_why.empty() ? "overlay" : "vfs";
}

// Why slirp4netns cannot be used; "" when nothing stands in its way.
std::string slirp_fault() {
  if (find_program("slirp4netns").empty()) return "slirp4netns is not installed";
  const int device = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (device < 0) return std::string("/dev/net/tun: ") + std::strerror(errno);
  ::close(device);
  return {};
}

base::Status probe_network(NetworkChoice choice, Machine& machine) {
  machine.network_why = choice == NetworkChoice::kNone ? "switched off" : slirp_fault();
  machine.network = machine.network_why.empty() ? Network::kSlirp : Network::kNone;
  if (choice == NetworkChoice::kSlirp && machine.network != Network::kSlirp) {
    return base::error(ErrorKind::kUnavailable,
                       Reason("engine.network_unusable").with("why", machine.network_why));
  }
  return {};
}

base::Error not_installed(const char* program) {
  return base::error(ErrorKind::kUnavailable, Reason("engine.not_installed").with("program", program));
}

base::Status probe_programs(Machine& machine) {
  machine.podman = find_program("podman");
  if (machine.podman.empty()) return not_installed("podman");
  for (const char* name : {"conmon", "netavark"}) {
    if (find_program(name).empty()) return not_installed(name);
  }
  machine.runtime = choose_runtime(machine.cgroup_v2, find_program("crun"), find_program("runc"));
  if (machine.runtime.empty()) return not_installed(machine.cgroup_v2 ? "crun" : "runc");
  machine.init = find_first({"catatonit", "tini", "dumb-init"});
  if (machine.init.empty()) return not_installed("catatonit");
  return {};
}

}  // namespace

std::set<std::string> controllers_v1(std::string_view mountinfo) {
  std::set<std::string> found;
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(" - cgroup ");  // fields after the separator: type, source, options
    if (at == std::string::npos) continue;
    std::istringstream options(line.substr(line.rfind(' ') + 1));
    for (std::string word; std::getline(options, word, ',');) {
      if (word != "rw" && word != "ro" && word.find('=') == std::string::npos) found.insert(word);
    }
  }
  return found;
}

std::set<std::string> controllers_v2(std::string_view text) {
  std::set<std::string> found;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) found.insert(word);
  return found;
}

std::string choose_runtime(bool cgroup_v2, const std::string& crun, const std::string& runc) {
  if (cgroup_v2 && !crun.empty()) return crun;
  return runc;
}

base::Result<Machine> probe(const Folders& folders, NetworkChoice choice) {
  if (::geteuid() != 0) return base::error(ErrorKind::kNotAllowed, Reason("engine.not_root"));
  Machine machine;
  probe_cgroups(machine);
  DURE_TRY(probe_programs(machine));
  machine.open_files = hard_limit(RLIMIT_NOFILE, kPodmanFiles);
  machine.processes = hard_limit(RLIMIT_NPROC, kPodmanProcesses);
  probe_storage(folders, machine);
  DURE_TRY(probe_network(choice, machine));
  return machine;
}

}  // namespace dure::podman
