// Inside net/: OpenSSL contexts from files. TLS 1.2 or later, no compression, no renegotiation.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace dure::net {

struct TlsFiles;
struct Endpoint;

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Errors of all: http.tls_failed {what = the file or step, why}.
base::Result<TlsContext> server_tls(const TlsFiles& files);
base::Result<TlsContext> client_tls(const Endpoint& endpoint);

// A session of a client that demands a certificate valid for `host`, a name or an address. Owned by the
// caller (SSL_free).
base::Result<ssl_st*> client_session(const TlsContext& context, const std::string& host);

// The common name of the peer's verified certificate, "" without one.
std::string peer_common_name(const ssl_st* session);

// The oldest error of OpenSSL's queue of this thread as text; the queue is emptied.
std::string tls_error_text();

}  // namespace dure::net
