// From bytes to requests: the server's parser (Beast's HTTP/1 parser with Dure's checks), without a socket.
//
// The same object serves the server's connections and the fuzz target. Beyond Beast's grammar it refuses: a
// missing or second Host in HTTP/1.1, transfer codings other than exactly "chunked", versions other than 1.0
// and 1.1, targets that net/url.h refuses, heads and bodies over the limits.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/request.h"
#include "net/url.h"

namespace dure::net {

struct ParseLimits {
  std::size_t max_head = 16 * 1024;    // bytes of request line and headers
  std::size_t max_body = 1024 * 1024;  // bytes, after chunks are joined
  PathRule path_rule = PathRule::kStrict;
  // Asked when the head is complete; its answer replaces max_body for that request. May be empty.
  std::function<std::size_t(const Request& head)> body_limit;
};

// What to answer when a request cannot be read: the status, and why.
struct ParseFailure {
  int status = 400;
  base::Reason reason;
};

class RequestParser {
 public:
  enum class State { kHead, kBody, kDone, kFailed };

  // REQUIRES: `limits` outlives the parser.
  explicit RequestParser(const ParseLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Takes bytes and says how many it used; the rest must be offered again, with more behind it, or belongs to
  // the next request when state() is kDone. The head is reported (kBody) before any of its body is used.
  std::size_t feed(std::string_view bytes);
  State state() const;
  // True when the head asked for "100 Continue" before the body.
  bool expects_continue() const;
  // True when the connection may stay open after this request.
  bool keep_alive() const;
  // REQUIRES: state() is kBody or kDone.
  const Request& request() const;
  // REQUIRES: kDone. The parser is then ready for the next request only after reset().
  Request take();
  // REQUIRES: kFailed.
  const ParseFailure& failure() const;
  void reset();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// All requests of a stream of bytes, as a connection would read them; for tests and fuzzing.
struct Parsed {
  std::vector<Request> requests;
  std::string rest;  // an unfinished request
  std::optional<ParseFailure> failure;
};
Parsed parse_request_bytes(std::string_view bytes, const ParseLimits& limits);

}  // namespace dure::net
