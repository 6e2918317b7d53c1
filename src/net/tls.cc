#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "net/client.h"
#include "net/errors.h"
#include "net/server.h"

namespace dure::net {
namespace {

base::Result<TlsContext> make_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), &SSL_CTX_free);
  if (!context) return tls_failed("context", tls_error_text());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // A buffer that moved between two tries of one write is still the same write.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

base::Status use_certificate(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1)
    return tls_failed(cert_file, tls_error_text());
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return tls_failed(key_file, tls_error_text());
  if (SSL_CTX_check_private_key(context) != 1) return tls_failed(key_file, tls_error_text());
  return {};
}

base::Status trust_clients(SSL_CTX* context, const TlsFiles& files) {
  if (SSL_CTX_load_verify_locations(context, files.client_ca_file.c_str(), nullptr) != 1)
    return tls_failed(files.client_ca_file, tls_error_text());
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(files.client_ca_file.c_str()));
  const int demand = files.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | demand, nullptr);
  return {};
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

base::Result<TlsContext> server_tls(const TlsFiles& files) {
  DURE_LET(context, make_context(TLS_server_method()));
  DURE_TRY(use_certificate(context.get(), files.cert_file, files.key_file));
  if (files.client_ca_file.empty() && files.require_client_certificate)
    return tls_failed("client_ca_file", "missing");
  if (!files.client_ca_file.empty()) DURE_TRY(trust_clients(context.get(), files));
  // Resumption across a restart is not needed; without it a session cannot skip the check of a certificate.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  static constexpr unsigned char kName[] = "dure";
  SSL_CTX_set_session_id_context(context.get(), kName, sizeof kName - 1);
  return std::move(context);
}

base::Result<TlsContext> client_tls(const Endpoint& endpoint) {
  DURE_LET(context, make_context(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool own = !endpoint.ca_file.empty();
  const int loaded = own ? SSL_CTX_load_verify_locations(context.get(), endpoint.ca_file.c_str(), nullptr)
                         : SSL_CTX_set_default_verify_paths(context.get());
  if (loaded != 1) return tls_failed(own ? endpoint.ca_file : "authorities", tls_error_text());
  if (!endpoint.cert_file.empty())
    DURE_TRY(use_certificate(context.get(), endpoint.cert_file, endpoint.key_file));
  return std::move(context);
}

base::Result<ssl_st*> client_session(const TlsContext& context, const std::string& host) {
  SSL* session = SSL_new(context.get());
  if (session == nullptr) return tls_failed("session", tls_error_text());
  SSL_set_connect_state(session);
  int done = 0;
  if (is_address(host)) {
    done = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
  } else {
    done = SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
  }
  if (done == 1) return session;
  SSL_free(session);
  return tls_failed(host, tls_error_text());
}

std::string peer_common_name(const ssl_st* session) {
  if (SSL_get_verify_result(session) != X509_V_OK) return "";
  X509* certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) return "";
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return "";
  std::string name(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name.find('\0') == std::string::npos ? name : "";
}

std::string tls_error_text() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  return text == nullptr ? "unknown error" : text;
}

}  // namespace dure::net
