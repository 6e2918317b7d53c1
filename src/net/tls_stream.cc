#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "net/asio_io.h"
#include "net/reactor.h"
#include "net/stream.h"

namespace dure::net {
namespace {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

int family(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family;
}

Protocol::socket make_socket(Reactor& reactor, Fd fd) {
  const int protocol_family = family(fd.get());
  Protocol::socket socket(reactor.context(), Protocol(protocol_family, 0), fd.get());
  fd.release();
  boost::system::error_code ignored;
  socket.native_non_blocking(true, ignored);
  return socket;
}

class TlsStream final : public Stream {
 public:
  // Takes ownership of the session.
  TlsStream(Reactor& reactor, Fd fd, ssl_st* session, asio::ssl::stream_base::handshake_type role)
      : stream_(make_socket(reactor, std::move(fd)), session), role_(role) {}

  void read_some(char* to, std::size_t room, IoDone done, void* context) override {
    stream_.async_read_some(asio::buffer(to, room),
                            [self = shared_from_this(), done, context](const auto& error, std::size_t bytes) {
                              done(context, to_io(error, bytes));
                            });
  }

  // One record at a time, so only the first slice that is not empty.
  void write_some(std::span<const Slice> slices, IoDone done, void* context) override {
    Slice first;
    for (const Slice slice : slices)
      if (first.empty()) first = slice;
    stream_.async_write_some(
        asio::buffer(first.data(), first.size()),
        [self = shared_from_this(), done, context](const auto& error, std::size_t bytes) {
          done(context, to_io(error, bytes));
        });
  }

  std::size_t try_write(Slice) override { return 0; }

  void handshake(IoDone done, void* context) override {
    stream_.async_handshake(role_, [self = shared_from_this(), done, context](const auto& error) {
      done(context, to_io(error, 0));
    });
  }

  // close_notify ends both ways of TLS here: the peer's answer to it completes the pending read.
  void finish_writing() override {
    stream_.async_shutdown([self = shared_from_this()](const auto&) {});
  }

  void cancel() override {
    boost::system::error_code ignored;
    stream_.next_layer().cancel(ignored);
  }

  void close() override {
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
  }

  bool secure() const override { return true; }
  std::string certificate_name() const override {
    return peer_common_name(const_cast<asio::ssl::stream<Protocol::socket>&>(stream_).native_handle());
  }

 private:
  asio::ssl::stream<Protocol::socket> stream_;
  asio::ssl::stream_base::handshake_type role_;
};

}  // namespace

std::shared_ptr<Stream> tls_server_stream(Reactor& reactor, Fd fd, const TlsContext& context) {
  SSL* session = SSL_new(context.get());
  if (session == nullptr) return nullptr;
  return std::make_shared<TlsStream>(reactor, std::move(fd), session, asio::ssl::stream_base::server);
}

std::shared_ptr<Stream> tls_client_stream(Reactor& reactor, Fd fd, ssl_st* session) {
  return std::make_shared<TlsStream>(reactor, std::move(fd), session, asio::ssl::stream_base::client);
}

}  // namespace dure::net
