// Request: what a handler of the server gets.
//
// It is whole: its head passed the parser's checks (net/parse.h) and its body is in memory, within the limit.
// Plain value; no threads.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/headers.h"

namespace dure::net {

// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
struct PeerCredentials {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;

  bool operator==(const PeerCredentials&) const = default;
};

struct Request {
  std::string method;  // as sent: "GET"
  std::string target;  // as sent: "/a%20b?x=1"
  std::string path;    // decoded once: "/a b"; begins with "/", no NUL, no "." or ".." segment (net/url.h)
  std::vector<Field> query;  // decoded pairs in the order sent
  Headers headers;
  std::string body;
  std::string peer;  // "127.0.0.1:40112", "[::1]:40112", or "unix" for a Unix socket
  std::optional<PeerCredentials> credentials;  // Unix sockets only
  std::string certificate_name;                // mutual TLS: the common name of the verified certificate
  bool secure = false;                         // over TLS
  int version = 11;                            // 10 or 11
  std::size_t listener = 0;                    // which of ServerOptions::listen it came in by

  // The first query parameter of that name, or nullptr.
  const std::string* parameter(std::string_view name) const;
};

}  // namespace dure::net
