#include "adapters/podman/calls.h"

namespace dure::podman {

using base::ErrorKind;
using base::Reason;
using base::Span;

namespace {

constexpr char kVersion[] = "/v4.0.0/libpod";
constexpr std::size_t kLargestAnswer = 64ULL * 1024 * 1024;
constexpr int kTries = 10;
constexpr Span kRestart = Span::seconds(15);

net::Endpoint endpoint_of(const Service& service) {
  net::Endpoint endpoint;
  endpoint.unix_path = service.socket();
  return endpoint;
}

std::string why_of(const base::Error& failure) {
  std::string why = failure.reason.code;
  if (const auto* value = failure.reason.find("why")) {
    if (const auto* text = std::get_if<std::string>(value)) why += ": " + *text;
  }
  return why;
}

base::Error translated(const base::Error& failure, const net::ClientRequest& request) {
  if (failure.reason.code == "http.timeout") {
    return base::error(ErrorKind::kUnavailable, Reason("engine.timeout")
                                                    .with("action", request.method + " " + request.target)
                                                    .with("limit_ms", request.timeout.in_ms()));
  }
  return base::error(ErrorKind::kUnavailable, Reason("engine.unavailable").with("why", why_of(failure)));
}

bool is_gone(const base::Error& failure) {
  return failure.reason.code == "http.connect_failed" || failure.reason.code == "http.closed";
}

}  // namespace

Calls::Calls(Service& service) : service_(service), client_(endpoint_of(service)) {}

net::ClientRequest Calls::request(const std::string& method, const std::string& path, const std::string& body,
                                  Span limit) const {
  net::ClientRequest request;
  request.method = method;
  request.target = kVersion + path;
  request.body = body;
  request.timeout = limit;
  request.max_body = kLargestAnswer;
  if (!body.empty()) request.headers.add("Content-Type", "application/json");
  return request;
}

base::Result<Answer> Calls::send(const std::string& method, const std::string& path, const std::string& body,
                                 Span limit) {
  const net::ClientRequest asked = request(method, path, body, limit);
  auto answer = client_.send(asked);
  // Each connection that was kept alive may have to fail once before a new one is opened.
  for (int attempt = 0; attempt < kTries && !answer.ok() && is_gone(answer.failure()); ++attempt) {
    DURE_TRY(service_.await_answer(kRestart));
    answer = client_.send(asked);
  }
  if (!answer.ok()) return translated(answer.failure(), asked);
  return Answer{answer->status, std::move(answer->body)};
}

base::Result<net::Hijacked> Calls::take_over(const std::string& path, const std::string& body, Span limit) {
  net::ClientRequest asked = request("POST", path, body, limit);
  asked.headers.add("Connection", "Upgrade");
  asked.headers.add("Upgrade", "tcp");
  auto taken = client_.hijack(asked);
  if (!taken.ok()) return translated(taken.failure(), asked);
  return std::move(taken).value();
}

}  // namespace dure::podman
