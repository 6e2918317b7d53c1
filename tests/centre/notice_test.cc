// M4, P13, D5, G3, H1, L2, M1: who is told what, over the API: what was done in the centre arrives where the
// pack says, once.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <map>

#include "centre/cast.h"
#include "centre/notice_cast.h"
#include "cli/api.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

constexpr const char* kDecided =
    "      - {event: application.decided, recipients: [applicant], channels: [mail, console], lead_days: "
    "[0]}\n";

std::vector<std::string> to_whom(const SmtpPeer& mail) {
  std::vector<std::string> all;
  for (const auto& letter : mail.letters()) all.push_back(letter.to);
  return all;
}

TEST(Notice, D5_TheResultGoesToTheApplicantByMailOnceAndSaysWhich) {
  Centre centre;
  Post post(centre);
  const auto filed = centre.file_application("hong01");
  ASSERT_LT(centre.approve(filed.application).status, 300);
  post.turn();
  ASSERT_EQ(to_whom(post.mail), std::vector<std::string>{"hong@example.kr"});
  const auto letter = post.mail.letters().front();
  const auto receipt = centre.get("/api/v1/applications/" + filed.application, centre.operators);
  EXPECT_EQ(decoded(header_of(letter, "Subject")),
            "신청 결과를 알려 드립니다: " + receipt.text("receipt_number"));
  EXPECT_NE(body_of(letter).find("선정"), std::string::npos) << body_of(letter);
  const auto rows = post.list("event=application.decided&channel=mail");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(cli::text_at(rows[0], "state"), "sent");
  EXPECT_EQ(cli::text_at(rows[0], "recipient"), "applications/" + filed.application);
  EXPECT_EQ(cli::text_at(rows[0], "email"), "ho***@example.kr") << "masked";
  EXPECT_EQ(header_of(letter, "Message-ID"), "<" + cli::text_at(rows[0], "id") + "@centre.kr>");
  post.turn();
  post.turn();
  EXPECT_EQ(post.mail.letters().size(), 1u);
}

// S1, page 6: the result is told to the developer who is named in the application.
TEST(Notice, D5_InS1TheResultGoesToTheDeveloper) {
  Centre centre;
  Post post(centre);
  std::ifstream file("policies/s1-aica-2024/policy.yaml");
  const json::array layers{
      json::object{{"name", "policy.yaml"}, {"text", std::string{std::istreambuf_iterator<char>(file), {}}}}};
  const auto programme = centre.post("/api/v1/programmes", centre.operators, {{"layers", layers}}).text("id");
  const auto call =
      centre.post("/api/v1/calls", centre.operators, {{"programme_id", programme}, {"title", "2024"}})
          .text("id");
  auto form = *wire::read_form(wire::example_form());
  form.answers.emplace();
  (*form.answers)["leader_contact"] = {"홍책임", "leader@example.kr", "010-1111-2222"};
  (*form.answers)["developer_contact"] = {"김개발", "developer@example.kr", "010-3333-4444"};
  const auto made =
      centre.post("/api/v1/applications", {},
                  {{"call_id", call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  Who filer;
  filer.token = made.text("access_token");
  const auto path = "/api/v1/applications/" + made.text("application/id");
  const auto submitted = centre.post(path + "/submit", filer);
  ASSERT_LT(submitted.status, 300) << submitted.text_body;
  const auto decided =
      centre.post(path + "/decision", centre.operators, {{"verdict", "return"}, {"ground", "서류 미비"}});
  ASSERT_LT(decided.status, 300) << decided.text_body;
  post.turn();
  EXPECT_EQ(to_whom(post.mail), std::vector<std::string>{"developer@example.kr"});
}

TEST(Notice, P13_EachChannelOfARuleGetsItAndTheCentresOwnOnlyOnce) {
  Cast cast;
  Post post(cast.centre);
  cast.hire("second", "operator");
  post.load(notify_pack(
      "      - {event: account.suspended, recipients: [operator, member], channels: [slack, webhook, "
      "kakao, console], lead_days: [0]}\n"));
  ASSERT_LT(cast.centre
                .post("/api/v1/accounts/" + cast.member.account + "/suspend", cast.centre.operators,
                      {{"ground", "점검"}})
                .status,
            300);
  post.turn();
  ASSERT_EQ(post.slack.seen().size(), 1u);
  EXPECT_NE(post.slack.seen()[0].body.find("hong01"), std::string::npos);
  ASSERT_EQ(post.hook.seen().size(), 1u);
  const auto body = json::parse(post.hook.seen()[0].body);
  EXPECT_EQ(cli::text_at(body, "event"), "account.suspended");
  EXPECT_EQ(cli::text_at(body, "resource"), "accounts/" + cast.member.account);
  ASSERT_EQ(post.kakao.seen().size(), 1u) << "the operators have given no number";
  EXPECT_EQ(cli::text_at(json::parse(post.kakao.seen()[0].body), "to"), "01000000000");
  const auto rows = post.list("event=account.suspended");
  std::map<std::string, int> count;
  for (const auto& row : rows) ++count[cli::text_at(row, "channel") + " " + cli::text_at(row, "state")];
  EXPECT_EQ(count, (std::map<std::string, int>{{"slack sent", 1},
                                               {"webhook sent", 1},
                                               {"kakao sent", 1},
                                               {"kakao failed", 2},
                                               {"console sent", 3}}));
  for (const auto& row : rows)
    if (cli::text_at(row, "state") == "failed") {
      EXPECT_EQ(cli::text_at(row, "failure/code"), "notice.no_address");
    }
}

TEST(Notice, P13_APersonSeesHisOwnAndMarksThemRead) {
  Cast cast;
  Post post(cast.centre);
  const auto mine = cast.centre.get("/api/v1/notifications?event=allocation.opened", cast.member);
  ASSERT_EQ(mine.body.at("items").as_array().size(), 1u) << mine.text_body;
  EXPECT_EQ(mine.text("items/0/account_id"), cast.member.account);
  const std::string path = "/api/v1/notifications/" + mine.text("items/0/id");
  EXPECT_EQ(cast.centre.get(path, cast.filer).status, 404);
  EXPECT_EQ(cast.centre.post(path + "/read", cast.filer).status, 404);
  EXPECT_EQ(cast.centre.post(path + "/read", cast.auditor).status, 403)
      << "who may look may not read for him";
  const auto read = cast.centre.post(path + "/read", cast.member);
  ASSERT_EQ(read.status, 200) << read.text_body;
  EXPECT_FALSE(read.text("read_at").empty());
  EXPECT_EQ(cast.centre.post(path + "/read", cast.member).number("version"), read.number("version"))
      << "once";
  for (const auto& row : post.list())
    if (cli::text_at(row, "account_id") != cast.member.account) {
      EXPECT_EQ(cast.centre.get("/api/v1/notifications/" + cli::text_at(row, "id"), cast.member).status, 404);
    }
}

// M1, S0 article 10(2)1: a stop is told to those who use the centre, in the words of the pack, with the new
// end of each.
TEST(Notice, M1_M4_AStopIsToldInTheWordsOfThePack) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  const auto hand_in = [&](const std::string& name, const std::string& language, const std::string& text) {
    return centre.post(
        "/api/v1/notice-texts", centre.operators,
        {{"programme_id", centre.programme}, {"name", name}, {"language", language}, {"text", text}});
  };
  const auto words = s0_text("texts/notice_outage.ko.txt");
  EXPECT_EQ(hand_in("notice_outage", "ko", words + " ").text("code"), "notice.text_differs");
  EXPECT_EQ(hand_in("notice_nothing", "ko", words).text("code"), "notice.text_unknown");
  const auto kept = hand_in("notice_outage", "ko", words);
  ASSERT_EQ(kept.status, 201) << kept.text_body;
  EXPECT_EQ(hand_in("notice_outage", "ko", words).text("id"), kept.text("id"));
  const auto outage =
      centre.post("/api/v1/outages", centre.operators, {{"cause", "maintenance"}, {"note", "전원 교체"}})
          .text("id");
  centre.advance(base::Span::hours(30));
  ASSERT_LT(centre.post("/api/v1/outages/" + outage + "/end", centre.operators).status, 300);
  post.turn();
  const auto rows = post.list("event=outage.ended&channel=mail");
  ASSERT_EQ(rows.size(), 1u);
  const auto end =
      centre.get("/api/v1/allocations/" + cast.member.allocation, centre.operators).text("ends_on");
  EXPECT_EQ(cli::text_at(rows[0], "text"),
            "2026-09-01 09:00부터 2026-09-02 15:00까지 서버 사용이 중지되었습니다. 사유: 전원 교체\n"
            "중지된 기간만큼 사용기간을 늘렸습니다(운영지침 제10조제2항). 새 종료일: " +
                end + "\n");
  EXPECT_EQ(cli::text_at(rows[0], "template"), "notice_outage");
  EXPECT_EQ(cli::text_at(rows[0], "recipient"), "accounts/" + cast.member.account);
}

// G3, S0 article 10(5): 14, 7 and 1 days before a password grows too old; each once.
TEST(Notice, G3_APasswordsAgeIsToldOnItsDays) {
  Cast cast;
  Post post(cast.centre);
  const auto told = [&] { return post.list("event=password.expiring&channel=mail").size(); };
  post.turn();
  EXPECT_EQ(told(), 0u);
  std::vector<std::string> days;
  for (int day = 0; day < 92; ++day) {
    const auto before = told();
    cast.centre.advance(base::Span::hours(24));
    post.turn();
    if (told() > before) days.push_back(base::to_text(cast.centre.clock.now()).substr(0, 10));
  }
  // Changed on 1 September: good until 1 December.
  EXPECT_EQ(days, (std::vector<std::string>{"2026-11-17", "2026-11-24", "2026-11-30"}));
  const auto letters = post.mail.letters();
  const auto last = std::find_if(letters.rbegin(), letters.rend(), [](const auto& each) {
    return decoded(header_of(each, "Subject")).find("비밀번호") != std::string::npos;
  });
  ASSERT_NE(last, letters.rend());
  EXPECT_EQ(decoded(header_of(*last, "Subject")), "계정 hong01의 비밀번호를 2026-12-01까지 바꾸십시오");
}

// F5, K2, L1: the end of an allocation, its report and its deletion; a centre that stood still tells once.
TEST(Notice, L1_K2_TheEndIsToldBeforeItComesAndWhatWasMissedOnce) {
  Cast cast;
  Post post(cast.centre);
  const auto end =
      cast.centre.get("/api/v1/allocations/" + cast.member.allocation, cast.centre.operators).text("ends_on");
  const auto until = *base::parse_date(end);
  const auto today = *base::parse_date("2026-09-01");
  post.turn();
  // Stands still until three days before the end: the leads of 30 and 7 days are told in one.
  cast.centre.advance(base::Span::days(base::to_days(until) - base::to_days(today) - 3));
  post.turn();
  EXPECT_EQ(post.list("event=allocation.ending&channel=mail").size(), 1u);
  post.turn();
  EXPECT_EQ(post.list("event=allocation.ending&channel=mail").size(), 1u);
  cast.centre.advance(base::Span::days(2));
  post.turn();
  EXPECT_EQ(post.list("event=allocation.ending&channel=mail").size(), 2u) << "one day before";
  const auto said = post.list("event=allocation.ending&channel=console").front();
  EXPECT_NE(cli::text_at(said, "title").find(end), std::string::npos) << cli::text_at(said, "title");
  cast.centre.advance(base::Span::days(2));
  cast.centre.turn_loops();
  post.turn();
  EXPECT_EQ(post.list("event=allocation.ending&channel=mail").size(), 2u) << "not afterwards";
}

// L2, S0 article 10(6): the end of the programme goes to the applicants by mail, 60 and 30 days before; told
// at once where it is announced later than that.
TEST(Notice, L2_TheEndOfAProgrammeIsMailedToTheApplicantsBeforeSupportEnds) {
  Cast cast;
  Post post(cast.centre);
  const auto told = [&] { return post.list("event=programme.ending&channel=mail"); };
  const auto announced =
      cast.centre.post("/api/v1/programmes/" + cast.centre.programme + "/end", cast.centre.operators,
                       {{"ends_on", "2026-10-16"}, {"ground", "지침 제10조제6항"}});
  ASSERT_LT(announced.status, 300) << announced.text_body;
  post.turn();
  ASSERT_EQ(told().size(), 1u) << "45 days before: the 60 are over";
  EXPECT_EQ(cli::text_at(told()[0], "title"), "사업이 2026-10-16에 끝납니다");
  EXPECT_EQ(cli::text_at(told()[0], "state"), "sent");
  cast.centre.advance(base::Span::days(14));
  post.turn();
  EXPECT_EQ(told().size(), 1u);
  cast.centre.advance(base::Span::days(1));
  post.turn();
  EXPECT_EQ(told().size(), 2u) << "30 days before";
  for (const auto& letter : post.mail.letters()) EXPECT_EQ(letter.to, "hong@example.kr");
}

// S2, item 26: a card that is gone reaches KakaoTalk and Slack within a round, once, by S2's own pack.
TEST(Notice, M4_P13_InS2AMissingCardReachesKakaoTalkAndSlackOnce) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  std::ifstream file("policies/s2-gpu-blocks/policy.yaml");
  post.load({std::istreambuf_iterator<char>(file), {}});
  ASSERT_EQ(centre
                .send("PUT", "/api/v1/me/notice-preference", centre.operators.token,
                      R"({"mobile":"010-9999-8888"})")
                .status,
            200);
  const json::array one{json::object{{"id", "SIM-0"},
                                     {"index", 0},
                                     {"model", "a100-40gb"},
                                     {"product", "simulated"},
                                     {"memory_bytes", 40LL << 30},
                                     {"simulated", true}}};
  for (int i = 0; i < 3; ++i) {
    centre.report_node({{"cards", one}});
    post.turn();
  }
  ASSERT_EQ(post.slack.seen().size(), 1u);
  EXPECT_NE(post.slack.seen()[0].body.find("SIM-1"), std::string::npos);
  ASSERT_EQ(post.kakao.seen().size(), 1u);
  EXPECT_EQ(cli::text_at(json::parse(post.kakao.seen()[0].body), "to"), "01099998888");
}

// An event that only a pack speaks of needs nothing in the program.
TEST(Notice, P13_WhatAPackNamesIsToldWithoutAWordInTheProgram) {
  Cast cast;
  Post post(cast.centre);
  post.load(notify_pack(
      "      - {event: workload.deleted, recipients: [member], channels: [console], lead_days: [0]}\n"));
  ASSERT_LT(cast.centre.send("DELETE", "/api/v1/workloads/" + cast.ended, cast.member.token).status, 300);
  post.turn();
  const auto rows = post.list("event=workload.deleted");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(cli::text_at(rows[0], "title"), "workload.deleted: workloads/" + cast.ended);
  EXPECT_EQ(cli::text_at(rows[0], "account_id"), cast.member.account);
}

}  // namespace
}  // namespace dure::tests
