// Inside net/: the failures that its functions report, one place for their codes and parameters.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace dure::net {

base::Error connect_failed(const std::string& endpoint, const std::string& why);
base::Error listen_failed(const std::string& endpoint, const std::string& why);
base::Error tls_failed(const std::string& what, const std::string& why);
base::Error timed_out(base::Span timeout);
base::Error connection_closed(const std::string& endpoint);
base::Error answer_malformed(const std::string& why);
base::Error answer_too_large(std::size_t limit);
base::Error cancelled();

// "Connection refused" for ECONNREFUSED.
std::string errno_text(int number);

}  // namespace dure::net
