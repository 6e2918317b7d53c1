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
};

// The body of a stored noun is appended by wire; see exchange.h for answers made from nouns.
inline Answer no_content() {
  return Answer{204, "", {}};
}

inline Answer not_modified_answer(const std::string& etag) {
  return Answer{304, "", {{"ETag", etag}}};
}

}  // namespace dure::server
