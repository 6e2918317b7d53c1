#include "net/transport.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/errors.h"

namespace dure::net {
namespace {

constexpr std::size_t kTlsRecord = 16 * 1024;

}  // namespace

base::Result<std::unique_ptr<Transport>> Transport::open(const Endpoint& endpoint, const TlsContext& tls,
                                                         base::Span timeout) {
  const Deadline deadline = Deadline::after(timeout);
  DURE_LET(fd, endpoint.unix_path.empty() ? connect_tcp(endpoint.host, endpoint.port, timeout)
                                          : connect_unix(endpoint.unix_path, timeout));
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  std::unique_ptr<Transport> transport(new Transport(std::move(fd)));
  if (tls) DURE_TRY(transport->shake_hands(endpoint, tls, deadline));
  return transport;
}

Transport::~Transport() = default;

// TLS runs over memory buffers, so that every byte goes through send(2) with MSG_NOSIGNAL.
base::Status Transport::shake_hands(const Endpoint& endpoint, const TlsContext& tls,
                                    const Deadline& deadline) {
  DURE_LET(session, client_session(tls, endpoint.host));
  session_ = {session, &SSL_free};
  SSL_set_bio(session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  while (true) {
    const int done = SSL_do_handshake(session);
    const int state = SSL_get_error(session, done);
    if (flush_tls(deadline) != Moved::kOk) return connection_closed(to_text(endpoint));
    if (done == 1) return {};
    if (state != SSL_ERROR_WANT_READ) {
      const long verdict = SSL_get_verify_result(session);
      const bool bad = verdict != X509_V_OK;
      return tls_failed(bad ? "certificate" : "handshake",
                        bad ? X509_verify_cert_error_string(verdict) : tls_error_text());
    }
    const Moved filled = fill_tls(deadline);
    if (filled == Moved::kTimeout) return tls_failed("handshake", errno_text(ETIMEDOUT));
    if (filled != Moved::kOk) return tls_failed("handshake", errno_text(ECONNRESET));
  }
}

Moved Transport::wait(short events, const Deadline& deadline) {
  pollfd wait_for{fd_.get(), events, 0};
  while (true) {
    const int ready = ::poll(&wait_for, 1, deadline.poll_ms());
    if (ready > 0) return Moved::kOk;
    if (ready == 0) return Moved::kTimeout;
    if (errno != EINTR) return Moved::kFailed;
  }
}

Moved Transport::send_plain(std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      const Moved ready = wait(POLLOUT, deadline);
      if (ready != Moved::kOk) return ready;
    } else if (errno != EINTR) {
      return Moved::kFailed;
    }
  }
  return Moved::kOk;
}

Moved Transport::receive_plain(char* to, std::size_t room, std::size_t& size, const Deadline& deadline) {
  while (true) {
    const ssize_t got = ::recv(fd_.get(), to, room, 0);
    if (got > 0) {
      size = static_cast<std::size_t>(got);
      return Moved::kOk;
    }
    if (got == 0) return Moved::kEnd;
    if (errno == EAGAIN) {
      const Moved ready = wait(POLLIN, deadline);
      if (ready != Moved::kOk) return ready;
    } else if (errno != EINTR) {
      return Moved::kFailed;
    }
  }
}

Moved Transport::flush_tls(const Deadline& deadline) {
  BIO* out = SSL_get_wbio(session_.get());
  char buffer[kTlsRecord];
  for (int size = 0; (size = BIO_read(out, buffer, sizeof buffer)) > 0;) {
    const Moved sent = send_plain({buffer, static_cast<std::size_t>(size)}, deadline);
    if (sent != Moved::kOk) return sent;
  }
  return Moved::kOk;
}

Moved Transport::fill_tls(const Deadline& deadline) {
  char buffer[kTlsRecord];
  std::size_t size = 0;
  const Moved got = receive_plain(buffer, sizeof buffer, size, deadline);
  if (got != Moved::kOk) return got;
  BIO_write(SSL_get_rbio(session_.get()), buffer, static_cast<int>(size));
  return Moved::kOk;
}

Moved Transport::read_some(char* to, std::size_t room, std::size_t& size, const Deadline& deadline) {
  if (!session_) return receive_plain(to, room, size, deadline);
  while (true) {
    const int done = SSL_read_ex(session_.get(), to, room, &size);
    const int state = SSL_get_error(session_.get(), done);
    if (flush_tls(deadline) != Moved::kOk) return Moved::kFailed;  // a key update may ask for an answer
    if (done == 1) return Moved::kOk;
    if (state == SSL_ERROR_ZERO_RETURN) return Moved::kEnd;
    if (state != SSL_ERROR_WANT_READ) return tls_error_text(), Moved::kFailed;
    const Moved filled = fill_tls(deadline);
    // An end without close_notify may be an attacker's cut: not an end.
    if (filled != Moved::kOk) return filled == Moved::kEnd ? Moved::kFailed : filled;
  }
}

Moved Transport::write_all(std::string_view bytes, const Deadline& deadline) {
  if (!session_) return send_plain(bytes, deadline);
  while (!bytes.empty()) {
    std::size_t size = 0;
    const int done = SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &size);
    const int state = SSL_get_error(session_.get(), done);
    const Moved flushed = flush_tls(deadline);
    if (flushed != Moved::kOk) return flushed;
    if (done == 1) {
      bytes.remove_prefix(size);
    } else if (state == SSL_ERROR_WANT_READ) {
      const Moved filled = fill_tls(deadline);
      if (filled != Moved::kOk) return filled;
    } else {
      return tls_error_text(), Moved::kFailed;
    }
  }
  return Moved::kOk;
}

void Transport::abort() {
  aborted_ = true;
  ::shutdown(fd_.get(), SHUT_RDWR);
}

bool Transport::quiet() const {
  pollfd wait_for{fd_.get(), POLLIN, 0};
  return ::poll(&wait_for, 1, 0) == 0;
}

Fd Transport::release() {
  ::fcntl(fd_.get(), F_SETFL, ::fcntl(fd_.get(), F_GETFL) & ~O_NONBLOCK);
  return std::move(fd_);
}

}  // namespace dure::net
