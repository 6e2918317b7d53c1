// M1, G3, H1, L2: who is told what, by the regional centre's rules.
#include "notices/notices.h"

#include <gtest/gtest.h>

#include <set>

#include "notices/known_events.h"

namespace dure::notices {
namespace {

using model::NoticeChannel;
using policy::Channel;

policy::Notify regional_centre() {
  policy::Notify notify;
  notify.rules = {
      {"application.decided", {"applicant"}, {Channel::kMail, Channel::kConsole}, {0}, "", "S0 article 4(1)"},
      {"password.expiring", {"member"}, {Channel::kMail}, {14, 7, 1}, "notice_password", "S0 article 10(5)"},
      {"outage.ended", {"applicant", "member"}, {Channel::kMail}, {0}, "notice_outage", "S0 article 10(2)1"},
      {"allocation.idle", {"member"}, {Channel::kMail}, {10}, "notice_idle", "S0 article 10(3)2"},
  };
  return notify;
}

TEST(Notices, M1_AStopIsToldAfterwards) {
  EXPECT_EQ(messages_for("outage.ended", regional_centre()),
            (std::vector<Message>{{"applicant", NoticeChannel::kMail, "notice_outage"},
                                  {"member", NoticeChannel::kMail, "notice_outage"}}));
}

TEST(Notices, ARuleWithoutATextUsesTheEventsOwn) {
  EXPECT_EQ(messages_for("application.decided", regional_centre()),
            (std::vector<Message>{{"applicant", NoticeChannel::kMail, "application.decided"},
                                  {"applicant", NoticeChannel::kConsole, "application.decided"}}));
}

TEST(Notices, WithoutARuleTheConsoleTellsOfWhatMatters) {
  EXPECT_EQ(messages_for("account.locked", regional_centre()),
            (std::vector<Message>{{"member", NoticeChannel::kConsole, "account.locked"},
                                  {"operator", NoticeChannel::kConsole, "account.locked"}}));
  EXPECT_TRUE(messages_for("run.queued", regional_centre()).empty());
  EXPECT_TRUE(messages_for("password.expiring", regional_centre()).empty())
      << "its rule tells ahead, not then";
}

TEST(Notices, TwoRulesThatSayTheSameSendItOnce) {
  auto rules = regional_centre();
  rules.rules.push_back(rules.rules[2]);
  EXPECT_EQ(messages_for("outage.ended", rules).size(), 2u);
}

TEST(Notices, G3_APasswordsAgeIsToldAheadForEachOfItsDays) {
  const base::Date on{2026, 4, 15};
  const auto lead = [&](base::Date today) {
    const auto messages = messages_ahead("password.expiring", regional_centre(), on, today);
    return messages.empty() ? 0 : messages.front().lead;
  };
  EXPECT_EQ(lead({2026, 3, 31}), 0);
  EXPECT_EQ(lead({2026, 4, 1}), 14) << "14 days before";
  EXPECT_EQ(lead({2026, 4, 7}), 14);
  EXPECT_EQ(lead({2026, 4, 8}), 7);
  EXPECT_EQ(lead({2026, 4, 13}), 7) << "two missed days are one";
  EXPECT_EQ(lead({2026, 4, 14}), 1);
  EXPECT_EQ(lead({2026, 4, 15}), 1) << "the last chance";
  EXPECT_EQ(lead({2026, 4, 16}), 0) << "too late";
}

TEST(Notices, H1_ARuleAboutIdleUseTellsAhead) {
  EXPECT_EQ(messages_ahead("allocation.idle", regional_centre(), {2026, 5, 22}, {2026, 5, 12}),
            (std::vector<Message>{{"member", NoticeChannel::kMail, "notice_idle", 10}}));
}

TEST(Notices, P13_AnEventThatOnlyAPackKnowsGoesOut) {
  auto rules = regional_centre();
  rules.rules.push_back({"coffee.spilled", {"operator"}, {Channel::kSlack, Channel::kKakao}, {0}, "", ""});
  EXPECT_EQ(messages_for("coffee.spilled", rules),
            (std::vector<Message>{{"operator", NoticeChannel::kSlack, "coffee.spilled"},
                                  {"operator", NoticeChannel::kKakao, "coffee.spilled"}}));
  EXPECT_TRUE(messages_for("coffee.cold", rules).empty());
}

TEST(Notices, P13_EachKnownEventHasSomebodyOrAReasonWhyNobody) {
  std::set<std::string_view> seen;
  for (const auto& event : known_events()) {
    EXPECT_TRUE(seen.insert(event.type).second) << event.type << " twice";
    EXPECT_NE(event.type.find('.'), std::string_view::npos) << event.type;
    EXPECT_NE(event.recipients.empty(), event.silent.empty()) << event.type;
    EXPECT_EQ(find_event(event.type), &event);
  }
  EXPECT_EQ(find_event("no.such_event"), nullptr);
}

TEST(Notices, L2_WhatIsAnnouncedLateIsToldForTheDayThatHadPassed) {
  policy::Notify rules;
  rules.rules = {{"programme.ending", {"applicant"}, {Channel::kMail}, {60, 30}, "", ""},
                 {"programme.ending", {"operator"}, {Channel::kConsole}, {7}, "", ""}};
  const auto told = [&](base::Date on) {
    return messages_ahead("programme.ending", rules, on, {2026, 10, 10});
  };
  const Message mail{"applicant", NoticeChannel::kMail, "programme.ending", 30};
  EXPECT_EQ(told({2026, 10, 31}), std::vector<Message>{mail}) << "21 days before: both leads had passed";
  EXPECT_EQ(told({2026, 11, 24}).front().lead, 60) << "45 days before";
  EXPECT_TRUE(told({2026, 12, 31}).empty()) << "both are still to come";
  EXPECT_EQ(told({2026, 10, 12}).size(), 2u) << "each rule by its own days";
  EXPECT_TRUE(told({2026, 10, 9}).empty()) << "over";
}

TEST(Notices, B2_TheLongestLeadIsHowFarOneLooks) {
  EXPECT_EQ(longest_lead("password.expiring", regional_centre()), 14);
  EXPECT_EQ(longest_lead("outage.ended", regional_centre()), 0);
  EXPECT_EQ(longest_lead("no.such_event", regional_centre()), 0);
}

}  // namespace
}  // namespace dure::notices
