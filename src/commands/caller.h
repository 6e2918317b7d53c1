// Who asks, as the edge found out.
#pragma once

#include <string>

#include "access/authorize.h"

namespace dure::commands {

struct Caller {
  access::Subject subject;
  std::string address;     // of the client, for the audit's personal part
  std::string request_id;  // one per request
  std::string session_id;  // "" where the caller came with an API token
};

}  // namespace dure::commands
