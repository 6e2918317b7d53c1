// The states of supply agreements and of batches of capacity (governance 5.3), as tables: what is not in them
// does not exist. docs/supply-states.md is printed from them, and a test holds it against them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/capacity.h"
#include "model/supply_requests.h"

namespace dure::supply {

struct AgreementTransition {
  model::AgreementState from;
  model::AgreementEvent event;
  model::AgreementState to;
};
const std::vector<AgreementTransition>& agreement_transitions();

// A stage that was recorded is the event.
struct BatchTransition {
  model::BatchState from;
  model::BatchStage stage;
  model::BatchState to;
};
const std::vector<BatchTransition>& batch_transitions();

// Refuse (kConflict) "supply.not_from_this_state" {state, event, possible}.
base::Result<model::AgreementState> next(model::AgreementState from, model::AgreementEvent event);
base::Result<model::BatchState> next(model::BatchState from, model::BatchStage stage);

// docs/supply-states.md: each machine as a table and as a Mermaid diagram.
std::string state_tables();

}  // namespace dure::supply
