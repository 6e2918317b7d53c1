// A selection as an official reads it: a table with the deciding reason of each, and one application's way in
// full.
#pragma once

#include "model/selection.h"
#include "wire/reasons.h"

namespace dure::cli {

void print_selection(const model::SelectionResult& result, wire::Language language);

// Every step with the key of the pack that decided it and where the key's value comes from.
void print_way(const model::RankedApplication& application, wire::Language language);

}  // namespace dure::cli
