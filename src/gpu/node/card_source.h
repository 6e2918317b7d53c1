// CardSource: the accelerators of this machine.
//
// Two implementations: NVML, opened at run time (nvml_cards.h), and simulated cards (simulated_cards.h). A
// card is known by its id: the GPU's UUID, the MIG instance's UUID, or "SIM-…" for one that does not exist.
// Whatever shows a simulated card says so.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "gpu/node/catalogue.h"
#include "model/node_link.h"

namespace dure::gpu {

struct Card {
  model::CardReport report;  // what dured is told
  CardUnit unit = CardUnit::kGpu;
  std::string parent;                     // of a MIG instance: the UUID of its GPU
  std::string driver;                     // version of the driver; none for a simulated card
  std::vector<std::string> device_nodes;  // what a container needs to open; none for a simulated card
};

class CardSource {
 public:
  virtual ~CardSource() = default;
  // All cards, by index. Blocks for as long as the driver takes. One caller at a time.
  virtual base::Result<std::vector<Card>> list() = 0;
  // "NVML 535.104 (driver), 2 cards", "simulated": for people.
  virtual std::string describe() = 0;
};

}  // namespace dure::gpu
