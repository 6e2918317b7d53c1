#include "adapters/podman/engine.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>

#include "adapters/podman/exec.h"
#include "adapters/podman/images.h"
#include "adapters/podman/json.h"
#include "adapters/podman/memory_kill.h"
#include "adapters/podman/spec.h"
#include "net/url.h"

namespace dure::podman {

using base::ErrorKind;
using base::Reason;
using base::Span;
using ports::ContainerSpec;
using ports::ContainerState;
using ports::ContainerStatus;

namespace {

constexpr Span kQuick = Span::seconds(30);
constexpr Span kSlow = Span::minutes(3);  // a create without id-mapped mounts copies the image
constexpr std::int64_t kKilled = 137;     // 128 + SIGKILL
constexpr int kRemovals = 20;
constexpr int kStarts = 6;
constexpr int kLooks = 40;  // one second
constexpr std::int64_t kUnknownExit = -1;

base::Error engine_failed(const char* code, const std::string& replica_id, const Answer& answer) {
  return base::error(ErrorKind::kUnavailable,
                     Reason(code).with("replica", replica_id).with("why", failure_text(answer.body)));
}

base::Error not_found(const std::string& replica_id) {
  return base::error(ErrorKind::kNotFound, Reason("engine.not_found").with("replica", replica_id));
}

std::string path_of(const std::string& replica_id) {
  return "/containers/" + net::percent_encode(container_name(replica_id));
}

// Gives the source of a writable mount to the container's user, when nobody else has it yet: an entry of the
// host's root, or of the user's id without the shift.
void hand_over(const std::string& source, const ContainerSpec& spec) {
  struct stat info {};
  if (::stat(source.c_str(), &info) != 0) return;
  const bool unclaimed = info.st_uid == 0 || info.st_uid == static_cast<uid_t>(spec.uid);
  if (!unclaimed) return;
  if (::chown(source.c_str(), static_cast<uid_t>(host_uid(spec)), static_cast<gid_t>(host_gid(spec))) != 0) {
    return;  // the container will be told that it may not write
  }
}

void hand_over_mounts(const ContainerSpec& spec) {
  for (const ports::Mount& mount : spec.mounts) {
    if (!mount.read_only) hand_over(mount.source, spec);
  }
}

std::string limits_text(const Machine& machine) {
  std::string text;
  for (const char* name : {"cpu", "memory", "pids"}) {
    if (machine.can_limit(name)) text += std::string(name) + " ";
  }
  return text + (machine.swap_limit ? "swap files" : "files");
}

std::string with_reason(const std::string& value, const std::string& why) {
  return why.empty() ? value : value + " (" + why + ")";
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

}  // namespace

PodmanEngine::PodmanEngine(EngineOptions options, Folders folders, Machine machine,
                           std::unique_ptr<Service> service)
    : options_(std::move(options)),
      folders_(std::move(folders)),
      machine_(std::move(machine)),
      service_(std::move(service)),
      calls_(std::make_shared<Calls>(*service_)),
      namespaces_(folders_.namespaces()),
      runtime_(folders_, machine_) {}

PodmanEngine::~PodmanEngine() = default;

base::Result<std::unique_ptr<PodmanEngine>> PodmanEngine::open(const EngineOptions& options) {
  Folders folders{options.state_folder, options.images_folder};
  if (folders.images.empty()) folders.images = folders.state + "/images";
  DURE_LET(machine, probe(folders, options.network));
  DURE_TRY(prepare(folders, machine));
  DURE_LET(service, Service::start(folders, machine));
  std::unique_ptr<PodmanEngine> engine(new PodmanEngine(options, folders, machine, std::move(service)));
  DURE_TRY(engine->load_images());
  // Where it cannot be done now the next start does it: one sick container must not keep all from being
  // served.
  static_cast<void>(engine->discard_leftovers());
  return engine;
}

base::Status PodmanEngine::load_images() {
  return load_missing(*calls_, folders_, machine_);
}

base::Result<std::map<std::string, std::string>> PodmanEngine::describe() {
  DURE_LET(answer, calls_->send("GET", "/info", "", kQuick));
  const auto info = parse_json(answer.body);
  if (answer.status != 200 || !info) return engine_failed("engine.unavailable", "", answer);
  std::map<std::string, std::string> facts{
      {"engine", "podman"},
      {"network", with_reason(name_of(machine_.network), machine_.network_why)},
      {"storage", with_reason(machine_.storage, machine_.storage_why)},
      {"cgroups",
       std::string(machine_.cgroup_v2 ? "v2" : "v1") + (machine_.systemd ? " systemd" : " cgroupfs")},
      {"limits", limits_text(machine_)},
      {"ids", std::to_string(kIdsPerRange) + " per group from " + std::to_string(kFirstHostId)}};
  if (const auto* version = member(*info, "version")) facts["engine_version"] = text_of(*version, "Version");
  if (const auto* host = member(*info, "host")) {
    if (const auto* runtime = member(*host, "ociRuntime")) {
      facts["runtime"] = text_of(*runtime, "name") + " (" + machine_.runtime + ")";
      facts["runtime_version"] = first_line(text_of(*runtime, "version"));
    }
  }
  return facts;
}

base::Result<Answer> PodmanEngine::ask_of(const std::string& container) {
  for (int left = kLooks;; --left) {
    DURE_LET(answer, calls_->send("GET", container + "/json", "", kQuick));
    if (left == 0 || presence_of(answer.status, answer.body) != Presence::kEnding) return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
}

base::Result<std::optional<Inspected>> PodmanEngine::look(const std::string& replica_id) {
  DURE_LET(answer, ask_of(path_of(replica_id)));
  const Presence presence = presence_of(answer.status, answer.body);
  if (presence == Presence::kGone) return std::optional<Inspected>();
  if (presence == Presence::kHalfMade) return discard_half_made(replica_id);
  if (presence != Presence::kThere) return engine_failed("engine.inspect_failed", replica_id, answer);
  DURE_LET(inspected, parse_inspect(answer.body));
  if (inspected.status.state == ContainerState::kCreated) DURE_TRY(take_up(inspected));
  correct_start(inspected.status);
  notice_memory_kill(inspected.status);
  return std::optional<Inspected>(std::move(inspected));
}

// Podman was killed between its two books: it knows the container, its storage does not. Such a one never
// ran, or had ended and was on its way out; nothing of it can run. It is taken away, so that it can be made
// again.
base::Result<std::optional<Inspected>> PodmanEngine::discard_half_made(const std::string& replica_id) {
  DURE_LET(gone, calls_->send("DELETE", path_of(replica_id) + "?force=true&timeout=0&v=true", "", kQuick));
  if (gone.status < 300 || gone.status == 404) return std::optional<Inspected>();
  return engine_failed("engine.remove_failed", replica_id, gone);
}

// A container that Podman takes for a new one, although it was started: the service died before it noted
// that. When it still runs Podman is told so (runtime.h says why this start starts nothing); else it has
// ended, and only its attendant may know how.
base::Status PodmanEngine::take_up(Inspected& inspected) {
  const std::string id = inspected.status.container_id;
  const auto marked = runtime_.marked(id);
  if (!marked) return {};
  const Held held = runtime_.ask(id);
  if (held == Held::kWaiting) return {};
  if (held == Held::kRunning && inspected.half_started) {
    DURE_LET(started, calls_->send("POST", "/containers/" + id + "/start", "", kQuick));
    DURE_LET(answer, ask_of("/containers/" + id));
    DURE_LET(again, parse_inspect(answer.body));
    if (started.status < 300 || again.status.state != ContainerState::kCreated) {
      inspected = again;
      namespaces_.remember(again.status.replica_id, again.network_namespace);
      return {};
    }
  }
  inspected.status.state = ContainerState::kExited;
  inspected.status.exit_code = kUnknownExit;
  inspected.status.started_at = marked;
  if (const auto exit = runtime_.exit_of(id); exit && exit->at >= *marked) {
    inspected.status.exit_code = exit->code;
    inspected.status.finished_at = exit->at;
  }
  return {};
}

// Podman's stamp of one that was taken up is that of its being taken up.
void PodmanEngine::correct_start(ContainerStatus& status) const {
  if (!status.started_at) return;
  const auto marked = runtime_.marked(status.container_id);
  if (marked && *marked < *status.started_at) status.started_at = marked;
}

void PodmanEngine::notice_memory_kill(ContainerStatus& status) {
  if (status.state != ContainerState::kExited || status.out_of_memory || status.exit_code != kKilled) return;
  status.out_of_memory = was_killed_for_memory(status.container_id);
}

base::Result<std::optional<ContainerStatus>> PodmanEngine::inspect(const std::string& replica_id) {
  DURE_LET(found, look(replica_id));
  if (!found) return std::optional<ContainerStatus>();
  return std::optional<ContainerStatus>(found->status);
}

base::Result<std::vector<ContainerStatus>> PodmanEngine::list() {
  const std::string filters = net::percent_encode(R"({"label":["dure.replica"]})");
  DURE_LET(answer, calls_->send("GET", "/containers/json?all=true&filters=" + filters, "", kQuick));
  if (answer.status != 200) return engine_failed("engine.list_failed", "", answer);
  DURE_LET(listed, parse_list(answer.body));
  std::vector<ContainerStatus> all;
  std::map<std::string, Known> seen;
  for (const Listed& item : listed) {
    DURE_LET(status, status_of(item));
    if (!status) continue;  // removed since
    all.push_back(*status);
    seen.emplace(item.container_id, Known{item, *status});
  }
  const std::lock_guard guard(known_mutex_);
  known_ = std::move(seen);
  return all;
}

base::Result<std::optional<ContainerStatus>> PodmanEngine::status_of(const Listed& listed) {
  {
    const std::lock_guard guard(known_mutex_);
    const auto found = known_.find(listed.container_id);
    const bool settled = listed.state == "running" || listed.state == "exited";
    if (settled && found != known_.end() && found->second.listed == listed)
      return std::optional(found->second.status);
  }
  return inspect(listed.replica_id);
}

base::Result<std::string> PodmanEngine::create(const ContainerSpec& spec) {
  DURE_TRY(check(spec));
  hand_over_mounts(spec);
  return create_new(spec, true);
}

// A name that is taken is that of the replica's container, made by an earlier call that was cut off; or of
// the remains of one that was cut off half-way, which only the storage knows. Those are removed, once.
base::Result<std::string> PodmanEngine::create_new(const ContainerSpec& spec, bool again) {
  DURE_LET(answer, calls_->send("POST", "/containers/create", to_create_body(spec, machine_), kSlow));
  if (answer.status == 201) {
    const auto value = parse_json(answer.body);
    return value ? text_of(*value, "Id") : std::string();
  }
  DURE_LET(found, look(spec.replica_id));
  if (found) return found->status.container_id;
  const std::string why = failure_text(answer.body);
  if (again && why.find("already in use") != std::string::npos) {
    DURE_TRY(remove(spec.replica_id));
    return create_new(spec, false);
  }
  if (answer.status == 404 || why.find("no such image") != std::string::npos ||
      why.find("image not known") != std::string::npos) {
    return base::error(ErrorKind::kNotFound, Reason("engine.image_missing").with("image", spec.image));
  }
  return engine_failed("engine.create_failed", spec.replica_id, answer);
}

base::Status PodmanEngine::start(const std::string& replica_id) {
  DURE_LET(found, look(replica_id));
  if (!found) return not_found(replica_id);
  if (found->status.state != ContainerState::kCreated) return {};
  if (found->half_started) runtime_.forget(found->status.container_id);
  return start_created(replica_id);
}

// A service that was killed in the middle of a start may leave a container in the runtime that Podman does
// not know of. It waits for its start, so it is removed, and the start done anew.
base::Status PodmanEngine::start_created(const std::string& replica_id) {
  Answer last;
  for (int attempt = 0; attempt < kStarts; ++attempt) {
    DURE_LET(answer, calls_->send("POST", path_of(replica_id) + "/start", "", kQuick));
    last = answer;
    DURE_LET(now, look(replica_id));
    if (!now) return not_found(replica_id);
    if (answer.status < 300 || now->status.state != ContainerState::kCreated) {
      namespaces_.remember(replica_id, now->network_namespace);
      return {};
    }
    const bool unknown = failure_text(answer.body).find("already exists") != std::string::npos;
    if (unknown || now->half_started) runtime_.forget(now->status.container_id);
    std::this_thread::sleep_for(std::chrono::milliseconds(25 << attempt));
  }
  return engine_failed("engine.start_failed", replica_id, last);
}

base::Status PodmanEngine::stop(const std::string& replica_id, Span grace) {
  DURE_LET(found, look(replica_id));
  if (!found || found->status.state != ContainerState::kRunning) return {};
  const std::int64_t seconds = (grace.in_ms() + 999) / 1000;
  const std::string path = path_of(replica_id) + "/stop?timeout=" + std::to_string(seconds);
  DURE_LET(answer, calls_->send("POST", path, "", grace + kQuick));
  if (answer.status < 300 || answer.status == 304 || answer.status == 404) return {};
  DURE_LET(now, look(replica_id));
  if (!now || now->status.state != ContainerState::kRunning) return {};
  return engine_failed("engine.stop_failed", replica_id, answer);
}

// Podman would leave it in the runtime when it does not know that it is there.
void PodmanEngine::forget_if_waiting(const Inspected& found) {
  const std::string& id = found.status.container_id;
  if (runtime_.ask(id) == Held::kWaiting) runtime_.forget(id);
}

// Podman may refuse for a moment while the container's attendant cleans up.
base::Status PodmanEngine::remove(const std::string& replica_id) {
  DURE_LET(found, look(replica_id));
  if (found && found->status.state == ContainerState::kCreated) forget_if_waiting(*found);
  const std::string path = path_of(replica_id) + "?force=true&timeout=0&v=true";
  Answer last;
  for (int attempt = 0; attempt < kRemovals; ++attempt) {
    DURE_LET(answer, calls_->send("DELETE", path, "", kQuick));
    last = answer;
    if (answer.status < 300 || answer.status == 404) {
      namespaces_.discard(replica_id);
      if (found) runtime_.unmark(found->status.container_id);
      return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return engine_failed("engine.remove_failed", replica_id, last);
}

// What a predecessor that was killed did not get to.
base::Status PodmanEngine::discard_leftovers() {
  DURE_LET(all, list());
  std::set<std::string> replicas;
  std::set<std::string> containers;
  for (const ContainerStatus& status : all) {
    replicas.insert(status.replica_id);
    containers.insert(status.container_id);
  }
  for (const std::string& replica : namespaces_.remembered()) {
    if (!replicas.contains(replica)) namespaces_.discard(replica);
  }
  for (const std::string& container : runtime_.all_marked()) {
    if (!containers.contains(container)) runtime_.unmark(container);
  }
  discard_unused_namespaces();
  return {};
}

base::Result<ports::ExecResult> PodmanEngine::exec(const std::string& replica_id,
                                                   const std::vector<std::string>& command,
                                                   const std::map<std::string, std::string>& environment,
                                                   std::int64_t output_limit_bytes) {
  return run_command(*calls_, {replica_id, command, environment}, output_limit_bytes, options_.exec_limit);
}

base::Result<std::unique_ptr<ports::ExecStream>> PodmanEngine::open_terminal(
    const std::string& replica_id, const std::vector<std::string>& command, int columns, int rows) {
  const ExecOrder order{replica_id, command, {{"TERM", "xterm-256color"}}};
  return podman::open_terminal(calls_, order, columns, rows);
}

base::Result<std::vector<ports::ImageStatus>> PodmanEngine::images() {
  DURE_LET(answer, calls_->send("GET", "/images/json", "", kQuick));
  if (answer.status != 200) return engine_failed("engine.list_failed", "", answer);
  return parse_images(answer.body);
}

}  // namespace dure::podman
