// A statement of uses to start from.
#pragma once

#include "model/charge.h"

namespace dure::cli {

// Every member is there; those that are not used are empty.
model::UsageStatement example_statement();

}  // namespace dure::cli
