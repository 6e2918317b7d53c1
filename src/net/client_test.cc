#include "net/client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>

#include "net/raw_peer.h"

namespace dure::net {
namespace {

// A server that answers as a script says: one function for each connection, in order.
class Scripted {
 public:
  using Script = std::vector<std::function<void(int)>>;

  explicit Scripted(Script script) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    endpoint.host = "127.0.0.1";
    endpoint.port = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
      for (const auto& part : script) {
        const Fd fd(::accept(listener_.get(), nullptr, nullptr));
        ++accepted;
        part(fd.get());
      }
    });
  }
  ~Scripted() { thread_.join(); }

  Endpoint endpoint;
  std::atomic<int> accepted = 0;

 private:
  Fd listener_;
  std::thread thread_;
};

void read_head(int fd) {
  std::string all;
  char byte = 0;
  while (all.find("\r\n\r\n") == std::string::npos && ::recv(fd, &byte, 1, 0) == 1) all += byte;
}

void say(int fd, const std::string& text) {
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string why_not_sent(const base::Result<ClientResponse>& result) {
  return result.ok() ? "answered" : result.failure().reason.code;
}

TEST(Client, ARequestLostOnAKeptConnectionIsSentAgainOnce) {
  // The first connection dies after having swallowed the second request.
  Scripted server({[](int fd) {
                     read_head(fd);
                     say(fd, kOk);
                     read_head(fd);
                   },
                   [](int fd) {
                     read_head(fd);
                     say(fd, kOk);
                   }});
  Client client(server.endpoint);
  EXPECT_EQ(client.send({})->body, "ok");
  EXPECT_EQ(client.send({})->body, "ok");
  EXPECT_EQ(server.accepted, 2);
}

TEST(Client, ARequestWithEffectsIsNotSentAgain) {
  Scripted server({[](int fd) {
    read_head(fd);
    say(fd, kOk);
    read_head(fd);
  }});
  Client client(server.endpoint);
  ClientRequest post;
  post.method = "POST";
  EXPECT_EQ(client.send(post)->body, "ok");
  EXPECT_EQ(why_not_sent(client.send(post)), "http.closed");
}

TEST(Client, AFreshConnectionThatDiesIsAnError) {
  Scripted server({[](int fd) { read_head(fd); }});
  Client client(server.endpoint);
  EXPECT_EQ(why_not_sent(client.send({})), "http.closed");
}

TEST(Client, BrokenAnswersAreErrors) {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nonsense\r\n\r\n", "http.answer_malformed"},
      {head + "Content-Length: 10\r\n\r\nshort", "http.closed"},
      {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", "http.closed"},
      {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", "http.answer_malformed"},
      {head + "Content-Length: 100\r\n\r\n" + std::string(100, 'x'), "http.answer_too_large"},
      {head + "\r\nto the end", "answered"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" + kOk, "answered"},
  };
  for (const auto& [bytes, expected] : cases) {
    Scripted server({[&, text = bytes](int fd) {
      read_head(fd);
      say(fd, text);
    }});
    Client client(server.endpoint);
    ClientRequest request;
    request.max_body = 50;
    EXPECT_EQ(why_not_sent(client.send(request)), expected) << bytes;
  }
}

TEST(Client, TimeRunsOutForTheWholeExchange) {
  Scripted server({[](int fd) {
    read_head(fd);
    for (int i = 0; i < 20; ++i) {  // a byte now and then does not help
      say(fd, "H");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }});
  Client client(server.endpoint);
  ClientRequest request;
  request.timeout = base::Span::milliseconds(150);
  EXPECT_EQ(why_not_sent(client.send(request)), "http.timeout");
}

TEST(Client, NobodyThereIsAnErrorThatNamesThePlace) {
  Endpoint endpoint;
  endpoint.unix_path = "/tmp/dure_net_nobody.sock";
  const auto result = Client(endpoint).send({});
  EXPECT_EQ(why_not_sent(result), "http.connect_failed");
  EXPECT_EQ(std::get<std::string>(*result.failure().reason.find("endpoint")),
            "unix:/tmp/dure_net_nobody.sock");
}

TEST(Client, NothingOfTheCallerAddsALine) {
  Endpoint nowhere;
  nowhere.host = "127.0.0.1";
  Client client(nowhere);
  ClientRequest request;
  request.target = "/a\r\nX: y";
  EXPECT_EQ(why_not_sent(client.send(request)), "http.url_invalid");
  request.target = "/";
  request.headers.add("A", "b\r\nX: y");
  EXPECT_EQ(why_not_sent(client.send(request)), "http.url_invalid");
}

TEST(Client, AHijackedConnectionIsTheCallers) {
  Scripted server({[](int fd) {
    read_head(fd);
    say(fd, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly");
    char bytes[4];
    ::recv(fd, bytes, 4, MSG_WAITALL);
    say(fd, std::string(bytes, 4) + "!");
  }});
  Client client(server.endpoint);
  ClientRequest request;
  request.method = "POST";
  request.headers = {{"Connection", "Upgrade"}, {"Upgrade", "tcp"}};
  auto taken = client.hijack(request);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->status, 101);
  std::string heard = taken->early;
  say(taken->fd.get(), "ping");
  char bytes[16];
  for (ssize_t got = 1; got > 0; heard.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(got, 0))))
    got = ::recv(taken->fd.get(), bytes, sizeof bytes, 0);
  EXPECT_EQ(heard, "earlyping!");
}

TEST(Client, AStreamStopsWhenItsReaderHasEnough) {
  Scripted server({[](int fd) {
    read_head(fd);
    say(fd, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 1000; ++i) {
      say(fd, "line\n");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      char byte = 0;
      if (::recv(fd, &byte, 1, MSG_DONTWAIT) == 0) break;
    }
  }});
  Client client(server.endpoint);
  int pieces = 0;
  EXPECT_TRUE(
      client
          .stream(
              {}, [](int, const Headers&) { return true; }, [&](std::string_view) { return ++pieces < 3; })
          .ok());
  EXPECT_EQ(pieces, 3);
}

TEST(Endpoint, TextsAreReadAndWritten) {
  EXPECT_EQ(to_text(*parse_endpoint("http://127.0.0.1:8080")), "http://127.0.0.1:8080");
  EXPECT_EQ(to_text(*parse_endpoint("https://centre.example/")), "https://centre.example:443");
  EXPECT_EQ(to_text(*parse_endpoint("http://[::1]:81")), "http://[::1]:81");
  EXPECT_EQ(parse_endpoint("unix:/run/x.sock")->unix_path, "/run/x.sock");
  EXPECT_EQ(parse_endpoint("unix:///run/x.sock")->unix_path, "/run/x.sock");
  for (const char* bad : {"", "ftp://x", "http://", "http://a:b", "http://a:0", "http://a:70000",
                          "http://u@h", "http://[::1", "unix:x", "http://a/b"})
    EXPECT_FALSE(parse_endpoint(bad).ok()) << bad;
}

}  // namespace
}  // namespace dure::net
