#include "net/push.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "net/raw_peer.h"

namespace dure::net {
namespace {

// A server whose every answer is an event stream; the test holds the writing ends.
struct Events {
  explicit Events(const Push::Options& push_options = {}) {
    server = start_server([this, push_options](const Request&) {
      Push push = Push::make(push_options);
      push.on_close([this] { ++closed; });
      const std::lock_guard lock(mutex);
      pushes.push_back(push);
      return Response::events(push);
    });
  }
  ~Events() { server->stop({0}); }

  Push wait_for_push() {
    EXPECT_TRUE(wait_until([&] {
      const std::lock_guard lock(mutex);
      return !pushes.empty();
    }));
    const std::lock_guard lock(mutex);
    return pushes.front();
  }

  std::mutex mutex;
  std::vector<Push> pushes;
  std::atomic<int> closed = 0;
  std::unique_ptr<Server> server;
};

const std::string kGetRoot = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Push, EventsArriveAsTheyAreWritten) {
  Events events;
  Client client(endpoint_of(*events.server));
  EventReader reader;
  std::vector<Event> seen;
  std::thread producer([&] {
    const Push push = events.wait_for_push();
    push.write(event_text("1", "changed", "first\nsecond"));
    push.write(event_text("2", "", "third"));
    push.close();
  });
  const auto status = client.stream(
      {},
      [](int code, const Headers& headers) {
        return code == 200 && headers.get("Cache-Control") == "no-store";
      },
      [&](std::string_view bytes) {
        reader.feed(bytes, [&](const Event& event) { seen.push_back(event); });
        return true;
      });
  producer.join();
  EXPECT_TRUE(status.ok());
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].data, "first\nsecond");
  EXPECT_EQ(seen[0].event, "changed");
  EXPECT_EQ(seen[1].event, "message");
  EXPECT_EQ(seen[1].id, "2");
  EXPECT_EQ(events.closed, 1);
}

TEST(Push, AGoneReaderIsNoticed) {
  Events events;
  auto peer = std::make_unique<RawPeer>(*events.server);
  peer->send(kGetRoot);
  const Push push = events.wait_for_push();
  push.write("data: x\n\n");
  EXPECT_NE(peer->receive_until("data: x").find("200 OK"), std::string::npos);
  EXPECT_FALSE(push.closed());
  peer.reset();
  EXPECT_TRUE(wait_until([&] { return events.closed == 1; }));
  EXPECT_FALSE(push.write("more"));
}

TEST(Push, ASlowReaderIsDropped) {
  Push::Options options;
  options.buffer_limit = 64 * 1024;
  Events events(options);
  RawPeer peer(*events.server);
  peer.send(kGetRoot);
  const Push push = events.wait_for_push();
  const std::string chunk(16 * 1024, 'x');
  bool written = true;
  for (int i = 0; i < 100'000 && written; ++i) {
    written = push.write(chunk);
    if (i % 100 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_FALSE(written);
  EXPECT_TRUE(push.closed());
  EXPECT_EQ(events.closed, 1);
  EXPECT_TRUE(wait_until([&] { return events.server->figures().connections == 0; }));
}

TEST(Push, AWaitingProducerIsHeldBackInstead) {
  Push::Options options;
  options.buffer_limit = 64 * 1024;
  Events events(options);
  constexpr std::size_t kTotal = 20'000'000;
  std::thread producer([&] {
    const Push push = events.wait_for_push();
    for (std::size_t sent = 0; sent < kTotal; sent += 10'000)
      if (!push.write_wait(std::string(10'000, 'y'), base::Span::seconds(10))) break;
    push.close();
  });
  Client client(endpoint_of(*events.server));
  std::size_t got = 0;
  EXPECT_TRUE(client
                  .stream(
                      {}, [](int, const Headers&) { return true; },
                      [&](std::string_view bytes) {
                        got += bytes.size();
                        return true;
                      })
                  .ok());
  producer.join();
  EXPECT_EQ(got, kTotal);
}

TEST(Push, SilenceIsFilledAndTheLastHandleEndsTheStream) {
  Push::Options options;
  options.keep_alive_every = base::Span::milliseconds(50);
  Events events(options);
  RawPeer peer(*events.server);
  peer.send(kGetRoot);
  events.wait_for_push();
  EXPECT_NE(peer.receive_until(":\n\n").find(":\n\n"), std::string::npos);
  {
    const std::lock_guard lock(events.mutex);
    events.pushes.clear();
  }
  EXPECT_NE(peer.receive_all().find("0\r\n\r\n"), std::string::npos);
}

TEST(Push, StopEndsStreams) {
  Events events;
  RawPeer peer(*events.server);
  peer.send(kGetRoot);
  events.wait_for_push();
  peer.receive_until("\r\n\r\n");
  events.server->stop(base::Span::seconds(5));
  EXPECT_EQ(peer.receive_all(), "0\r\n\r\n");
  EXPECT_EQ(events.closed, 1);
}

TEST(Push, AClientCanBeCancelled) {
  Events events;
  Client client(endpoint_of(*events.server));
  std::thread stopper([&] {
    events.wait_for_push();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    client.cancel();
  });
  const auto status = client.stream(
      {}, [](int, const Headers&) { return true; }, [](std::string_view) { return true; });
  stopper.join();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.failure().reason.code, "http.cancelled");
}

TEST(EventText, LineEndsStayInsideTheData) {
  EXPECT_EQ(event_text("7", "x", "a\r\nb\rc"), "id: 7\nevent: x\ndata: a\ndata: b\ndata: c\n\n");
  EventReader reader;
  std::vector<Event> seen;
  for (const char c : std::string("id:1\r\ndata: a\r\ndata:b\r\n\r\n: comment\n\ndata\n\n"))
    reader.feed({&c, 1}, [&](const Event& event) { seen.push_back(event); });
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].data, "a\nb");
  EXPECT_EQ(seen[1].data, "");
  EXPECT_EQ(seen[1].id, "1");
}

}  // namespace
}  // namespace dure::net
