// Inside net/: what the copies of a WebSocket and the connection behind them share.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "net/reactor.h"
#include "net/websocket.h"

namespace dure::net {

struct OutMessage {
  bool text = true;
  std::string bytes;
};

struct WebSocketState : std::enable_shared_from_this<WebSocketState> {
  explicit WebSocketState(WebSocket::Options web_socket_options) : options(std::move(web_socket_options)) {}

  // The holders' side; any thread.
  bool send(bool text, std::string_view bytes);
  void close(int code, std::string_view reason);
  bool closed();
  std::size_t queued();
  std::string subprotocol();

  // The connection's side; its reactor's thread.
  // `drop` is called on the reactor's thread when the reader is too slow.
  void attach(Reactor& reactor, std::function<void()> drop, std::string subprotocol);
  enum class Next { kMessage, kClose, kNothing, kBroken };
  Next take(OutMessage& message);
  int close_code();
  std::string close_reason();
  // The connection has ended: nothing more can be sent. False when it had ended before.
  bool end();

  const WebSocket::Options options;
  Wake wake;  // the writer waits for something to send; its reactor's thread only

 private:
  void notify();  // REQUIRES: the lock
  void arrive();  // what notify() brings about, on the reactor's thread

  std::mutex mutex_;
  std::deque<OutMessage> queue_;
  std::size_t queued_bytes_ = 0;
  std::string subprotocol_;
  std::string reason_;
  int code_ = 1000;
  Reactor* reactor_ = nullptr;
  std::function<void()> drop_;  // the reactor's thread only
  bool closing_ = false;
  bool broken_ = false;
  bool ended_ = false;
};

}  // namespace dure::net
