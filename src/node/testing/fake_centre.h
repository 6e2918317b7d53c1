// For tests: a dured that answers over HTTP on a Unix socket, and misbehaves when told to.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "net/server.h"
#include "node/testing/stage.h"
#include "wire/json_impl.h"

namespace dure::node {

class FakeCentre {
 public:
  explicit FakeCentre(std::string socket) : socket_(std::move(socket)) { rise(); }

  void rise() {
    net::ServerOptions options;
    options.listen = {net::Listen::on_unix(socket_)};
    options.handler = [this](const net::Request& request) { return answer(request); };
    options.body_limit = [](const net::Request&) { return std::size_t{16} << 20; };
    auto started = net::Server::start(std::move(options));
    DURE_ASSERT(started.ok());
    server_ = std::move(*started);
  }
  void fall() { server_.reset(); }

  // Calls `change` while no report is handled.
  template <class Change>
  auto with(const Change& change) {
    const std::lock_guard lock(mutex_);
    return change(books_);
  }
  net::Endpoint endpoint() const {
    net::Endpoint endpoint;
    endpoint.unix_path = socket_;
    return endpoint;
  }

  std::atomic<int> lose_every = 0;  // of the answers, each so manieth is lost after the report was stored
  std::atomic<int> enrolments = 0;
  std::atomic<int> reports = 0;
  std::string pass;  // set before the node begins

 private:
  net::Response answer(const net::Request& request) {
    const auto token = request.headers.get("Authorization");
    if (request.path == "/node/v1/enrolment" && token == "Bearer enrol-me") {
      ++enrolments;
      return net::Response::text(201, "application/json",
                                 R"({"node_id":")" + test_uuid(9) + R"(","token":"node-token"})");
    }
    if (request.path != "/node/v1/report" || token != "Bearer node-token")
      return net::Response::text(401, "application/problem+json", R"({"code":"session.required"})");
    return take_report(request);
  }

  net::Response take_report(const net::Request& request) {
    const auto report = wire::read_json<model::NodeReport>(request.body, {}, {16 << 20, 32});
    if (!report.ok())
      return net::Response::text(422, "application/problem+json", R"({"code":"json.invalid"})");
    const std::lock_guard lock(mutex_);
    auto orders = books_.take(*report);
    orders.gateway_pass = pass;
    const int number = ++reports;
    if (lose_every > 0 && number % lose_every == 0) return net::Response::empty(500);
    return net::Response::text(200, "application/json", wire::json_text(orders));
  }

  std::string socket_;
  std::mutex mutex_;
  Books books_;
  std::unique_ptr<net::Server> server_;
};

// Waits for something that other threads do; false when it never comes.
inline bool comes(const std::function<bool()>& so, int seconds = 20) {
  for (int n = 0; n < seconds * 200; ++n) {
    if (so()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace dure::node
