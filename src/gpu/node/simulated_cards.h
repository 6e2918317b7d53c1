// Simulated cards: they are counted, placed and billed like real ones and compute nothing.
//
// Their ids, "SIM-<node>-<model>-<n>", stay the same over restarts, so that shares and ledger entries keep
// their meaning. Every report of one says `simulated`, and the container is told by DURE_GPU_SIMULATED=1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gpu/node/card_source.h"

namespace dure::gpu {

class SimulatedCards : public CardSource {
 public:
  // `text` is "a100-40gb:2,t4:1", models of the catalogue; ":1" may be left out. At most 64 cards in all.
  // With
  // "+mig" behind the model, "a100-40gb+mig:2", they are in MIG mode, and Dure makes the instances.
  // Errors: card.simulation_malformed {text}, card.model_unknown {model, known}, card.no_mig {model},
  // card.too_many {limit}.
  static base::Result<SimulatedCards> parse(std::string_view text, std::string_view node_name);

  base::Result<std::vector<Card>> list() override { return cards_; }
  std::string describe() override;

 private:
  std::vector<Card> cards_;
};

}  // namespace dure::gpu
