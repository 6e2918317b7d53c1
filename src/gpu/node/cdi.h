// A share as a device of the Container Device Interface, for engines that take one (Podman from 4.6 on,
// containerd, CRI-O): "dure.internal/share=<replica id>". One file for each share, so that a share comes and
// goes without the others' being touched.
//
// Source: CDI specification 0.5.0 (from there on a device's name may begin with a digit).
#pragma once

#include <set>
#include <string>

#include "base/result.h"
#include "gpu/node/share_description.h"

namespace dure::gpu {

inline constexpr char kCdiKind[] = "dure.internal/share";

// The file's text. Pure.
std::string cdi_spec(const ShareDescription& share);

// Writes it into the folder, which is made if need be: whole, by renaming. Errors: node.state_unusable {path,
// why}.
base::Status write_cdi(const std::string& folder, const ShareDescription& share);

// No effect where there is none.
void remove_cdi(const std::string& folder, const std::string& replica_id);

// Removes those of Dure's whose replica `kept` does not name.
void keep_cdi(const std::string& folder, const std::set<std::string>& kept);

}  // namespace dure::gpu
