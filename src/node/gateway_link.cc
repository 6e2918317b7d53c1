#include "node/gateway_link.h"

#include <algorithm>
#include <chrono>

#include "net/url.h"
#include "wire/json_impl.h"

namespace dure::node {
namespace {

constexpr base::Span kLook = base::Span::milliseconds(500);

}  // namespace

GatewayLink::GatewayLink(net::Endpoint gateway, Log log)
    : gateway_(gateway), log_(std::move(log)), client_(std::move(gateway)) {}

GatewayLink::~GatewayLink() {
  stop();
}

void GatewayLink::start(Streams& streams) {
  thread_ = std::thread([this, &streams] { run(streams); });
}

void GatewayLink::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  client_.cancel();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void GatewayLink::set_pass(const std::string& pass) {
  {
    const std::lock_guard lock(mutex_);
    pass_ = pass;
  }
  changed_.notify_all();
}

bool GatewayLink::connected() const {
  const std::lock_guard lock(mutex_);
  return control_ != nullptr;
}

std::string GatewayLink::wait_for_pass() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !pass_.empty(); });
  return stopping_ ? std::string() : pass_;
}

void GatewayLink::wait_before_retry(int failures) {
  const auto wait = std::chrono::milliseconds(std::min(2000, 250 << std::min(failures, 3)));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return stopping_; });
}

void GatewayLink::run(Streams& streams) {
  int failures = 0;
  for (std::string pass = wait_for_pass(); !pass.empty(); pass = wait_for_pass()) {
    net::WebSocketClientOptions options;
    options.headers.set("Authorization", "Bearer " + pass);
    options.timeout = base::Span::seconds(5);
    auto control = net::WebSocketClient::connect(gateway_, "/link/control", std::move(options));
    if (!control.ok()) {
      if (failures++ == 0) log_(Severity::kWarning, "gateway: " + log_text(control.failure()));
      wait_before_retry(failures);
      continue;
    }
    log_(Severity::kInfo, "gateway: connected");
    failures = 0;
    serve(streams, **control);
    wait_before_retry(0);
  }
}

void GatewayLink::serve(Streams& streams, net::WebSocketClient& control) {
  {
    const std::lock_guard lock(mutex_);
    control_ = &control;
  }
  for (bool up = true; up;) {
    const auto message = control.receive(kLook);
    if (message.ok() && message->text) take(streams, message->bytes);
    if (!message.ok() && message.failure().reason.code != "http.timeout") up = false;
    const std::lock_guard lock(mutex_);
    up = up && !stopping_;
  }
  log_(Severity::kInfo, "gateway: connection ended");
  const std::lock_guard lock(mutex_);
  control_ = nullptr;
}

void GatewayLink::take(Streams& streams, const std::string& text) {
  const auto message = wire::read_json<model::GatewayMessage>(text);
  if (!message.ok()) return log_(Severity::kError, "gateway: " + log_text(message.failure()));
  if (message->open) streams.open(*message->open);
  if (message->resize) streams.resize(*message->resize);
}

void GatewayLink::fail(const model::StreamFailure& failure) {
  model::NodeMessage message;
  message.failed = failure;
  const std::string text = wire::json_text(message);
  const std::lock_guard lock(mutex_);
  if (control_) static_cast<void>(control_->send_text(text));  // a broken link is seen by its reader
}

base::Result<Dialled> GatewayLink::dial(const std::string& stream_id) {
  net::ClientRequest request;
  request.target = "/link/streams/" + net::percent_encode(stream_id);
  request.timeout = base::Span::seconds(10);
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", "dure-stream");
  DURE_LET(answer, client_.hijack(request));
  if (answer.status != 101)
    return base::error(base::ErrorKind::kUnavailable,
                       base::Reason("node.gateway_refused").with("status", std::int64_t{answer.status}));
  return Dialled{std::move(answer.fd), std::move(answer.early)};
}

}  // namespace dure::node
