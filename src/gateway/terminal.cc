#include "gateway/terminal.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

#include "wire/json_impl.h"
#include "wire/problem.h"

namespace dure::gateway {

struct TerminalMessage {
  std::vector<std::int64_t> resize;
};

}  // namespace dure::gateway

namespace dure::model {
DURE_VALUE_FIELDS(gateway::TerminalMessage, field("resize", &gateway::TerminalMessage::resize));
}  // namespace dure::model

namespace dure::gateway {
namespace {

constexpr std::size_t kMostUnsent = 1024 * 1024;  // bytes typed and not yet taken by the node
constexpr std::size_t kMostUnread = 1024 * 1024;  // bytes that the browser has not read: then we wait
constexpr int kProcessEnded = 1000, kLinkBroken = 1012, kTooMuch = 1009, kRefused = 1011, kAccessEnded = 1008;

class Terminal : public std::enable_shared_from_this<Terminal> {
 public:
  Terminal(Hall hall, VisitOrder order) : hall_(hall), order_(std::move(order)) {}

  void open(const net::WebSocket& socket) {
    socket_ = socket;
    StreamWaiter waiter;
    waiter.on_stream = [me = shared_from_this()](net::Connection stream) { me->begin(std::move(stream)); };
    // It may come on any thread: a WebSocket may be used from each, the rest of this may not.
    waiter.on_failure = [me = shared_from_this(), socket](const model::StreamFailure& failure) {
      const auto problem = wire::problem(error_of(failure), me->order_.language, me->order_.path);
      socket.send_text("{\"problem\":" + problem.body + "}");
      socket.close(kRefused, failure.reason.code);
    };
    stream_id_ = hall_.links.open(order_.node, order_.stream, order_.patience, std::move(waiter));
  }

  void take(std::string_view bytes, bool text) {
    if (ended(order_.mark)) return end(kAccessEnded);
    if (text) return resize(bytes);
    if (unsent_.size() + bytes.size() > kMostUnsent) return end(kTooMuch);
    unsent_ += bytes;
    write();
  }

  void closed() {
    over_ = true;
    hall_.links.forget(stream_id_);
    if (stream_) stream_.close();
    socket_.reset();  // whose callbacks hold this
  }

 private:
  void begin(net::Connection stream) {
    if (over_) return;
    stream_ = std::move(stream);
    if (size_) hall_.links.resize(order_.node, *size_);
    write();
    read();
  }

  void end(int code) {
    if (over_) return;
    over_ = true;
    socket_->close(code);
    if (stream_) stream_.close();
  }

  void resize(std::string_view text) {
    const auto message = wire::read_json<TerminalMessage>(text);
    if (!message.ok() || message->resize.size() != 2) return end(1008);
    size_ = model::StreamResize{stream_id_, message->resize[0], message->resize[1]};
    if (stream_) hall_.links.resize(order_.node, *size_);
  }

  void write() {
    if (!stream_ || writing_ || unsent_.empty()) return;
    writing_ = true;
    std::string bytes;
    bytes.swap(unsent_);
    stream_.write(std::move(bytes), [me = shared_from_this()](const base::Status& status) {
      me->writing_ = false;
      if (!status.ok()) return me->end(kLinkBroken);
      me->write();
    });
  }

  void read() {
    stream_.read([me = shared_from_this()](base::Result<std::string> bytes) {
      if (me->over_) return;
      if (!bytes.ok()) return me->end(kLinkBroken);
      if (bytes->empty()) return me->end(kProcessEnded);
      if (ended(me->order_.mark)) return me->end(kAccessEnded);
      if (!me->socket_->send_binary(*bytes)) return me->end(kLinkBroken);
      if (me->socket_->queued() < kMostUnread) return me->read();
      me->read_later();
    });
  }

  // A browser that does not keep up holds the process back instead of filling our memory.
  void read_later() {
    hall_.ticker.add([me = shared_from_this(), socket = *socket_] {
      if (me->over_ || socket.closed()) return false;
      if (socket.queued() >= kMostUnread / 2) return true;
      me->stream_.post([me] {
        if (!me->over_) me->read();
      });
      return false;
    });
  }

  Hall hall_;
  VisitOrder order_;
  std::optional<net::WebSocket> socket_;
  net::Connection stream_;
  std::string stream_id_;
  std::string unsent_;
  std::optional<model::StreamResize> size_;
  bool writing_ = false;
  std::atomic<bool> over_ = false;
};

}  // namespace

net::WebSocket make_terminal(Hall hall, VisitOrder order, std::vector<std::string> subprotocols) {
  const auto terminal = std::make_shared<Terminal>(hall, std::move(order));
  net::WebSocket::Options options;
  options.max_message = 256 * 1024;
  options.subprotocols = std::move(subprotocols);
  options.callbacks_on_pool = false;
  options.on_open = [terminal](const net::WebSocket& socket) { terminal->open(socket); };
  options.on_message = [terminal](const net::WebSocket&, std::string_view bytes, bool text) {
    terminal->take(bytes, text);
  };
  options.on_close = [terminal](const net::WebSocket&, int) { terminal->closed(); };
  return net::WebSocket::make(std::move(options));
}

}  // namespace dure::gateway
