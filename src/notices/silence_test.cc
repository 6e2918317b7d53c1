// P13: silences, wishes and quiet hours.
#include "notices/silence.h"

#include <gtest/gtest.h>

namespace dure::notices {
namespace {

using model::NoticeChannel;

const base::Instant kNow = *base::parse_instant("2026-09-01T03:00:00Z");  // noon in Seoul

model::NoticeSilence silence(const std::string& event) {
  model::NoticeSilence made;
  made.id = model::NoticeSilenceId("s1");
  made.event = event;
  made.starts_at = kNow - base::Span::hours(1);
  made.ends_at = kNow + base::Span::hours(1);
  return made;
}

std::string why(const Candidate& message, const std::vector<model::NoticeSilence>& silences,
                const model::NoticePreference* wish = nullptr, const std::vector<std::string>& always = {}) {
  const auto reason = held_back(message, always, silences, wish, kNow);
  return reason ? reason->code : "";
}

TEST(Silence, P13_APatternNamesAnEventAFamilyOrAll) {
  EXPECT_TRUE(covers("node.lost", "node.lost"));
  EXPECT_TRUE(covers("node.*", "node.lost"));
  EXPECT_TRUE(covers("*", "node.lost"));
  EXPECT_FALSE(covers("node.*", "nodes.lost"));
  EXPECT_FALSE(covers("node.lost", "node.lost2"));
  for (const char* good : {"*", "run.*", "allocation.extended", "a_b.c"})
    EXPECT_TRUE(is_pattern(good)) << good;
  for (const char* bad : {"", ".*", "run*", "run.* ", "Run.x", "a;b", "*.*"})
    EXPECT_FALSE(is_pattern(bad)) << bad;
}

TEST(Silence, P13_HoldsInItsTimeForItsChannelAndProgramme) {
  const Candidate mail{"node.lost", "p1", NoticeChannel::kMail};
  EXPECT_EQ(why(mail, {}), "");
  EXPECT_EQ(why(mail, {silence("node.*")}), "notice.silenced");
  EXPECT_EQ(why(mail, {silence("run.*")}), "");
  auto other = silence("*");
  other.programme_id = model::ProgrammeId("p2");
  EXPECT_EQ(why(mail, {other}), "");
  auto over = silence("*");
  over.ends_at = kNow;
  EXPECT_EQ(why(mail, {over}), "") << "its end is not in it";
  auto later = silence("*");
  later.starts_at = kNow + base::Span{1};
  EXPECT_EQ(why(mail, {later}), "");
  auto slack = silence("*");
  slack.channel = NoticeChannel::kSlack;
  EXPECT_EQ(why(mail, {slack}), "");
  EXPECT_EQ(why({"node.lost", "p1", NoticeChannel::kSlack}, {slack}), "notice.silenced");
}

TEST(Silence, P13_TheConsoleIsSilencedOnlyByName) {
  const Candidate console{"node.lost", "", NoticeChannel::kConsole};
  EXPECT_EQ(why(console, {silence("*")}), "");
  auto named = silence("*");
  named.channel = NoticeChannel::kConsole;
  EXPECT_EQ(why(console, {named}), "notice.silenced");
}

TEST(Silence, P13_APersonMutesWhatHeDoesNotWantButNotWhatMustBeTold) {
  model::NoticePreference wish;
  wish.muted = {{"allocation.*", NoticeChannel::kMail}, {"run.*", std::nullopt}};
  EXPECT_EQ(why({"allocation.extended", "p", NoticeChannel::kMail}, {}, &wish), "notice.muted");
  EXPECT_EQ(why({"allocation.extended", "p", NoticeChannel::kKakao}, {}, &wish), "");
  EXPECT_EQ(why({"run.refused", "p", NoticeChannel::kKakao}, {}, &wish), "notice.muted");
  EXPECT_EQ(why({"run.refused", "p", NoticeChannel::kConsole}, {}, &wish), "");
  EXPECT_EQ(why({"allocation.idle", "p", NoticeChannel::kMail}, {silence("*")}, &wish, {"allocation.idle"}),
            "")
      << "always told";
}

TEST(Silence, P13_InQuietHoursWhatLeavesTheCentreWaits) {
  model::NoticePreference wish;
  wish.quiet_from = 11 * 60;
  wish.quiet_until = 14 * 60;
  const auto two = *base::parse_instant("2026-09-01T14:00:00+09:00");
  const Candidate mail{"run.refused", "p", NoticeChannel::kMail};
  EXPECT_EQ(leaves_at(mail, {}, &wish, calendar::seoul(), kNow), two);
  EXPECT_EQ(leaves_at(mail, {}, nullptr, calendar::seoul(), kNow), kNow);
  EXPECT_EQ(leaves_at(mail, {"run.refused"}, &wish, calendar::seoul(), kNow), kNow);
  EXPECT_EQ(leaves_at({"run.refused", "p", NoticeChannel::kConsole}, {}, &wish, calendar::seoul(), kNow),
            kNow);
  wish.quiet_until.reset();
  EXPECT_EQ(leaves_at(mail, {}, &wish, calendar::seoul(), kNow), kNow);
}

}  // namespace
}  // namespace dure::notices
