// Session's writing side: one function for each kind of body.
#include <algorithm>
#include <array>
#include <charconv>

#include "net/link.h"
#include "net/push_state.h"
#include "net/session.h"
#include "net/websocket_link.h"
#include "net/websocket_loop.h"

namespace dure::net {
namespace {

// Bodies up to this go out in one piece with their head.
constexpr std::size_t kTogether = 16 * 1024;

bool bodyless(const Request& request, int status) {
  return request.method == "HEAD" || status == 204 || status == 304;
}

// The size line of a chunk.
std::string chunk_head(std::size_t size) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  return std::string(digits, end) + "\r\n";
}

bool is_upgrade(const Request& request) {
  return request.method == "GET" && request.version >= 11 &&
         request.headers.has_token("Upgrade", "websocket") &&
         request.headers.has_token("Connection", "upgrade") &&
         request.headers.find("Sec-WebSocket-Key") != nullptr &&
         request.headers.get("Sec-WebSocket-Version") == "13";
}

std::string choose_subprotocol(const Request& request, const std::vector<std::string>& ours) {
  for (const std::string& protocol : ours)
    if (request.headers.has_token("Sec-WebSocket-Protocol", protocol)) return protocol;
  return "";
}

}  // namespace

Task<bool> Session::respond(const Request& request, Response& response, bool keep) {
  phase_ = Phase::kWriting;
  if (auto* text = std::get_if<std::string>(&response.body))
    co_return co_await send_whole(request, response, *text, keep);
  if (auto* pull = std::get_if<Pull>(&response.body))
    co_return co_await send_pull(request, response, *pull, keep);
  if (auto* push = std::get_if<Push>(&response.body)) {
    const std::shared_ptr<PushState> state = push->state();
    response.body = std::string();  // our handle goes, so that the stream ends when the producers' are gone
    co_return co_await send_push(request, response, state);
  }
  if (auto* socket = std::get_if<WebSocket>(&response.body))
    co_return co_await open_websocket(request, response, socket->state());
  co_return co_await hand_over(response, std::get<Takeover>(response.body));
}

void Session::head(const Request& request, const Response& response, Framing framing, std::uint64_t length,
                   bool keep) {
  out_.clear();
  HeadPlan plan;
  plan.framing = framing;
  plan.length = length;
  plan.version = request.version;
  plan.keep_alive = keep && framing != Framing::kToEnd;
  append_head(out_, response.status, response.headers, plan, reactor().date_line());
}

Task<bool> Session::send_whole(const Request& request, Response& response, const std::string& body,
                               bool keep) {
  const bool none = response.status == 204 || response.status == 304;
  head(request, response, none ? Framing::kNone : Framing::kLength, body.size(), keep);
  const bool with_body = !bodyless(request, response.status);
  const bool together = with_body && body.size() <= kTogether;
  if (together) out_ += body;
  const std::size_t sent = stream_->try_write(out_);
  bool ok = true;
  if (sent < out_.size()) ok = co_await write_all(std::string_view(out_).substr(sent));
  if (ok && with_body && !together) ok = co_await write_all(body);
  co_return ok&& keep;
}

Task<bool> Session::send_pull(const Request& request, Response& response, const Pull& pull, bool keep) {
  const Framing framing = pull.length             ? Framing::kLength
                          : request.version >= 11 ? Framing::kChunked
                                                  : Framing::kToEnd;
  head(request, response, framing, pull.length.value_or(0), keep);
  bool ok = co_await write_all(out_);
  if (ok && !bodyless(request, response.status)) ok = co_await send_pieces(pull, framing);
  co_return ok&& keep&& framing != Framing::kToEnd;
}

Task<bool> Session::send_pieces(const Pull& pull, Framing framing) {
  std::uint64_t left = pull.length.value_or(0);
  while (true) {
    base::Result<std::string> piece = std::string();
    const auto next = [&]() noexcept {
      try {
        piece = pull.next();
      } catch (...) {
        piece = base::error(base::ErrorKind::kInternal, base::Reason("http.internal"));
      }
    };
    never_expire();
    co_await PoolCall(core_->pool, reactor(), false, next);
    if (!piece.ok()) co_return false;
    if (framing == Framing::kLength) {
      if (piece->empty() || piece->size() > left) co_return piece->empty() && left == 0;
      left -= piece->size();
    }
    if (framing == Framing::kChunked) *piece = chunk_head(piece->size()) + *piece + "\r\n";
    const bool last = framing == Framing::kChunked ? piece->size() == 5 : piece->empty();
    const bool ok = co_await write_all(*piece);
    if (!ok || last) co_return ok;
  }
}

Task<bool> Session::send_push(const Request& request, Response& response, std::shared_ptr<PushState> state) {
  const Framing framing = request.version >= 11 ? Framing::kChunked : Framing::kToEnd;
  head(request, response, framing, 0, false);
  const bool ok = co_await write_all(out_);
  if (ok && !bodyless(request, response.status)) {
    state->attach(reactor(), [this] { stream_->cancel(); });
    push_ = state.get();
    reader_ended_ = false;
    spawn(watch_reader(*state));
    co_await push_loop(*state, framing);
    push_ = nullptr;
    phase_ = Phase::kWriting;
    never_expire();
    stream_->cancel();
    while (!reader_ended_) co_await state->wake;
  }
  state->end();
  co_return false;
}

// Sends what the producers write until they are done, the reader is gone or the reader is too slow.
Task<void> Session::push_loop(PushState& state, Framing framing) {
  bool last = false;
  bool broken = reactor().stopping();
  if (broken) state.finish();
  while (true) {
    std::string bytes = state.take(last, broken);
    if (broken || reader_gone_) co_return;
    if (bytes.empty() && keep_alive_due_) bytes = state.options.keep_alive;
    keep_alive_due_ = false;
    if (bytes.empty() && last) break;
    if (bytes.empty()) {
      phase_ = Phase::kPushing;
      if (!state.options.keep_alive.empty()) expire_in(state.options.keep_alive_every);
      co_await state.wake;
      phase_ = Phase::kWriting;
      continue;
    }
    if (framing == Framing::kChunked) bytes = chunk_head(bytes.size()) + bytes + "\r\n";
    const bool ok = co_await write_all(bytes);
    if (!ok) co_return;
  }
  if (framing == Framing::kChunked) co_await write_all("0\r\n\r\n");
}

// Reads on while we push, only to notice that the reader has gone. The stream is cancelled at the end.
Task<void> Session::watch_reader(PushState& state) {
  std::array<char, 512> scratch;
  while (true) {
    const Io io = co_await stream_->read(scratch.data(), scratch.size());
    if (io.ok()) continue;
    if (io.end) linger_ = false;
    break;
  }
  reader_gone_ = true;
  reader_ended_ = true;
  if (push_ != nullptr && phase_ == Phase::kWriting) stream_->cancel();
  state.wake.notify();
}

Task<bool> Session::hand_over(Response& response, Takeover& takeover) {
  if (response.status != 0) {
    out_.clear();
    HeadPlan plan;
    plan.framing = Framing::kNone;
    plan.own_connection_headers = true;
    append_head(out_, response.status, response.headers, plan, reactor().date_line());
    const bool ok = co_await write_all(out_);
    if (!ok) co_return false;
  }
  never_expire();
  std::string early(buffer_.data() + begin_, end_ - begin_);
  auto link = std::make_unique<Link>(reactor(), std::exchange(stream_, nullptr), peer_.text, std::move(early),
                                     std::move(seat_));
  takeover.take(Connection(std::move(link)));
  co_return false;
}

Task<bool> Session::open_websocket(const Request& request, Response& response,
                                   std::shared_ptr<WebSocketState> state) {
  const std::string protocol = choose_subprotocol(request, state->options.subprotocols);
  if (!is_upgrade(request) || (protocol.empty() && state->options.require_subprotocol)) {
    const bool upgrade = is_upgrade(request);
    co_await fail_websocket(state, reactor(), core_->pool);
    Response refusal =
        core_->problem(upgrade ? 400 : 426, base::Reason(upgrade ? "http.subprotocol" : "http.upgrade"));
    if (!upgrade) refusal.headers.set("Upgrade", "websocket");
    co_return co_await respond(request, refusal, false);
  }
  Headers headers = response.headers;
  if (!protocol.empty()) headers.set("Sec-WebSocket-Protocol", protocol);
  const WebSocketLimits limits{state->options.max_message, state->options.silence_limit,
                               core_->options.head_timeout};
  const auto link = WebSocketLink::make(reactor(), stream_, {buffer_.data() + begin_, end_ - begin_}, limits);
  never_expire();
  const auto done = co_await WebSocketLink::when([&](WebSocketLink::OnDone on_done, void* context) {
    link->accept(request, headers, on_done, context);
  });
  if (!done.ok) {
    co_await fail_websocket(state, reactor(), core_->pool);
    co_return false;
  }
  web_socket_ = state;
  state->attach(
      reactor(), [&link] { link->abort(); }, protocol);
  if (reactor().stopping()) state->close(1001, "");
  co_await run_websocket(state, *link, reactor(), core_->pool);
  web_socket_ = nullptr;
  co_return false;
}

Task<bool> Session::write_all(std::string_view bytes) {
  const ServerOptions& options = core_->options;
  const auto earned =
      static_cast<std::int64_t>(bytes.size() / std::max<std::size_t>(1, options.min_bytes_per_second));
  expire_in(options.body_timeout + base::Span::seconds(earned));
  while (!bytes.empty()) {
    const std::array<Slice, 1> slices = {bytes};
    const Io io = co_await stream_->write(slices);
    if (!io.ok()) co_return false;
    bytes.remove_prefix(io.bytes);
  }
  never_expire();
  co_return true;
}

}  // namespace dure::net
