#include "net/link.h"

#include <array>

#include "net/errors.h"
#include "net/task.h"

namespace dure::net {
namespace {

constexpr std::size_t kLinkReadSize = 64 * 1024;

Task<void> read_from(std::shared_ptr<Stream> stream, Connection::OnRead done) {
  std::string bytes(kLinkReadSize, '\0');
  const Io io = co_await stream->read(bytes.data(), bytes.size());
  bytes.resize(io.bytes);
  if (io.error)
    done(connection_closed("peer"));
  else
    done(std::move(bytes));
}

Task<void> write_to(std::shared_ptr<Stream> stream, std::string bytes, Connection::OnWrite done) {
  std::string_view rest = bytes;
  base::Status status;
  while (!rest.empty() && status.ok()) {
    const std::array<Slice, 1> slices = {rest};
    const Io io = co_await stream->write(slices);
    rest.remove_prefix(io.bytes);
    if (!io.ok()) status = connection_closed("peer");
  }
  done(std::move(status));
}

}  // namespace

Link::Link(Reactor& reactor, std::shared_ptr<Stream> stream, std::string peer_text, std::string early_bytes,
           Seat its_seat)
    : Watched(reactor),
      peer(std::move(peer_text)),
      early(std::move(early_bytes)),
      seat(std::move(its_seat)),
      stream_(std::move(stream)) {}

Link::~Link() {
  if (stream_) stream_->close();
}

void Link::read(Connection::OnRead done) {
  if (!stream_) return done(connection_closed(peer));
  if (!early.empty()) {
    reactor().post([done = std::move(done), bytes = std::exchange(early, {})] { done(bytes); });
    return;
  }
  spawn(read_from(stream_, std::move(done)));
}

void Link::write(std::string bytes, Connection::OnWrite done) {
  if (!stream_) return done(connection_closed(peer));
  spawn(write_to(stream_, std::move(bytes), std::move(done)));
}

// Whoever owns the Connection may keep it beyond the server's life; only the shell is left to them.
void Link::stopping(bool now) {
  if (!now) return;
  if (stream_) stream_->close();
  stream_ = nullptr;
  detach();
}

}  // namespace dure::net
