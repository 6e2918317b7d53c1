// What a route gives back before it becomes an HTTP response: a status, the JSON text, and the headers that
// the contract knows (ETag, Location, Retry-After).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "net/message.h"

namespace dure::server {

struct Answer {
  int status = 200;
  std::string body;  // JSON text; "" for 204
  std::vector<net::Field> headers;
  // Holds a secret that is shown once: such a body is not kept for idempotent replays.
  bool once = false;
};

// The ETag of a row: its version, quoted.
inline std::string etag_of(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

// The body of a stored noun is appended by wire; see exchange.h for answers made from nouns.
inline Answer no_content() {
  return Answer{204, "", {}, false};
}

}  // namespace dure::server
