// The texts of a pack's folder against the hashes that the pack names (texts.files).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policy/layer.h"

namespace dure::policy {

// The bytes of a file, by its path below the pack's folder; none where there is no such file. Called at most
// once a file, and never with a path that leaves the folder.
using ReadText = std::function<std::optional<std::string>(const std::string& file)>;

// One finding for each text that is missing, has another hash than is written, or lies outside the folder,
// at the line of texts.files. Empty for a layer that names no texts.
std::vector<Finding> check_texts(const Layer& layer, const ReadText& read);

}  // namespace dure::policy
