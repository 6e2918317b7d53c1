// The folder below which every replica with a share has one of its own with the share's two files, named
// after the replica.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dure::gpu {

// Makes the folder (mode 0700: containers get single files of it). Errors: node.state_unusable {path, why}.
base::Status make_share_root(const std::string& root);

// Mounts a tmpfs of its own there, unless one is there already: the files are memory, and must not fill up a
// tmpfs that others need. Nothing, or why it could not be: the folder can be used as it is.
std::string mount_share_root(const std::string& root);

// Whether the text can name a folder below it.
bool is_share_name(const std::string& name);

// Makes root/name where it is not there. REQUIRES: is_share_name. Errors: node.state_unusable {path, why}.
base::Status make_share_folder(const std::string& root, const std::string& name);

// The names that are there.
std::vector<std::string> list_share_folders(const std::string& root);

// With what is in it; no effect where there is none. REQUIRES: is_share_name.
void remove_share_folder(const std::string& root, const std::string& name);

}  // namespace dure::gpu
