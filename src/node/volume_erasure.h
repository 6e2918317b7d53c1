// Destroying a volume's folder with everything in it (L1). A folder is moved out of reach first, so that
// what a crash leaves half removed is never mounted again; the next call goes on with it.
#pragma once

#include <string>

#include "base/result.h"

namespace dure::node {

// Whether nothing of the volume is there: neither its folder nor what was left of removing it. REQUIRES:
// is_uuid(id).
bool volume_gone(const std::string& volumes_folder, const std::string& id);

// Removes it. Links are removed and never followed. May take long. Errors: "node.volume_not_erased" {volume,
// why}. REQUIRES: is_uuid(id), and nothing has it mounted.
base::Status erase_volume(const std::string& volumes_folder, const std::string& id);

}  // namespace dure::node
