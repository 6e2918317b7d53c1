// P13: how people want to be told, what operators silence, and that what must be told is told all the same.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "centre/cast.h"
#include "centre/notice_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

Reply wish(Centre& centre, const Who& who, const json::object& body) {
  return centre.send("PUT", "/api/v1/me/notice-preference", who.token, json::serialize(body));
}

// One suspension and one return to use of the member, each told by mail; the second may be muted.
struct Told {
  Told() : post(cast.centre) {
    post.load(notify_pack(
        "      - {event: account.suspended, recipients: [member], channels: [mail], lead_days: [0]}\n"
        "      - {event: account.reinstated, recipients: [member], channels: [mail, console], lead_days: "
        "[0]}\n",
        "  always: {value: [account.suspended], source: \"시험\", confidence: chosen}\n"));
    operators = cast.centre.operators;
  }
  void happen() {
    const std::string path = "/api/v1/accounts/" + cast.member.account;
    DURE_ASSERT(cast.centre.post(path + "/suspend", cast.centre.operators, {{"ground", "g"}}).status < 300);
    DURE_ASSERT(cast.centre.post(path + "/reinstate", cast.centre.operators, {{"ground", "g"}}).status < 300);
    post.turn();
  }
  // State of the message of the event by that channel.
  std::string state(const std::string& event, const std::string& channel) {
    const auto rows = post.list("event=" + event + "&channel=" + channel + "&sort=-created_at");
    return rows.empty()
               ? "none"
               : cli::text_at(rows.front(), "state") + " " + cli::text_at(rows.front(), "failure/code");
  }
  Cast cast;
  Post post;
  Who operators;
};

TEST(NoticeWishes, P13_APersonIsToldInHisLanguageAtHisAddress) {
  Told it;
  ASSERT_EQ(wish(it.cast.centre, it.cast.member, {{"language", "en"}, {"email", "me@home.kr"}}).status, 200);
  it.happen();
  const auto letters = it.post.mail.letters();
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].to, "me@home.kr");
  const std::set<std::string> said{header_of(letters[0], "Subject"), header_of(letters[1], "Subject")};
  EXPECT_EQ(said, (std::set<std::string>{"The account hong01 is suspended",
                                         "The account hong01 may be used again"}));
}

TEST(NoticeWishes, P13_WhatIsMutedIsKeptButNotSentAndWhatMustBeToldIsSent) {
  Told it;
  ASSERT_EQ(
      wish(it.cast.centre, it.cast.member, {{"muted", json::array{json::object{{"event", "account.*"}}}}})
          .status,
      200);
  it.happen();
  EXPECT_EQ(it.state("account.suspended", "mail"), "sent ") << "the pack says that it is told always";
  EXPECT_EQ(it.state("account.reinstated", "mail"), "silenced notice.muted");
  EXPECT_EQ(it.state("account.reinstated", "console"), "sent ");
  EXPECT_EQ(it.post.mail.letters().size(), 1u);
  // Nor does an operator send it over his head.
  const auto held = it.post.list("event=account.reinstated&channel=mail").front();
  const auto resend = "/api/v1/notifications/" + cli::text_at(held, "id") + "/resend";
  EXPECT_EQ(it.cast.centre.post(resend, it.operators).text("code"), "notice.muted");
  // His sessions ended when his account was suspended.
  it.cast.member.token = it.cast.centre.log_in(it.cast.member.login, it.cast.member.password).token;
  ASSERT_EQ(wish(it.cast.centre, it.cast.member, {{"muted", json::array{}}}).status, 200);
  EXPECT_EQ(it.cast.centre.post(resend, it.operators).status, 200);
}

TEST(NoticeWishes, P13_InQuietHoursMailWaits) {
  Told it;
  // 09:00 in Seoul.
  ASSERT_EQ(wish(it.cast.centre, it.cast.member, {{"quiet_from", 8 * 60}, {"quiet_until", 10 * 60}}).status,
            200);
  it.happen();
  EXPECT_EQ(it.state("account.reinstated", "mail"), "pending ");
  EXPECT_EQ(it.post.mail.letters().size(), 1u) << "what must be told does not wait";
  it.cast.centre.clock.advance(base::Span::minutes(59));
  it.post.deliver();
  EXPECT_EQ(it.post.mail.letters().size(), 1u);
  it.cast.centre.clock.advance(base::Span::minutes(1));
  it.post.deliver();
  EXPECT_EQ(it.post.mail.letters().size(), 2u);
}

TEST(NoticeWishes, P13_ASilenceHoldsUntilItEndsAndWhatItHeldCanBeSent) {
  Told it;
  auto& centre = it.cast.centre;
  const auto made = centre.post("/api/v1/notice-silences", it.operators,
                                {{"event", "account.*"},
                                 {"channel", "mail"},
                                 {"ends_at", "2026-09-01T03:00:00Z"},
                                 {"ground", "시험 운영"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  it.happen();
  EXPECT_EQ(it.state("account.suspended", "mail"), "sent ");
  EXPECT_EQ(it.state("account.reinstated", "mail"), "silenced notice.silenced");
  const auto held = it.post.list("event=account.reinstated&channel=mail").front();
  EXPECT_EQ(cli::text_at(held, "failure/parameters/silence"), made.text("id"));
  ASSERT_EQ(centre.post("/api/v1/notifications/" + cli::text_at(held, "id") + "/resend", it.operators).status,
            200);
  const auto row = "/api/v1/notice-silences/" + made.text("id");
  EXPECT_EQ(change(it.cast, "POST", row + "/end", row, it.operators).status, 200);
  EXPECT_EQ(centre.post(row + "/end", it.operators).text("code"), "notice.silence_over");
  it.post.deliver();
  EXPECT_EQ(it.post.mail.letters().size(), 2u);
  it.happen();
  EXPECT_EQ(it.post.mail.letters().size(), 4u);
}

TEST(NoticeWishes, P13_WrongInputsAreToldPlainlyAndNothingIsDone) {
  Cast cast;
  auto& centre = cast.centre;
  const auto code = [&](const json::object& body) { return wish(centre, cast.member, body).text("code"); };
  EXPECT_EQ(code({{"muted", json::array{json::object{{"event", "Account"}}}}}), "notice.pattern");
  EXPECT_EQ(code({{"quiet_from", 60}}), "notice.quiet_half");
  EXPECT_EQ(code({{"quiet_from", 1440}, {"quiet_until", 0}}), "number.out_of_range");
  EXPECT_EQ(code({{"email", "a@b"}}), "notice.email_malformed");
  EXPECT_EQ(code({{"mobile", "12"}}), "notice.mobile_malformed");
  EXPECT_EQ(code({{"muted", json::array(101, json::object{{"event", "*"}})}}), "notice.too_many_muted");
  EXPECT_EQ(centre.get("/api/v1/me/notice-preference", cast.member).status, 404);
  EXPECT_EQ(wish(centre, cast.visitor, {}).status, 401);
  EXPECT_EQ(wish(centre, cast.filer, {}).text("code"), "notice.no_account");
  const auto silence = [&](const Who& who, const json::object& more) {
    json::object body{{"event", "run.*"}, {"ends_at", "2026-09-02T00:00:00Z"}, {"ground", "g"}};
    for (const auto& [name, value] : more) body[name] = value;
    return centre.post("/api/v1/notice-silences", who, body);
  };
  EXPECT_EQ(silence(cast.member, {}).status, 404);
  EXPECT_EQ(silence(centre.operators, {{"event", "run*"}}).text("code"), "notice.pattern");
  EXPECT_EQ(silence(centre.operators, {{"ground", ""}}).text("code"), "notice.ground_missing");
  EXPECT_EQ(silence(centre.operators, {{"ends_at", "2026-09-01T00:00:00Z"}}).text("code"),
            "notice.ends_before_it_starts");
  EXPECT_EQ(silence(centre.operators, {{"programme_id", "nobody"}}).status, 404);
  EXPECT_TRUE(centre.get("/api/v1/notice-silences", centre.operators).body.at("items").as_array().empty());
}

// The texts of a version that is to come are taken before its day.
TEST(NoticeTexts, M4_TheNextVersionsTextsCanBeHandedInBefore) {
  Centre centre;
  Post post(centre);
  const std::string words = "{from}부터 {to}까지 멈추었습니다.\n";
  const json::object text{
      {"programme_id", centre.programme}, {"name", "notice_outage"}, {"language", "ko"}, {"text", words}};
  EXPECT_EQ(centre.post("/api/v1/notice-texts", centre.operators, text).text("code"), "notice.text_differs");
  auto pack = s0_text();
  const std::string hash = "5d24902f32ca6891f6fc8e0b0c9846775c49009f354d182ebb82c2c35187a3b9";
  ASSERT_NE(pack.find(hash), std::string::npos);
  pack.replace(pack.find(hash), hash.size(), centre.world().secrets.digest(words));
  pack.replace(pack.find("2022-11-21", pack.find("effective_from:")), 10, "2026-10-01");
  post.load(pack);
  EXPECT_EQ(centre.post("/api/v1/notice-texts", centre.operators, text).status, 201);
}

TEST(NoticeWalk, P13_EveryCollectionOfNotices) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  ASSERT_EQ(wish(centre, cast.member, {{"language", "ko"}, {"email", "hong@home.kr"}}).status, 200);
  centre.post("/api/v1/notice-silences", centre.operators,
              {{"event", "run.*"}, {"ends_at", "2026-09-02T00:00:00Z"}, {"ground", "g"}});
  centre.post("/api/v1/notice-texts", centre.operators,
              {{"programme_id", centre.programme},
               {"name", "notice_end"},
               {"language", "ko"},
               {"text", s0_text("texts/notice_end.ko.txt")}});
  expect_collection(cast, "notifications", centre.operators);
  expect_collection(cast, "notifications", cast.member);
  expect_collection(cast, "notice-preferences", cast.member);
  expect_collection(cast, "notice-silences", cast.auditor);
  expect_collection(cast, "notice-texts", cast.auditor);
  EXPECT_EQ(centre.get("/api/v1/notice-preferences", centre.operators).text("items/0/email"),
            "ho***@home.kr");
  EXPECT_EQ(centre.get("/api/v1/me/notice-preference", cast.member).text("email"), "hong@home.kr");
  EXPECT_TRUE(centre.get("/api/v1/notice-preferences", cast.filer).body.at("items").as_array().empty());
  const auto row = "/api/v1/me/notice-preference";
  EXPECT_EQ(change(cast, "PUT", row, row, cast.member, {{"language", "en"}}).text("language"), "en");
  expect_tagged(cast, row, cast.member);
  const auto mine = "/api/v1/notifications/" + first_id(cast, "/api/v1/notifications", cast.member);
  EXPECT_FALSE(change(cast, "POST", mine + "/read", mine, cast.member).text("read_at").empty());
}

}  // namespace
}  // namespace dure::tests
