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

TEST(Notices, G3_APasswordsAgeIsToldAheadOnItsDays) {
  const base::Date on{2026, 4, 15};
  const auto told = [&](base::Date last_run, base::Date today) {
    return messages_ahead("password.expiring", regional_centre(), on, last_run, today).size();
  };
  EXPECT_EQ(told({2026, 3, 30}, {2026, 3, 31}), 0u);
  EXPECT_EQ(told({2026, 3, 31}, {2026, 4, 1}), 1u) << "14 days before";
  EXPECT_EQ(told({2026, 4, 1}, {2026, 4, 2}), 0u) << "once";
  EXPECT_EQ(told({2026, 4, 7}, {2026, 4, 8}), 1u) << "7 days before";
  EXPECT_EQ(told({2026, 3, 1}, {2026, 4, 10}), 1u) << "two missed days are told once";
  EXPECT_EQ(told({2026, 4, 15}, {2026, 4, 16}), 0u);
  EXPECT_EQ(told({2026, 3, 1}, {2026, 4, 16}), 0u) << "too late";
}

TEST(Notices, H1_MeasuresAgainstIdleUseAreToldBefore) {
  const auto messages =
      messages_ahead("allocation.idle", regional_centre(), {2026, 5, 22}, {2026, 5, 11}, {2026, 5, 12});
  EXPECT_EQ(messages, (std::vector<Message>{{"member", NoticeChannel::kMail, "notice_idle"}}));
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

TEST(Notices, L2_WhatIsAnnouncedLateIsToldAtOnce) {
  policy::Notify rules;
  rules.rules = {{"programme.ending", {"applicant"}, {Channel::kMail}, {60, 30}, "", ""}};
  const auto told = [&](base::Date on, base::Date last_run, base::Date today) {
    return messages_late("programme.ending", rules, on, last_run, today).size();
  };
  // Announced on 1 September; the day's look ahead has been, or has not.
  EXPECT_EQ(told({2026, 10, 16}, {2026, 9, 1}, {2026, 9, 1}), 1u) << "45 days before: 60 is missed";
  EXPECT_EQ(told({2026, 12, 31}, {2026, 9, 1}, {2026, 9, 1}), 0u) << "both are still to come";
  EXPECT_EQ(told({2026, 10, 31}, {2026, 9, 1}, {2026, 9, 1}), 1u)
      << "60 days before is today, and was looked at";
  EXPECT_EQ(told({2026, 10, 31}, {2026, 8, 31}, {2026, 9, 1}), 0u) << "it will be told ahead today";
  EXPECT_EQ(told({2026, 8, 31}, {2026, 9, 1}, {2026, 9, 1}), 0u) << "over";
}

TEST(Notices, B2_TheLongestLeadIsHowFarOneLooks) {
  EXPECT_EQ(longest_lead("password.expiring", regional_centre()), 14);
  EXPECT_EQ(longest_lead("outage.ended", regional_centre()), 0);
  EXPECT_EQ(longest_lead("no.such_event", regional_centre()), 0);
}

}  // namespace
}  // namespace dure::notices
