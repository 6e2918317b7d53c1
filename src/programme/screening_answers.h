// What a person answered to the items of a screening that were open, put together (C1 to C5). Pure.
#pragma once

#include <vector>

#include "model/application.h"

namespace dure::programme {

// Of the rules of `eligibility.include`, and of those of a track, one that is met is enough, and is told
// alone, as screen() does; where none is, they stay. False where what must hold does not: an item that is no
// such rule is not met, or of such rules none is met and none is open any more.
bool settle_answers(std::vector<model::ScreeningItem>& items);

}  // namespace dure::programme
