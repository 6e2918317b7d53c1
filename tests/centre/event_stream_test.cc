// The event stream: order, resuming, who sees what, slow listeners, and that it ends with the right to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "centre/centre.h"
#include "cli/api.h"
#include "net/client.h"
#include "net/server.h"
#include "server/edge.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr auto kLong = std::chrono::seconds(30);  // only a failure waits so long

// Events of a caller's own account, as a command would leave them; sealed.
void publish(Centre& centre, const std::string& account, int count) {
  const auto done = commands::run<bool>(
      centre.world(), commands::system_caller("test"), [&](commands::Work& work) -> base::Result<bool> {
        const access::Resource where{.kind = access::ResourceKind::kEvent, .account_id = account};
        for (int i = 0; i < count; ++i)
          DURE_TRY(work.publish("test.happened", "accounts/" + account, where,
                                "{\"padding\":\"" + std::string(200, 'x') + "\"}"));
        return true;
      });
  ASSERT_TRUE(done.ok());
  for (int sealed = 0; sealed <= count; sealed += 500) centre.turn_loops();
}

std::int64_t last_position(Centre& centre) {
  return centre.get("/api/v1/events?sort=-position&limit=1", centre.operators).number("items/0/position");
}

// Positions of all events in the caller's list after one.
std::vector<std::int64_t> listed(Centre& centre, const Who& who, std::int64_t after) {
  std::vector<std::int64_t> positions;
  std::string cursor;
  do {
    const auto page = centre.get(
        "/api/v1/events?sort=position&limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor), who);
    for (const auto& item : page.body.at("items").as_array())
      if (const auto position = cli::number_at(item, "position"); position > after)
        positions.push_back(position);
    cursor = page.text("next");
  } while (!cursor.empty());
  return positions;
}

// The stream of a caller without a socket: what the route hands to the server.
net::Push open_stream(Centre& centre, const std::string& token, std::int64_t after = 0) {
  net::Request request;
  request.method = "GET";
  request.path = "/api/v1/events/stream";
  request.query = {{"after", std::to_string(after)}};
  request.headers.add("Authorization", "Bearer " + token);
  request.peer = "127.0.0.1:50000";
  auto response = centre.handler()(request);
  EXPECT_EQ(response.status, 200);
  return std::get<net::Push>(response.body);
}

// The centre behind a socket.
struct Listening {
  explicit Listening(net::Handler handler) {
    net::ServerOptions options;
    options.listen = {net::Listen::tcp("127.0.0.1", 0)};
    options.handler = std::move(handler);
    server = std::move(*net::Server::start(std::move(options)));
    endpoint.host = "127.0.0.1";
    endpoint.port = server->port(0);
  }
  ~Listening() { server->stop(base::Span::seconds(1)); }
  std::unique_ptr<net::Server> server;
  net::Endpoint endpoint;
};

// Somebody who reads a stream over the socket.
class Reader {
 public:
  Reader(const Listening& listening, const std::string& token, const std::string& query,
         net::Headers headers = {})
      : client_(listening.endpoint) {
    net::ClientRequest request;
    request.target = "/api/v1/events/stream" + query;
    request.headers = std::move(headers);
    request.headers.add("Authorization", "Bearer " + token);
    thread_ = std::thread([this, request] { read(request); });
  }
  ~Reader() {
    client_.cancel();
    thread_.join();
  }

  // True when so many have come in time.
  bool wait_for(std::size_t count, std::chrono::milliseconds limit = kLong) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return positions_.size() >= count; });
  }
  bool wait_for_head() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return status_ != 0; });
  }
  bool wait_for_end() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return over_; });
  }
  std::vector<std::int64_t> positions() {
    const std::lock_guard lock(mutex_);
    return positions_;
  }

 private:
  void read(const net::ClientRequest& request) {
    net::EventReader events;
    const auto done = client_.stream(
        request,
        [this](int status, const net::Headers&) {
          tell([&] { status_ = status; });
          return status == 200;
        },
        [&](std::string_view bytes) {
          events.feed(
              bytes, [this](net::Event event) { tell([&] { positions_.push_back(std::stoll(event.id)); }); });
          return true;
        });
    static_cast<void>(done);
    tell([&] { over_ = true; });
  }
  template <class Change>
  void tell(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }

  net::Client client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> positions_;
  int status_ = 0;
  bool over_ = false;
  std::thread thread_;
};

// Pumps until the reader has so many.
bool pump_until(Centre& centre, Reader& reader, std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + kLong;
  while (std::chrono::steady_clock::now() < end) {
    centre.hub().pump();
    if (reader.wait_for(count, std::chrono::milliseconds(20))) return true;
  }
  return false;
}

TEST(EventStream, OverASocketTheyComeInOrderEachOnceAndEndWithTheLogOut) {
  Centre centre;
  Listening listening(centre.handler());
  const Who user = centre.admit("hong01");
  centre.turn_loops();
  const auto before = last_position(centre);
  Reader reader(listening, user.token, "");
  ASSERT_TRUE(reader.wait_for_head());
  publish(centre, user.account, 3);
  ASSERT_TRUE(reader.wait_for(3));
  publish(centre, user.account, 2);
  ASSERT_TRUE(reader.wait_for(5));
  EXPECT_EQ(reader.positions(), listed(centre, user, before));
  ASSERT_EQ(centre.send("DELETE", "/api/v1/sessions/current", user.token).status, 204);
  publish(centre, user.account, 1);
  EXPECT_TRUE(reader.wait_for_end());
  EXPECT_EQ(reader.positions().size(), 5u);
}

TEST(EventStream, AnotherReplicaSendsWhatThisOneSealed) {
  Centre centre;
  const Who user = centre.admit("hong01");
  centre.turn_loops();
  // A dured whose sealer holds no lease: nobody rings there, its own clock finds what is new.
  server::EventHub elsewhere(centre.world());
  elsewhere.start(base::Span::milliseconds(1));
  commands::LedgerCache ledgers;
  server::Api api{centre.world(), ledgers};
  server::Router router;
  server::add_event_routes(router, api, elsewhere);
  Listening listening(server::make_handler(router, api));
  Reader reader(listening, user.token, "");
  ASSERT_TRUE(reader.wait_for_head());
  publish(centre, user.account, 2);
  EXPECT_TRUE(reader.wait_for(2));
}

TEST(EventStream, ResumesAfterTheLastEventIdAndAfterThePositionInTheQuery) {
  Centre centre;
  Listening listening(centre.handler());
  const Who user = centre.admit("hong01");
  publish(centre, user.account, 10);
  const auto all = listed(centre, user, 0);
  const auto from = all[all.size() - 4];
  const std::vector<std::int64_t> rest(all.end() - 3, all.end());
  Reader by_query(listening, user.token, "?after=" + std::to_string(from));
  ASSERT_TRUE(pump_until(centre, by_query, 3));
  EXPECT_EQ(by_query.positions(), rest);
  // What the browser saw last goes before what its address says.
  Reader by_header(listening, user.token, "?after=0", {{"Last-Event-ID", std::to_string(from)}});
  ASSERT_TRUE(pump_until(centre, by_header, 3));
  EXPECT_EQ(by_header.positions(), rest);
}

TEST(EventStream, EachSeesWhatItsListShowsAndNoMore) {
  Centre centre;
  Listening listening(centre.handler());
  const Who user = centre.admit("hong01");
  const Who other = centre.admit("kim01");
  publish(centre, user.account, 2);
  publish(centre, other.account, 2);
  const auto his = listed(centre, user, 0);
  const auto all = listed(centre, centre.operators, 0);
  ASSERT_LT(his.size(), all.size());
  Reader one(listening, user.token, "?after=0");
  Reader everything(listening, centre.operators.token, "?after=0");
  ASSERT_TRUE(pump_until(centre, one, his.size()));
  ASSERT_TRUE(pump_until(centre, everything, all.size()));
  centre.hub().pump();
  EXPECT_EQ(one.positions(), his);
  EXPECT_EQ(everything.positions(), all);
}

TEST(EventStream, ASlowListenerIsDroppedAndResumesWithNothingLost) {
  Centre centre;
  Listening listening(centre.handler());
  const Who user = centre.admit("hong01");
  const net::Push unread = open_stream(centre, user.token);
  publish(centre, user.account, 1500);  // far more than waits for one reader
  EXPECT_FALSE(unread.closed()) << "he has time to catch up";
  EXPECT_EQ(centre.hub().listener_count(), 1u);
  centre.clock.advance(base::Span::seconds(30));
  centre.hub().pump();
  EXPECT_TRUE(unread.closed());
  EXPECT_EQ(centre.hub().listener_count(), 0u);
  const auto all = listed(centre, user, 0);
  ASSERT_GT(all.size(), 1500u);
  Reader again(listening, user.token, "", {{"Last-Event-ID", std::to_string(all[9])}});
  ASSERT_TRUE(pump_until(centre, again, all.size() - 10));
  EXPECT_EQ(again.positions(), std::vector<std::int64_t>(all.begin() + 10, all.end()));
}

// Each way in which a right ends, and that the stream then does within a second, without any event.
TEST(EventStream, EndsWithLockSuspensionAndRevokedToken) {
  Centre centre;
  const Who locked = centre.admit("hong01");
  const Who suspended = centre.admit("kim01");
  const Who revoked = centre.admit("park01");
  const Who stays = centre.admit("lee01");
  const auto made = centre.post("/api/v1/api-tokens", revoked, {{"name", "script"}});
  const net::Push pushes[] = {open_stream(centre, locked.token), open_stream(centre, suspended.token),
                              open_stream(centre, made.text("token")), open_stream(centre, stays.token)};
  centre.hub().pump();
  for (const auto& push : pushes) EXPECT_FALSE(push.closed());
  for (int i = 0; i < 5; ++i)
    centre.post("/api/v1/sessions", {}, {{"login", "hong01"}, {"password", "Wrong7!stone_K9"}});
  centre.post("/api/v1/accounts/" + suspended.account + "/suspend", centre.operators, {{"ground", "mining"}});
  centre.send("DELETE", "/api/v1/api-tokens/" + made.text("api_token/id"), revoked.token);
  centre.clock.advance(base::Span::seconds(1));
  centre.hub().pump();
  EXPECT_TRUE(pushes[0].closed()) << "locked";
  EXPECT_TRUE(pushes[1].closed()) << "suspended";
  EXPECT_TRUE(pushes[2].closed()) << "revoked";
  EXPECT_FALSE(pushes[3].closed());
}

TEST(EventStream, AnEndedGrantNarrowsTheStreamThatIsOpen) {
  Centre centre;
  Listening listening(centre.handler());
  const Who user = centre.admit("hong01");
  const Who other = centre.admit("kim01");
  const auto grant = centre.post("/api/v1/role-grants", centre.operators,
                                 {{"account_id", user.account}, {"role", "auditor"}, {"scope", "centre"}});
  ASSERT_EQ(grant.status, 201) << json::serialize(grant.body);
  centre.turn_loops();
  const auto before = last_position(centre);
  Reader reader(listening, user.token, "?after=" + std::to_string(before));
  ASSERT_TRUE(reader.wait_for_head());
  publish(centre, other.account, 1);
  ASSERT_TRUE(reader.wait_for(1)) << "an auditor sees everybody's";
  centre.send("DELETE", "/api/v1/role-grants/" + grant.text("id"), centre.operators.token);
  publish(centre, other.account, 1);
  publish(centre, user.account, 1);
  ASSERT_TRUE(reader.wait_for(2));
  EXPECT_EQ(reader.positions().back(), last_position(centre));
  EXPECT_EQ(reader.positions().size(), 2u);
}

TEST(EventStream, AnOpenStreamDoesNotKeepAnIdleSessionOpen) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const net::Push push = open_stream(centre, user.token);
  for (int minute = 0; minute < 29; ++minute) {
    centre.clock.advance(base::Span::minutes(1));
    centre.hub().pump();
  }
  EXPECT_FALSE(push.closed());
  centre.clock.advance(base::Span::minutes(2));  // S0: a user's session ends after 30 idle minutes
  centre.hub().pump();
  EXPECT_TRUE(push.closed());
}

}  // namespace
}  // namespace dure::tests
