// Inside net/: a blocking stream of bytes with deadlines, over a plain socket or TLS; what Client talks
// through.
//
// One thread reads and writes; abort() may come from any thread while the object lives.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client.h"
#include "net/deadline.h"
#include "net/fd.h"
#include "net/tls.h"

namespace dure::net {

enum class Moved { kOk, kEnd, kTimeout, kFailed };

class Transport {
 public:
  // Connects, and shakes hands when the endpoint has TLS (then `tls` is set).
  static base::Result<std::unique_ptr<Transport>> open(const Endpoint& endpoint, const TlsContext& tls,
                                                       base::Span timeout);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Some bytes into `to` (at least one when kOk), `size` says how many.
  Moved read_some(char* to, std::size_t room, std::size_t& size, const Deadline& deadline);
  Moved write_all(std::string_view bytes, const Deadline& deadline);
  // Makes pending and later operations fail.
  void abort();
  bool aborted() const { return aborted_; }
  // True when nothing has arrived while idle: neither an end nor unasked bytes.
  bool quiet() const;
  // The plain socket, blocking again. REQUIRES: no TLS.
  Fd release();

 private:
  explicit Transport(Fd fd) : fd_(std::move(fd)) {}
  base::Status shake_hands(const Endpoint& endpoint, const TlsContext& tls, const Deadline& deadline);
  Moved wait(short events, const Deadline& deadline);
  Moved send_plain(std::string_view bytes, const Deadline& deadline);
  Moved receive_plain(char* to, std::size_t room, std::size_t& size, const Deadline& deadline);
  Moved flush_tls(const Deadline& deadline);
  Moved fill_tls(const Deadline& deadline);

  Fd fd_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_{nullptr, nullptr};
  std::atomic<bool> aborted_ = false;
};

}  // namespace dure::net
