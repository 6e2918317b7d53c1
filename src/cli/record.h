// What the tests saw of the API, kept so that it can be held against the contract (tests/contract).
#pragma once

#include <string>

#include "net/headers.h"

namespace dure::cli {

// One request with its answer. A body that is not JSON is kept as its length alone.
struct Exchanged {
  std::string method;
  std::string target;
  net::Headers request_headers;
  std::string request_body;
  int status = 0;
  net::Headers headers;
  std::string body;
};

// Appends it, one JSON object a line, to the file that DURE_RECORD names; does nothing without one. The file
// holds tokens and passwords: only tests set it.
void record(const Exchanged& exchanged);

}  // namespace dure::cli
