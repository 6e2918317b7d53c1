#include "wire/mask.h"

#include <gtest/gtest.h>

#include <vector>

namespace dure::wire {
namespace {

struct Case {
  const char* text;
  const char* masked;
};

TEST(MaskName, KeepsTheOuterSyllablesOfAKoreanName) {
  for (const auto& [text, masked] : std::vector<Case>{{"홍길동", "홍*동"},
                                                      {"홍길", "홍*"},
                                                      {"홍", "*"},
                                                      {"남궁민수", "남**수"},
                                                      {"홍 길동", "* 길*"},
                                                      {"", ""}})
    EXPECT_EQ(mask_name(text), masked) << text;
}

TEST(MaskName, KeepsOnlyTheInitialsOfALatinName) {
  EXPECT_EQ(mask_name("John Smith"), "J*** S****");
  EXPECT_EQ(mask_name("Zoë"), "Z**");
}

TEST(MaskName, CountsSyllablesOfConjoiningJamoAsOne) {
  // 홍길동 as macOS writes file names: decomposed.
  EXPECT_EQ(mask_name("\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc"),
            "\u1112\u1169\u11bc*\u1103\u1169\u11bc");
}

TEST(MaskPhone, HidesTheMiddle) {
  for (const auto& [text, masked] : std::vector<Case>{{"010-1234-5678", "010-****-5678"},
                                                      {"01012345678", "010****5678"},
                                                      {"02-123-4567", "02-***-4567"},
                                                      {"(052) 259-1234", "(052) ***-1234"},
                                                      {"+82-10-1234-5678", "+82-10-****-5678"},
                                                      {"+821012345678", "+********5678"},
                                                      {"1588-1234", "****-1234"},
                                                      {"1-2-34567890", "1-*-****7890"},
                                                      {"12345", "***"},
                                                      {"010-1234-5678 (내선 12)", "***"},
                                                      {"", ""}})
    EXPECT_EQ(mask_phone(text), masked) << text;
}

TEST(MaskEmail, KeepsTwoLettersAndTheDomain) {
  for (const auto& [text, masked] : std::vector<Case>{{"abcdef@example.kr", "ab***@example.kr"},
                                                      {"ab@example.kr", "a***@example.kr"},
                                                      {"a@example.kr", "***@example.kr"},
                                                      {"홍길동@example.kr", "홍길***@example.kr"},
                                                      {"a@b@c", "a@***@c"},
                                                      {"@example.kr", "***"},
                                                      {"no address", "***"}})
    EXPECT_EQ(mask_email(text), masked) << text;
}

TEST(MaskAddress, StopsAtTheTown) {
  for (const auto& [text, masked] :
       std::vector<Case>{{"울산광역시 남구 무거동 93-1 101동 202호", "울산광역시 남구 무거동 ***"},
                         {"울산광역시 남구 대학로 93", "울산광역시 남구 ***"},
                         {"경남 창원시 의창구 동읍 용잠리 1", "경남 창원시 의창구 동읍 ***"},
                         {"서울 중구 충무로3가 5", "서울 중구 충무로3가 ***"},
                         {"93 Daehak-ro, Nam-gu, Ulsan", "***"},
                         {"홍길동", "***"}})
    EXPECT_EQ(mask_address(text), masked) << text;
}

TEST(MaskNetwork, HidesTheHost) {
  for (const auto& [text, masked] : std::vector<Case>{{"203.0.113.7", "203.0.113.*"},
                                                      {"203.0.113.0/24", "203.0.113.*/24"},
                                                      {"2001:db8:1:2::7", "2001:db8:1:*"},
                                                      {"::1", "0:0:0:*"},
                                                      {"203.0.113.700", "***"},
                                                      {"example.kr", "***"}})
    EXPECT_EQ(mask_network(text), masked) << text;
}

TEST(MaskRule, IsChosenByTheField) {
  EXPECT_EQ(mask(mask_rule("address"), "203.0.113.7"), "203.0.113.*") << "a session's address";
  EXPECT_EQ(mask(mask_rule("address"), "울산광역시 남구 무거동 1"), "울산광역시 남구 무거동 ***");
  EXPECT_EQ(mask(mask_rule("signer"), "홍길동"), "홍*동");
  EXPECT_EQ(mask(mask_rule("file_name"), "홍길동.pdf"), "***");
  EXPECT_EQ(mask(mask_rule("file_name"), ""), "");
}

}  // namespace
}  // namespace dure::wire
