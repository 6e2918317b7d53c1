#include "crash/engine_witness.h"

#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <utility>

#include "adapters/podman/config.h"
#include "crash/centre.h"
#include "net/url.h"

namespace dure::crash {

namespace json = boost::json;
using cli::number_at;
using cli::text_at;

namespace {

constexpr int kExitsEveryMs = 20;  // a container may be removed soon after its end
constexpr int kLooksPerList = 20;

net::Endpoint endpoint_of(const std::string& engine) {
  net::Endpoint endpoint;
  endpoint.unix_path = podman::Folders{engine, ""}.socket();
  return endpoint;
}

// Where a runtime that root calls keeps its containers, and what it writes there after it has made the pipe.
constexpr std::pair<const char*, const char*> kRuntimes[] = {{"/run/runc", "state.json"},
                                                             {"/run/crun", "status"}};

std::optional<base::Instant> changed_at(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return base::Instant{info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000};
}

// The time at which the runtime started the container whose folder this is; nothing before.
std::optional<base::Instant> let_go_at(const std::string& folder, const char* state) {
  const auto changed = changed_at(folder);  // first: what changes afterwards is looked at again
  if (!changed || !changed_at(folder + "/" + state) || changed_at(folder + "/exec.fifo")) return std::nullopt;
  return changed_at(folder) == changed ? changed : std::nullopt;
}

std::optional<base::Instant> stamp_at(const json::value& state, const char* name) {
  const auto at = base::parse_instant(text_at(state, name));
  if (!at || at->us <= 0) return std::nullopt;
  return at;
}

// The last one counts: where Podman is killed before the container's process has become the workload, that
// process ends as well, and the start that is then repeated makes another.
void note_end(EngineLife& life, std::optional<base::Instant> at) {
  if (at && (!life.finished || *life.finished < *at)) life.finished = at;
}

}  // namespace

EngineWitness::EngineWitness(const std::string& engine)
    : exits_(podman::Folders{engine, ""}.exits()),
      client_(endpoint_of(engine)),
      thread_([this] { look(); }) {}

EngineWitness::~EngineWitness() {
  over_ = true;
  thread_.join();
}

std::map<std::string, EngineLife> EngineWitness::lives() const {
  const std::lock_guard lock(mutex_);
  return lives_;
}

std::optional<json::value> EngineWitness::ask(const std::string& path) {
  net::ClientRequest request;
  request.target = "/v4.0.0/libpod" + path;
  request.timeout = base::Span::seconds(10);
  const auto answer = client_.send(request);
  if (!answer.ok() || answer->status != 200) return std::nullopt;
  boost::system::error_code failure;
  auto value = json::parse(answer->body, failure);
  if (failure) return std::nullopt;
  return value;
}

std::optional<int> EngineWitness::containers_now() {
  const auto all = ask("/containers/json?all=true");
  if (!all || !all->is_array()) return std::nullopt;
  return static_cast<int>(all->get_array().size());
}

void EngineWitness::look() {
  for (int n = 0; !over_; ++n) {
    if (n % kLooksPerList == 0) look_at_containers();
    look_at_exits();
    look_at_runtime();
    sleep_ms(kExitsEveryMs);
  }
}

void EngineWitness::look_at_containers() {
  const auto all = ask("/containers/json?all=true");
  if (!all || !all->is_array()) return;
  for (const auto& each : all->get_array()) {
    const std::string id = text_at(each, "Id");
    const std::string state = text_at(each, "State");
    const auto* labels = each.as_object().if_contains("Labels");
    const auto* replica =
        labels && labels->is_object() ? labels->get_object().if_contains("dure.replica") : nullptr;
    if (!replica || !replica->is_string()) continue;
    {
      const std::lock_guard lock(mutex_);
      const std::string name(replica->get_string());
      replica_of_[id] = name;
      lives_[name].containers.insert(id);
      if (last_state_[id] == state) continue;
    }
    if (state == "running" || state == "exited") inspect(id);
  }
}

void EngineWitness::inspect(const std::string& container) {
  const auto found = ask("/containers/" + container + "/json");
  const auto* state = found && found->is_object() ? found->get_object().if_contains("State") : nullptr;
  if (!state) return;
  const auto status = text_at(*state, "Status");
  const auto started = stamp_at(*state, "StartedAt");
  const std::lock_guard lock(mutex_);
  last_state_[container] = status;
  EngineLife& life = lives_[replica_of_[container]];
  if (started) {
    life.stamps_of_starts.insert({container, started->us});
    if (!life.started) life.started = started;
  }
  if (status == "exited") note_end(life, stamp_at(*state, "FinishedAt"));
}

void EngineWitness::look_at_exits() {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(exits_, failure)) {
    const auto at = changed_at(entry.path());
    if (!at) continue;
    const std::lock_guard lock(mutex_);
    const auto replica = replica_of_.find(entry.path().filename());
    if (replica != replica_of_.end()) note_end(lives_[replica->second], at);
  }
}

void EngineWitness::look_at_runtime() {
  std::error_code failure;
  for (const auto& [root, state] : kRuntimes)
    for (const auto& entry : std::filesystem::directory_iterator(root, failure)) {
      const std::string container = entry.path().filename();
      if (let_go_.contains(container)) continue;
      if (const auto at = let_go_at(entry.path(), state)) let_go_.emplace(container, *at);
    }
  const std::lock_guard lock(mutex_);
  for (const auto& [container, at] : let_go_) {
    const auto replica = replica_of_.find(container);
    if (replica == replica_of_.end()) continue;
    auto& let_go = lives_[replica->second].let_go;
    if (!let_go) let_go = at;
  }
}

}  // namespace dure::crash
