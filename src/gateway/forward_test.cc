#include "gateway/forward.h"

#include <gtest/gtest.h>

namespace dure::gateway {
namespace {

const Place kLab{"/w/1/lab/", false, false};
const Place kCode{"/w/1/vscode/", true, true};

net::Request request(const std::string& target, net::Headers headers = {}) {
  net::Request made;
  made.method = "GET";
  made.target = target;
  made.headers = std::move(headers);
  made.peer = "10.0.0.7:41000";
  return made;
}

bool has(const std::string& text, const std::string& line) {
  return text.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(UpstreamRequest, TheGatewaysOwnSecretsStayBehind) {
  const auto text = upstream_request(
      request("/w/1/lab/tree?x=1", {{"Host", "gw:8081"},
                                    {"Cookie", "a=1; dure_service_lab=SECRET; b=2"},
                                    {"Authorization", "Bearer SECRET"},
                                    {"Sec-WebSocket-Protocol", "dure.ticket.SECRET, v1.kernel"},
                                    {"X-Forwarded-For", "6.6.6.6"},
                                    {"Forwarded", "for=6.6.6.6"},
                                    {"Keep-Alive", "9"},
                                    {"Connection", "keep-alive, X-Hop"},
                                    {"X-Hop", "h"}}),
      kLab);
  EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
  EXPECT_EQ(text.find("6.6.6.6"), std::string::npos);
  EXPECT_EQ(text.find("X-Hop"), std::string::npos);
  EXPECT_TRUE(text.starts_with("GET /w/1/lab/tree?x=1 HTTP/1.1\r\nHost: gw:8081\r\nCookie: a=1; b=2\r\n"));
  EXPECT_TRUE(has(text, "Sec-WebSocket-Protocol: v1.kernel"));
  EXPECT_TRUE(has(text, "X-Forwarded-For: 10.0.0.7"));
  EXPECT_TRUE(has(text, "X-Forwarded-Proto: http"));
  EXPECT_TRUE(has(text, "Connection: close"));
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(UpstreamRequest, ABodyIsCountedWhateverTheBrowserSaid) {
  auto post =
      request("/w/1/vscode/a", {{"Host", "h"}, {"Transfer-Encoding", "chunked"}, {"Content-Length", "999"}});
  post.method = "POST";
  post.body = "abc";
  const auto text = upstream_request(post, kCode);
  EXPECT_TRUE(text.starts_with("POST /a HTTP/1.1\r\n")) << text;
  EXPECT_TRUE(has(text, "Content-Length: 3"));
  EXPECT_EQ(text.find("chunked"), std::string::npos);
  EXPECT_TRUE(has(text, "X-Forwarded-Prefix: /w/1/vscode/"));
  EXPECT_TRUE(text.ends_with("\r\n\r\nabc"));
}

TEST(UpstreamRequest, OnlyAWebSocketIsUpgraded) {
  const auto socket = upstream_request(
      request("/w/1/lab/s", {{"Host", "h"}, {"Connection", "Upgrade"}, {"Upgrade", "websocket"}}), kLab);
  EXPECT_TRUE(has(socket, "Upgrade: websocket"));
  const auto other = upstream_request(
      request("/w/1/lab/s", {{"Host", "h"}, {"Connection", "Upgrade"}, {"Upgrade", "h2c"}}), kLab);
  EXPECT_EQ(other.find("Upgrade"), std::string::npos);
}

TEST(ResponseHead, IsReadStrictly) {
  const auto head = parse_response_head("HTTP/1.1 200 OK\r\nA: b \r\nC:\r\n\r\n");
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->headers.get("a"), "b");
  EXPECT_TRUE(parse_response_head("HTTP/1.0 204 \r\n\r\n").ok());
  for (const char* bad : {"", "HTTP/1.1 200 OK\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n",
                          "HTTP/1.1 2x0 x\r\n\r\n", "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\nX: c\r\n\r\n",
                          "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nA: b\r\n\r\n"})
    EXPECT_FALSE(parse_response_head(bad).ok()) << bad;
}

TEST(ResponseHead, TheBodysEndIsBeyondDoubt) {
  const auto length = [](const std::string& fields, const char* method = "GET", int status = 200) {
    const auto head = parse_response_head("HTTP/1.1 " + std::to_string(status) + " X\r\n" + fields + "\r\n");
    return body_length(*head, method);
  };
  EXPECT_EQ(length("Content-Length: 5\r\n")->bytes, 5u);
  EXPECT_EQ(length("Transfer-Encoding: chunked\r\n")->kind, BodyLength::kUntilClose);
  EXPECT_EQ(length("")->kind, BodyLength::kUntilClose);
  EXPECT_EQ(length("Content-Length: 5\r\n", "HEAD")->kind, BodyLength::kNone);
  EXPECT_EQ(length("", "GET", 304)->kind, BodyLength::kNone);
  EXPECT_FALSE(length("Content-Length: 5\r\nContent-Length: 6\r\n").ok());
  EXPECT_FALSE(length("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").ok());
  EXPECT_FALSE(length("Transfer-Encoding: gzip, chunked\r\n").ok());
  EXPECT_FALSE(length("Content-Length: -5\r\n").ok());
}

TEST(DownstreamHead, P17_AServiceCannotReachBeyondItsPath) {
  const auto head = parse_response_head(
      "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nAccess-Control-Allow-Origin: "
      "*\r\nService-Worker-Allowed: /\r\n"
      "Clear-Site-Data: \"*\"\r\nSet-Cookie: dure_service_lab=stolen; Path=/\r\nSet-Cookie: sid=1; Path=/; "
      "Domain=gw; HttpOnly\r\nContent-Length: 0\r\n\r\n");
  const auto text = downstream_head(*head, kLab);
  for (const char* gone : {"Access-Control", "Service-Worker", "Clear-Site", "dure_", "keep-alive", "Domain"})
    EXPECT_EQ(text.find(gone), std::string::npos) << gone;
  EXPECT_TRUE(has(text, "Set-Cookie: sid=1; HttpOnly; Path=/w/1/lab/"));
  EXPECT_TRUE(has(text, "Connection: close"));
  EXPECT_TRUE(has(text, "Content-Length: 0"));
  EXPECT_TRUE(has(text, "Cross-Origin-Opener-Policy: same-origin"));
}

TEST(DownstreamHead, PathsOfAServiceThatKnowsNoPrefixAreMoved) {
  const auto location = [](const char* value) {
    ResponseHead head{302, "Found", {{"Location", value}}};
    const auto text = downstream_head(head, kCode);
    const auto begin = text.find("Location: ") + 10;
    return text.substr(begin, text.find("\r\n", begin) - begin);
  };
  EXPECT_EQ(location("/login?to=x"), "/w/1/vscode/login?to=x");
  EXPECT_EQ(location("./here"), "./here");
  EXPECT_EQ(location("https://example.kr/"), "https://example.kr/");
  EXPECT_EQ(confine_cookie("a=b; path=/sub", kCode), "a=b; Path=/w/1/vscode/sub");
  EXPECT_EQ(confine_cookie("a=b; path=/../../x", kCode), "a=b; Path=/w/1/vscode/");
  EXPECT_EQ(confine_cookie("a=b; path=/w/2/lab/", kLab), "a=b; Path=/w/1/lab/");
  EXPECT_EQ(confine_cookie("nothing", kLab), std::nullopt);
}

}  // namespace
}  // namespace dure::gateway
