// Gateway: dure-gateway as a whole, apart from its settings: the public side, the nodes' side, and between
// them the streams.
//
// Public side (its own origin; no CORS, no session of the console ever comes here):
//   POST /open                         a ticket, in a form or as JSON, becomes a cookie and a redirect
//   *    /w/<workload>/<service>/…     the service in the workload, WebSockets included
//   GET  /w/<workload>/terminal        a WebSocket (gateway/terminal.h)
//   GET  /w/<workload>/logs            text; ?follow=1&tail=N
//   POST /w/<workload>/exec            {"command": […], "stdin": "…", "limit": N} -> {"exit_code", "output",
//   "cut"} GET  /health                      200 as long as it serves
// Nodes' side (a Unix socket): GET /link/control (WebSocket) and GET /link/streams/<id> (Upgrade:
// dure-stream).
//
// Everything that lasts runs on one I/O thread; handlers run on a small pool and never wait for a node.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "gateway/entry.h"
#include "gateway/guests.h"
#include "gateway/node_links.h"
#include "gateway/ticker.h"
#include "gateway/visit.h"
#include "net/server.h"
#include "ports/clock.h"

namespace dure::gateway {

enum class Severity { kInfo, kWarning, kError };
using Log = std::function<void(Severity, const std::string& text)>;

struct GatewayOptions {
  net::Listen public_side = net::Listen::tcp("127.0.0.1", 8081);
  net::Listen node_side;
  wire::Sign sign;
  wire::Verify verify;
  base::Span session = base::Span::hours(12);    // of a cookie
  bool secure = false;                           // browsers come over TLS (here or at a proxy in front)
  std::string console_origin;                    // the only foreign page that may post to /open; "": none
  std::set<std::string> strip_prefix{"vscode"};  // services that know nothing of their path
  std::size_t max_upload = 64 * 1024 * 1024;
  base::Span exec_limit = base::Span::minutes(11);
  base::Span patience = base::Span::seconds(90);  // for a service that comes up
  Guests::Ask ask;                                // dured, who may still be here; empty: nobody is asked
  base::Span ask_every = base::Span::seconds(15);
  Log log;
};

class Gateway {
 public:
  // REQUIRES: `clock` outlives this. Errors: those of Server::start.
  static base::Result<std::unique_ptr<Gateway>> start(ports::Clock& clock, GatewayOptions options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t port() const { return server_->port(0); }
  std::size_t node_count() const { return links_.node_count(); }
  Guests& guests() { return guests_; }

 private:
  Gateway(ports::Clock& clock, GatewayOptions options);
  base::Status listen();
  net::Response answer(const net::Request& request);
  net::Response answer_public(const net::Request& request);
  net::Response answer_node(const net::Request& request);
  net::Response open(const net::Request& request);
  net::Response enter(const net::Request& request, const Want& want);
  net::Response serve(const net::Request& request, const Want& want, const Admission& admission,
                      VisitOrder order);
  net::Response exec(const net::Request& request, VisitOrder order);
  net::Response logs(const net::Request& request, VisitOrder order);
  net::Response terminal(const net::Request& request, VisitOrder order);
  net::Response control(const model::NodeId& node);
  net::Response stream(const net::Request& request);
  net::Response problem(const net::Request& request, const base::Error& error) const;
  std::size_t body_limit(const net::Request& head) const;
  Hall hall() { return {links_, ticker_}; }

  ports::Clock& clock_;
  const GatewayOptions options_;
  Entry entry_;
  Guests guests_;
  NodeLinks links_;
  Ticker ticker_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace dure::gateway
