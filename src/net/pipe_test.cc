#include "net/pipe.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <future>

#include "net/raw_peer.h"

namespace dure::net {
namespace {

std::pair<Fd, Fd> socket_pair() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

void write_all(const Fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ASSERT_GT(sent, 0);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string receive_all(const Fd& fd) {
  std::string all;
  char bytes[65536];
  for (ssize_t got = 0; (got = ::recv(fd.get(), bytes, sizeof bytes, 0)) > 0;)
    all.append(bytes, static_cast<std::size_t>(got));
  return all;
}

// A server that ties whatever connects to the far end of a socket pair.
struct Tied {
  explicit Tied(int status = 101, const PipeOptions& options = {}) {
    auto [near_end, far_end] = socket_pair();
    far = std::move(far_end);
    auto near = std::make_shared<Fd>(std::move(near_end));
    server = start_server([this, near, status, options](const Request&) {
      return Response::take(status, {{"Upgrade", "tcp"}, {"Connection", "Upgrade"}},
                            [this, near, options](Connection connection) {
                              splice(std::move(connection), std::move(*near), options,
                                     [this](const PipeReport& what) { report.set_value(what); });
                            });
    });
  }
  ~Tied() { server->stop({0}); }

  Fd far;
  std::promise<PipeReport> report;
  std::unique_ptr<Server> server;
};

const std::string kUpgrade = "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

TEST(Takeover, TheHeadIsWrittenAndEarlyBytesGoThrough) {
  Tied tied;
  RawPeer peer(*tied.server);
  peer.send(kUpgrade + "early");
  const std::string head = peer.receive_until("\r\n\r\n");
  EXPECT_EQ(head.substr(0, 34), "HTTP/1.1 101 Switching Protocols\r\n");
  EXPECT_NE(head.find("Connection: Upgrade\r\n"), std::string::npos);
  char bytes[5];
  EXPECT_EQ(::recv(tied.far.get(), bytes, 5, MSG_WAITALL), 5);
  EXPECT_EQ(std::string(bytes, 5), "early");
}

TEST(Takeover, StatusZeroWritesNothing) {
  Tied tied(0);
  RawPeer peer(*tied.server);
  peer.send(kUpgrade);
  write_all(tied.far, "HTTP/1.1 299 Own\r\n\r\n");
  EXPECT_EQ(peer.receive_until("\r\n\r\n"), "HTTP/1.1 299 Own\r\n\r\n");
}

TEST(Takeover, AHandlerCanSpeakItself) {
  const auto server = start_server([](const Request&) {
    return Response::take(0, {}, [](Connection connection) {
      auto held = std::make_shared<Connection>(std::move(connection));
      held->read([held](const base::Result<std::string>& bytes) {
        held->write("heard " + *bytes, [held](const base::Status&) { held->close(); });
      });
    });
  });
  RawPeer peer(*server);
  peer.send(kUpgrade);
  peer.send("hello");
  EXPECT_EQ(peer.receive_all(), "heard hello");
  EXPECT_TRUE(wait_until([&] { return server->figures().connections == 0; }));
}

TEST(Pipe, MegabytesGoBothWaysAndHalfCloseIsKept) {
  Tied tied;
  RawPeer peer(*tied.server);
  peer.send(kUpgrade);
  peer.receive_until("\r\n\r\n");
  const std::string up(8'000'000, 'u');
  const std::string down(5'000'000, 'd');
  std::thread sender([&] {
    write_all(peer.fd(), up);
    ::shutdown(peer.fd().get(), SHUT_WR);
  });
  EXPECT_EQ(receive_all(tied.far), up);  // the end arrives although the other way is open
  std::thread answerer([&] {
    write_all(tied.far, down);
    tied.far.reset();
  });
  EXPECT_EQ(receive_all(peer.fd()), down);
  sender.join();
  answerer.join();
  const PipeReport report = tied.report.get_future().get();
  EXPECT_EQ(report.end, PipeEnd::kFinished);
  EXPECT_EQ(report.a_to_b, up.size());
  EXPECT_EQ(report.b_to_a, down.size());
}

TEST(Pipe, IdlePipesEnd) {
  PipeOptions options;
  options.idle_timeout = base::Span::milliseconds(200);
  std::atomic<int> traffic = 0;
  options.on_traffic = [&] { ++traffic; };
  Tied tied(101, options);
  RawPeer peer(*tied.server);
  peer.send(kUpgrade);
  peer.receive_until("\r\n\r\n");
  peer.send("x");
  EXPECT_EQ(tied.report.get_future().get().end, PipeEnd::kIdle);
  EXPECT_EQ(peer.receive_all(), "");
  EXPECT_EQ(traffic, 1);
}

TEST(Pipe, StopEndsPipesAfterTheDeadline) {
  Tied tied;
  RawPeer peer(*tied.server);
  peer.send(kUpgrade);
  peer.receive_until("\r\n\r\n");
  tied.server->stop(base::Span::milliseconds(100));
  EXPECT_EQ(tied.report.get_future().get().end, PipeEnd::kBroken);
}

TEST(Pipe, AdoptedDescriptorsCanBeTied) {
  const auto server = start_server([](const Request&) { return Response::empty(200); });
  auto [a, a_far] = socket_pair();
  auto [b, b_far] = socket_pair();
  auto second = std::make_shared<Fd>(std::move(b));
  ASSERT_TRUE(server
                  ->adopt(std::move(a),
                          [second](Connection connection) {
                            splice(std::move(connection), std::move(*second), {}, nullptr);
                          })
                  .ok());
  write_all(a_far, "through");
  ::shutdown(a_far.get(), SHUT_WR);
  EXPECT_EQ(receive_all(b_far), "through");
  EXPECT_FALSE(server->adopt(Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), [](Connection) {}).ok());
}

TEST(Connection, MayOutliveItsServer) {
  Connection kept;
  {
    std::promise<void> arrived;
    const auto server = start_server([&](const Request&) {
      return Response::take(0, {}, [&](Connection connection) {
        kept = std::move(connection);
        arrived.set_value();
      });
    });
    RawPeer peer(*server);
    peer.send(kUpgrade);
    arrived.get_future().get();
    server->stop(base::Span::milliseconds(50));
    EXPECT_TRUE(peer.closed_within(1000));
  }
  bool failed = false;
  kept.read([&](const base::Result<std::string>& bytes) { failed = !bytes.ok(); });
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace dure::net
