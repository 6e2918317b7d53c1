// What dates alone bring about in an evaluation: calls open and close, rounds are cut off, offers lapse; and
// what is late is told (B2, B3, E11, F7).
#pragma once

#include "commands/work.h"

namespace dure::commands {

// Done by the keeper, by itself; doing it twice changes nothing. Returns how many rows changed.
base::Result<std::int64_t> keep_evaluations(Work& work);

}  // namespace dure::commands
