// Inside net/: from bytes to an answer, for clients; Beast's HTTP/1 parser. Interim answers (1xx but 101) are
// passed over.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/headers.h"

namespace dure::net {

class ResponseParser {
 public:
  enum class State { kHead, kBody, kDone, kFailed };

  // `on_body` takes the pieces of the body; false stops the parser with kFailed. `head_only` for answers to
  // HEAD. With `hijack` every answer is done after its head: what follows is no HTTP.
  ResponseParser(std::function<bool(std::string_view)> on_body, bool head_only, bool hijack);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  // Takes bytes and says how many it used; the rest must be offered again with more behind it. Stops behind
  // the head.
  std::size_t feed(std::string_view bytes);
  // The connection has ended: kDone where the end of the body is the end of the connection, else kFailed.
  void finish();
  State state() const;
  int status() const;
  const Headers& headers() const;
  Headers take_headers();
  bool keep_alive() const;
  // REQUIRES: kFailed. "" when on_body stopped it.
  const std::string& why() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dure::net
