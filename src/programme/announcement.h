// What a pack says to those who think of applying (B2, B4, B5, B7 to B12, D3, E2, M5). Pure.
#pragma once

#include "model/announcement.h"
#include "policy/pack.h"

namespace dure::programme {

// Everything but what only the call's row knows: call_id, title and state.
model::Announcement announce(const policy::Pack& pack);

}  // namespace dure::programme
