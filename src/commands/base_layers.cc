#include "commands/base_layers.h"

namespace dure::commands {

base::Result<std::vector<policy::Layer>> read_base_layers() {
  DURE_LET(defaults, policy::parse_layer(kDefaultLayer, "default/policy.yaml"));
  DURE_LET(floors, policy::parse_layer(kFloorsLayer, "floors/policy.yaml"));
  return std::vector<policy::Layer>{defaults, floors};
}

}  // namespace dure::commands
