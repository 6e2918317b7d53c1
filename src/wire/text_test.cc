#include "wire/text.h"

#include <gtest/gtest.h>

#include <random>

#include "wire/base64.h"
#include "wire/particle.h"

namespace dure::wire {
namespace {

TEST(Instant, IsWrittenAsTheBaseWritesIt) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t us =
        static_cast<std::int64_t>(random() % 400'000'000'000'000'000) - 60'000'000'000'000'000;
    const base::Instant instant{i % 3 ? us : us / 1'000'000 * 1'000'000};
    std::string text;
    append_instant(text, instant);
    ASSERT_EQ(text, base::to_text(instant));
  }
}

TEST(Utf8, AgreesWithTheTableOfRfc3629OverAllPairsOfBytes) {
  EXPECT_EQ(invalid_utf8_at("aé가🙂"), std::string_view::npos);
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      const bool two = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf;
      const bool ones = first < 0x80 && second < 0x80;
      ASSERT_EQ(invalid_utf8_at(text) == std::string_view::npos, two || ones) << first << " " << second;
    }
}

TEST(Characters, KeepWhatPeopleSeeTogether) {
  EXPECT_EQ(characters("가e\u0301🙂").size(), 3u);
  EXPECT_EQ(characters("\xff\xfe").size(), 2u);
}

TEST(Base64Url, KnowsItsVectorsAndRefusesEverythingElse) {
  for (const auto& [bytes, text] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xfb\xff", "-_8"}}) {
    EXPECT_EQ(base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
  for (const char* bad : {"Z", "Zg=", "Zh", "Zm9", "Zm8v+", "Z g", "Zm9vY"})
    EXPECT_FALSE(from_base64url(bad)) << bad;
}

std::string with_particle(std::string_view word, std::string_view pattern) {
  return std::string(word) + std::string(choose_particle(word, pattern).chosen);
}

TEST(Particle, FollowsTheSoundOfTheWord) {
  EXPECT_EQ(with_particle("서버", "을(를)"), "서버를");
  EXPECT_EQ(with_particle("작업", "을(를)"), "작업을");
  EXPECT_EQ(with_particle("울산", "이(가)"), "울산이");
  EXPECT_EQ(with_particle("3", "은(는)"), "3은");
  EXPECT_EQ(with_particle("2", "은(는)"), "2는");
  EXPECT_EQ(with_particle("서울", "(으)로"), "서울로");
  EXPECT_EQ(with_particle("집", "(으)로"), "집으로");
  EXPECT_EQ(with_particle("100", "과(와)"), "100과");
  EXPECT_EQ(choose_particle("a100-40gb", "을(를)").pattern_size, 0u) << "both forms stay";
}

TEST(Nearest, FindsSlipsAndNothingFar) {
  const std::vector<std::string_view> names{"programme_id", "call_id", "name", "months"};
  EXPECT_EQ(nearest("callId", names), "call_id");
  EXPECT_EQ(nearest("program_id", names), "programme_id");
  EXPECT_EQ(nearest("nmae", names), "name");
  EXPECT_EQ(nearest("month", names), "months");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest("colour", names), "");
}

}  // namespace
}  // namespace dure::wire
