// P13: the notice settings of dured, a file with secrets.
#include "server/notice_settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace dure::server {
namespace {

constexpr const char* kAll = R"({
  "attempts": 5, "first_pause_s": 10, "most_pause_s": 600,
  "mail": {"server": "smtps://mail.example.kr", "user": "dure", "password": "p", "from": "noreply@centre.kr",
           "from_name": "두레"},
  "slack": {"url": "https://hooks.slack.com/services/T/B/x"},
  "kakao": {"url": "https://gateway.example.kr/send", "api_key": "k", "sender_key": "s",
            "templates": {"node.lost": "T1", "*": "T0"}},
  "webhook": {"url": "https://watch.example.kr/dure", "secret": "s"}
})";

std::string pointer_of(const base::Error& failure) {
  return failure.details.empty() ? "" : failure.details.front().pointer;
}

TEST(NoticeSettings, P13_SayWhichChannelsThereAre) {
  const auto all = parse_notice_settings(kAll);
  ASSERT_TRUE(all.ok()) << all.failure().reason.code;
  EXPECT_EQ(all->mail->server, "smtps://mail.example.kr");
  EXPECT_EQ(all->slack->url, "https://hooks.slack.com/services/T/B/x");
  EXPECT_EQ(all->kakao->templates.at("node.lost"), "T1");
  EXPECT_EQ(all->webhook->secret, "s");
  EXPECT_EQ(all->retries.attempts, 5);
  EXPECT_EQ(all->retries.first_pause, base::Span::seconds(10));
  const auto none = parse_notice_settings("{}");
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->mail || none->slack || none->kakao || none->webhook);
  EXPECT_EQ(none->retries.attempts, notices::Retries{}.attempts);
}

TEST(NoticeSettings, P13_AMistakeIsToldWhereItStands) {
  for (const auto& [text, pointer] : {std::pair{R"({"mial": {}})", "/mial"},
                                      {R"({"mail": {"host": "x"}})", "/mail/host"},
                                      {R"({"mail": {"server": 5}})", "/mail/server"},
                                      {R"({"attempts": 0})", "/attempts"},
                                      {R"({"most_pause_s": 86401})", "/most_pause_s"}}) {
    const auto read = parse_notice_settings(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(pointer_of(read.failure()), pointer) << text;
  }
  EXPECT_FALSE(parse_notice_settings("mail: {}").ok());
}

// Whatever is cut out of or put into the file: it is read or refused, never half read.
TEST(NoticeSettings, P13_AnyBytesAreTakenOrRefused) {
  std::mt19937 random(52);
  const std::string whole = kAll;
  int taken = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string text = whole;
    const auto at = random() % text.size();
    if (random() % 2 == 0)
      text.erase(at, 1 + random() % 5);
    else
      text.insert(at, 1, static_cast<char>(random() % 256));
    const auto read = parse_notice_settings(text);
    if (!read) {
      EXPECT_FALSE(read.failure().reason.code.empty());
      continue;
    }
    ++taken;
    EXPECT_GE(read->retries.attempts, 1);
    EXPECT_LE(read->retries.most_pause, base::Span::hours(24));
  }
  EXPECT_GT(taken, 100) << "blanks and letters within texts change little";
}

class SettingsFile : public testing::Test {
 protected:
  SettingsFile() {
    char name[] = "/tmp/dure-notices.XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~SettingsFile() override { std::filesystem::remove_all(folder_); }
  std::string write(mode_t mode) const {
    const std::string file = folder_ + "/notices.json";
    std::ofstream(file) << kAll;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }
  std::string folder_;
};

TEST_F(SettingsFile, P13_IsReadOnlyWhereNobodyElseCan) {
  const auto read = read_notice_settings(write(0600), true);
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->mail.has_value());
  for (const mode_t open : {0640, 0604, 0660, 0644}) {
    const auto refused = read_notice_settings(write(open), true);
    ASSERT_FALSE(refused.ok()) << open;
    EXPECT_EQ(refused.failure().reason.code, "notice.settings_open");
  }
}

TEST_F(SettingsFile, P13_MayBeMissingWhereItWasNotNamed) {
  const auto none = read_notice_settings(folder_ + "/none.json", false);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->mail.has_value());
  EXPECT_EQ(read_notice_settings(folder_ + "/none.json", true).failure().reason.code,
            "notice.settings_unreadable");
  EXPECT_FALSE(read_notice_settings(folder_, true).ok()) << "a folder";
}

}  // namespace
}  // namespace dure::server
