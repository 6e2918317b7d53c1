// P13: Slack, a Bizmessage gateway and our own webhook, against servers that answer over HTTP and HTTPS.
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <filesystem>

#include "adapters/webhook/channels.h"
#include "support/hook_peer.h"

namespace dure::webhook {
namespace {

namespace json = boost::json;

ports::OutgoingMessage message() {
  return {"0190-key",
          "node.lost",
          "nodes/1",
          "노드 n1에서 소식이 없습니다 <&>",
          "기계를 확인하십시오.",
          "",
          "01012345678",
          *base::parse_instant("2026-09-01T00:00:00Z")};
}

using Peer = tests::HookPeer;

std::unique_ptr<ports::MessageChannel> slack(const std::string& url, const std::string& ca_file = "") {
  auto opened = open_slack({url, ca_file});
  EXPECT_TRUE(opened.ok());
  return std::move(*opened);
}

TEST(Slack, P13_GetsTheMessageAsItsTextWithItsSignsEscaped) {
  Peer peer;
  ASSERT_TRUE(slack(peer.url())->send(message()).ok());
  ASSERT_EQ(peer.seen().size(), 1u);
  const auto request = peer.seen().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/hook?x=1");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(json::parse(request.body).at("text").as_string(),
            "*노드 n1에서 소식이 없습니다 &lt;&amp;&gt;*\n기계를 확인하십시오.");
}

TEST(Kakao, P13_GetsTheApprovedTemplateOfTheEvent) {
  Peer peer;
  auto channel =
      open_kakao({peer.url(), "the-api-key", "the-sender", {{"node.lost", "T1"}, {"*", "T0"}}, ""});
  ASSERT_TRUE(channel.ok());
  ASSERT_TRUE((*channel)->send(message()).ok());
  auto other = message();
  other.event = "card.missing";
  ASSERT_TRUE((*channel)->send(other).ok());
  const auto seen = peer.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].headers.get("Authorization"), "Bearer the-api-key");
  const auto body = json::parse(seen[0].body);
  EXPECT_EQ(body.at("template_code").as_string(), "T1");
  EXPECT_EQ(body.at("sender_key").as_string(), "the-sender");
  EXPECT_EQ(body.at("to").as_string(), "01012345678");
  EXPECT_EQ(body.at("message_id").as_string(), "0190-key");
  EXPECT_EQ(json::parse(seen[1].body).at("template_code").as_string(), "T0");
}

TEST(Kakao, P13_AnEventWithoutATemplateIsNotSent) {
  Peer peer;
  auto channel = open_kakao({peer.url(), "", "s", {{"other.event", "T1"}}, ""});
  const auto told = (*channel)->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().reason.code, "notice.no_template");
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kInvalid);
  EXPECT_TRUE(peer.seen().empty());
}

TEST(Webhook, P13_IsSignedSoThatTheReceiverKnowsWhoWroteAndWhen) {
  Peer peer;
  auto channel = open_webhook({peer.url(), "the secret", ""});
  ASSERT_TRUE(channel.ok());
  ASSERT_TRUE((*channel)->send(message()).ok());
  const auto request = peer.seen().at(0);
  EXPECT_EQ(request.headers.get("Dure-Id"), "0190-key");
  EXPECT_EQ(request.headers.get("Dure-Timestamp"), "1788220800");
  EXPECT_EQ(request.headers.get("Dure-Signature"),
            "v1=" + signature("the secret", "1788220800", request.body));
  const auto body = json::parse(request.body);
  EXPECT_EQ(body.at("id").as_string(), "0190-key");
  EXPECT_EQ(body.at("event").as_string(), "node.lost");
  EXPECT_EQ(body.at("resource").as_string(), "nodes/1");
  EXPECT_EQ(body.at("at").as_string(), "2026-09-01T00:00:00Z");
}

// The value is what Python's hmac gives; the dot between the two parts counts.
TEST(Webhook, P13_TheSignatureIsHmacSha256) {
  EXPECT_NE(signature("Jefe", "a", "b"), signature("Jefe", "a.", "b"));
  // python3: hmac.new(b"Jefe", b"1.what do ya want for nothing?", "sha256").hexdigest()
  EXPECT_EQ(signature("Jefe", "1", "what do ya want for nothing?"),
            "a9049465ce89cfb8e9aac62333abda66f80e3403f51f57f6bae3c3a4485eca38");
}

TEST(Poster, P13_WhatTheAnswerMeansForALaterTry) {
  Peer peer;
  const auto channel = slack(peer.url());
  for (const auto& [status, code, kind] : {std::tuple{500, "notice.peer_busy", base::ErrorKind::kUnavailable},
                                           {503, "notice.peer_busy", base::ErrorKind::kUnavailable},
                                           {429, "notice.peer_busy", base::ErrorKind::kUnavailable},
                                           {408, "notice.peer_busy", base::ErrorKind::kUnavailable},
                                           {400, "notice.peer_refused", base::ErrorKind::kInvalid},
                                           {404, "notice.peer_refused", base::ErrorKind::kInvalid}}) {
    peer.answer(status);
    const auto told = channel->send(message());
    ASSERT_FALSE(told.ok()) << status;
    EXPECT_EQ(told.failure().reason.code, code) << status;
    EXPECT_EQ(told.failure().kind, kind) << status;
  }
  peer.answer(204, "");
  EXPECT_TRUE(channel->send(message()).ok());
}

TEST(Poster, P13_ARedirectIsNotFollowed) {
  Peer elsewhere;
  Peer peer;
  peer.answer(307, "", {{"Location", elsewhere.url()}});
  const auto told = slack(peer.url())->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().reason.code, "notice.redirected");
  EXPECT_TRUE(elsewhere.seen().empty());
}

TEST(Poster, P13_AnAnswerWithoutEndIsCutOff) {
  Peer peer;
  peer.answer(200, std::string(1 << 20, 'x'));
  const auto told = slack(peer.url())->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(std::get<std::string>(*told.failure().reason.find("why")), "http.answer_too_large");
}

TEST(Poster, P13_NobodyIsThere) {
  std::string url;
  {
    Peer gone;
    url = gone.url();
  }
  const auto told = slack(url)->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().reason.code, "notice.peer_away");
}

TEST(Poster, P13_OnlyHttpsButForThisMachine) {
  for (const char* bad :
       {"http://hooks.slack.com/services/x", "ftp://127.0.0.1/", "", "hooks.slack.com", "https://",
        "unix:/run/x.sock", "https://h/a b", "https://h/a#b", "https://h/\r\nX: y"})
    EXPECT_EQ(open_slack({bad, ""}).ok(), false) << bad;
  for (const char* good : {"https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:1/x",
                           "http://localhost:1", "https://h?x=1"})
    EXPECT_TRUE(open_slack({good, ""}).ok()) << good;
  EXPECT_EQ(open_webhook({"https://h/", "", ""}).failure().reason.code, "notice.settings_missing");
  EXPECT_EQ(open_kakao({"https://h/", "", "", {}, ""}).failure().reason.code, "notice.settings_missing");
}

TEST(Poster, P13_ACertificateThatNobodySignedIsNotTalkedTo) {
  char name[] = "/tmp/dure-hook.XXXXXX";
  const std::string folder = ::mkdtemp(name);
  const std::string make =
      "cd " + folder +
      " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test "
      "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>/dev/null";
  ASSERT_EQ(std::system(make.c_str()), 0);
  {
    net::TlsFiles files;
    files.cert_file = folder + "/cert.pem";
    files.key_file = folder + "/key.pem";
    Peer peer(files);
    const auto told = slack(peer.url())->send(message());
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(told.failure().reason.code, "notice.peer_away");
    EXPECT_TRUE(peer.seen().empty());
    EXPECT_TRUE(slack(peer.url(), folder + "/cert.pem")->send(message()).ok());
    EXPECT_EQ(peer.seen().size(), 1u);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace dure::webhook
