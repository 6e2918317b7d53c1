// Where a recipient is reached now: by his own wish, else by what he gave when he applied (P13).
#pragma once

#include <string>

#include "commands/work.h"

namespace dure::commands {

struct NoticeAddress {
  std::string email;   // "" where there is none that mail can carry
  std::string mobile;  // digits
};

// Of "accounts/<id>", "applications/<id>", "applications/<id>/developer", "suppliers/<id>"; empty for any
// other, and where the row is gone.
base::Result<NoticeAddress> address_of(Work& work, const std::string& recipient);

}  // namespace dure::commands
