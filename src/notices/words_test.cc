// M4, P13: the words of a pack, addresses, and when one tries again.
#include <gtest/gtest.h>

#include <random>

#include "notices/addresses.h"
#include "notices/fill.h"
#include "notices/retry.h"

namespace dure::notices {
namespace {

const std::vector<base::ReasonParameter> kValues{
    {"name", std::string("hong01")}, {"end", std::string("2027-02-28")}, {"days", std::int64_t{14}}};

TEST(Fill, M4_SlotsBecomeTheirValues) {
  EXPECT_EQ(fill("{name} 님의 사용기간이 {end}에 끝납니다({days}일).", kValues),
            "hong01 님의 사용기간이 2027-02-28에 끝납니다(14일).");
  EXPECT_EQ(fill("", kValues), "");
  EXPECT_EQ(fill("no slot", kValues), "no slot");
}

TEST(Fill, M4_HalfASentenceIsNotTold) {
  EXPECT_EQ(fill("{name} {since}", kValues), std::nullopt);
}

TEST(Fill, M4_WhatIsNoSlotIsTextAndAValueIsNotReadAgain) {
  EXPECT_EQ(fill("{ {}} {Name} {", kValues), "{ {}} {Name} {");
  EXPECT_EQ(fill("{name}", {{"name", std::string("{end}")}}), "{end}");
}

// Whatever the text: no crash, and with all slots known only slots are replaced.
TEST(Fill, M4_AnyBytesAreTaken) {
  std::mt19937 random(7);
  const std::string letters = "{}ae_n d\xEA\xB0\x80";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 24; n > 0; --n) text += letters[random() % letters.size()];
    const auto filled = fill(text, {{"a", std::string("A")}, {"e", std::string("{e}")}});
    if (text.find('{') == std::string::npos) {
      ASSERT_EQ(filled, text);
    }
  }
}

TEST(Addresses, P13_WhatMailCanCarry) {
  for (const char* good : {"a@b.kr", "hong.gil-dong+dure@mail.example.co.kr", "x_1@a-b.org"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"", "a", "a@", "@b.kr", "a@b", "a b@c.kr", "a@b..kr", "a@.kr", "a@b.kr.",
                          "a@b@c.kr", "a@b.kr\r\nBcc: x@y.kr", "홍@b.kr", "a@b.kr>", "<a@b.kr"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string(250, 'a') + "@b.kr"));
}

TEST(Addresses, P13_NumbersAreDialledByTheirDigits) {
  EXPECT_EQ(dialled("010-1234-5678"), "01012345678");
  EXPECT_EQ(dialled("+82 (10) 1234-5678"), "+821012345678");
  for (const char* bad : {"", "1234567", "010-1234-5678 내선", "0101234567890123456", "1+01012345678", "+"})
    EXPECT_EQ(dialled(bad), "") << bad;
}

TEST(Retry, P13_PausesDoubleUpToTheLongestAndThenItIsGivenUp) {
  const base::Instant now{1'000'000'000};
  const Retries retries{4, base::Span::seconds(30), base::Span::seconds(100)};
  EXPECT_EQ(next_attempt(retries, 1, now), now + base::Span::seconds(30));
  EXPECT_EQ(next_attempt(retries, 2, now), now + base::Span::seconds(60));
  EXPECT_EQ(next_attempt(retries, 3, now), now + base::Span::seconds(100));
  EXPECT_EQ(next_attempt(retries, 4, now), std::nullopt);
  EXPECT_EQ(next_attempt({100, base::Span::seconds(1), base::Span::hours(3)}, 99, now),
            now + base::Span::hours(3))
      << "nothing overflows";
  EXPECT_EQ(next_attempt({1, base::Span::seconds(1), base::Span::hours(3)}, 1, now), std::nullopt);
}

}  // namespace
}  // namespace dure::notices
