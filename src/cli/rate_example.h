// A statement of uses to start from.
#pragma once

#include <optional>

#include "model/charge.h"
#include "policy/pack.h"

namespace dure::cli {

// Every member is there; those that are not used are empty.
model::UsageStatement example_statement();
// One that the pack rates; none where it has no price for anything and does not say that use is free.
std::optional<model::UsageStatement> example_statement(const policy::Pack& pack);

}  // namespace dure::cli
