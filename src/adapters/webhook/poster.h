// One POST of JSON to an address that the operator set, and what its answer means.
//
// Only https, but for this very machine. Certificates are verified, redirects are not followed, an answer is
// read up to 64 KiB, and the whole takes at most ten seconds. Thread-safe: each call has a connection of its
// own, so that none is found closed halfway.
#pragma once

#include <string>

#include "base/result.h"
#include "net/client.h"

namespace dure::webhook {

class Poster {
 public:
  // Refuses (kInvalid) "notice.settings_url" {url}.
  static base::Result<Poster> open(const std::string& url, const std::string& ca_file,
                                   const std::string& channel);

  // As ports::MessageChannel::send().
  base::Status post(const std::string& body, const net::Headers& headers = {}) const;

 private:
  Poster(net::Endpoint endpoint, std::string target, std::string channel)
      : endpoint_(std::move(endpoint)), target_(std::move(target)), channel_(std::move(channel)) {}

  net::Endpoint endpoint_;
  std::string target_;
  std::string channel_;
};

}  // namespace dure::webhook
