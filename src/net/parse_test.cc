#include "net/parse.h"

#include <gtest/gtest.h>

namespace dure::net {
namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

Parsed parse(const std::string& bytes, const ParseLimits& limits = {}) {
  return parse_request_bytes(bytes, limits);
}

int status_of(const std::string& bytes, const ParseLimits& limits = {}) {
  const Parsed parsed = parse(bytes, limits);
  return parsed.failure ? parsed.failure->status : parsed.requests.size() == 1 ? 200 : 0;
}

TEST(Parse, ARequestIsTakenApart) {
  const Parsed parsed =
      parse("POST /a%20b?x=1&y=%ED%95%9C HTTP/1.1\r\nHost: h\r\nX-A:  v \r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_EQ(parsed.requests.size(), 1u);
  const Request& request = parsed.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a b");
  EXPECT_EQ(*request.parameter("y"), "한");
  EXPECT_EQ(request.headers.get("x-a"), "v");
  EXPECT_EQ(request.body, "abc");
}

TEST(Parse, PipelinedRequestsComeApartAtEveryCut) {
  const std::string chunked =
      "PUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: "
      "v\r\n\r\n";
  const std::string empty = "PUT /e HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  const std::string all = kGet + chunked + empty + "\r\n" + kGet;
  const ParseLimits limits;
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    RequestParser parser(limits);
    std::string held;
    std::vector<Request> seen;
    for (std::size_t at = 0; at < all.size(); at += cut) {
      held += all.substr(at, cut);
      while (true) {
        const std::size_t used = parser.feed(held);
        held.erase(0, used);
        ASSERT_NE(parser.state(), RequestParser::State::kFailed) << cut;
        if (parser.state() != RequestParser::State::kDone) {
          if (used == 0) break;
          continue;
        }
        seen.push_back(parser.take());
        parser.reset();
      }
    }
    ASSERT_EQ(seen.size(), 4u) << cut;
    EXPECT_EQ(seen[1].body, "abcde");
    EXPECT_EQ(seen[1].headers.find("T"), nullptr);
    EXPECT_EQ(seen[2].body, "");
    EXPECT_TRUE(held.empty());
  }
}

TEST(Parse, WhatTwoServersCouldReadDifferentlyIsRefused) {
  const auto head = [](const std::string& lines) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n0\r\n\r\n";
  };
  EXPECT_EQ(status_of(head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(status_of(head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(status_of(head("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(status_of(head("Content-Length: 5, 5\r\n")), 400);
  EXPECT_EQ(status_of(head("Content-Length: +5\r\n")), 400);
  EXPECT_EQ(status_of(head("Content-Length: 99999999999999999999999\r\n")), 400);
  EXPECT_EQ(status_of(head("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(status_of(head("Transfer-Encoding: gzip\r\n")), 501);
  EXPECT_EQ(status_of(head("Transfer-Encoding : chunked\r\n")), 400);
  EXPECT_EQ(status_of(head("Host: other\r\n")), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
}

TEST(Parse, MalformedRequestsAreRefused) {
  EXPECT_EQ(status_of("GET\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET /../x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
  EXPECT_EQ(status_of(std::string("\x16\x03\x01\x02\x00", 5) + "xxxxxxxxxx\r\n\r\n"), 400);
}

TEST(Parse, LimitsHold) {
  ParseLimits limits;
  limits.max_head = 256;
  limits.max_body = 4;
  EXPECT_EQ(status_of("GET /" + std::string(300, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", limits), 431);
  std::string fields;
  for (int i = 0; i < 60; ++i) fields += "a: b\r\n";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n", limits), 431);
  const std::string put = "PUT / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status_of(put + "Content-Length: 4\r\n\r\nabcd", limits), 200);
  EXPECT_EQ(status_of(put + "Content-Length: 5\r\n\r\nabcde", limits), 413);
  EXPECT_EQ(status_of(put + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", limits),
            413);
  EXPECT_EQ(status_of(put + "Transfer-Encoding: chunked\r\n\r\n3;" + std::string(300, 'x'), limits), 431);
  limits.body_limit = [](const Request& head) { return head.path == "/big" ? 10u : 1u; };
  EXPECT_EQ(status_of("PUT /big HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789", limits), 200);
  EXPECT_EQ(status_of("PUT /small HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n01", limits), 413);
}

TEST(Parse, TheHeadIsReportedBeforeTheBody) {
  const ParseLimits limits;
  RequestParser parser(limits);
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  EXPECT_EQ(parser.feed(head + "ab"), head.size());
  EXPECT_EQ(parser.state(), RequestParser::State::kBody);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_EQ(parser.feed("ab"), 2u);
  EXPECT_EQ(parser.state(), RequestParser::State::kDone);
  EXPECT_TRUE(parser.keep_alive());
}

}  // namespace
}  // namespace dure::net
