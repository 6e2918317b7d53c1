// What a pack says to those who think of applying (B2, B4, B5, B7 to B12, D3, E2, M5). Pure.
#pragma once

#include "model/announcement.h"
#include "policy/pack.h"

namespace dure::programme {

// The first and last day of intake are the call's own, in the programme's zone; the pack's where it has none.
model::Announcement announce(const policy::Pack& pack, const model::Call& call);

}  // namespace dure::programme
