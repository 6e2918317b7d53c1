// A failure as RFC 9457 problem details: what the API answers instead of a resource.
//
//   {"type": "/problems/store.not_found", "title": "…", "status": 404, "detail": "…", "code":
//   "store.not_found",
//    "parameters": {…}, "help": "…", "instance": "/api/v1/…", "request_id": "…",
//    "errors": [{"pointer": "/form/months", "code": "…", "parameters": {…}, "detail": "…"}]}
//
// "title" names the kind, "detail" this case; both, and "help", in the asker's language. A kInternal failure
// shows its code and the request's id, never its parameters, a kUnavailable one only those that are numbers:
// the others may hold what an outside thing said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/reasons.h"

namespace dure::wire {

inline constexpr std::string_view kProblemType = "application/problem+json";

// 400 for an input that is wrong as a whole, 422 where details say which members are; the rest by kind.
int http_status(const base::Error& error);

struct Problem {
  int status = 500;
  std::string body;                           // JSON text
  std::optional<std::int64_t> retry_after_s;  // of a reason with that parameter
};

// `instance` is the request's path, `request_id` what the logs know it by; either may be "".
Problem problem(const base::Error& error, Language language, std::string_view instance = "",
                std::string_view request_id = "");

}  // namespace dure::wire
