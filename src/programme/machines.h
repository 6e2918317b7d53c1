// All state machines of the centre (governance 5.3), in words: docs/states.md is printed from them.
#pragma once

#include <string>
#include <vector>

#include "programme/state_table.h"

namespace dure::programme {

// In the order of an application's life.
const std::vector<Machine>& machines();

// Mermaid's stateDiagram-v2 of one machine: an arrow for each pair of states, with the events that lead over
// it.
std::string mermaid(const Machine& machine);

// docs/states.md: a diagram and a table for each.
std::string states_document();

}  // namespace dure::programme
