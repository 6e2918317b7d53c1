// GatewayLink: the node's control connection to dure-gateway, kept up for as long as this lives.
//
// It dials as soon as there is a pass (from dured's orders), takes the gateway's requests to Streams, and
// dials again when the connection breaks: at first after a quarter of a second, then up to two seconds. The
// gateway may be restarted at any time. One thread of its own; set_pass from any.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "model/gateway_link.h"
#include "net/client.h"
#include "net/websocket_client.h"
#include "node/log.h"
#include "node/streams.h"

namespace dure::node {

class GatewayLink {
 public:
  GatewayLink(net::Endpoint gateway, Log log);
  ~GatewayLink();
  GatewayLink(const GatewayLink&) = delete;
  GatewayLink& operator=(const GatewayLink&) = delete;

  // Begins. REQUIRES: called once; `streams` outlives this or its stop().
  void start(Streams& streams);
  void stop();

  void set_pass(const std::string& pass);
  bool connected() const;

  // For Streams: dials back, and reports a failure.
  base::Result<Dialled> dial(const std::string& stream_id);
  void fail(const model::StreamFailure& failure);

 private:
  void run(Streams& streams);
  void serve(Streams& streams, net::WebSocketClient& control);
  void take(Streams& streams, const std::string& text);
  std::string wait_for_pass();
  void wait_before_retry(int failures);

  const net::Endpoint gateway_;
  const Log log_;
  net::Client client_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string pass_;
  net::WebSocketClient* control_ = nullptr;  // while it is up; owned by run()
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dure::node
