// Inside net/: what Asio says of a read or a write, as a Stream says it.
#pragma once

#include <boost/asio/error.hpp>
#include <cstddef>

#include "net/stream.h"

namespace dure::net {

inline Io to_io(const boost::system::error_code& error, std::size_t bytes) {
  // With TLS an end without close_notify may be an attacker's cut; it is an error (stream_truncated), not an
  // end.
  if (error == boost::asio::error::eof) return {0, true, {}};
  return {bytes, false, error};
}

}  // namespace dure::net
