#include "net/fd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dure::net {
namespace {

// A child in a network namespace of its own that answers "inside" on one port of its loopback.
class Enclosed {
 public:
  Enclosed() {
    int ready[2];
    EXPECT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) ::_exit(live(ready[1]));
    ::close(ready[1]);
    if (::read(ready[0], &port_, sizeof port_) != sizeof port_) port_ = 0;
    ::close(ready[0]);
  }
  ~Enclosed() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  pid_t pid() const { return child_; }
  std::uint16_t port() const { return port_; }  // 0: this machine does not allow namespaces

 private:
  static int live(int ready) {
    if (::unshare(CLONE_NEWNET) != 0) return 1;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ifreq loopback{};
    std::snprintf(loopback.ifr_name, sizeof loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    if (::ioctl(listener, SIOCSIFFLAGS, &loopback) != 0) return 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 4) != 0)
      return 1;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    const std::uint16_t port = ntohs(address.sin_port);
    if (::write(ready, &port, sizeof port) != sizeof port) return 1;
    while (true) {
      const int fd = ::accept(listener, nullptr, nullptr);
      if (::write(fd, "inside", 6) != 6) return 1;
      ::close(fd);
    }
  }

  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

std::string read_to_end(const Fd& fd) {
  std::string all;
  char bytes[64];
  for (ssize_t got = 0; (got = ::read(fd.get(), bytes, sizeof bytes)) > 0;)
    all.append(bytes, static_cast<std::size_t>(got));
  return all;
}

TEST(Namespace, AServiceInsideIsReachedFromOutside) {
  const Enclosed enclosed;
  if (enclosed.port() == 0) GTEST_SKIP() << "this machine does not allow network namespaces";
  for (const char* host : {"127.0.0.1", "localhost"}) {
    auto inside = connect_in_namespace(enclosed.pid(), host, enclosed.port(), base::Span::seconds(2));
    ASSERT_TRUE(inside.ok()) << inside.failure().reason.code;
    EXPECT_EQ(read_to_end(*inside), "inside");
  }
  // The caller's own thread has stayed outside.
  EXPECT_FALSE(connect_tcp("127.0.0.1", enclosed.port(), base::Span::seconds(1)).ok());
}

TEST(Namespace, WhatCannotBeEnteredIsAnError) {
  const auto gone = connect_in_namespace(0x7ffffff, "127.0.0.1", 1, base::Span::seconds(1));
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.failure().reason.code, "http.namespace");
  const auto name = connect_in_namespace(::getpid(), "name.example", 1, base::Span::seconds(1));
  ASSERT_FALSE(name.ok());  // no names are resolved inside
}

TEST(Fd, IsClosedOnce) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  Fd reader(ends[0]);
  {
    Fd writer(ends[1]);
    Fd moved = std::move(writer);
    EXPECT_FALSE(writer);  // NOLINT: what a move leaves is part of the promise
    EXPECT_EQ(::write(moved.get(), "x", 1), 1);
  }
  EXPECT_EQ(read_to_end(reader), "x");  // ends because the writer was closed
}

TEST(Fd, ARefusedConnectionNamesTheEndpoint) {
  const auto refused = connect_tcp("127.0.0.1", 1, base::Span::seconds(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(std::get<std::string>(*refused.failure().reason.find("endpoint")), "127.0.0.1:1");
  EXPECT_FALSE(connect_unix(std::string(200, 'x'), base::Span::seconds(1)).ok());
}

}  // namespace
}  // namespace dure::net
