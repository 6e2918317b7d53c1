#include "adapters/podman/spec.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "model/workload.h"

namespace dure::podman {

namespace json = boost::json;
using base::Detail;
using base::Reason;
using ports::ContainerSpec;

namespace {

constexpr std::int64_t kCpuPeriodUs = 100'000;
constexpr std::int64_t kLeastShm = 64LL * 1024 * 1024;

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 100) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// A path that Podman takes literally: absolute, without parts that leave it, without its option separators.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.size() > 4000) return false;
  if (path.find('\0') != std::string_view::npos || path.find("//") != std::string_view::npos) return false;
  const std::string padded = std::string(path) + "/";
  return padded.find("/../") == std::string::npos && padded.find("/./") == std::string::npos;
}

bool is_variable(std::string_view name) {
  return !name.empty() && name.find('=') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

// Collects what is wrong, so that all of it is told at once.
class Faults {
 public:
  void require(bool good, std::string pointer, std::string what) {
    if (!good)
      details_.push_back(
          Detail{std::move(pointer), Reason("engine.spec_field").with("what", std::move(what))});
  }
  base::Status status() const {
    if (details_.empty()) return {};
    const auto* what = std::get_if<std::string>(details_.front().reason.find("what"));
    return base::invalid(
        Reason("engine.spec_invalid").with("field", details_.front().pointer).with("what", *what), details_);
  }

 private:
  std::vector<Detail> details_;
};

void check_mounts(const ContainerSpec& spec, Faults& faults) {
  std::set<std::string> targets;
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const std::string at = "/mounts/" + std::to_string(i);
    faults.require(is_plain_path(spec.mounts[i].source), at + "/source", "not an absolute plain path");
    faults.require(is_plain_path(spec.mounts[i].target) && spec.mounts[i].target != "/", at + "/target",
                   "not an absolute plain path below /");
    faults.require(targets.insert(spec.mounts[i].target).second, at + "/target", "used twice");
  }
}

json::array array_of(std::initializer_list<const char*> texts) {
  json::array list;
  for (const char* text : texts) list.emplace_back(text);
  return list;
}

json::array id_map(std::int64_t host_base) {
  json::array map;
  map.emplace_back(json::object{{"container_id", 0}, {"host_id", host_base}, {"size", kIdsPerRange}});
  return map;
}

json::object id_mappings(const ContainerSpec& spec) {
  const std::int64_t host_base = id_base(spec.uid, spec.gid);
  return json::object{{"HostUIDMapping", false},
                      {"HostGIDMapping", false},
                      {"AutoUserNs", false},
                      {"UIDMap", id_map(host_base)},
                      {"GIDMap", id_map(host_base)}};
}

json::object resource_limits(const ContainerSpec& spec, const Machine& machine) {
  json::object limits;
  if (machine.can_limit("cpu")) {
    const std::int64_t quota = spec.cpu_milli * kCpuPeriodUs / 1000;
    limits["cpu"] = json::object{{"period", kCpuPeriodUs}, {"quota", quota}};
  }
  if (machine.can_limit("memory") && spec.memory_bytes > 0) {
    json::object memory{{"limit", spec.memory_bytes}};
    if (machine.swap_limit) memory["swap"] = spec.memory_bytes;  // memory and swap together
    limits["memory"] = memory;
  }
  if (machine.can_limit("pids")) limits["pids"] = json::object{{"limit", spec.pids}};
  return limits;
}

json::object process_limit(const char* type, std::int64_t wanted, std::int64_t hard) {
  const std::int64_t value = std::min(wanted, hard);
  return json::object{{"type", type}, {"soft", value}, {"hard", value}};
}

// The kernel counts nproc per user, over all of the user's containers (before 5.14), so it stands in only
// where processes cannot be counted per container.
json::array process_limits(const ContainerSpec& spec, const Machine& machine) {
  const std::int64_t processes = machine.can_limit("pids") ? machine.processes : spec.pids;
  json::array list;
  list.emplace_back(process_limit("nofile", spec.open_files, machine.open_files));
  list.emplace_back(process_limit("nproc", processes, machine.processes));
  return list;
}

// A tmpfs of our own instead of Podman's: that one is mounted on the host and stays behind when a container
// in a user namespace ends by itself (seen with Podman 4.3.1).
json::object shm_mount(const ContainerSpec& spec) {
  json::array options = array_of({"nosuid", "nodev", "noexec", "mode=1777"});
  options.emplace_back("size=" + std::to_string(std::max(kLeastShm, spec.memory_bytes / 2)));
  return json::object{
      {"destination", "/dev/shm"}, {"type", "tmpfs"}, {"source", "tmpfs"}, {"options", options}};
}

json::object bind_mount(const ports::Mount& mount) {
  return json::object{
      {"destination", mount.target},
      {"type", "bind"},
      {"source", mount.source},
      {"options", array_of({"rbind", mount.read_only ? "ro" : "rw", "nosuid", "nodev", "rprivate"})}};
}

json::array mounts(const ContainerSpec& spec) {
  json::array list;
  bool own_shm = false;
  for (const ports::Mount& mount : spec.mounts) {
    own_shm = own_shm || mount.target == "/dev/shm";
    list.emplace_back(bind_mount(mount));
  }
  if (!own_shm) list.emplace_back(shm_mount(spec));
  return list;
}

json::array devices(const ContainerSpec& spec) {
  json::array list;
  for (const std::string& path : spec.devices) list.emplace_back(json::object{{"path", path}});
  return list;
}

json::array command(const ContainerSpec& spec) {
  if (spec.command.empty()) return array_of({"sleep", "infinity"});
  return json::array(spec.command.begin(), spec.command.end());
}

json::object texts(const std::map<std::string, std::string>& values) {
  json::object object;
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

json::object log_configuration(const ContainerSpec& spec) {
  json::object log{{"driver", "k8s-file"}, {"size", kLogBytes}};
  if (!spec.log_path.empty()) log["path"] = spec.log_path;
  return log;
}

json::object namespace_mode(const std::string& mode) {
  return json::object{{"nsmode", mode}};
}

void add_confinement(const ContainerSpec& spec, const Machine& machine, json::object& body) {
  body["userns"] = namespace_mode("private");
  body["idmappings"] = id_mappings(spec);
  body["cap_drop"] = array_of({"all"});
  body["no_new_privileges"] = true;
  body["privileged"] = false;
  for (const char* name : {"pidns", "ipcns", "utsns", "cgroupns"}) body[name] = namespace_mode("private");
  body["netns"] = namespace_mode(name_of(machine.network));
  body["resource_limits"] = resource_limits(spec, machine);
  body["r_limits"] = process_limits(spec, machine);
}

}  // namespace

std::string container_name(const std::string& replica_id) {
  return "dure-" + replica_id;
}

std::int64_t id_base(std::int64_t uid, std::int64_t gid) {
  const std::int64_t owner = gid != 0 ? gid : uid;
  return kFirstHostId + (owner % kRanges) * kIdsPerRange;
}

std::int64_t host_uid(const ContainerSpec& spec) {
  return id_base(spec.uid, spec.gid) + spec.uid;
}
std::int64_t host_gid(const ContainerSpec& spec) {
  return id_base(spec.uid, spec.gid) + spec.gid;
}

base::Status check(const ContainerSpec& spec) {
  Faults faults;
  faults.require(is_name(spec.replica_id), "/replica_id", "not a name of letters, digits, '-', '_' and '.'");
  faults.require(!spec.image.empty(), "/image", "empty");
  faults.require(spec.uid >= 0 && spec.uid <= kLastId, "/uid", "not within 0 to 65535");
  faults.require(spec.gid >= 0 && spec.gid <= kLastId, "/gid", "not within 0 to 65535");
  faults.require(spec.cpu_milli >= model::kLeastCpuMilli && spec.cpu_milli <= 100'000'000, "/cpu_milli",
                 "below 10");
  faults.require(spec.memory_bytes == 0 || spec.memory_bytes >= model::kLeastMemory, "/memory_bytes",
                 "below 6 MiB, and not 0");
  faults.require(spec.pids >= 4, "/pids", "below 4");
  faults.require(spec.open_files >= 64, "/open_files", "below 64");
  faults.require(spec.log_path.empty() || is_plain_path(spec.log_path), "/log_path",
                 "not an absolute plain path");
  faults.require(spec.working_directory.empty() || is_plain_path(spec.working_directory),
                 "/working_directory", "not an absolute plain path");
  faults.require(spec.hostname.size() <= 63, "/hostname", "longer than 63");
  for (const auto& [name, value] : spec.environment) {
    faults.require(is_variable(name) && value.find('\0') == std::string::npos, "/environment",
                   "a name that is empty or has '='");
  }
  check_mounts(spec, faults);
  return faults.status();
}

std::string to_create_body(const ContainerSpec& spec, const Machine& machine) {
  json::object labels = texts(spec.labels);
  labels["dure.replica"] = spec.replica_id;
  json::object body{{"name", container_name(spec.replica_id)},
                    {"image", spec.image},
                    {"labels", labels},
                    {"entrypoint", array_of({""})},
                    {"command", command(spec)},
                    {"env", texts(spec.environment)},
                    {"user", std::to_string(spec.uid) + ":" + std::to_string(spec.gid)},
                    {"init", true},
                    {"systemd", "false"},
                    {"image_volume_mode", "ignore"},
                    {"create_working_dir", true},
                    {"mounts", mounts(spec)},
                    {"log_configuration", log_configuration(spec)},
                    {"stop_signal", 15},
                    {"stop_timeout", 10}};
  if (spec.uid != 0) body["passwd_entry"] = "user:*:$UID:$GID:user:/home/user:/bin/bash";
  if (!spec.hostname.empty()) body["hostname"] = spec.hostname;
  if (!spec.working_directory.empty()) body["work_dir"] = spec.working_directory;
  if (!spec.devices.empty()) body["devices"] = devices(spec);
  add_confinement(spec, machine, body);
  return json::serialize(body);
}

}  // namespace dure::podman
