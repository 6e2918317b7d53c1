#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "net/acceptor.h"
#include "net/errors.h"

namespace dure::net {
namespace {

constexpr int kBacklog = 1024;

base::Error failed(const Listen& where) {
  return listen_failed(to_text(where), errno_text(errno));
}

// True when the path is a socket that nobody listens on: what a killed server leaves behind.
bool is_stale(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const auto answer = connect_unix(path, base::Span::milliseconds(200));
  return !answer.ok() && ::lstat(path.c_str(), &status) == 0;
}

// Nobody can connect between bind and listen, so the mode is set in time.
base::Result<Fd> listen_unix(const Listen& where) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.unix_path.size() >= sizeof address.sun_path)
    return listen_failed(to_text(where), errno_text(ENAMETOOLONG));
  std::memcpy(address.sun_path, where.unix_path.data(), where.unix_path.size());
  if (is_stale(where.unix_path)) ::unlink(where.unix_path.c_str());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return failed(where);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed(where);
  if (::chmod(where.unix_path.c_str(), where.mode) != 0) return failed(where);
  if (::listen(fd.get(), kBacklog) != 0) return failed(where);
  return fd;
}

base::Result<Fd> listen_address(const Listen& where, const addrinfo& address) {
  Fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return failed(where);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0) return failed(where);
  if (::listen(fd.get(), kBacklog) != 0) return failed(where);
  return fd;
}

base::Result<Fd> listen_tcp(const Listen& where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const char* host = where.host.empty() ? nullptr : where.host.c_str();
  const int failure = ::getaddrinfo(host, std::to_string(where.port).c_str(), &hints, &found);
  if (failure != 0) return listen_failed(to_text(where), ::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  return listen_address(where, *found);
}

}  // namespace

base::Result<Fd> open_listener(const Listen& where) {
  return where.unix_path.empty() ? listen_tcp(where) : listen_unix(where);
}

std::uint16_t bound_port(const Fd& listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

std::string to_text(const Listen& where) {
  if (!where.unix_path.empty()) return "unix:" + where.unix_path;
  const bool six = where.host.find(':') != std::string::npos;
  return (six ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

}  // namespace dure::net
