// What is kept of where somebody was reached goes with him: the addresses in his messages and his wishes,
// when his account or his application's data is deleted (R12, L1, L3).
#pragma once

#include "commands/notice_happening.h"
#include "commands/work.h"

namespace dure::commands {

// For "account.deleted" and "deletion.over"; of any other event it does nothing. The messages themselves
// stay: they say that somebody was told, and hold no personal data besides.
base::Status forget_addresses(Work& work, const Happening& happening);

}  // namespace dure::commands
