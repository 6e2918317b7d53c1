// From Podman's answers to the port's values. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ports/engine.h"

namespace dure::podman {

// An engine's stamp, RFC 3339 with up to nine digits. Podman writes the year 1 for "never": nullopt, as for
// text that is no stamp.
std::optional<base::Instant> parse_stamp(std::string_view text);

// Everything that GET /containers/{name}/json says and we use.
struct Inspected {
  ports::ContainerStatus status;
  bool half_started = false;      // made in the runtime, and not known to have been started
  std::string network_namespace;  // file below /run/netns, "" when there is none
};

// A container that had run and that Podman shows as created was ended by a restart of the machine: it is
// kExited with exit code -1 (not known) and no finished_at.
// Errors: engine.answer_malformed {what}.
base::Result<Inspected> parse_inspect(std::string_view body);

// One line of GET /containers/json: enough to see whether what was inspected before still holds. Its stamps
// are cut to the second, which is why inspect is asked as well.
struct Listed {
  std::string container_id;
  std::string replica_id;
  std::string state;  // Podman's own word
  std::int64_t pid = 0;
  std::int64_t started_s = 0;
  std::int64_t exited_s = 0;

  bool operator==(const Listed&) const = default;
};
base::Result<std::vector<Listed>> parse_list(std::string_view body);

// The images that have a name; one ImageStatus per name.
base::Result<std::vector<ports::ImageStatus>> parse_images(std::string_view body);
// The ids (sha256 of the configuration, without prefix) and names of the same answer.
struct NamedImage {
  std::string id;
  std::string reference;
};
base::Result<std::vector<NamedImage>> parse_image_names(std::string_view body);

// What an inspect's answer tells of the container itself. Podman looks without a lock, so one that ends or
// goes meanwhile is a failure of its own (500) with a text that gives it away.
enum class Presence {
  kThere,
  kGone,      // there is none, or it was removed during the look
  kHalfMade,  // Podman was killed between its two books: it knows it, its storage (or a layer of it) does not
  kEnding,    // its process went during the look (Podman reads /proc/PID/cgroup): ask again
  kUnknown,   // the answer tells of something else
};
Presence presence_of(int status, std::string_view body);

// What an answer of Podman with an error's status says for people: its "message", else "cause", else the
// body's beginning.
std::string failure_text(std::string_view body);

}  // namespace dure::podman
