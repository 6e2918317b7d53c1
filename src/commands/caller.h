// Who asks, as the edge found out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/authorize.h"

namespace dure::commands {

// Which version the row that a request changes must have (If-Match).
struct Expectation {
  std::string row;                     // its id; "" for whichever row the command changes
  std::vector<std::int64_t> versions;  // any of them; none: no version is right
  bool any = false;                    // every version is right, as long as there is a row
};

struct Caller {
  access::Subject subject;
  std::string address;     // of the client, for the audit's personal part
  std::string request_id;  // one per request
  std::string session_id;  // "" where the caller came with an API token
  std::optional<Expectation> expects;
};

}  // namespace dure::commands
