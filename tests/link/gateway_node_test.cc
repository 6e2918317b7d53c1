// dure-gateway and dure-node together: a browser on one side, a service in a container on the other.
//
// The engine is the one in memory; the "service in the container" is a server of the test, reached in place
// of the container's port.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <mutex>

#include "gateway/gateway.h"
#include "net/server.h"
#include "net/websocket_client.h"
#include "node/node.h"
#include "node/testing/fake_centre.h"

namespace dure {
namespace {

using node::comes;
using node::test_uuid;

// A keyed sum, enough to tell a ticket of ours from another.
std::string test_sign(std::string_view text) {
  std::uint64_t sum = 14695981039346656037ull;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  char hex[32];
  std::snprintf(hex, sizeof hex, "%016llx", static_cast<unsigned long long>(sum));
  return hex;
}

class SystemClock : public ports::Clock {
 public:
  base::Instant now() override { return clock.now().wall; }
  node::SystemBootClock clock;
};

class LinkTest : public testing::Test {
 protected:
  LinkTest() : centre(scratch.file("dured.sock")) {
    state = std::make_unique<node::StateFolder>(*node::StateFolder::open(scratch.file("state")));
    engine.set_images(
        {{"localhost/dure/workspace:1", "sha256:aa", 5, {{"dure.services", R"(["terminal","lab"])"}}}});
    centre.pass = wire::encode_ticket(ticket("node"), test_sign);
    centre.with([](node::Books& books) { books.order(1); });
    open_service();
    open_gateway();
    open_node();
    EXPECT_TRUE(comes([&] { return links->node_count() == 1 && engine.running() == 1; }));
    engine.set_pid(test_uuid(1), ::getpid());
  }
  ~LinkTest() override {
    engine.kill();
    dure_node.reset();
    links.reset();
    service.reset();
  }

  void open_service() {
    net::ServerOptions options;
    options.listen = {net::Listen::tcp("127.0.0.1", 0)};
    options.handler = [this](const net::Request& request) { return serve(request); };
    options.body_limit = [](const net::Request&) { return std::size_t{64} << 20; };
    service = std::move(*net::Server::start(std::move(options)));
  }
  net::Response serve(const net::Request& request) {
    {
      const std::lock_guard lock(mutex);
      seen.push_back(request);
    }
    if (request.headers.has_token("Upgrade", "websocket")) {
      net::WebSocket::Options options;
      options.on_message = [](const net::WebSocket& socket, std::string_view bytes, bool text) {
        text ? socket.send_text(bytes) : socket.send_binary(bytes);
      };
      return net::Response::accept(net::WebSocket::make(std::move(options)));
    }
    auto response =
        net::Response::text(200, "text/plain", request.method + " " + request.target + "\n" + request.body);
    response.headers.add("Access-Control-Allow-Origin", "*");
    response.headers.add("Set-Cookie", "sid=1; Path=/");
    return response;
  }

  void open_gateway() {
    gateway::GatewayOptions options;
    options.public_side = net::Listen::tcp("127.0.0.1", port);
    options.node_side = net::Listen::on_unix(scratch.file("gateway.sock"));
    options.sign = test_sign;
    options.verify = [](std::string_view text, std::string_view signature) {
      return test_sign(text) == signature;
    };
    options.patience = base::Span::seconds(10);
    options.ask = [this](const std::vector<model::AccessTicket>& tickets) { return judge(tickets); };
    options.ask_every = base::Span::hours(1);  // the tests ask themselves
    options.log = [](gateway::Severity, const std::string&) {};
    auto started = gateway::Gateway::start(clock, std::move(options));
    ASSERT_TRUE(started.ok()) << started.failure().reason.code;
    links = std::move(*started);
    port = links->port();
  }
  // dured's word on who may still be in.
  base::Result<std::vector<std::int64_t>> judge(const std::vector<model::AccessTicket>& tickets) {
    if (!dured_answers) return base::error(base::ErrorKind::kUnavailable, base::Reason("http.closed"));
    std::vector<std::int64_t> ended;
    for (std::size_t i = 0; i < tickets.size(); ++i)
      if (tickets[i].account_id == suspended) ended.push_back(static_cast<std::int64_t>(i));
    return ended;
  }
  void open_node() {
    engine.revive();
    node::NodeOptions options;
    options.name = "n1";
    options.centre = centre.endpoint();
    options.gateway.emplace().unix_path = scratch.file("gateway.sock");
    options.identity_path = state->identity();
    options.enrol_token = "enrol-me";
    options.look_every = base::Span::milliseconds(20);
    options.report_every = base::Span::milliseconds(50);
    options.service_start_limit = base::Span::seconds(8);
    options.connect = [this](pid_t, std::uint16_t wanted, base::Span timeout) -> base::Result<net::Fd> {
      if (!service_listens || wanted != 8889) return base::invalid(base::Reason("http.connect_failed"));
      return net::connect_tcp("127.0.0.1", service->port(), timeout);
    };
    options.log = [](node::Severity, const std::string&) {};
    auto started = node::Node::start(*state, engine, cards, clock.clock, std::move(options));
    ASSERT_TRUE(started.ok()) << started.failure().reason.code;
    dure_node = std::move(*started);
  }

  model::AccessTicket ticket(const std::string& purpose, const std::string& name = "",
                             base::Span lasts = base::Span::minutes(5)) {
    model::AccessTicket made;
    made.purpose = purpose;
    made.node_id = model::NodeId(test_uuid(9));
    if (purpose != "node") made.workload_id = model::WorkloadId(test_uuid(1001));
    if (purpose != "node") made.replica_id = model::ReplicaId(test_uuid(1));
    made.service = name;
    made.expires_at = clock.now() + lasts;
    return made;
  }
  std::string text_of(const model::AccessTicket& made) { return wire::encode_ticket(made, test_sign); }
  std::string place(const std::string& rest) { return "/w/" + test_uuid(1001) + "/" + rest; }

  net::Endpoint endpoint() const {
    net::Endpoint made;
    made.host = "127.0.0.1";
    made.port = port;
    return made;
  }
  net::ClientResponse ask(const std::string& method, const std::string& target, net::Headers headers = {},
                          std::string body = "") {
    net::Client client(endpoint());
    auto answer = client.send(
        {.method = method, .target = target, .headers = std::move(headers), .body = std::move(body)});
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.failure().reason.code);
    return answer.ok() ? *answer : net::ClientResponse{};
  }
  net::Headers bearer(const model::AccessTicket& made) {
    return {{"Authorization", "Bearer " + text_of(made)}};
  }
  // What a browser keeps after POST /open: "name=value".
  std::string cookie(const std::string& purpose, const std::string& name = "") {
    const auto answer = ask("POST", "/open", {{"Content-Type", "application/x-www-form-urlencoded"}},
                            "ticket=" + text_of(ticket(purpose, name)));
    const std::string set(answer.headers.get("Set-Cookie"));
    return set.substr(0, set.find(';'));
  }
  std::string host() const { return "127.0.0.1:" + std::to_string(port); }

  node::Scratch scratch;
  SystemClock clock;
  node::FakeCentre centre;
  std::unique_ptr<node::StateFolder> state;
  ports::MemoryEngine engine{[this] { return clock.now(); }};
  gpu::SimulatedCards cards = *gpu::SimulatedCards::parse("t4", "n1");
  std::unique_ptr<net::Server> service;
  std::unique_ptr<gateway::Gateway> links;
  std::unique_ptr<node::Node> dure_node;
  std::uint16_t port = 0;
  std::atomic<bool> service_listens = true;
  model::AccountId suspended{"nobody"};  // set between the questions
  bool dured_answers = true;
  std::mutex mutex;
  std::vector<net::Request> seen;
};

TEST_F(LinkTest, P6_ABrowserOpensAServiceByTicketAndStaysInByCookie) {
  const auto opened = ask("POST", "/open", {{"Content-Type", "application/json"}},
                          R"({"ticket":")" + text_of(ticket("service", "lab")) + "\"}");
  EXPECT_EQ(opened.status, 303);
  EXPECT_EQ(opened.headers.get("Location"), place("lab/"));
  const std::string set(opened.headers.get("Set-Cookie"));
  for (const char* part : {"HttpOnly", "SameSite=Strict", "; Path=/w/", "Max-Age=43200"})
    EXPECT_NE(set.find(part), std::string::npos) << set;
  const std::string kept = set.substr(0, set.find(';'));
  const auto page = ask("GET", place("lab/tree?x=%20"), {{"Cookie", "a=b; " + kept}});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "GET " + place("lab/tree?x=%20") + "\n");
  EXPECT_EQ(page.headers.find("Access-Control-Allow-Origin"), nullptr);
  EXPECT_EQ(page.headers.get("Set-Cookie"), "sid=1; Path=" + place("lab/"));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].headers.get("Cookie"), "a=b") << "the gateway's cookie stays with it";
  const auto posted = ask("POST", place("lab/api"), {{"Cookie", kept}}, std::string(3'000'000, 'x'));
  EXPECT_EQ(posted.body.size(), 3'000'000 + std::string("POST " + place("lab/api") + "\n").size());
}

TEST_F(LinkTest, P17_NobodyComesInWithoutTheRightTicket) {
  EXPECT_EQ(ask("GET", place("lab/")).status, 401);
  EXPECT_EQ(ask("GET", place("lab/"), bearer(ticket("service", "lab", base::Span::seconds(-1)))).status, 401);
  EXPECT_EQ(ask("GET", place("lab/"), bearer(ticket("service", "notebook"))).status, 403);
  EXPECT_EQ(ask("GET", place("lab/"), bearer(ticket("terminal"))).status, 403);
  EXPECT_EQ(ask("GET", "/w/" + test_uuid(1002) + "/lab/", bearer(ticket("service", "lab"))).status, 403);
  auto forged = text_of(ticket("service", "lab"));
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_EQ(ask("GET", place("lab/"), {{"Authorization", "Bearer " + forged}}).status, 401);
  EXPECT_EQ(ask("POST", "/open", {}, "ticket=" + text_of(ticket("node"))).status, 403);
  EXPECT_EQ(ask("GET", "/open?ticket=" + text_of(ticket("service", "lab"))).status, 404)
      << "never in the URL";
  EXPECT_EQ(ask("GET", "/link/control", bearer(ticket("node"))).status, 404)
      << "the nodes' side is elsewhere";
  EXPECT_TRUE(seen.empty());
}

TEST_F(LinkTest, P17_AForeignPageCannotUseTheCookie) {
  const auto kept = cookie("service", "lab");
  EXPECT_EQ(ask("POST", place("lab/x"), {{"Cookie", kept}, {"Origin", "http://evil.example"}}).status, 403);
  EXPECT_EQ(ask("GET", place("lab/x"), {{"Cookie", kept}, {"Sec-Fetch-Site", "same-site"}}).status, 403);
  EXPECT_EQ(ask("GET", place("lab/x"), {{"Cookie", kept}, {"Origin", "http://" + host()}}).status, 200);
  EXPECT_EQ(ask("GET", place("lab/x"),
                {{"Cookie", kept}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Mode", "navigate"}})
                .status,
            200);
}

TEST_F(LinkTest, WebSocketsGoThroughBothWays) {
  net::WebSocketClientOptions options;
  options.headers = {{"Cookie", cookie("service", "lab")}, {"Origin", "http://" + host()}};
  auto socket = net::WebSocketClient::connect(endpoint(), place("lab/api/kernels"), options);
  ASSERT_TRUE(socket.ok()) << socket.failure().reason.code;
  for (const std::size_t size : {1u, 70'000u, 900'000u}) {
    ASSERT_TRUE((*socket)->send_binary(std::string(size, 'k')).ok());
    const auto back = (*socket)->receive(base::Span::seconds(10));
    ASSERT_TRUE(back.ok()) << back.failure().reason.code;
    EXPECT_EQ(back->bytes.size(), size);
  }
  options.headers.set("Origin", "http://evil.example");
  EXPECT_FALSE(net::WebSocketClient::connect(endpoint(), place("lab/api/kernels"), options).ok());
}

TEST_F(LinkTest, P17_AccessEndsWithTheRightToItAndComesBackWithIt) {
  const auto kept = cookie("service", "lab");
  net::WebSocketClientOptions options;
  options.headers = {{"Cookie", kept}, {"Origin", "http://" + host()}};
  auto kernel = net::WebSocketClient::connect(endpoint(), place("lab/api/kernels"), options);
  ASSERT_TRUE(kernel.ok());
  options.headers = bearer(ticket("terminal"));
  auto shell = net::WebSocketClient::connect(endpoint(), place("terminal"), options);
  ASSERT_TRUE(shell.ok());
  ASSERT_TRUE((*shell)->receive(base::Span::seconds(10)).ok());  // its prompt
  links->guests().look_again();
  EXPECT_EQ(ask("GET", place("lab/"), {{"Cookie", kept}}).status, 200);

  suspended = ticket("terminal").account_id;
  links->guests().look_again();
  const auto refused = ask("GET", place("lab/"), {{"Cookie", kept}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("gateway.access_ended"), std::string::npos) << refused.body;
  static_cast<void>((*shell)->send_binary("id\n"));
  while ((*shell)->receive(base::Span::seconds(10)).ok()) {
  }
  EXPECT_EQ((*shell)->close_code(), 1008);
  static_cast<void>((*kernel)->send_text("x"));
  EXPECT_FALSE((*kernel)->receive(base::Span::seconds(10)).ok()) << "its next byte breaks it";

  dured_answers = false;
  links->guests().look_again();
  EXPECT_EQ(ask("GET", place("lab/"), {{"Cookie", kept}}).status, 403) << "its last word counts";
  dured_answers = true;
  suspended = model::AccountId("nobody");
  links->guests().look_again();
  EXPECT_EQ(ask("GET", place("lab/"), {{"Cookie", kept}}).status, 200);
}

TEST_F(LinkTest, P17_OnlyTheConsolesPageMayPostATicket) {
  const std::string form = "ticket=" + text_of(ticket("service", "lab"));
  EXPECT_EQ(ask("POST", "/open", {{"Origin", "http://evil.example"}}, form).status, 403)
      << "no console is named: no foreign page";
  EXPECT_EQ(ask("POST", "/open", {{"Origin", "http://" + host()}}, form).status, 303);
}

TEST_F(LinkTest, P17_ASecondRequestOnTheConnectionNeverReachesTheService) {
  auto fd = net::connect_tcp("127.0.0.1", port, base::Span::seconds(5));
  ASSERT_TRUE(fd.ok());
  const std::string head =
      " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + text_of(ticket("service", "lab")) + "\r\n\r\n";
  const std::string two = "GET " + place("lab/one") + head + "GET " + place("lab/two") + head;
  ASSERT_EQ(::write(fd->get(), two.data(), two.size()), static_cast<ssize_t>(two.size()));
  std::string got;
  char buffer[4096];
  for (ssize_t n = 1; n > 0;) {
    n = ::read(fd->get(), buffer, sizeof buffer);
    if (n > 0) got.append(buffer, static_cast<std::size_t>(n));
  }
  EXPECT_NE(got.find("Connection: close"), std::string::npos);
  EXPECT_NE(got.find("lab/one"), std::string::npos);
  EXPECT_EQ(got.find("lab/two"), std::string::npos);
  ASSERT_EQ(seen.size(), 1u);
}

TEST_F(LinkTest, P31_OnlyServicesOfTheImageAreOfferedAndTheyStartOnFirstUse) {
  const auto refused = ask("GET", place("vscode/"), bearer(ticket("service", "vscode")));
  EXPECT_EQ(refused.status, 404);
  EXPECT_NE(refused.body.find("node.service_not_in_image"), std::string::npos) << refused.body;
  service_listens = false;
  std::atomic<int> starts = 0;
  engine.on_exec([&](const std::string&, const std::vector<std::string>& command, const auto&) {
    ++starts;
    EXPECT_NE(std::find(command.begin(), command.end(), "--ServerApp.base_url=" + place("lab/")),
              command.end());
    EXPECT_NE(std::find(command.begin(), command.end(), "--ServerApp.ip=127.0.0.1"), command.end());
    service_listens = true;
    return ports::ExecResult{};
  });
  EXPECT_EQ(ask("GET", place("lab/"), bearer(ticket("service", "lab"))).status, 200);
  EXPECT_EQ(ask("GET", place("lab/"), bearer(ticket("service", "lab"))).status, 200);
  EXPECT_EQ(starts, 1);
}

TEST_F(LinkTest, P6_ATerminalCarriesBytesSizesAndItsEnd) {
  net::WebSocketClientOptions options;
  options.subprotocol = "dure.ticket." + text_of(ticket("terminal"));
  auto socket = net::WebSocketClient::connect(endpoint(), place("terminal?columns=100&rows=30"), options);
  ASSERT_TRUE(socket.ok()) << socket.failure().reason.code;
  std::string got;
  const auto until = [&](const std::string& text) {
    while (got.find(text) == std::string::npos) {
      const auto message = (*socket)->receive(base::Span::seconds(10));
      if (!message.ok()) return false;
      got += message->bytes;
    }
    return true;
  };
  EXPECT_TRUE(until("$ "));
  ASSERT_TRUE((*socket)->send_binary("ls\n").ok());
  EXPECT_TRUE(until("ls\n"));
  ASSERT_TRUE((*socket)->send_text(R"({"resize":[132,43]})").ok());
  EXPECT_TRUE(until("132x43"));
  ASSERT_TRUE((*socket)->send_binary("exit\n").ok());
  while ((*socket)->receive(base::Span::seconds(10)).ok()) {
  }
  EXPECT_EQ((*socket)->close_code(), 1000);
}

TEST_F(LinkTest, ATerminalOfWhatDoesNotRunSaysWhy) {
  auto other = ticket("terminal");
  other.replica_id = model::ReplicaId(test_uuid(2));
  net::WebSocketClientOptions options;
  options.headers = bearer(other);
  auto socket = net::WebSocketClient::connect(endpoint(), place("terminal"), options);
  ASSERT_TRUE(socket.ok());
  const auto message = (*socket)->receive(base::Span::seconds(10));
  ASSERT_TRUE(message.ok());
  EXPECT_NE(message->bytes.find("node.not_running"), std::string::npos) << message->bytes;
}

TEST_F(LinkTest, CommandsRunAndTheirOutcomeComesBack) {
  engine.on_exec([](const std::string&, const std::vector<std::string>& command, const auto& environment) {
    const auto input = environment.find("DURE_INPUT");
    return ports::ExecResult{3, command.back() + "|" + (input == environment.end() ? "" : input->second),
                             false};
  });
  const auto answer =
      ask("POST", place("exec"), bearer(ticket("exec")), R"({"command":["wc","-c"],"stdin":"abc"})");
  EXPECT_EQ(answer.status, 200);
  const auto outcome = wire::read_json<model::ExecAnswer>(answer.body);
  ASSERT_TRUE(outcome.ok()) << answer.body;
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_EQ(outcome->output, "-c|abc");
  EXPECT_EQ(ask("POST", place("exec"), bearer(ticket("exec")), R"({"command":[]})").status, 400);
  EXPECT_EQ(ask("POST", place("exec"), bearer(ticket("exec")), R"({"comand":["x"]})").status, 422);
  EXPECT_EQ(ask("GET", place("exec"), bearer(ticket("exec"))).status, 404);
}

TEST_F(LinkTest, LogsAreReadFromTheTailAndFollowed) {
  const std::string path = state->logs() + "/" + test_uuid(1) + ".log";
  std::ofstream log(path);
  for (int n = 0; n < 1000; ++n) log << "2026-11-22T10:00:00.000000000+00:00 stdout F line " << n << "\n";
  log << std::flush;
  const auto all = ask("GET", place("logs"), bearer(ticket("logs")));
  EXPECT_EQ(all.status, 200);
  EXPECT_TRUE(all.body.starts_with("line 0\nline 1\n"));
  EXPECT_TRUE(all.body.ends_with("line 999\n"));
  EXPECT_EQ(ask("GET", place("logs?tail=2"), bearer(ticket("logs"))).body, "line 998\nline 999\n");
  EXPECT_EQ(ask("GET", place("logs?tail=0"), bearer(ticket("logs"))).body, "");
  std::mutex reading;
  std::string got;
  const auto so_far = [&] {
    const std::lock_guard lock(reading);
    return got;
  };
  net::Client client(endpoint());
  std::thread writer([&] {
    comes([&] { return !so_far().empty(); });
    log << "2026-11-22T10:00:01.000000000+00:00 stderr P half"
        << "\n"
        << std::flush;
    log << "2026-11-22T10:00:01.000000000+00:00 stderr F  whole"
        << "\n"
        << std::flush;
    comes([&] { return so_far().find("whole") != std::string::npos; });
    engine.finish(test_uuid(1), 0);
  });
  const auto status = client.stream(
      {.target = place("logs?follow=1&tail=1"), .headers = bearer(ticket("logs"))},
      [](int, const net::Headers&) { return true; },
      [&](std::string_view bytes) {
        const std::lock_guard lock(reading);
        got += bytes;
        return true;
      });
  writer.join();
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(so_far(), "line 999\nhalf whole\n") << "and it ends with the replica";
}

TEST_F(LinkTest, GatewayNodeAndDuredMayEachBeStartedAnew) {
  const auto works = [&] {
    return ask("GET", place("lab/"), bearer(ticket("service", "lab"))).status == 200;
  };
  EXPECT_TRUE(works());
  centre.fall();
  EXPECT_TRUE(works()) << "dured is not asked";
  links.reset();
  open_gateway();
  EXPECT_TRUE(comes([&] { return links->node_count() == 1; }));
  EXPECT_TRUE(works());
  centre.rise();
  engine.kill();
  dure_node.reset();
  const auto away = ask("GET", place("lab/"), bearer(ticket("service", "lab")));
  EXPECT_EQ(away.status, 503);
  EXPECT_NE(away.body.find("gateway.node_away"), std::string::npos);
  open_node();
  EXPECT_TRUE(comes([&] { return links->node_count() == 1; }));
  EXPECT_TRUE(comes(works));
  EXPECT_EQ(engine.starts(test_uuid(1)), 1);
}

TEST_F(LinkTest, AServiceThatAnswersNonsenseIsNotPassedOn) {
  // The client's own connection is used as the service: it answers what is no HTTP.
  net::ServerOptions options;
  options.listen = {net::Listen::tcp("127.0.0.1", 0)};
  options.handler = [](const net::Request&) {
    return net::Response::take(0, {}, [](net::Connection connection) {
      auto held = std::make_shared<net::Connection>(std::move(connection));
      held->write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                  [held](const base::Status&) {});
    });
  };
  service = std::move(*net::Server::start(std::move(options)));
  const auto answer = ask("GET", place("lab/"), bearer(ticket("service", "lab")));
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("gateway.answer_malformed"), std::string::npos) << answer.body;
}

}  // namespace
}  // namespace dure
