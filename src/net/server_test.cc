#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "net/raw_peer.h"

namespace dure::net {
namespace {

Response echo(const Request& request) {
  return Response::text(200, "text/plain", request.method + " " + request.path + " " + request.body);
}

std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST(Server, AnswersARequestAndKeepsTheConnection) {
  const auto server = start_server(echo);
  RawPeer peer(*server);
  for (int i = 0; i < 3; ++i) {
    peer.send(get("/a%20b"));
    const std::string answer = peer.receive_until("GET /a b ");
    EXPECT_EQ(answer.substr(0, 17), "HTTP/1.1 200 OK\r\n");
    EXPECT_NE(answer.find("\r\nContent-Length: 9\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
  }
  EXPECT_EQ(server->figures().accepted, 1u);
  EXPECT_EQ(server->figures().requests, 3u);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  const auto server = start_server([](const Request& request) {
    if (request.path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return echo(request);
  });
  RawPeer peer(*server);
  peer.send(get("/slow") + "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + get("/c") +
            "GET /d HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + get("/never"));
  const std::string all = peer.receive_all();
  const std::size_t slow = all.find("GET /slow ");
  const std::size_t b = all.find("POST /b abc");
  const std::size_t c = all.find("GET /c ");
  const std::size_t d = all.find("GET /d ");
  EXPECT_TRUE(slow < b && b < c && c < d && d != std::string::npos) << all;
  EXPECT_EQ(all.find("/never"), std::string::npos);
  EXPECT_EQ(count(all, "Connection: close"), 1u);
}

TEST(Server, ThousandsOfPipelinedRequestsAreAnswered) {
  ServerOptions options;
  options.handler = echo;
  options.inline_if = [](const Request&) { return true; };
  const auto server = start_server(std::move(options));
  RawPeer peer(*server);
  std::string requests;
  for (int i = 0; i < 5000; ++i) requests += get("/");
  std::thread sender([&] { peer.send(requests + "GET /last HTTP/1.0\r\n\r\n"); });
  const std::string all = peer.receive_all();
  sender.join();
  EXPECT_EQ(count(all, "200 OK"), 5001u);
  EXPECT_EQ(server->figures().requests, 5001u);
}

TEST(Server, HeadAndEmptyAnswersHaveNoBody) {
  const auto server = start_server(
      [](const Request& request) { return request.path == "/none" ? Response::empty(204) : echo(request); });
  RawPeer peer(*server);
  peer.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/none") + "GET /z HTTP/1.0\r\n\r\n");
  const std::string all = peer.receive_all();
  EXPECT_EQ(all.find("HEAD /a"), std::string::npos);
  EXPECT_NE(all.find("Content-Length: 8"), std::string::npos);
  EXPECT_NE(all.find("204 No Content\r\n"), std::string::npos);
  EXPECT_EQ(count(all, "Content-Length"), 2u);
  EXPECT_EQ(all.substr(all.size() - 7), "GET /z ");
}

TEST(Server, AHandlersHeaderCannotAddAnother) {
  const auto server = start_server([](const Request&) {
    Response response = Response::text(200, "text/plain", "x");
    response.headers.add("X-Name", "a\r\nSet-Cookie: evil=1");
    response.headers.add("Bad Name", "v");
    response.headers.add("Content-Length", "999");
    return response;
  });
  RawPeer peer(*server);
  peer.send(get("/"));
  const std::string answer = peer.receive_until("\r\n\r\nx");
  EXPECT_NE(answer.find("X-Name: a  Set-Cookie: evil=1\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("Bad Name"), std::string::npos);
  EXPECT_EQ(answer.find("999"), std::string::npos);
}

TEST(Server, MalformedRequestsGetAProblem) {
  const auto server = start_server(echo);
  RawPeer peer(*server);
  peer.send("GET /../etc/passwd HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string answer = peer.receive_all();
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 400");
  EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
  EXPECT_NE(answer.find("\"code\":\"http.bad_target\",\"params\":{\"what\":\"path_dots\"}"),
            std::string::npos);
  EXPECT_EQ(server->figures().malformed, 1u);
}

TEST(Server, TheProblemIsTheOwnersToRender) {
  ServerOptions options;
  options.handler = [](const Request&) -> Response { throw 1; };
  options.render_problem = [](int status, const base::Reason& reason) {
    return Response::text(status, "text/plain", "own " + reason.code);
  };
  const auto server = start_server(std::move(options));
  RawPeer peer(*server);
  peer.send(get("/"));
  EXPECT_NE(peer.receive_until("own http.internal").find("500 Internal"), std::string::npos);
}

TEST(Server, LargeBodiesNeedPermission) {
  ServerOptions options;
  options.max_body = 100;
  options.handler = [](const Request& request) {
    return Response::text(200, "text/plain", std::to_string(request.body.size()));
  };
  options.body_limit = [](const Request& head) {
    return head.path == "/upload" ? std::size_t{8} * 1024 * 1024 : std::size_t{100};
  };
  const auto server = start_server(std::move(options));
  Client client(endpoint_of(*server));
  ClientRequest request;
  request.method = "POST";
  request.target = "/upload";
  request.body = std::string(5'000'000, 'x');
  auto answer = client.send(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->body, "5000000");
  request.target = "/other";
  answer = client.send(request);  // the server answers and closes while the client still sends
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 413);
}

TEST(Server, ContinueIsSentToThoseWhoWaitForIt) {
  const auto server = start_server(echo);
  RawPeer peer(*server);
  peer.send("PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("ab");
  EXPECT_NE(peer.receive_until("PUT /a ab").find("200 OK"), std::string::npos);
}

TEST(Server, OversizeHeadsAreRefused) {
  const auto server = start_server(echo);
  RawPeer peer(*server);
  peer.send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(peer.receive_all().substr(0, 12), "HTTP/1.1 431");
}

TEST(Server, SlowHeadsAndSlowBodiesAreGivenUp) {
  ServerOptions options;
  options.handler = echo;
  options.head_timeout = base::Span::milliseconds(200);
  options.body_timeout = base::Span::milliseconds(200);
  options.idle_timeout = base::Span::milliseconds(200);
  const auto server = start_server(std::move(options));
  RawPeer head(*server);
  RawPeer body(*server);
  RawPeer idle(*server);
  body.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  std::string heard_head;
  std::string heard_body;
  for (int i = 0; i < 20; ++i) {  // a byte now and then keeps nothing alive
    head.send("G");
    body.send("x");
    heard_head += head.receive(25);
    heard_body += body.receive(25);
  }
  EXPECT_EQ(heard_head.substr(0, 12), "HTTP/1.1 408");
  EXPECT_EQ(heard_body.substr(0, 12), "HTTP/1.1 408");
  EXPECT_TRUE(idle.closed_within(1000));
}

TEST(Server, AFullQueueAnswersBusyAtOnce) {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  ServerOptions options;
  options.pool_threads = 1;
  options.pool_queue = 1;
  std::atomic<int> running = 0;
  options.handler = [gate, &running](const Request& request) {
    ++running;
    gate.wait();
    return echo(request);
  };
  options.inline_if = [](const Request& request) { return request.path == "/inline"; };
  const auto server = start_server(std::move(options));
  RawPeer first(*server);
  RawPeer second(*server);
  RawPeer third(*server);
  first.send(get("/1"));
  ASSERT_TRUE(wait_until([&] { return running == 1; }));
  second.send(get("/2"));
  ASSERT_TRUE(wait_until([&] { return server->figures().queued == 1; }));
  third.send(get("/3"));
  const std::string busy = third.receive_until("}");
  EXPECT_EQ(busy.substr(0, 12), "HTTP/1.1 503");
  EXPECT_NE(busy.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(server->figures().refused_busy, 1u);
  open.set_value();
  EXPECT_NE(first.receive_until("GET /1 ").find("200"), std::string::npos);
  EXPECT_NE(second.receive_until("GET /2 ").find("200"), std::string::npos);
}

TEST(Server, MoreConnectionsThanAllowedAreTurnedAway) {
  ServerOptions options;
  options.handler = echo;
  options.max_connections = 2;
  const auto server = start_server(std::move(options));
  auto first = std::make_unique<RawPeer>(*server);
  const RawPeer second(*server);
  ASSERT_TRUE(wait_until([&] { return server->figures().connections == 2; }));
  RawPeer third(*server);
  EXPECT_EQ(third.receive_all().substr(0, 12), "HTTP/1.1 503");
  first.reset();
  ASSERT_TRUE(wait_until([&] { return server->figures().connections == 1; }));
  RawPeer fourth(*server);
  fourth.send(get("/"));
  EXPECT_NE(fourth.receive_until("GET / ").find("200"), std::string::npos);
}

TEST(Server, StopFinishesWhatIsUnderWay) {
  std::atomic<bool> began = false;
  const auto server = start_server([&](const Request& request) {
    began = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return echo(request);
  });
  RawPeer busy(*server);
  RawPeer idle(*server);
  ASSERT_TRUE(wait_until([&] { return server->figures().connections == 2; }));
  busy.send(get("/work"));
  ASSERT_TRUE(wait_until([&] { return began.load(); }));
  std::thread stopper([&] { server->stop(base::Span::seconds(5)); });
  EXPECT_TRUE(idle.closed_within(200));
  const std::string answer = busy.receive_all();
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_NE(answer.find("GET /work "), std::string::npos);
  stopper.join();
  EXPECT_FALSE(connect_tcp("127.0.0.1", server->port(), base::Span::seconds(1)).ok());
}

TEST(Server, StopCutsOffWhatDoesNotEnd) {
  const auto server = start_server(echo);
  RawPeer half(*server);
  half.send("GET /half HTTP/1.1\r\n");
  ASSERT_TRUE(wait_until([&] { return server->figures().connections == 1; }));
  const auto before = std::chrono::steady_clock::now();
  server->stop(base::Span::milliseconds(200));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(2));
  EXPECT_EQ(server->figures().connections, 0u);
}

TEST(Server, AUnixSocketTellsWhoIsThere) {
  char folder[] = "/tmp/dure_net_test_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/s.sock";
  ServerOptions options;
  options.listen = {Listen::on_unix(path, 0660)};
  options.handler = [](const Request& request) {
    return Response::text(200, "text/plain", request.peer + " " + std::to_string(request.credentials->pid));
  };
  Endpoint endpoint;
  endpoint.unix_path = path;
  {
    const auto server = start_server(options);
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0660u);
    Client client(endpoint);
    EXPECT_EQ(client.send({})->body, "unix " + std::to_string(::getpid()));
    EXPECT_FALSE(Server::start(options).ok());  // somebody listens there
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  {
    // What a killed server leaves behind is replaced.
    const auto killed = Server::start(options);
    ASSERT_EQ(::rename(path.c_str(), (path + ".kept").c_str()), 0);
  }
  ASSERT_EQ(::rename((path + ".kept").c_str(), path.c_str()), 0);
  const auto server = start_server(options);
  EXPECT_EQ(Client(endpoint).send({})->status, 200);
  ::rmdir(folder);
}

TEST(Server, PulledBodiesComeWholeOrVisiblyBroken) {
  const auto server = start_server([](const Request& request) {
    auto left = std::make_shared<int>(50);
    Pull pull;
    pull.next = [left, path = request.path]() -> base::Result<std::string> {
      if (path == "/broken" && *left == 10) return base::invalid(base::Reason("http.internal"));
      return (*left)-- > 0 ? std::string(100'000, 'p') : std::string();
    };
    if (request.path == "/known") pull.length = 5'000'000;
    return Response::pull("application/octet-stream", std::move(pull));
  });
  Client client(endpoint_of(*server));
  for (const char* path : {"/known", "/chunked"}) {
    ClientRequest request;
    request.target = path;
    const auto answer = client.send(request);
    ASSERT_TRUE(answer.ok()) << path;
    EXPECT_EQ(answer->body.size(), 5'000'000u);
  }
  ClientRequest request;
  request.target = "/broken";
  EXPECT_FALSE(client.send(request).ok());
  EXPECT_EQ(server->figures().accepted, 1u);
}

TEST(Server, TwoClientsSendAThousandRequestsEach) {
  const auto server = start_server(echo);
  std::atomic<int> good = 0;
  const auto work = [&](const std::string& name) {
    Client client(endpoint_of(*server));
    for (int i = 0; i < 1000; ++i) {
      ClientRequest request;
      request.method = "POST";
      request.target = "/" + name;
      request.body = std::to_string(i);
      const auto answer = client.send(request);
      if (answer.ok() && answer->body == "POST /" + name + " " + request.body) ++good;
    }
  };
  std::thread first(work, "a");
  std::thread second(work, "b");
  first.join();
  second.join();
  EXPECT_EQ(good, 2000);
  EXPECT_EQ(server->figures().accepted, 2u);
}

}  // namespace
}  // namespace dure::net
