// The layers under every policy pack, compiled in: the product's default and the statutory floors.
#pragma once

#include <vector>

#include "base/result.h"
#include "policy/layer.h"

namespace dure::commands {

extern const char* const kDefaultLayer;  // YAML
extern const char* const kFloorsLayer;

base::Result<std::vector<policy::Layer>> read_base_layers();

}  // namespace dure::commands
