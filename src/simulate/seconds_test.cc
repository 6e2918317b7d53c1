#include "simulate/seconds.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>

namespace dure::simulate {
namespace {

constexpr base::Span kMost = base::Span::days(36'525);

TEST(Seconds, AreReadExactly) {
  EXPECT_EQ(parse_seconds("66.0", kMost), base::Span{66'000'000});
  EXPECT_EQ(parse_seconds("66", kMost), base::Span{66'000'000});
  EXPECT_EQ(parse_seconds("0", kMost), base::Span{0});
  EXPECT_EQ(parse_seconds("0007.5", kMost), base::Span{7'500'000});
  EXPECT_EQ(parse_seconds("0.1", kMost), base::Span{100'000}) << "no fraction of two";
  EXPECT_EQ(parse_seconds("1.000001", kMost), base::Span{1'000'001});
  EXPECT_EQ(parse_seconds("1.00000100000000", kMost), base::Span{1'000'001});
  EXPECT_EQ(parse_seconds("3155760000", kMost), kMost);
}

TEST(Seconds, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", ".", "5.", ".5", "-1", "+1", "1e3", "1,5", " 1", "1 ", "1.5.2", "1.0000001", "0x10", "nan", "inf",
        "3155760000.000001", "3155760001", "99999999999999999999", "1.-5"})
    EXPECT_EQ(parse_seconds(text, kMost), std::nullopt) << text;
}

TEST(Seconds, AreWrittenAsShortAsTheyAre) {
  EXPECT_EQ(seconds_text({66'000'000}), "66");
  EXPECT_EQ(seconds_text({250'000}), "0.25");
  EXPECT_EQ(seconds_text({1}), "0.000001");
  EXPECT_EQ(seconds_text({0}), "0");
}

// Against the form as an expression, and a reading of all digits as one number.
TEST(Seconds, RandomTextsReadAsTheFormSays) {
  const std::regex form("([0-9]+)(\\.([0-9]+))?");
  std::mt19937_64 random(20'171'009);
  int taken = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text;
    for (auto length = random() % 10; length > 0; --length)
      text += "0011234567890..-e"[random() % (i % 2 ? 17 : 15)];
    std::smatch parts;
    std::optional<base::Span> expected;
    if (std::regex_match(text, parts, form)) {
      std::string places = parts[3].str();
      places.resize(std::max<std::size_t>(places.size(), 6), '0');
      if (places.find_first_not_of('0', 6) == std::string::npos)
        expected = base::Span{std::stoll(parts[1].str() + places.substr(0, 6))};
    }
    ASSERT_EQ(parse_seconds(text, kMost), expected) << text;
    if (!expected) continue;
    ++taken;
    EXPECT_EQ(parse_seconds(seconds_text(*expected), kMost), expected) << text;
    EXPECT_LE(seconds_text(*expected).size(), text.size());
  }
  EXPECT_GT(taken, 1'000);
}

}  // namespace
}  // namespace dure::simulate
