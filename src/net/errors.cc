#include "net/errors.h"

#include <system_error>

namespace dure::net {
namespace {

using base::ErrorKind;
using base::Reason;

}  // namespace

base::Error connect_failed(const std::string& endpoint, const std::string& why) {
  return base::error(ErrorKind::kUnavailable,
                     Reason("http.connect_failed").with("endpoint", endpoint).with("why", why));
}

base::Error listen_failed(const std::string& endpoint, const std::string& why) {
  return base::error(ErrorKind::kUnavailable,
                     Reason("http.listen_failed").with("endpoint", endpoint).with("why", why));
}

base::Error tls_failed(const std::string& what, const std::string& why) {
  return base::error(ErrorKind::kUnavailable, Reason("http.tls_failed").with("what", what).with("why", why));
}

base::Error timed_out(base::Span timeout) {
  return base::error(ErrorKind::kUnavailable, Reason("http.timeout").with("timeout_ms", timeout.in_ms()));
}

base::Error connection_closed(const std::string& endpoint) {
  return base::error(ErrorKind::kUnavailable, Reason("http.closed").with("endpoint", endpoint));
}

base::Error answer_malformed(const std::string& why) {
  return base::error(ErrorKind::kUnavailable, Reason("http.answer_malformed").with("why", why));
}

base::Error answer_too_large(std::size_t limit) {
  return base::error(ErrorKind::kTooLarge,
                     Reason("http.answer_too_large").with("limit_bytes", static_cast<std::int64_t>(limit)));
}

base::Error cancelled() {
  return base::error(ErrorKind::kUnavailable, Reason("http.cancelled"));
}

std::string errno_text(int number) {
  return std::generic_category().message(number);
}

}  // namespace dure::net
