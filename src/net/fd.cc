#include "net/fd.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "net/deadline.h"
#include "net/errors.h"

namespace dure::net {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// Waits until the connect of a non-blocking socket is over; 0 or an errno.
int finish_connect(int fd, const Deadline& deadline) {
  pollfd wait{fd, POLLOUT, 0};
  int ready = 0;
  do ready = ::poll(&wait, 1, deadline.poll_ms());
  while (ready < 0 && errno == EINTR);
  if (ready <= 0) return ready == 0 ? ETIMEDOUT : errno;
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0) return errno;
  return failure;
}

// Makes a socket and connects it; on success `out` is blocking and the result 0, else an errno.
int connect_address(int family, const sockaddr* address, socklen_t size, const Deadline& deadline, Fd& out) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  int failure = ::connect(fd.get(), address, size) == 0 ? 0 : errno;
  if (failure == EINPROGRESS) failure = finish_connect(fd.get(), deadline);
  if (failure != 0) return failure;
  const int on = 1;
  if (family != AF_UNIX) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
  out = std::move(fd);
  return 0;
}

std::string endpoint_text(const std::string& host, std::uint16_t port) {
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::Result<Fd> connect_any(const addrinfo* first, const std::string& endpoint, const Deadline& deadline) {
  int failure = EADDRNOTAVAIL;
  for (const addrinfo* at = first; at != nullptr; at = at->ai_next) {
    Fd fd;
    failure = connect_address(at->ai_family, at->ai_addr, at->ai_addrlen, deadline, fd);
    if (failure == 0) return fd;
  }
  return connect_failed(endpoint, errno_text(failure));
}

base::Result<Addresses> look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) return connect_failed(endpoint_text(host, port), ::gai_strerror(failure));
  return Addresses(found, &freeaddrinfo);
}

base::Result<Fd> connect_numeric(const std::string& host, std::uint16_t port, const Deadline& deadline) {
  DURE_LET(addresses, look_up(host, port, AI_NUMERICHOST));
  return connect_any(addresses.get(), endpoint_text(host, port), deadline);
}

base::Error namespace_failed(pid_t pid, int number) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("http.namespace").with("pid", pid).with("why", errno_text(number)));
}

// Runs on a thread of its own, which ends right after: setns changes the calling thread for good.
base::Result<Fd> connect_inside(int name_space, pid_t pid, const std::string& host, std::uint16_t port,
                                const Deadline& deadline) {
  if (::setns(name_space, CLONE_NEWNET) != 0) return namespace_failed(pid, errno);
  if (host != "localhost") return connect_numeric(host, port, deadline);
  auto four = connect_numeric("127.0.0.1", port, deadline);
  if (four.ok()) return four;
  auto six = connect_numeric("::1", port, deadline);
  return six.ok() ? std::move(six) : std::move(four);
}

}  // namespace

void Fd::reset(int value) {
  if (value_ >= 0) ::close(value_);
  value_ = value;
}

base::Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, base::Span timeout) {
  const Deadline deadline = Deadline::after(timeout);
  DURE_LET(addresses, look_up(host, port, 0));
  return connect_any(addresses.get(), endpoint_text(host, port), deadline);
}

base::Result<Fd> connect_unix(const std::string& path, base::Span timeout) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return connect_failed("unix:" + path, errno_text(ENAMETOOLONG));
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd;
  const Deadline deadline = Deadline::after(timeout);
  while (true) {
    const int failure =
        connect_address(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, deadline, fd);
    if (failure == 0) return fd;
    // A Unix socket whose queue is full says EAGAIN at once instead of waiting (connect(2)).
    if (failure != EAGAIN || deadline.over()) return connect_failed("unix:" + path, errno_text(failure));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

base::Result<Fd> connect_in_namespace(pid_t pid, const std::string& host, std::uint16_t port,
                                      base::Span timeout) {
  const Deadline deadline = Deadline::after(timeout);
  const std::string file = "/proc/" + std::to_string(pid) + "/ns/net";
  const Fd name_space(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!name_space) return namespace_failed(pid, errno);
  base::Result<Fd> result = namespace_failed(pid, ECANCELED);
  std::thread([&] { result = connect_inside(name_space.get(), pid, host, port, deadline); }).join();
  return result;
}

}  // namespace dure::net
