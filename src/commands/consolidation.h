// Consolidation: which few moves would free whole cards or nodes, and carrying them out.
//
// The proposal changes nothing. Carried out, each moved run is stopped with the reason placement.moved, and
// its workload has a next attempt on the cards that the plan names (fleet/relocation.h), which nobody else is
// given meanwhile. All of them are stopped at once; who goes where another one leaves starts when that one
// has ended. A proposal holds as long as the nodes that it touches are as they were.
//
// Permission of both: nodes.manage, of the whole centre.
#pragma once

#include <string>
#include <vector>

#include "commands/work.h"
#include "model/consolidation.h"
#include "placement/consolidate.h"

namespace dure::commands {

inline constexpr std::int64_t kMostMovesAtOnce = 100;

struct WantedRoom {
  placement::Goal::Kind goal = placement::Goal::Kind::kCards;
  std::int64_t cards = 0;  // of kTogether, above 0
  std::string pool;        // "": any
  std::string model;       // likewise
  std::int64_t most_moves = 10;
};

// Without moves it says why: placement.nothing_movable, placement.nothing_gained, placement.together_already.
// kInvalid where there is no such pool or model.
base::Result<model::ConsolidationProposal> propose_consolidation(Work& work, const WantedRoom& wanted);

// The runs that were told to stop. kConflict placement.changed where the proposal no longer holds; kInvalid
// placement.moves_invalid where the list of moves is none.
base::Result<std::vector<model::Run>> carry_out_consolidation(Work& work,
                                                              const model::CarryOutConsolidation& command);

}  // namespace dure::commands
