#include "net/websocket.h"

#include "base/result.h"
#include "net/websocket_state.h"

namespace dure::net {

bool WebSocketState::send(bool text, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (closing_ || broken_ || ended_) return false;
  if (queued_bytes_ + bytes.size() > options.buffer_limit) {
    broken_ = true;
    notify();
    return false;
  }
  queued_bytes_ += bytes.size();
  queue_.push_back({text, std::string(bytes)});
  notify();
  return true;
}

void WebSocketState::close(int code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  if (closing_ || ended_) return;
  closing_ = true;
  code_ = code;
  reason_ = reason.substr(0, 120);  // a control frame holds 125 bytes
  notify();
}

bool WebSocketState::closed() {
  const std::lock_guard lock(mutex_);
  return closing_ || broken_ || ended_;
}

std::size_t WebSocketState::queued() {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

std::string WebSocketState::subprotocol() {
  const std::lock_guard lock(mutex_);
  return subprotocol_;
}

void WebSocketState::attach(Reactor& reactor, std::function<void()> drop, std::string subprotocol) {
  drop_ = std::move(drop);
  const std::lock_guard lock(mutex_);
  reactor_ = &reactor;
  subprotocol_ = std::move(subprotocol);
}

WebSocketState::Next WebSocketState::take(OutMessage& message) {
  const std::lock_guard lock(mutex_);
  if (broken_ || ended_) return Next::kBroken;
  if (queue_.empty()) return closing_ ? Next::kClose : Next::kNothing;
  message = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= message.bytes.size();
  return Next::kMessage;
}

int WebSocketState::close_code() {
  const std::lock_guard lock(mutex_);
  return code_;
}

std::string WebSocketState::close_reason() {
  const std::lock_guard lock(mutex_);
  return reason_;
}

bool WebSocketState::end() {
  drop_ = nullptr;
  const std::lock_guard lock(mutex_);
  reactor_ = nullptr;
  queue_.clear();
  queued_bytes_ = 0;
  return !std::exchange(ended_, true);
}

void WebSocketState::notify() {
  if (reactor_ != nullptr) reactor_->post([self = shared_from_this()] { self->arrive(); });
}

void WebSocketState::arrive() {
  bool broken = false;
  {
    const std::lock_guard lock(mutex_);
    broken = broken_;
  }
  if (broken && drop_) drop_();
  wake.notify();
}

WebSocket WebSocket::make(Options options) {
  DURE_ASSERT(options.on_message);
  return WebSocket(std::make_shared<WebSocketState>(std::move(options)));
}

bool WebSocket::send_text(std::string_view text) const {
  return state_->send(true, text);
}

bool WebSocket::send_binary(std::string_view bytes) const {
  return state_->send(false, bytes);
}

void WebSocket::close(int code, std::string_view reason) const {
  state_->close(code, reason);
}

bool WebSocket::closed() const {
  return state_->closed();
}

std::size_t WebSocket::queued() const {
  return state_->queued();
}

std::string WebSocket::subprotocol() const {
  return state_->subprotocol();
}

}  // namespace dure::net
