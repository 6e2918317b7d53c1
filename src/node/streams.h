// Streams: what the gateway asks this node for: terminals, services, logs and commands in a container.
//
// Each opening runs on a worker, because it blocks (the engine, a service that comes up); once open, bytes
// are moved by the server's I/O threads (net/pipe.h), logs and commands by the worker. A replica may have at
// most `per_replica` openings at work, so that one tenant's slow service does not keep the others waiting.
// Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "base/result.h"
#include "model/gateway_link.h"
#include "net/fd.h"
#include "net/server.h"
#include "node/inventory.h"
#include "node/keeper.h"
#include "node/services.h"
#include "node/terminals.h"
#include "node/workers.h"
#include "ports/engine.h"

namespace dure::node {

// A connection that was dialled back to the gateway; `early` is what it had sent by then.
struct Dialled {
  net::Fd fd;
  std::string early;
};

struct StreamsOptions {
  std::string logs_folder;
  // Dials back for a stream. REQUIRES: set.
  std::function<base::Result<Dialled>(const std::string& stream_id)> dial;
  // Connects to a port of 127.0.0.1 in the network namespace of a process; net::connect_in_namespace.
  std::function<base::Result<net::Fd>(pid_t, std::uint16_t port, base::Span timeout)> connect;
  // Tells the gateway that a stream cannot be had.
  std::function<void(const model::StreamFailure&)> fail;
  base::Span service_start_limit = base::Span::seconds(60);
  unsigned workers = 48;
  int per_replica = 16;
};

class Streams {
 public:
  // REQUIRES: all outlive this; `server` runs.
  Streams(Keeper& keeper, ports::Engine& engine, Inventory& inventory, net::Server& server,
          StreamsOptions options);
  // Waits for openings under way; what they wait for ends soon, because the flag stops them.
  ~Streams();

  void open(const model::StreamOrder& order);
  void resize(const model::StreamResize& resize);

 private:
  class Place;  // one of a replica's openings

  base::Status serve(const model::StreamOrder& order);
  base::Status serve_terminal(const model::StreamOrder& order);
  base::Status tie_terminal(const std::string& stream_id, ports::ExecStream& terminal, net::Fd inside);
  base::Status serve_service(const model::StreamOrder& order, const model::ReplicaOrder& replica);
  base::Status serve_logs(const model::StreamOrder& order);
  base::Status serve_exec(const model::StreamOrder& order);
  base::Result<net::Fd> reach(const model::StreamOrder& order, const Service& service);
  base::Status start_service(const model::StreamOrder& order, const Service& service);
  base::Result<pid_t> process_of(const model::ReplicaId& replica_id);
  base::Status tie(Dialled gateway, net::Fd inside, const std::function<void()>& on_done);
  void follow(const model::StreamOrder& order, int gateway);

  Keeper& keeper_;
  ports::Engine& engine_;
  Inventory& inventory_;
  net::Server& server_;
  const StreamsOptions options_;
  std::atomic<bool> stopping_ = false;

  Terminals terminals_;
  std::atomic<std::uint64_t> resizes_ = 0;

  std::mutex mutex_;
  std::map<model::ReplicaId, int> openings_;
  std::set<std::string> starting_;  // "<replica>/<service>"

  Workers workers_;  // last
};

}  // namespace dure::node
