// NodeLinks: the nodes that are connected to this gateway, and the streams that they are asked for.
//
// open() asks a node for a stream; the node dials back and claim() hands the connection to whoever asked. A
// stream that is not dialled in time, or whose node goes away or refuses, fails. Of two control connections
// of one node the newer counts. Thread-safe; `on_stream` runs on the server's I/O thread, `on_failure` on any
// thread, exactly one of the two is called, once, and neither may block.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "model/gateway_link.h"
#include "net/connection.h"
#include "net/websocket.h"

namespace dure::gateway {

struct StreamWaiter {
  std::function<void(net::Connection)> on_stream;
  std::function<void(const model::StreamFailure&)> on_failure;
};

class NodeLinks {
 public:
  // The node's control connection is there, or has ended.
  void add(const model::NodeId& node, const net::WebSocket& control);
  void remove(const model::NodeId& node, const net::WebSocket& control);

  // Gives the order its id, which is returned. Failures come by the waiter: gateway.node_away (503),
  // gateway.node_silent (504) after `patience`, or the node's own.
  std::string open(const model::NodeId& node, model::StreamOrder order, base::Span patience,
                   StreamWaiter waiter);
  void resize(const model::NodeId& node, const model::StreamResize& resize);
  // Nobody waits for it any more; nothing is called.
  void forget(const std::string& stream_id);

  // The node dialled back. The waiter's on_stream, once; nothing for an id that nobody was asked for. The id
  // is the credential: it was told to one node only, on its authenticated connection, so that streams open
  // also while dured is away and passes run out.
  std::function<void(net::Connection)> claim(const std::string& stream_id);
  void fail(const model::NodeId& node, const model::StreamFailure& failure);

  // Fails what has waited too long. To be called now and then.
  void expire();
  std::size_t node_count() const;

 private:
  struct Waiting {
    model::NodeId node;
    StreamWaiter waiter;
    std::int64_t deadline_us = 0;  // of the steady clock
  };

  bool send(const model::NodeId& node, const model::GatewayMessage& message);
  void fail_all(const model::NodeId& node, const char* code);

  mutable std::mutex mutex_;
  std::map<model::NodeId, net::WebSocket> controls_;
  std::map<std::string, Waiting> waiting_;
};

// 128 random bits, hex.
std::string make_stream_id();

}  // namespace dure::gateway
