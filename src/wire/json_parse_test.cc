#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdlib>

#include "wire/json.h"

namespace dure::wire {
namespace {

std::string parse_fault(std::string_view text, Limits limits = {}) {
  const auto tree = parse(text, limits);
  return tree.ok() ? "" : tree.failure().reason.code;
}
std::int64_t offset_of(std::string_view text, Limits limits = {}) {
  return std::get<std::int64_t>(*parse(text, limits).failure().reason.find("offset"));
}

TEST(Parse, TakesWhatRfc8259Allows) {
  for (const char* text : {"null", " true ", "-0", "1.5e-3", "\"\\ud83d\\ude42\"", "[]", "{}", "[1,[2,{}]]\n",
                           "9223372036854775807", "-9223372036854775808"})
    EXPECT_EQ(parse_fault(text), "") << text;
}

TEST(Parse, RefusesWhatItDoesNot) {
  for (const char* text : {"",        " ",   "nul",  "NaN",     "Infinity",  "-",
                           "01",      "1.",  ".5",   "+1",      "[1,]",      "{\"a\":1,}",
                           "{a:1}",   "'a'", "\"a",  "\"\n\"",  "\"\\x41\"", "\"\\ud83d\"",
                           "// x\n1", "1 2", "[1]]", "{\"a\"}", "{\"a\":}",  "\xef\xbb\xbf"})
    EXPECT_EQ(parse_fault(text), "json.syntax") << text;
}

TEST(Parse, SaysAtWhichByte) {
  EXPECT_EQ(offset_of("[1, x]"), 4);
  EXPECT_EQ(offset_of("[1] 2"), 4);
  EXPECT_EQ(offset_of("[\"\xff\"]"), 2);
  EXPECT_EQ(offset_of("\xef\xbb\xbf[1, x]"), 7);
}

TEST(Parse, SkipsAByteOrderMarkAtTheBeginningAlone) {
  EXPECT_EQ(parse_fault("\xef\xbb\xbf{\"a\": 1}"), "");
  EXPECT_EQ(parse_fault("{\xef\xbb\xbf}"), "json.syntax");
  EXPECT_EQ(parse_fault("\xef\xbb\xbf\xef\xbb\xbf{}"), "json.syntax");
}

TEST(Parse, RefusesAMemberGivenTwiceAtAnyDepthHoweverItIsWritten) {
  EXPECT_EQ(parse_fault(R"({"a":1,"a":1})"), "json.duplicate_member");
  EXPECT_EQ(parse_fault(R"([{"x":{"b":1,"\u0062":2}}])"), "json.duplicate_member");
  EXPECT_EQ(parse_fault(R"({"a":{"a":1},"b":{"a":1}})"), "");
  const auto tree = parse(R"({"a":{"c":1},"b":2,"a":3})");
  EXPECT_EQ(std::get<std::string>(*tree.failure().reason.find("name")), "a");
}

TEST(Parse, RefusesNumbersThatSixtyFourBitsCannotHold) {
  for (const char* text : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                           "-9223372036854775809", "123456789012345678901234567890", "1e999", "-1e999"})
    EXPECT_EQ(parse_fault(text), "json.number_range") << text;
}

TEST(Parse, ReadsFractionsToTheLastBit) {
  for (const char* text : {"922334444444444444444444444721e17", "0.1", "2.2250738585072011e-308", "1e23",
                           "5e-324", "179769313486231570000e288", "1e-400"}) {
    const auto tree = parse(text);
    ASSERT_TRUE(tree.ok()) << text;
    EXPECT_EQ(tree->as_double(), std::strtod(text, nullptr)) << text;
    EXPECT_EQ(write(*parse(write(*tree))), write(*tree)) << text;
  }
}

TEST(Parse, KeepsItsLimits) {
  EXPECT_EQ(parse_fault("[[[]]]", {.max_bytes = 100, .max_depth = 3}), "");
  EXPECT_EQ(parse_fault("[[[[]]]]", {.max_bytes = 100, .max_depth = 3}), "json.too_deep");
  EXPECT_EQ(parse_fault(std::string(100'000, '[')), "json.too_deep");
  const auto large = parse("\"0123456789\"", {.max_bytes = 8});
  EXPECT_EQ(large.failure().kind, base::ErrorKind::kTooLarge);
  EXPECT_EQ(large.failure().reason.code, "json.too_large");
}

TEST(Parse, RefusesTextThatIsNotUtf8) {
  for (const char* text :
       {"\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xe3\x81\"", "\x80"})
    EXPECT_EQ(parse_fault(text), "json.utf8") << text;
  EXPECT_EQ(parse_fault("\"가힣🙂\""), "");
}

TEST(Pointer, EscapesItsTwoCharacters) {
  EXPECT_EQ(pointer_token("a/b~c"), "a~1b~0c");
  EXPECT_EQ(pointer_token("가"), "가");
}

}  // namespace
}  // namespace dure::wire
