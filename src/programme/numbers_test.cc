// R9, R20, R21: numbers with a form of their own; the samples of governance 3.2.
#include "programme/numbers.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::programme {
namespace {

TEST(BusinessNumber, R20_ChecksItsDigit) {
  for (const char* good : {"123-45-67891", "220-81-62517", "124-81-00998", "120-81-47521", "1208147521"})
    EXPECT_TRUE(business_number(good)) << good;
  EXPECT_EQ(business_number("120-81-47521"), "1208147521");
  for (const char* bad : {"123-45-67890", "000-00-00000", "0000000000", "", "120-81-4752", "120-81-475211",
                          "120814-7521", "12O-81-47521", " 120-81-47521", "120-8147521"})
    EXPECT_FALSE(business_number(bad)) << bad;
}

TEST(BusinessNumber, R20_EveryChangeOfOneDigitIsSeenButForTheNinth) {
  // The ninth digit counts 5 and its tens once more: two values of it may share a check digit.
  const std::string good = "1208147521";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (char digit = '0'; digit <= '9'; ++digit) {
      auto changed = good;
      changed[at] = digit;
      const bool expected = changed == good || at == 8;
      EXPECT_TRUE(expected || !business_number(changed)) << changed;
    }
}

TEST(CorporateNumber, R21_ChecksItsDigit) {
  for (const char* good : {"110111-0062432", "1101110062432", "130111-0006246", "110111-1707178"})
    EXPECT_TRUE(corporate_number(good)) << good;
  for (const char* bad : {"110111-0062433", "110111-006243", "1101110-062432", "0000000000000"})
    EXPECT_FALSE(corporate_number(bad)) << bad;
}

std::size_t count(std::string_view text) {
  return find_resident_numbers(text).size();
}

TEST(ResidentNumber, R9_IsFoundInEveryDress) {
  for (const char* text :
       {"900101-1234567", "9001011234567", "번호는 900101-1234567입니다.", "900101 1234567",
        "900101 - 1234567", "900101–1234567", "９００１０１－１２３４５６７", "90\u200b0101-1234567",
        "051231-3000000", "851231-5000000", "x\n900101.1234567", "900101\u00a01234567"})
    EXPECT_EQ(count(text), 1u) << text;
  EXPECT_EQ(count("900101-1234567, 900102-2234567"), 2u);
}

TEST(ResidentNumber, R9_OtherNumbersAreLeftAlone) {
  for (const char* text :
       {"", "900101", "901301-1234567", "900230-1234567", "010-1234-5678", "2026-09-01", "99001011234567",
        "9001011234567890", "120-81-47521", "110111-0062432", "1101111707178", "900101-123456",
        "900101----1234567", "ab900101c1234567", "900101-9234567"})
    EXPECT_EQ(count(text), 0u) << text;
}

TEST(ResidentNumber, R9_SaysWhereAndWhetherTheCheckDigitIsRight) {
  const auto found = find_resident_numbers("no. 900101-1234568!");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].offset, 4u);
  EXPECT_EQ(found[0].length, 14u);
  int right = 0;
  for (char last = '0'; last <= '9'; ++last)
    right += find_resident_numbers(std::string("900101-123456") + last)[0].check_digit_right ? 1 : 0;
  EXPECT_EQ(right, 1) << "ten numbers, one check digit";
}

TEST(ResidentNumber, AnyBytesAreScannedWithoutHarm) {
  std::mt19937 random(9);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (auto& byte : text)
      byte = random() % 2 == 0 ? static_cast<char>('0' + random() % 10) : static_cast<char>(random());
    for (const auto& site : find_resident_numbers(text)) ASSERT_LE(site.offset + site.length, text.size());
  }
}

}  // namespace
}  // namespace dure::programme
