#include "adapters/podman/config.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/podman/runtime.h"

namespace dure::podman {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestSocket = 100;  // sockaddr_un holds 107 bytes

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string first_line_of_file(const std::string& path) {
  const std::string text = read_file(path);
  return text.substr(0, text.find('\n'));
}

bool write_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) return false;
  }
  std::error_code failure;
  fs::rename(temporary, path, failure);
  return !failure;
}

// Podman knows by the name what a runtime can do, so the script goes by the same name.
std::string name_of_runtime(const Machine& machine) {
  return fs::path(machine.runtime).filename().string();
}

bool write_program(const std::string& path, const std::string& text) {
  return write_file(path, text) && ::chmod(path.c_str(), 0755) == 0;
}

// FNV-1a: only to give a long path a short name.
std::string short_name(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::ostringstream out;
  out << std::hex << hash;
  return out.str();
}

base::Error unusable(const Folders& folders, std::string why) {
  return base::error(
      base::ErrorKind::kUnavailable,
      base::Reason("engine.state_unusable").with("folder", folders.state).with("why", std::move(why)));
}

// Podman tells a restart by temporary folders that are gone; ours are on disk, so we empty them.
void forget_former_boot(const Folders& folders) {
  const std::string now = first_line_of_file("/proc/sys/kernel/random/boot_id");
  const std::string file = folders.state + "/boot_id";
  const std::string then = first_line_of_file(file);
  if (now == then) return;
  std::error_code ignored;
  for (const char* name : {"/run", "/libpod", "/netns", "/tmp"})
    fs::remove_all(folders.state + name, ignored);
  write_file(file, now + "\n");
}

std::string wrapper_script(const Folders& folders, const Machine& machine) {
  std::string script =
      "#!/bin/sh\n# The installed podman on this state: for people.\nexec env -i TERM=\"$TERM\"";
  for (const std::string& variable : environment(folders)) script += " '" + variable + "'";
  return script + " " + machine.podman + " \"$@\"\n";
}

}  // namespace

std::string Folders::socket() const {
  const std::string below = state + "/podman.sock";
  return below.size() <= kLongestSocket ? below : "/run/dure-" + short_name(state) + ".sock";
}

std::string Folders::runtime(const Machine& machine) const {
  return state + "/conf/" + name_of_runtime(machine);
}

std::string containers_conf(const Folders& folders, const Machine& machine) {
  const std::string files = std::to_string(machine.open_files);
  const std::string processes = std::to_string(machine.processes);
  std::string text;
  text += "[containers]\n";
  text += "log_driver = \"k8s-file\"\n";
  text += "base_hosts_file = \"none\"\n";
  text += "http_proxy = false\n";
  // The defaults of 1,048,576 and 4,194,304 are refused where the server itself has less.
  text += "default_ulimits = [\"nofile=" + files + ":" + files + "\", \"nproc=" + processes + ":" +
          processes + "\"]\n";
  text += "init_path = " + quoted(machine.init) + "\n";
  text += "[engine]\n";
  text += std::string("cgroup_manager = ") + (machine.systemd ? "\"systemd\"" : "\"cgroupfs\"") + "\n";
  text += "events_logger = \"file\"\n";
  text += "runtime = " + quoted(name_of_runtime(machine)) + "\n";
  text += "static_dir = " + quoted(folders.state + "/root/libpod") + "\n";
  text += "tmp_dir = " + quoted(folders.state + "/libpod") + "\n";
  text += "volume_path = " + quoted(folders.state + "/root/volumes") + "\n";
  // Locks of our own: the default ones are shared with every other Podman of the machine, and stay taken
  // when a state folder is thrown away.
  text += "lock_type = \"file\"\n";
  // The attendant of a finished exec stays this long; 300 by default.
  text += "exit_command_delay = 10\n";
  text += "[engine.runtimes]\n";
  text += name_of_runtime(machine) + " = [" + quoted(folders.runtime(machine)) + "]\n";
  text += "[network]\n";
  text += "network_backend = \"netavark\"\n";
  text += "network_config_dir = " + quoted(folders.state + "/networks") + "\n";
  return text;
}

std::string storage_conf(const Folders& folders, const Machine& machine) {
  std::string text;
  text += "[storage]\n";
  text += "driver = " + quoted(machine.storage) + "\n";
  text += "graphroot = " + quoted(folders.state + "/root") + "\n";
  text += "runroot = " + quoted(folders.state + "/run") + "\n";
  // The mount that is skipped would stay when the last podman has ended, and keep the folder from being
  // removed.
  if (machine.storage == "overlay")
    text += "[storage.options.overlay]\nmountopt = \"nodev\"\nskip_mount_home = \"true\"\n";
  return text;
}

std::vector<std::string> environment(const Folders& folders) {
  return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + folders.state,
          "TMPDIR=" + folders.work(), "CONTAINERS_CONF=" + folders.containers_conf(),
          "CONTAINERS_STORAGE_CONF=" + folders.storage_conf()};
}

std::string driver_in_use(const Folders& folders) {
  const std::string text = read_file(folders.storage_conf());
  const std::string key = "driver = \"";
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return {};
  const std::size_t from = at + key.size();
  return text.substr(from, text.find('"', from) - from);
}

base::Status prepare(const Folders& folders, const Machine& machine) {
  std::error_code failure;
  fs::create_directories(folders.state, failure);
  if (failure) return unusable(folders, failure.message());
  forget_former_boot(folders);
  for (const char* name : {"/conf", "/root", "/run", "/libpod", "/tmp", "/netns", "/networks", "/started"}) {
    fs::create_directories(folders.state + name, failure);
    if (failure) return unusable(folders, failure.message());
  }
  if (!write_file(folders.containers_conf(), containers_conf(folders, machine)) ||
      !write_file(folders.storage_conf(), storage_conf(folders, machine)) ||
      !write_program(folders.runtime(machine), runtime_script(folders, machine)) ||
      !write_program(folders.state + "/podman", wrapper_script(folders, machine))) {
    return unusable(folders, "cannot write the configuration");
  }
  return {};
}

}  // namespace dure::podman
