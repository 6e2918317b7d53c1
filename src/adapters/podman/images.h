// Image archives that lie in a folder, and Podman's store: what is in the first and not in the second is
// loaded.
//
// An archive NAME.tar (docker-archive) comes with NAME.json: {"reference": "localhost/dure/workspace:1",
// "id": "<sha256 of the image's configuration>"}. deploy/images/build writes the second after the first, so
// that what has a NAME.json is whole.
#pragma once

#include <string>
#include <vector>

#include "adapters/podman/calls.h"
#include "adapters/podman/config.h"
#include "adapters/podman/machine.h"
#include "base/result.h"

namespace dure::podman {

struct Archive {
  std::string path;
  std::string reference;
  std::string id;
};

// The archives of the folder; none when there is no such folder. What has no readable NAME.json is left out.
std::vector<Archive> find_archives(const std::string& folder);

// Loads what is missing or has changed; 3 to 5 s for each. Errors: engine.image_unreadable {file},
// engine.unavailable, engine.timeout.
base::Status load_missing(Calls& calls, const Folders& folders, const Machine& machine);

}  // namespace dure::podman
