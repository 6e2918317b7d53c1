// Calls: requests to Podman's service, with a limit of time each, and further tries when the service had
// died.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/podman/service.h"
#include "base/result.h"
#include "base/time.h"
#include "net/client.h"

namespace dure::podman {

struct Answer {
  int status = 0;
  std::string body;
};

// Thread-safe.
class Calls {
 public:
  // `service` must outlive this.
  explicit Calls(Service& service);

  // `path` follows "/libpod" and is encoded. Any status is an answer. When the service cannot be reached or
  // goes away before it answered, it is waited for and the request sent again: so every caller must bear
  // that a request was carried out twice.
  // Errors: engine.unavailable {why}, engine.timeout {action, limit_ms}.
  base::Result<Answer> send(const std::string& method, const std::string& path, const std::string& body,
                            base::Span limit);

  // The same, for a connection that carries a process's streams afterwards. Not tried again.
  base::Result<net::Hijacked> take_over(const std::string& path, const std::string& body, base::Span limit);

  // The service's process now, -1 while there is none: another number means that it had died in between.
  std::int64_t service_process() const { return service_.process(); }

 private:
  net::ClientRequest request(const std::string& method, const std::string& path, const std::string& body,
                             base::Span limit) const;

  Service& service_;
  net::Client client_;
};

}  // namespace dure::podman
