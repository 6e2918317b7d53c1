// P13, M4, B2, L2: whom a message reaches and whom it does not: programmes beside each other and the centre
// above them, stops of some nodes, calls that close, days that had passed.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <map>
#include <set>

#include "centre/cast.h"
#include "centre/notice_cast.h"
#include "cli/api.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::set<std::string> accounts_of(const std::vector<json::object>& rows) {
  std::set<std::string> found;
  for (const auto& row : rows) found.insert(cli::text_at(row, "account_id"));
  return found;
}

std::string rule(const std::string& event, const std::string& recipients, const std::string& channels,
                 const std::string& lead_days) {
  return "      - {event: " + event + ", recipients: [" + recipients + "], channels: [" + channels +
         "], lead_days: [" + lead_days + "]}\n";
}

TEST(NoticeReach, P13_AProgrammeSilencesOnlyWhatHappensInIt) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  const auto made = centre.post("/api/v1/notice-silences", centre.operators,
                                {{"event", "account.*"},
                                 {"programme_id", centre.programme},
                                 {"channel", "console"},
                                 {"ends_at", "2026-09-02T00:00:00Z"},
                                 {"ground", "g"}});
  ASSERT_EQ(made.status, 201) << made.text_body;
  const auto second = cast.hire("second", "operator");
  for (const auto& who : {second, cast.member})
    ASSERT_LT(centre.post("/api/v1/accounts/" + who.account + "/suspend", centre.operators, {{"ground", "g"}})
                  .status,
              300);
  post.make();
  std::map<std::string, std::string> states;
  for (const auto& row : post.list("event=account.suspended&channel=console"))
    states[cli::text_at(row, "account_id")] = cli::text_at(row, "state");
  EXPECT_EQ(states,
            (std::map<std::string, std::string>{{second.account, "sent"}, {cast.member.account, "silenced"}}))
      << "the staff's accounts are no programme's";
}

TEST(NoticeReach, P13_WhoRunsAProgrammeIsToldOfItAndOfTheMachinesAndNotOfTheCentre) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  const auto local = cast.hire("local", "operator", "programme", centre.programme);
  post.mail.set(SmtpMood::kRefuses);
  ASSERT_EQ(centre.approve(cast.filer.application).status, 200);  // which is told by mail
  post.make();
  post.deliver();
  const json::array one{json::object{{"id", "SIM-0"},
                                     {"index", 0},
                                     {"model", "a100-40gb"},
                                     {"product", "simulated"},
                                     {"memory_bytes", 40LL << 30},
                                     {"simulated", true}}};
  centre.report_node({{"cards", one}});
  post.make();
  const auto failed = post.list("event=notice.failed");
  EXPECT_EQ(accounts_of(failed), std::set<std::string>{centre.operators.account});
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(cli::text_at(failed[0], "programme_id"), "") << "a list of the programme does not hold it";
  EXPECT_EQ(accounts_of(post.list("event=card.missing")),
            (std::set<std::string>{centre.operators.account, local.account}));
}

TEST(NoticeReach, M1_AStopOfSomeNodesIsToldToThoseWhoUseThem) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  const auto begin = [&](const std::string& node) {
    const auto made =
        centre.post("/api/v1/outages", centre.operators,
                    {{"cause", "emergency"}, {"note", "누수"}, {"node_ids", json::array{node}}});
    ASSERT_LT(made.status, 300) << made.text_body;
    post.make();
  };
  begin("0190aaaa-0000-7000-8000-000000000000");
  EXPECT_TRUE(post.list("event=outage.begun").empty()) << "of another pool's node";
  begin(first_id(cast, "/api/v1/nodes", centre.operators));
  const auto told = post.list("event=outage.begun");
  EXPECT_EQ(accounts_of(told), std::set<std::string>{cast.member.account});
  ASSERT_FALSE(told.empty());
  EXPECT_NE(cli::text_at(told[0], "text").find("멈춘 시간은 사용기간에 더해집니다"), std::string::npos);
}

TEST(NoticeReach, M1_F6_WhereThePackGivesNothingBackNobodyIsToldThatItDoes) {
  Cast cast;
  Post post(cast.centre);
  auto text = s0_text();
  const std::string extends = "outage_extension: {value: one_to_one";
  ASSERT_NE(text.find(extends), std::string::npos);
  post.load(text.replace(text.find(extends), extends.size(), "outage_extension: {value: none"));
  ASSERT_LT(cast.centre.post("/api/v1/outages", cast.centre.operators, {{"cause", "emergency"}}).status, 300);
  post.make();
  const auto told = post.list("event=outage.begun");
  ASSERT_FALSE(told.empty());
  EXPECT_NE(cli::text_at(told[0], "text").find("더해지지 않습니다"), std::string::npos)
      << cli::text_at(told[0], "text");
}

// Intake that closes is told to those who have filed for the call, whatever lead the rule has.
TEST(NoticeReach, B2_RollingIntakeThatClosesIsToldToThoseWhoFiledForIt) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  post.load(notify_pack(rule("call.closing_early", "applicant", "mail", "21")));
  const auto closed = centre.post("/api/v1/calls/" + centre.call + "/close", centre.operators);
  ASSERT_EQ(closed.status, 200) << closed.text_body;
  ASSERT_EQ(closed.text("kind"), "rolling");
  post.make();
  post.make();
  const auto told = post.list("event=call.closing_early");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(cli::text_at(told[0], "recipient"), "applications/" + cast.filer.application)
      << "hong01 has his award";
}

// B2: intake that is cut short is told at once with its last day, and once more ahead of it.
TEST(NoticeReach, B2_AnEarlyCloseSaysItsLastDayAtOnceAndAheadOfIt) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  std::string text = notify_pack(rule("call.closing_early", "applicant", "mail", "0, 7"));
  const std::string kind = "\ncall:\n";
  ASSERT_NE(text.find(kind), std::string::npos);
  text.insert(text.find(kind) + kind.size(),
              "  early_close_notice: {value: 2 weeks, source: \"시험\", confidence: chosen}\n");
  post.load(text);
  const auto closing = centre.post("/api/v1/calls/" + centre.call + "/close-early", centre.operators,
                                   {{"closes_on", "2026-10-01"}, {"ground", "자원 소진"}});
  ASSERT_EQ(closing.text("state"), "closing_early") << closing.text_body;
  post.make();
  const auto at_once = post.list("event=call.closing_early");
  ASSERT_EQ(at_once.size(), 1u);
  EXPECT_NE(cli::text_at(at_once[0], "text").find("2026-10-01 23:59"), std::string::npos)
      << cli::text_at(at_once[0], "text");
  centre.advance(base::Span::days(22));  // 2026-09-23
  post.make();
  EXPECT_EQ(post.list("event=call.closing_early").size(), 1u) << "not yet";
  centre.advance(base::Span::days(1));
  post.make();
  const auto ahead = post.list("event=call.closing_early&sort=created_at");
  ASSERT_EQ(ahead.size(), 2u) << "seven days before its last day";
}

// The end of the programme is not that of the allocation by which one was found.
TEST(NoticeReach, L2_TheEndOfTheProgrammeIsSaidAndNotThatOfAnAllocation) {
  Cast cast;
  Post post(cast.centre);
  post.load(notify_pack(rule("programme.ending", "applicant", "mail", "320")));
  const auto announced =
      cast.centre.post("/api/v1/programmes/" + cast.centre.programme + "/end", cast.centre.operators,
                       {{"ends_on", "2027-06-30"}, {"ground", "g"}});
  ASSERT_LT(announced.status, 300) << announced.text_body;
  const auto end =
      cast.centre.get("/api/v1/allocations/" + cast.member.allocation, cast.centre.operators).text("ends_on");
  ASSERT_LT(end, "2027-06-30");
  post.turn();
  const auto told = post.list("event=programme.ending");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(cli::text_at(told[0], "title"), "사업이 2027-06-30에 끝납니다");
}

// A lead day that had passed when the row was made is told once, at the next look.
TEST(NoticeReach, L1_WhatWasSettledTooLateForItsLeadDayIsToldOnceAllTheSame) {
  Cast cast;
  Post post(cast.centre);
  post.load(notify_pack(rule("allocation.ending", "member", "mail", "300, 200")));
  const auto told = [&] { return post.list("event=allocation.ending").size(); };
  EXPECT_EQ(told(), 0u) << "today was looked at under the rules before";
  for (int day = 0; day < 3; ++day) {
    cast.centre.advance(base::Span::days(1));
    post.make();
    EXPECT_EQ(told(), 1u) << "one for both lead days, day " << day;
  }
}

}  // namespace
}  // namespace dure::tests
