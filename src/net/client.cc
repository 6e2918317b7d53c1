#include "net/client.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "net/errors.h"
#include "net/response_parser.h"
#include "net/transport.h"

namespace dure::net {
namespace {

constexpr std::size_t kKeptIdle = 8;
constexpr std::size_t kAnswerReadSize = 64 * 1024;

bool idempotent(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

// A caller's text must not add lines to the head.
bool clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool clean_head(const ClientRequest& request) {
  if (!clean(request.method) || !clean(request.target) || request.target.find(' ') != std::string::npos)
    return false;
  return std::all_of(request.headers.begin(), request.headers.end(),
                     [](const Field& field) { return clean(field.name) && clean(field.value); });
}

std::string head_text(const Endpoint& endpoint, const ClientRequest& request) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (request.headers.find("Host") == nullptr) add("Host", host_text(endpoint));
  for (const Field& field : request.headers)
    if (!equal_ignoring_case(field.name, "Content-Length")) add(field.name, field.value);
  const bool bodyless = request.method == "GET" || request.method == "HEAD" || request.method == "DELETE";
  if (!request.body.empty() || !bodyless) add("Content-Length", std::to_string(request.body.size()));
  return out += "\r\n";
}

// One exchange over one transport: bytes read but not used yet, and what became of it.
class Exchange {
 public:
  Exchange(const Endpoint& endpoint, const ClientRequest& request, Transport& transport)
      : endpoint_(endpoint), request_(request), transport_(transport) {}

  bool any_byte() const { return any_byte_; }
  std::string take_early() { return std::move(held_); }

  // A failed write is not final: a server that refuses a large body answers and closes while we still write.
  void send(const Deadline& deadline) {
    const std::string head = head_text(endpoint_, request_);
    if (request_.body.size() <= kAnswerReadSize) {
      transport_.write_all(head + request_.body, deadline);
    } else if (transport_.write_all(head, deadline) == Moved::kOk) {
      transport_.write_all(request_.body, deadline);
    }
  }

  // Reads until the parser has passed the head, or the whole when `whole`.
  base::Status read(ResponseParser& parser, bool whole, const Deadline& deadline) {
    while (true) {
      const std::size_t used = parser.feed(held_);
      held_.erase(0, used);
      const auto state = parser.state();
      if (state == ResponseParser::State::kFailed) return answer_malformed(parser.why());
      if (state == ResponseParser::State::kDone) return {};
      if (state == ResponseParser::State::kBody && !whole) return {};
      if (used == 0 || held_.empty()) DURE_TRY(read_more(parser, deadline));
    }
  }

 private:
  base::Status read_more(ResponseParser& parser, const Deadline& deadline) {
    std::size_t size = 0;
    buffer_.resize(kAnswerReadSize);
    const Moved moved = transport_.read_some(buffer_.data(), buffer_.size(), size, deadline);
    if (transport_.aborted()) return cancelled();
    if (moved == Moved::kTimeout) return timed_out(request_.timeout);
    if (moved == Moved::kFailed) return connection_closed(to_text(endpoint_));
    if (moved == Moved::kEnd) {
      if (!any_byte_) return connection_closed(to_text(endpoint_));
      parser.finish();
      const bool whole = parser.state() == ResponseParser::State::kDone;
      return whole ? base::Status() : connection_closed(to_text(endpoint_));
    }
    any_byte_ = true;
    held_.append(buffer_.data(), size);
    return {};
  }

  const Endpoint& endpoint_;
  const ClientRequest& request_;
  Transport& transport_;
  std::string held_;
  std::string buffer_;
  bool any_byte_ = false;
};

}  // namespace

class Client::Impl {
 public:
  explicit Impl(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  base::Result<ClientResponse> send(const ClientRequest& request) {
    const std::uint64_t seen = cancels_;
    if (!clean_head(request))
      return base::invalid(base::Reason("http.url_invalid").with("url", request.target));
    bool reused = false;
    bool any_byte = false;
    DURE_LET(first, borrow(request.timeout, true, reused));
    auto result = exchange(request, first, seen, any_byte);
    if (result.ok() || !reused || any_byte || !idempotent(request.method)) return result;
    if (result.failure().reason.code != "http.closed") return result;
    DURE_LET(second, borrow(request.timeout, false, reused));
    return exchange(request, second, seen, any_byte);
  }

  base::Result<Hijacked> hijack(const ClientRequest& request) {
    const std::uint64_t seen = cancels_;
    if (endpoint_.tls) return tls_failed("hijack", "not over TLS");
    if (!clean_head(request))
      return base::invalid(base::Reason("http.url_invalid").with("url", request.target));
    bool reused = false;
    DURE_LET(transport, borrow(request.timeout, false, reused));
    const Busy busy(*this, *transport, seen);
    const Deadline deadline = Deadline::after(request.timeout);
    Exchange exchange(endpoint_, request, *transport);
    ResponseParser parser([](std::string_view) { return true; }, false, true);
    exchange.send(deadline);
    DURE_TRY(exchange.read(parser, false, deadline));
    return Hijacked{parser.status(), parser.take_headers(), transport->release(), exchange.take_early()};
  }

  base::Status stream(const ClientRequest& request, const OnHead& on_head, const OnChunk& on_chunk) {
    const std::uint64_t seen = cancels_;
    if (!clean_head(request))
      return base::invalid(base::Reason("http.url_invalid").with("url", request.target));
    bool reused = false;
    DURE_LET(transport, borrow(request.timeout, false, reused));
    const Busy busy(*this, *transport, seen);
    Exchange exchange(endpoint_, request, *transport);
    bool stopped = false;
    ResponseParser parser([&](std::string_view piece) { return !(stopped = !on_chunk(piece)); },
                          request.method == "HEAD", false);
    const Deadline deadline = Deadline::after(request.timeout);
    exchange.send(deadline);
    DURE_TRY(exchange.read(parser, false, deadline));
    if (!on_head(parser.status(), parser.headers())) return {};
    const base::Status status = exchange.read(parser, true, Deadline::never());
    return stopped ? base::Status() : status;
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    ++cancels_;
    for (Transport* transport : busy_) transport->abort();
  }

  const Endpoint endpoint_;

 private:
  // Lists a transport among those that cancel() ends, while it lives.
  class Busy {
   public:
    // `seen` is the count of cancel() calls when the caller's call began.
    Busy(Impl& impl, Transport& transport, std::uint64_t seen) : impl_(impl), transport_(transport) {
      const std::lock_guard lock(impl_.mutex_);
      if (impl_.cancels_ != seen) transport_.abort();
      impl_.busy_.push_back(&transport_);
    }
    ~Busy() {
      const std::lock_guard lock(impl_.mutex_);
      std::erase(impl_.busy_, &transport_);
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Impl& impl_;
    Transport& transport_;
  };

  base::Result<std::unique_ptr<Transport>> borrow(base::Span timeout, bool may_reuse, bool& reused) {
    reused = false;
    if (auto idle = may_reuse ? take_idle() : nullptr) {
      reused = true;
      return idle;
    }
    TlsContext context;
    if (endpoint_.tls) {
      DURE_LET(made, tls());
      context = made;
    }
    return Transport::open(endpoint_, context, timeout);
  }

  std::unique_ptr<Transport> take_idle() {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      std::unique_ptr<Transport> transport = std::move(idle_.back());
      idle_.pop_back();
      if (transport->quiet()) return transport;
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<Transport> transport) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kKeptIdle) idle_.push_back(std::move(transport));
  }

  base::Result<TlsContext> tls() {
    const std::lock_guard lock(mutex_);
    if (!tls_) {
      DURE_LET(context, client_tls(endpoint_));
      tls_ = context;
    }
    return tls_;
  }

  base::Result<ClientResponse> exchange(const ClientRequest& request, std::unique_ptr<Transport>& transport,
                                        std::uint64_t seen, bool& any_byte) {
    ClientResponse response;
    const auto on_body = [&](std::string_view piece) {
      if (piece.size() > request.max_body - response.body.size()) return false;
      response.body.append(piece);
      return true;
    };
    ResponseParser parser(on_body, request.method == "HEAD", false);
    bool spare = false;
    {
      const Busy busy(*this, *transport, seen);
      const Deadline deadline = Deadline::after(request.timeout);
      Exchange exchange(endpoint_, request, *transport);
      exchange.send(deadline);
      const base::Status status = exchange.read(parser, true, deadline);
      any_byte = exchange.any_byte();
      if (!status.ok() && parser.state() == ResponseParser::State::kFailed && parser.why().empty())
        return answer_too_large(request.max_body);
      DURE_TRY(status);
      spare = parser.keep_alive() && exchange.take_early().empty();
    }
    response.status = parser.status();
    response.headers = parser.take_headers();
    if (spare && response.status != 101) give_back(std::move(transport));
    return response;
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Transport>> idle_;
  std::vector<Transport*> busy_;
  std::atomic<std::uint64_t> cancels_ = 0;
  TlsContext tls_;
};

Client::Client(Endpoint endpoint) : impl_(std::make_unique<Impl>(std::move(endpoint))) {}
Client::~Client() = default;

base::Result<ClientResponse> Client::send(const ClientRequest& request) {
  return impl_->send(request);
}

base::Result<Hijacked> Client::hijack(const ClientRequest& request) {
  return impl_->hijack(request);
}

base::Status Client::stream(const ClientRequest& request, const OnHead& on_head, const OnChunk& on_chunk) {
  return impl_->stream(request, on_head, on_chunk);
}

void Client::cancel() {
  impl_->cancel();
}

const Endpoint& Client::endpoint() const {
  return impl_->endpoint_;
}

}  // namespace dure::net
