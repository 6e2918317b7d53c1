#include "gateway/node_links.h"

#include <sys/random.h>

#include <chrono>
#include <vector>

#include "wire/json_impl.h"

namespace dure::gateway {
namespace {

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

model::StreamFailure failure(const std::string& stream_id, std::int64_t status, const char* code) {
  return {stream_id, status, base::Reason(code)};
}

}  // namespace

std::string make_stream_id() {
  unsigned char random[16];
  DURE_ASSERT(::getrandom(random, sizeof random, 0) == sizeof random);
  std::string text;
  for (const unsigned char byte : random) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

void NodeLinks::add(const model::NodeId& node, const net::WebSocket& control) {
  std::optional<net::WebSocket> older;
  {
    const std::lock_guard lock(mutex_);
    const auto found = controls_.find(node);
    if (found != controls_.end()) older = found->second;
    controls_.insert_or_assign(node, control);
  }
  if (older) older->close(1001, "replaced");
}

void NodeLinks::remove(const model::NodeId& node, const net::WebSocket& control) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = controls_.find(node);
    if (found == controls_.end() || found->second.state() != control.state()) return;
    controls_.erase(found);
  }
  fail_all(node, "gateway.node_away");
}

bool NodeLinks::send(const model::NodeId& node, const model::GatewayMessage& message) {
  std::optional<net::WebSocket> control;
  {
    const std::lock_guard lock(mutex_);
    const auto found = controls_.find(node);
    if (found != controls_.end()) control = found->second;
  }
  return control && control->send_text(wire::json_text(message));
}

std::string NodeLinks::open(const model::NodeId& node, model::StreamOrder order, base::Span patience,
                            StreamWaiter waiter) {
  order.stream_id = make_stream_id();
  {
    const std::lock_guard lock(mutex_);
    waiting_[order.stream_id] = {node, std::move(waiter), steady_us() + patience.us};
  }
  model::GatewayMessage message;
  message.open = order;
  if (!send(node, message)) fail(node, failure(order.stream_id, 503, "gateway.node_away"));
  return order.stream_id;
}

void NodeLinks::resize(const model::NodeId& node, const model::StreamResize& resize) {
  model::GatewayMessage message;
  message.resize = resize;
  send(node, message);
}

void NodeLinks::forget(const std::string& stream_id) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(stream_id);
}

std::function<void(net::Connection)> NodeLinks::claim(const std::string& stream_id) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(stream_id);
  if (found == waiting_.end()) return {};
  auto on_stream = std::move(found->second.waiter.on_stream);
  waiting_.erase(found);
  return on_stream;
}

void NodeLinks::fail(const model::NodeId& node, const model::StreamFailure& what) {
  std::function<void(const model::StreamFailure&)> on_failure;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(what.stream_id);
    if (found == waiting_.end() || found->second.node != node) return;
    on_failure = std::move(found->second.waiter.on_failure);
    waiting_.erase(found);
  }
  on_failure(what);
}

void NodeLinks::fail_all(const model::NodeId& node, const char* code) {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, each] : waiting_)
      if (each.node == node) ids.push_back(id);
  }
  for (const auto& id : ids) fail(node, failure(id, 503, code));
}

void NodeLinks::expire() {
  std::vector<std::pair<model::NodeId, std::string>> late;
  const std::int64_t now = steady_us();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, each] : waiting_)
      if (each.deadline_us <= now) late.emplace_back(each.node, id);
  }
  for (const auto& [node, id] : late) fail(node, failure(id, 504, "gateway.node_silent"));
}

std::size_t NodeLinks::node_count() const {
  const std::lock_guard lock(mutex_);
  return controls_.size();
}

}  // namespace dure::gateway
