// The keeper's part in the deletion of volumes: what dured wants destroyed, and what is.
#include <algorithm>

#include "base/id.h"
#include "node/keeper.h"
#include "node/volume_erasure.h"

namespace dure::node {

// Those that no order mounts. A name that is no id is left alone: it could be a path.
std::vector<std::string> Keeper::erasable() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& id : erase_) {
    if (!base::is_uuid(id)) continue;
    const bool mounted = orders_ && std::ranges::any_of(*orders_, [&](const auto& entry) {
                           return std::ranges::any_of(entry.second.volumes, [&](const auto& volume) {
                             return volume.id.text == id;
                           });
                         });
    if (!mounted) ids.push_back(id);
  }
  return ids;
}

void Keeper::erase_volumes() {
  const auto ids = erasable();
  if (ids.empty()) return;
  const bool there = volumes_there(options_.volumes_folder);
  if (!there && !volumes_missed_)
    options_.log(Severity::kError,
                 "the volumes are not in " + options_.volumes_folder + ": is their disk mounted?");
  volumes_missed_ = !there;
  if (!there) return;
  for (const auto& id : ids) {
    if (volume_gone(options_.volumes_folder, id)) continue;
    workers_.run("volumes/" + id, [this, id] {
      const auto erased = erase_volume(options_.volumes_folder, id);
      if (!erased.ok())
        options_.log(Severity::kError, "cannot erase volume " + id + ": " + log_text(erased.failure()));
      changed();
    });
  }
}

void Keeper::describe_erased(model::NodeReport& report) const {
  const auto ids = erasable();
  if (ids.empty() || !volumes_there(options_.volumes_folder)) return;  // nothing is known of them
  for (const auto& id : ids)
    if (volume_gone(options_.volumes_folder, id)) report.erased_volumes.push_back(id);
}

}  // namespace dure::node
