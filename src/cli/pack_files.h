// Policy packs as files on disk, for the verbs that work without a server.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "policy/pack.h"

namespace dure::cli {

// The pack of the files, lowest layer first, over the product's default and the floors; "-" is standard
// input. Refuses what parse_layer and merge refuse, and a file that cannot be read.
base::Result<policy::Pack> read_pack(const std::vector<std::string>& files);

// The files alone, each read and checked for itself.
base::Result<std::vector<policy::Layer>> read_layers(const std::vector<std::string>& files);
// Such layers over the product's default and the floors.
base::Result<policy::Pack> pack_of(const std::vector<policy::Layer>& own);

// The texts that the layer names, looked for beside its file: a finding for each that is not as written.
std::vector<policy::Finding> check_texts_beside(const policy::Layer& layer, const std::string& file);

}  // namespace dure::cli
