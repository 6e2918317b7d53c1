// Node: dure-node as a whole, apart from its settings and the adapters that main chooses.
//
// Three loops: one looks at the engine (at once when a container ends, else every quarter of a second), one
// reports to dured (at once when something happened, every quarter of a second while something is pending,
// else every second; backing off while dured is away), one refreshes the inventory. What runs keeps running
// whatever becomes of this process, of dured and of the gateway.
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gpu/node/card_source.h"
#include "net/client.h"
#include "net/server.h"
#include "node/centre_link.h"
#include "node/gateway_link.h"
#include "node/keeper.h"
#include "node/state_folder.h"
#include "node/streams.h"

namespace dure::node {

struct NodeOptions {
  std::string name;
  std::string pool = "default";
  std::string fabric_leaf;  // reported as they are
  std::string nvlink_island;
  net::Endpoint centre;
  std::optional<net::Endpoint> gateway;
  std::string identity_path;
  std::string enrol_token;  // used where there is no identity yet
  KeeperOptions keeper;     // its folders and log are set by Node
  base::Span look_every = base::Span::milliseconds(250);
  base::Span report_every = base::Span::seconds(1);
  base::Span report_pending_every = base::Span::milliseconds(250);
  base::Span refresh_every = base::Span::seconds(10);
  std::function<void(const std::vector<gpu::Card>&)> on_cards;  // not set, or called after every refresh
  base::Span keep_logs = base::Span::days(30);
  base::Span service_start_limit = base::Span::seconds(60);
  std::function<base::Result<net::Fd>(pid_t, std::uint16_t port, base::Span timeout)>
      connect;  // REQUIRES: set
  Log log;
  std::function<base::Status()> before_journal_write;  // JournalOptions::before_write; for tests
};

class Node {
 public:
  // Opens the journal and the local socket. REQUIRES: all outlive this. Errors: those of Journal::open and
  // Server::start.
  static base::Result<std::unique_ptr<Node>> start(const StateFolder& state, ports::Engine& engine,
                                                   gpu::CardSource& cards, BootClock& clock,
                                                   NodeOptions options);
  // Ends the loops; containers stay as they are.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  Keeper& keeper() { return *keeper_; }
  bool enrolled() const;

 private:
  Node(const StateFolder& state, ports::Engine& engine, gpu::CardSource& cards, BootClock& clock,
       NodeOptions options);
  base::Status open();
  base::Status open_server();
  void open_gateway();
  void look_loop();
  void report_loop();
  void refresh_loop();
  void refresh();
  base::Status become_known();
  base::Status report_once();
  model::NodeReport report() const;  // the keeper's, and where the node stands
  // A loop reads its bell, works, and waits until the time is over or the bell has rung since it was read.
  enum Bell { kLook, kReport };
  void ring(Bell bell);
  std::uint64_t rings(Bell bell) const;
  bool wait(base::Span span, Bell bell, std::uint64_t heard);  // false at the end
  bool pause(base::Span span);                                 // likewise; deaf to bells
  net::Response local_answer(const net::Request& request);

  const StateFolder& state_;
  ports::Engine& engine_;
  BootClock& clock_;
  const NodeOptions options_;
  Inventory inventory_;
  CentreLink centre_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<GatewayLink> gateway_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<net::Server> server_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::array<std::uint64_t, 2> rings_{};
  bool stopping_ = false;
  std::optional<Identity> identity_;
  std::thread looking_;
  std::thread reporting_;
  std::thread refreshing_;
};

}  // namespace dure::node
