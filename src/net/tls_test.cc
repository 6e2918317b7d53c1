// TLS end to end, with an authority and certificates made here.
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "net/raw_peer.h"
#include "net/websocket_client.h"

namespace dure::net {
namespace {

struct Certificate {
  std::string cert_file;
  std::string key_file;
  std::shared_ptr<X509> cert;
  std::shared_ptr<EVP_PKEY> key;
};

// A folder with certificates: an authority that signs the others.
class Authority {
 public:
  Authority() {
    char name[] = "/tmp/dure_tls_test_XXXXXX";
    folder_ = ::mkdtemp(name);
    self_ = issue("Test Authority", "", nullptr);
  }
  ~Authority() {
    for (const std::string& file : files_) ::unlink(file.c_str());
    ::rmdir(folder_.c_str());
  }

  const std::string& file() const { return self_.cert_file; }
  Certificate issue(const std::string& common_name, const std::string& alternative) {
    return issue(common_name, alternative, &self_);
  }

 private:
  static void extend(X509* cert, int what, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
  }

  Certificate issue(const std::string& common_name, const std::string& alternative,
                    const Certificate* issuer) {
    Certificate made;
    made.key = {EVP_EC_gen("P-256"), &EVP_PKEY_free};
    made.cert = {X509_new(), &X509_free};
    X509* cert = made.cert.get();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, made.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer->cert.get() : cert));
    if (issuer == nullptr) extend(cert, NID_basic_constraints, "critical,CA:TRUE");
    if (!alternative.empty()) extend(cert, NID_subject_alt_name, alternative.c_str());
    X509_sign(cert, issuer ? issuer->key.get() : made.key.get(), EVP_sha256());
    made.cert_file = save("cert", [&](std::FILE* file) { PEM_write_X509(file, cert); });
    made.key_file = save("key", [&](std::FILE* file) {
      PEM_write_PrivateKey(file, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return made;
  }

  std::string save(const std::string& kind, const std::function<void(std::FILE*)>& write) {
    files_.push_back(folder_ + "/" + kind + std::to_string(serial_) + ".pem");
    std::FILE* file = std::fopen(files_.back().c_str(), "w");
    write(file);
    std::fclose(file);
    return files_.back();
  }

  std::string folder_;
  std::vector<std::string> files_;
  long serial_ = 0;
  Certificate self_;
};

class Tls : public testing::Test {
 protected:
  std::unique_ptr<Server> serve(bool mutual,
                                const std::string& alternative = "IP:127.0.0.1,DNS:centre.example") {
    const Certificate own = authority_.issue("centre", alternative);
    TlsFiles files{own.cert_file, own.key_file, mutual ? authority_.file() : "", mutual};
    ServerOptions options;
    options.listen = {Listen::with_tls("127.0.0.1", 0, files)};
    options.handler = [](const Request& request) -> Response {
      if (request.path == "/ws") {
        WebSocket::Options echo;
        echo.on_message = [](const WebSocket& socket, std::string_view bytes, bool) {
          socket.send_text(bytes);
        };
        return Response::accept(WebSocket::make(std::move(echo)));
      }
      if (request.path == "/large") return Response::text(200, "text/plain", std::string(3'000'000, 'l'));
      return Response::text(request.secure ? 200 : 500, "text/plain", "for " + request.certificate_name);
    };
    return start_server(std::move(options));
  }

  Endpoint endpoint(const Server& server) const {
    Endpoint endpoint = endpoint_of(server);
    endpoint.tls = true;
    endpoint.ca_file = authority_.file();
    return endpoint;
  }

  static std::string outcome(const Endpoint& endpoint, const std::string& target = "/") {
    Client client(endpoint);
    ClientRequest request;
    request.target = target;
    const auto answer = client.send(request);
    return answer.ok() ? answer->body : answer.failure().reason.code;
  }

  Authority authority_;
};

TEST_F(Tls, RequestsGoThroughAndConnectionsAreKept) {
  const auto server = serve(false);
  Client client(endpoint(*server));
  for (int i = 0; i < 5; ++i) {
    ClientRequest request;
    request.target = i % 2 == 0 ? "/" : "/large";
    const auto answer = client.send(request);
    ASSERT_TRUE(answer.ok()) << answer.failure().reason.code;
    EXPECT_EQ(answer->body.size(), i % 2 == 0 ? 4u : 3'000'000u);
  }
  EXPECT_EQ(server->figures().accepted, 1u);
}

TEST_F(Tls, AClientIsKnownByItsCertificate) {
  const auto server = serve(true);
  Endpoint known = endpoint(*server);
  const Certificate node = authority_.issue("node-7", "");
  known.cert_file = node.cert_file;
  known.key_file = node.key_file;
  EXPECT_EQ(outcome(known), "for node-7");
  EXPECT_NE(outcome(endpoint(*server)).substr(0, 4), "for ");  // without a certificate
  Authority stranger;
  const Certificate forged = stranger.issue("node-7", "");
  known.cert_file = forged.cert_file;
  known.key_file = forged.key_file;
  EXPECT_NE(outcome(known).substr(0, 4), "for ");
}

TEST_F(Tls, AServerMustProveItsName) {
  const auto server = serve(false, "DNS:other.example");
  EXPECT_EQ(outcome(endpoint(*server)), "http.tls_failed");
  const auto good = serve(false);
  Endpoint distrusting = endpoint(*good);
  distrusting.ca_file = "";  // the system's authorities do not know ours
  EXPECT_EQ(outcome(distrusting), "http.tls_failed");
}

TEST_F(Tls, PlainTextAtATlsPortIsDropped) {
  const auto server = serve(false);
  RawPeer peer(*server);
  peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(peer.receive_all().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(wait_until([&] { return server->figures().connections == 0; }));
}

TEST_F(Tls, WebSocketsRunOverIt) {
  const auto server = serve(false);
  auto client = WebSocketClient::connect(endpoint(*server), "/ws");
  ASSERT_TRUE(client.ok()) << client.failure().reason.code;
  const std::string large(300'000, 'w');
  ASSERT_TRUE((*client)->send_text(large).ok());
  auto echo = (*client)->receive(base::Span::seconds(5));
  ASSERT_TRUE(echo.ok());
  EXPECT_EQ(echo->bytes, large);
  client->reset();
  server->stop(base::Span::seconds(2));
}

TEST_F(Tls, MissingFilesAreNamed) {
  ServerOptions options;
  options.handler = [](const Request&) { return Response::empty(200); };
  options.listen = {
      Listen::with_tls("127.0.0.1", 0, {"/nonexistent/cert.pem", "/nonexistent/key.pem", "", false})};
  const auto server = Server::start(options);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(std::get<std::string>(*server.failure().reason.find("what")), "/nonexistent/cert.pem");
}

}  // namespace
}  // namespace dure::net
