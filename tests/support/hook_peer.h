// An HTTP server that keeps what it was sent and answers as it is told: Slack, a gateway, somebody's webhook.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/server.h"

namespace dure::tests {

class HookPeer {
 public:
  explicit HookPeer(const std::optional<net::TlsFiles>& tls = {}) : scheme_(tls ? "https" : "http") {
    net::ServerOptions options;
    options.listen = {tls ? net::Listen::with_tls("127.0.0.1", 0, *tls) : net::Listen::tcp("127.0.0.1", 0)};
    options.handler = [this](const net::Request& request) { return take(request); };
    auto started = net::Server::start(std::move(options));
    DURE_ASSERT(started.ok());
    server_ = std::move(*started);
  }
  ~HookPeer() { server_->stop(base::Span::seconds(2)); }
  HookPeer(const HookPeer&) = delete;
  HookPeer& operator=(const HookPeer&) = delete;

  std::string url(const std::string& path = "/hook?x=1") const {
    return scheme_ + "://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  std::vector<net::Request> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  void answer(int status, const std::string& body = "ok", const net::Headers& headers = {}) {
    const std::lock_guard lock(mutex_);
    status_ = status;
    body_ = body;
    headers_ = headers;
  }

 private:
  net::Response take(const net::Request& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    net::Response response;
    response.status = status_;
    response.headers = headers_;
    response.body = body_;
    return response;
  }

  const std::string scheme_;
  std::mutex mutex_;
  std::vector<net::Request> seen_;  // these four are guarded by mutex_
  int status_ = 200;
  std::string body_ = "ok";
  net::Headers headers_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace dure::tests
