#include "net/url.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::net {
namespace {

std::string path_of(std::string_view target, PathRule rule = PathRule::kStrict) {
  auto parsed = parse_target(target, rule);
  return parsed.ok() ? parsed->path : "refused";
}

std::string why_refused(std::string_view target) {
  auto parsed = parse_target(target);
  if (parsed.ok()) return "accepted";
  return std::get<std::string>(*parsed.failure().reason.find("what"));
}

TEST(Url, APathIsDecodedOnce) {
  EXPECT_EQ(path_of("/a%20b/%ED%95%9C"), "/a b/한");
  EXPECT_EQ(path_of("/a%2541"), "/a%41");
  EXPECT_EQ(path_of("/a+b"), "/a+b");
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("/a?x=/../"), "/a");
}

TEST(Url, AbsoluteFormLosesItsAuthority) {
  EXPECT_EQ(path_of("http://centre.example:8080/a/b?x"), "/a/b");
  EXPECT_EQ(path_of("HTTPS://centre.example"), "/");
  EXPECT_EQ(path_of("http://centre.example?x=1"), "/");
  EXPECT_EQ(path_of("*"), "*");
}

TEST(Url, DangerousPathsAreRefused) {
  EXPECT_EQ(why_refused("/a/../b"), "path_dots");
  EXPECT_EQ(why_refused("/a/%2e%2E/b"), "path_dots");
  EXPECT_EQ(why_refused("/.."), "path_dots");
  EXPECT_EQ(why_refused("/a/."), "path_dots");
  EXPECT_EQ(why_refused("/a%00b"), "path_control");
  EXPECT_EQ(why_refused("/a%0d%0ab"), "path_control");
  EXPECT_EQ(why_refused("/a%2fb"), "path_slash");
  EXPECT_EQ(why_refused("/a%ff"), "path_utf8");
  EXPECT_EQ(why_refused("/a%2"), "path_escape");
  EXPECT_EQ(why_refused("/a%zz"), "path_escape");
  EXPECT_EQ(why_refused("a/b"), "path_form");
  EXPECT_EQ(why_refused("centre.example:443"), "path_form");
  EXPECT_EQ(why_refused(""), "path_form");
  EXPECT_EQ(why_refused("/..a/b.."), "accepted");
}

TEST(Url, AProxyTakesWhatItOnlyForwards) {
  EXPECT_EQ(path_of("/a%2fb", PathRule::kProxy), "/a/b");
  EXPECT_EQ(path_of("/a?x=%zz", PathRule::kProxy), "/a");
  EXPECT_EQ(path_of("/a%2f..%2fb", PathRule::kProxy), "refused");
}

TEST(Url, QueriesAreDecoded) {
  auto pairs = parse_query("a=1&b=%20x+y&&c&=z&a=2");
  ASSERT_TRUE(pairs.ok());
  EXPECT_EQ(*pairs, (std::vector<Field>{{"a", "1"}, {"b", " x y"}, {"c", ""}, {"", "z"}, {"a", "2"}}));
  EXPECT_FALSE(parse_query("a=%").ok());
  EXPECT_FALSE(parse_query("a=%00").ok());
  EXPECT_FALSE(parse_query("a=%c3").ok());
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a&";
  EXPECT_TRUE(parse_query(many).ok());
  EXPECT_FALSE(parse_query(many + "a").ok());
}

TEST(Url, EncodingAndDecodingAreInverse) {
  std::mt19937 random(7);  // fixed seed
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
    EXPECT_EQ(percent_decode(encode_path(bytes)), bytes);
    for (const char c : percent_encode(bytes)) EXPECT_GT(c, ' ');
  }
  const std::vector<Field> pairs = {{"a&b", "c=d"}, {"한", "글 +%"}, {"", "x"}, {"y", ""}};
  EXPECT_EQ(*parse_query(build_query(pairs)), pairs);
}

TEST(Url, Utf8IsCheckedStrictly) {
  EXPECT_TRUE(valid_utf8("두레 🌾"));
  EXPECT_FALSE(valid_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(valid_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(valid_utf8("\xE2\x82"));          // cut off
}

TEST(HeadersTest, NamesHaveNoCase) {
  Headers headers = {{"Content-Type", "a"}, {"connection", "keep-alive , Upgrade"}, {"Connection", "x"}};
  EXPECT_EQ(headers.get("content-TYPE"), "a");
  EXPECT_TRUE(headers.has_token("Connection", "upgrade"));
  EXPECT_TRUE(headers.has_token("Connection", "X"));
  EXPECT_FALSE(headers.has_token("Connection", "up"));
  headers.set("CONNECTION", "close");
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.get("missing"), "");
}

TEST(HeadersTest, CookiesAreFound) {
  const Headers headers = {{"Cookie", "a=1; session=\"x y\""}, {"cookie", "b=2;session=z"}};
  EXPECT_EQ(find_cookie(headers, "session"), "x y");
  EXPECT_EQ(find_cookie(headers, "b"), "2");
  EXPECT_FALSE(find_cookie(headers, "c"));
}

}  // namespace
}  // namespace dure::net
