// What changes in a request and a response on their way through the gateway. Pure.
//
// The gateway never lets a service speak on a connection for longer than one response: it asks the service to
// close, closes the browser's side itself, and so no later request of the browser, with cookies for other
// workloads, can reach that service. Hop-by-hop fields end here (RFC 9110, 7.6.1). A service's answer cannot
// open the gateway's origin to others (CORS), widen a service worker, clear the site's data, or set cookies
// outside its own path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/headers.h"
#include "net/message.h"

namespace dure::gateway {

// Where a service is seen by browsers: "/w/<workload>/<service>/".
struct Place {
  std::string prefix;         // with both slashes
  bool strip_prefix = false;  // the service knows nothing of it: it sees "/"
  bool secure = false;        // browsers come over TLS
};

// Names of the gateway's own cookies begin so; they are never forwarded, and a service cannot set one.
inline constexpr std::string_view kCookiePrefix = "dure_";
// A ticket as a WebSocket subprotocol.
inline constexpr std::string_view kTicketProtocol = "dure.ticket.";

bool wants_websocket(const net::Request& request);

// The whole request as it is sent to the service, body included.
std::string upstream_request(const net::Request& request, const Place& place);

struct ResponseHead {
  int status = 0;
  std::string reason;
  net::Headers headers;
};
// The head of an HTTP/1.x response; `text` ends with the empty line. Errors: gateway.answer_malformed {why}.
base::Result<ResponseHead> parse_response_head(std::string_view text);

// How the body of a response ends.
struct BodyLength {
  enum Kind { kNone, kCounted, kUntilClose } kind = kUntilClose;
  std::uint64_t bytes = 0;  // kCounted
};
// REQUIRES: `method` is that of the request. Errors: gateway.answer_malformed for lengths that contradict.
base::Result<BodyLength> body_length(const ResponseHead& head, std::string_view method);

// The head as it is sent to the browser. A chunked body goes on as it is.
std::string downstream_head(const ResponseHead& head, const Place& place);

// A Set-Cookie's value with its Path within the place and without a Domain; nullopt where it is left out.
std::optional<std::string> confine_cookie(std::string_view value, const Place& place);

}  // namespace dure::gateway
