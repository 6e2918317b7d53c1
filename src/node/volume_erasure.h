// Destroying a volume's folder with everything in it (L1). A folder is moved out of reach first, so that
// what a crash leaves half removed is never mounted again; the next call goes on with it.
#pragma once

#include <string>

#include "base/result.h"

namespace dure::node {

// Whether the folder is the one in which the node keeps its volumes, and not the empty place at which its
// disk is mounted otherwise. A mark is put into it once, and a note beside it (`volumes_folder`.marked)
// remembers that it was; with the note and without the mark it is not there. False, too, where the mark
// cannot be made.
bool volumes_there(const std::string& volumes_folder);

// Whether nothing of the volume is there: neither its folder nor what was left of removing it. REQUIRES:
// is_uuid(id).
bool volume_gone(const std::string& volumes_folder, const std::string& id);

// Removes it. Links are removed and never followed. May take long. Errors: "node.volume_not_erased" {volume,
// why}. REQUIRES: is_uuid(id), and nothing has it mounted.
base::Status erase_volume(const std::string& volumes_folder, const std::string& id);

}  // namespace dure::node
