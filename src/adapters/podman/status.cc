#include "adapters/podman/status.h"

#include "adapters/podman/json.h"

namespace dure::podman {

using base::ErrorKind;
using base::Reason;
using ports::ContainerState;
using ports::ContainerStatus;

namespace {

constexpr std::int64_t kExitUnknown = -1;

base::Error malformed(std::string what) {
  return base::error(ErrorKind::kUnavailable,
                     Reason("engine.answer_malformed").with("what", std::move(what)));
}

// Podman's words for states: libpod/define/containerstate.go.
ContainerState state_of(std::string_view word, bool has_started) {
  if (word == "running" || word == "paused" || word == "stopping") return ContainerState::kRunning;
  if (word == "created" || word == "configured" || word == "initialized") {
    return has_started ? ContainerState::kExited : ContainerState::kCreated;
  }
  return ContainerState::kExited;
}

bool never_ended(std::string_view word) {
  return word == "created" || word == "configured" || word == "initialized";
}

ContainerStatus status_of(const boost::json::value& container, const boost::json::value& state) {
  const std::string word = text_of(state, "Status");
  ContainerStatus status;
  status.container_id = text_of(container, "Id");
  status.started_at = parse_stamp(text_of(state, "StartedAt"));
  status.state = state_of(word, status.started_at.has_value());
  if (status.state == ContainerState::kRunning) status.pid = number_of(state, "Pid");
  if (status.state == ContainerState::kExited) {
    status.exit_code = never_ended(word) ? kExitUnknown : number_of(state, "ExitCode");
    status.out_of_memory = flag_of(state, "OOMKilled");
    status.finished_at = parse_stamp(text_of(state, "FinishedAt"));
  }
  return status;
}

std::string replica_of(const std::map<std::string, std::string>& labels) {
  const auto found = labels.find("dure.replica");
  return found == labels.end() ? std::string() : found->second;
}

Listed listed_of(const boost::json::value& item) {
  Listed listed;
  listed.container_id = text_of(item, "Id");
  listed.replica_id = replica_of(texts_of(item, "Labels"));
  listed.state = text_of(item, "State");
  listed.pid = number_of(item, "Pid");
  listed.started_s = number_of(item, "StartedAt");
  listed.exited_s = number_of(item, "ExitedAt");
  return listed;
}

}  // namespace

std::optional<base::Instant> parse_stamp(std::string_view text) {
  const auto instant = base::parse_instant(text);
  if (!instant || instant->us <= 0) return std::nullopt;
  return instant;
}

base::Result<Inspected> parse_inspect(std::string_view body) {
  const auto value = parse_json(body);
  if (!value) return malformed("inspect: not JSON");
  const boost::json::value* state = member(*value, "State");
  if (state == nullptr) return malformed("inspect: no State");
  Inspected inspected;
  inspected.status = status_of(*value, *state);
  if (inspected.status.container_id.empty()) return malformed("inspect: no Id");
  inspected.half_started = text_of(*state, "Status") == "initialized";
  if (const auto* config = member(*value, "Config")) {
    inspected.status.replica_id = replica_of(texts_of(*config, "Labels"));
  }
  if (const auto* network = member(*value, "NetworkSettings")) {
    inspected.network_namespace = text_of(*network, "SandboxKey");
  }
  return inspected;
}

base::Result<std::vector<Listed>> parse_list(std::string_view body) {
  const auto value = parse_json(body);
  if (!value || !value->is_array()) return malformed("list: not a list");
  std::vector<Listed> list;
  for (const auto& item : value->get_array()) {
    Listed listed = listed_of(item);
    if (!listed.container_id.empty() && !listed.replica_id.empty()) list.push_back(std::move(listed));
  }
  return list;
}

base::Result<std::vector<ports::ImageStatus>> parse_images(std::string_view body) {
  const auto value = parse_json(body);
  if (!value || !value->is_array()) return malformed("images: not a list");
  std::vector<ports::ImageStatus> images;
  for (const auto& item : value->get_array()) {
    const auto* names = member(item, "RepoTags");
    if (names == nullptr || !names->is_array()) continue;
    for (const auto& name : names->get_array()) {
      if (!name.is_string()) continue;
      images.push_back({std::string(name.get_string()), text_of(item, "Digest"), number_of(item, "Size"),
                        texts_of(item, "Labels")});
    }
  }
  return images;
}

base::Result<std::vector<NamedImage>> parse_image_names(std::string_view body) {
  const auto value = parse_json(body);
  if (!value || !value->is_array()) return malformed("images: not a list");
  std::vector<NamedImage> images;
  for (const auto& item : value->get_array()) {
    const auto* names = member(item, "RepoTags");
    if (names == nullptr || !names->is_array()) continue;
    for (const auto& name : names->get_array()) {
      if (name.is_string()) images.push_back({text_of(item, "Id"), std::string(name.get_string())});
    }
  }
  return images;
}

Presence presence_of(int status, std::string_view body) {
  if (status == 200) return Presence::kThere;
  if (status == 404) return Presence::kGone;
  if (status != 500) return Presence::kUnknown;
  const std::string why = failure_text(body);
  const auto tells = [&](const char* text) { return why.find(text) != std::string::npos; };
  if (tells("no such container")) return Presence::kGone;
  if (tells("container not known") || tells("layer not known")) return Presence::kHalfMade;
  if (tells("/proc/") && (tells("no such process") || tells("no such file"))) return Presence::kEnding;
  return Presence::kUnknown;
}

std::string failure_text(std::string_view body) {
  if (const auto value = parse_json(body)) {
    for (const char* name : {"message", "cause"}) {
      std::string text = text_of(*value, name);
      if (!text.empty()) return text.substr(0, 500);
    }
  }
  return std::string(body.substr(0, 200));
}

}  // namespace dure::podman
