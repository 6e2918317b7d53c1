// Inside net/: what the connections of one server share, and the seat that each of them holds.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/parse.h"
#include "net/pool.h"
#include "net/server.h"
#include "net/tls.h"

namespace dure::net {

struct Core {
  explicit Core(ServerOptions server_options);

  // The problem as the options render it; never throws.
  Response problem(int status, const base::Reason& reason) const;
  // The handler's answer; what it throws becomes 500.
  Response handle(const Request& request) const;

  const ServerOptions options;
  const ParseLimits limits;
  Pool pool;
  std::atomic<std::uint64_t> accepted = 0;
  const std::shared_ptr<std::atomic<std::uint64_t>> connections =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refused_busy = 0;
  std::atomic<std::uint64_t> malformed = 0;
};

// One of the server's max_connections, held as long as the connection lives, whoever owns it, even beyond the
// server.
class Seat {
 public:
  Seat() = default;
  explicit Seat(const Core& core) : count_(core.connections) { ++*count_; }
  Seat(Seat&&) noexcept = default;
  Seat& operator=(Seat&&) = delete;
  ~Seat() {
    if (count_) --*count_;
  }

 private:
  std::shared_ptr<std::atomic<std::uint64_t>> count_;
};

// Where a connection came from.
struct Peer {
  std::string text;
  std::optional<PeerCredentials> credentials;
  std::size_t listener = 0;
};

}  // namespace dure::net
