#include "net/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "net/acceptor.h"
#include "net/core.h"
#include "net/deadline.h"
#include "net/errors.h"
#include "net/head.h"
#include "net/link.h"
#include "net/session.h"

namespace dure::net {
namespace {

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(four.sin_port));
  }
  const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
  ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(ntohs(six.sin6_port));
}

Peer describe_peer(const Fd& fd, std::size_t listener) {
  Peer peer;
  peer.listener = listener;
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getpeername(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  if (address.ss_family == AF_INET || address.ss_family == AF_INET6) {
    peer.text = address_text(address);
    return peer;
  }
  peer.text = "unix";
  ucred credentials{};
  size = sizeof credentials;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0)
    peer.credentials = PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
  return peer;
}

bool is_stream_socket(const Fd& fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

ino_t inode_of(const std::string& path) {
  struct stat status {};
  return !path.empty() && ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// A socket of a server that came after us stays.
void remove_socket(const std::string& path, ino_t ours) {
  if (ours != 0 && inode_of(path) == ours) ::unlink(path.c_str());
}

// Wraps what can only be moved for a std::function, which wants copies.
template <class T>
std::shared_ptr<T> shared(T value) {
  return std::make_shared<T>(std::move(value));
}

}  // namespace

Listen Listen::tcp(std::string host, std::uint16_t port) {
  Listen where;
  where.host = std::move(host);
  where.port = port;
  return where;
}

Listen Listen::on_unix(std::string path, mode_t mode) {
  Listen where;
  where.unix_path = std::move(path);
  where.mode = mode;
  return where;
}

Listen Listen::with_tls(std::string host, std::uint16_t port, TlsFiles tls) {
  Listen where = tcp(std::move(host), port);
  where.tls = std::move(tls);
  return where;
}

class Server::Impl {
 public:
  explicit Impl(ServerOptions options) : core_(std::make_shared<Core>(std::move(options))) {
    for (unsigned i = 0; i < std::max(1U, core_->options.io_threads); ++i)
      reactors_.push_back(std::make_unique<Reactor>());
  }

  base::Status listen() {
    for (const Listen& where : core_->options.listen) {
      TlsContext tls;
      if (where.tls) {
        DURE_LET(made, server_tls(*where.tls));
        tls = made;
      }
      DURE_LET(listener, open_listener(where));
      tls_.push_back(std::move(tls));
      ports_.push_back(bound_port(listener));
      inodes_.push_back(inode_of(where.unix_path));
      listeners_.push_back(std::move(listener));
    }
    return {};
  }

  void run() {
    for (const auto& reactor : reactors_) reactor->start();
    for (std::size_t i = 0; i < listeners_.size(); ++i)
      acceptors_.push_back(std::make_unique<Acceptor>(*reactors_.front(), std::move(listeners_[i]),
                                                      [this, i](Fd fd) { accept(std::move(fd), i); }));
  }

  base::Status adopt(Fd fd, std::function<void(Connection)> take) {
    if (!is_stream_socket(fd)) return connect_failed("fd", "not a stream socket");
    Reactor& reactor = next_reactor();
    reactor.post([&reactor, held = shared(std::move(fd)), take = std::move(take)] {
      auto stream = plain_stream(reactor, std::move(*held));
      take(Connection(std::make_unique<Link>(reactor, std::move(stream), "adopted", "", Seat())));
    });
    return {};
  }

  void stop(base::Span limit) {
    const std::lock_guard lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    for (const auto& acceptor : acceptors_) acceptor->close();
    for (std::size_t i = 0; i < inodes_.size(); ++i)
      remove_socket(core_->options.listen[i].unix_path, inodes_[i]);
    for (const auto& reactor : reactors_) reactor->stop_all(false);
    const Deadline deadline = Deadline::after(limit);
    while (living() > 0 && !deadline.over()) pause();
    // Again and again, since a handler that ends now may still open something.
    while (living() > 0) {
      for (const auto& reactor : reactors_) reactor->stop_all(true);
      pause();
    }
    for (const auto& reactor : reactors_) reactor->finish();
  }

  std::uint16_t port(std::size_t listener) const { return ports_.at(listener); }

  ServerFigures figures() const {
    ServerFigures figures;
    figures.accepted = core_->accepted;
    figures.connections = *core_->connections;
    figures.requests = core_->requests;
    figures.refused_busy = core_->refused_busy;
    figures.malformed = core_->malformed;
    figures.queued = core_->pool.queued();
    return figures;
  }

 private:
  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

  std::size_t living() const {
    std::size_t sum = 0;
    for (const auto& reactor : reactors_) sum += reactor->living();
    return sum;
  }

  Reactor& next_reactor() { return *reactors_[next_++ % reactors_.size()]; }

  void accept(Fd fd, std::size_t listener) {
    ++core_->accepted;
    if (*core_->connections >= core_->options.max_connections) return turn_away(fd, listener);
    const int on = 1;
    Peer peer = describe_peer(fd, listener);
    if (!peer.credentials) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct Arrival {
      Fd fd;
      Peer peer;
      Seat seat;
    };
    Reactor& reactor = next_reactor();
    reactor.post([this, &reactor, arrival = shared(Arrival{std::move(fd), std::move(peer), Seat(*core_)})] {
      const TlsContext& tls = tls_[arrival->peer.listener];
      auto stream = tls ? tls_server_stream(reactor, std::move(arrival->fd), tls)
                        : plain_stream(reactor, std::move(arrival->fd));
      if (!stream) return;
      spawn(serve(core_, reactor, std::move(stream), std::move(arrival->peer), std::move(arrival->seat)));
    });
  }

  // No seat is left: an answer that costs nothing, as far as the socket takes it at once.
  void turn_away(const Fd& fd, std::size_t listener) {
    ++core_->refused_busy;
    if (tls_[listener]) return;
    const Response response = plain_problem(503, base::Reason("http.too_many_connections"));
    Headers headers = response.headers;
    headers.set("Retry-After", "5");
    const auto& body = std::get<std::string>(response.body);
    HeadPlan plan;
    plan.length = body.size();
    plan.keep_alive = false;
    std::string out;
    append_head(out, response.status, headers, plan, "");
    out += body;
    (void)!::send(fd.get(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(fd.get(), SHUT_WR);
  }

  std::shared_ptr<Core> core_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::vector<TlsContext> tls_;
  std::vector<std::uint16_t> ports_;
  std::vector<ino_t> inodes_;  // of the Unix sockets, 0 for the others
  std::vector<Fd> listeners_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex stop_mutex_;
  bool stopped_ = false;
};

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  DURE_TRY(impl->listen());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  stop({0});
}

std::uint16_t Server::port(std::size_t listener) const {
  return impl_->port(listener);
}

ServerFigures Server::figures() const {
  return impl_->figures();
}

base::Status Server::adopt(Fd fd, std::function<void(Connection)> take) {
  return impl_->adopt(std::move(fd), std::move(take));
}

void Server::stop(base::Span deadline) {
  impl_->stop(deadline);
}

}  // namespace dure::net
