#include "gateway/visit.h"

#include <atomic>

#include "wire/problem.h"

namespace dure::gateway {
namespace {

// Ticks that a client has for reading the end of an answer before it is cut off.
constexpr int kLingerTicks = 40;

}  // namespace

net::Headers own_headers() {
  return {{"Content-Security-Policy",
           "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cache-Control", "no-store"}};
}

std::string plain_answer(int status, std::string_view content_type, std::string_view body) {
  std::string text =
      "HTTP/1.1 " + std::to_string(status) + " " + std::string(net::reason_phrase(status)) + "\r\n";
  for (const auto& field : own_headers()) text += field.name + ": " + field.value + "\r\n";
  text.append("Content-Type: ").append(content_type);
  text += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  return text.append(body);
}

net::Response problem_response(const base::Error& error, wire::Language language, const std::string& path) {
  const auto problem = wire::problem(error, language, path);
  auto response = net::Response::text(problem.status, std::string(wire::kProblemType), problem.body);
  for (const auto& field : own_headers()) response.headers.add(field.name, field.value);
  return response;
}

base::Error error_of(const model::StreamFailure& failure) {
  using base::ErrorKind;
  const auto kind = [&] {
    switch (failure.status) {
      case 400:
        return ErrorKind::kInvalid;
      case 404:
        return ErrorKind::kNotFound;
      case 409:
        return ErrorKind::kConflict;
      case 422:
        return ErrorKind::kNotEver;
      case 429:
        return ErrorKind::kTooMany;
      default:
        return ErrorKind::kUnavailable;
    }
  }();
  return base::error(kind, failure.reason);
}

void Visit::begin(net::Connection client) {
  client_ = std::move(client);
  if (watches_client()) watch_client();
  StreamWaiter waiter;
  waiter.on_stream = [me = shared_from_this()](net::Connection stream) {
    if (me->over_) return;
    me->stream_ = std::move(stream);
    me->on_stream();
  };
  // It may come on any thread; the connection is touched on its own only.
  waiter.on_failure = [me = shared_from_this()](const model::StreamFailure& failure) {
    me->client_.post([me, failure] { me->refuse(error_of(failure)); });
  };
  stream_id_ = hall_.links.open(order_.node, order_.stream, order_.patience, std::move(waiter));
}

// Whatever the client sends behind its request is let fall: this connection serves one request.
void Visit::watch_client() {
  reading_client_ = true;
  client_.read([me = shared_from_this()](base::Result<std::string> bytes) {
    me->reading_client_ = false;
    if (me->over_) return;
    if (!bytes.ok() || bytes->empty()) return me->drop();
    me->watch_client();
  });
}

void Visit::refuse(const base::Error& error) {
  if (over_) return;
  const auto problem = wire::problem(error, order_.language, order_.path);
  send(plain_answer(problem.status, wire::kProblemType, problem.body),
       [me = shared_from_this()] { me->finish(); });
}

void Visit::send(std::string bytes, std::function<void()> next) {
  if (over_) return;
  if (ended(order_.mark)) return drop();
  client_.write(std::move(bytes),
                [me = shared_from_this(), next = std::move(next)](const base::Status& status) {
                  if (me->over_) return;
                  if (!status.ok()) return me->drop();
                  next();
                });
}

void Visit::drop() {
  if (over_) return;
  over_ = true;
  hall_.links.forget(stream_id_);
  if (client_) client_.close();
  if (stream_) stream_.close();
}

// Closing while bytes of the client lie unread would make the kernel throw away what it has not read yet, so
// the end of writing is told first and the client's own end awaited for a while.
void Visit::finish() {
  if (over_ || finishing_) return;
  finishing_ = true;
  if (stream_) stream_.close();
  client_.finish_writing();
  if (!reading_client_) watch_client();
  auto left = std::make_shared<int>(kLingerTicks);
  hall_.ticker.add([weak = weak_from_this(), left] {
    const auto me = weak.lock();
    if (!me || --*left > 0) return me != nullptr;
    me->client_.post([me] { me->drop(); });
    return false;
  });
}

}  // namespace dure::gateway
