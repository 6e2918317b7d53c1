#include "wire/cursor.h"

#include <gtest/gtest.h>

#include "wire/base64.h"

namespace dure::wire {
namespace {

TEST(Cursor, ComesBackWithWholeNumbersTextsAndNothing) {
  const std::vector<Cursor> cursors{{"-created_at", std::int64_t{9'007'199'254'740'993}, "0192-id"},
                                    {"name", std::string("가 \" \\ \n"), "x"},
                                    {"closes_at", std::nullopt, ""}};
  for (const auto& cursor : cursors) {
    const std::string text = encode_cursor(cursor);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    const auto back = decode_cursor(text, cursor.order);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, cursor);
  }
}

TEST(Cursor, OfAnotherListIsRefused) {
  const std::string text = encode_cursor({"name", std::string("a"), "1"});
  EXPECT_EQ(decode_cursor(text, "-name").failure().reason.code, "cursor.other_list");
}

TEST(Cursor, HasOneSpellingOnly) {
  const std::string good = encode_cursor({"name", std::int64_t{1}, "1"});
  std::vector<std::string> bad{"",
                               "!",
                               good + "=",
                               good.substr(1),
                               std::string(9000, 'A'),
                               base64url(R"({"o":"name","v":1.0,"i":"1"})"),
                               base64url(R"({"o":"name","v":1,"i":"1" })"),
                               base64url(R"({"o":"name","v":1,"i":"1","x":1})"),
                               base64url(R"({"o":"name","v":[],"i":"1"})"),
                               base64url(R"({"o":"name","i":"1"})"),
                               base64url(R"({"o":"name","v":1,"i":1})"),
                               base64url("[]")};
  for (const auto& text : bad)
    EXPECT_EQ(decode_cursor(text, "name").failure().reason.code, "cursor.malformed") << text;
}

}  // namespace
}  // namespace dure::wire
