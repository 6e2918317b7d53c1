// Fd: an owned descriptor of the kernel; and sockets opened for a caller.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"

namespace dure::net {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int value) : value_(value) {}
  Fd(Fd&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.value_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }
  int release() { return std::exchange(value_, -1); }
  void reset(int value = -1);

 private:
  int value_ = -1;
};

// Connects and waits for it, trying each address of the name until the time is over. The socket is blocking,
// close-on-exec and, for TCP, without delay (TCP_NODELAY). Errors: http.connect_failed {endpoint, why}.
base::Result<Fd> connect_tcp(const std::string& host, std::uint16_t port, base::Span timeout);
base::Result<Fd> connect_unix(const std::string& path, base::Span timeout);

// Connects to host:port as seen inside the network namespace of process `pid`. A short-lived thread enters
// the namespace, so the caller's threads stay where they are. `host` is a numeric address or "localhost"
// (both of its families are tried): no names are resolved, because the resolver's files belong to another
// mount namespace. Needs CAP_SYS_ADMIN over the namespace. Errors: http.connect_failed, http.namespace {pid,
// why}.
base::Result<Fd> connect_in_namespace(pid_t pid, const std::string& host, std::uint16_t port,
                                      base::Span timeout);

}  // namespace dure::net
