// G1, G2 and the practice behind R22: S0 article 5 with its five examples, governance 6.7.
#include "access/password.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <set>

namespace dure::access {
namespace {

using policy::CharacterClass;
using policy::KeyboardLayout;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

policy::PasswordRules regional_passwords() {
  policy::PasswordRules rules;
  rules.min_length = 12;
  rules.classes = {CharacterClass::kDigit, CharacterClass::kLower, CharacterClass::kUpper,
                   CharacterClass::kSpecial};
  rules.run_min = 4;
  rules.keyboard_layouts = {KeyboardLayout::kQwerty, KeyboardLayout::kDubeolsik};
  rules.zigzag = true;
  return rules;
}

// Only the runs, so that a sample needs no padding.
policy::PasswordRules runs_only() {
  auto rules = regional_passwords();
  rules.min_length = 1;
  rules.classes.clear();
  return rules;
}

std::vector<std::string> broken(std::string_view password, const policy::PasswordRules& rules,
                                const PasswordContext& context = {}) {
  std::vector<std::string> codes;
  for (const auto& reason : check(password, rules, context)) codes.push_back(reason.code);
  return codes;
}

TEST(Password, G1_TwelveCharactersOfFourClasses) {
  const auto rules = regional_passwords();
  EXPECT_THAT(broken("River7!stone_K9", rules), IsEmpty());
  EXPECT_THAT(broken("River7!sto", rules), ElementsAre("password.too_short"));
  EXPECT_THAT(broken("River7!stone", rules), IsEmpty());
  EXPECT_THAT(broken("River_!stone_K", rules), ElementsAre("password.needs_digit"));
  EXPECT_THAT(broken("RIVER7!STONE_K", rules), ElementsAre("password.needs_lower"));
  EXPECT_THAT(broken("river7!stone_k", rules), ElementsAre("password.needs_upper"));
  EXPECT_THAT(broken("River7xstonezK", rules), ElementsAre("password.needs_special"));
}

TEST(Password, G1_AllBrokenRulesAreNamedAtOnce) {
  EXPECT_THAT(broken("", regional_passwords()),
              ElementsAre("password.too_short", "password.needs_digit", "password.needs_lower",
                          "password.needs_upper", "password.needs_special"));
}

TEST(Password, G1_LengthIsCountedInCharactersNotBytes) {
  auto rules = runs_only();
  rules.min_length = 4;
  EXPECT_THAT(broken("물병책", rules), ElementsAre("password.too_short"));  // nine bytes
  EXPECT_THAT(broken("물병책봄", rules), IsEmpty());
}

TEST(Password, G2_TheFiveExamplesOfTheGuidelineAreRefused) {
  for (const char* example : {"abcde54321", "qwert", "12345", "!@#$%", "1q2w3e4r5t"})
    EXPECT_THAT(broken(example, runs_only()), Not(IsEmpty())) << example;
}

TEST(Password, G2_TheFiveExamplesStayRefusedWhenPaddedToMeetEveryOtherRule) {
  const std::vector<std::pair<const char*, const char*>> padded{
      {"Abcde54321!!", "password.character_run"},  {"Qwert-7421-zM", "password.keyboard_run"},
      {"zM-12345-uKpw", "password.character_run"}, {"uK7!@#$%pwzMv", "password.keyboard_run"},
      {"1q2w3e4r5t!A", "password.zigzag_run"},     {"A!1Q2w3E4r5T", "password.zigzag_run"},
      {"zM!7uKw54321", "password.character_run"},  {"zM!7uKwtrewq", "password.keyboard_run"},
      {"zM!7uKwt5r4e3w", "password.zigzag_run"},   {"zM!7uKw%$#@!", "password.keyboard_run"},
  };
  for (const auto& [password, code] : padded)
    EXPECT_THAT(broken(password, regional_passwords()), Contains(code)) << password;
}

TEST(Password, G2_RunsInBothDirectionsAndWithAnyShift) {
  for (const char* run : {"wxyz", "zyxw", "6789", "9876", "aBcD", "asdf", "fdsa", "zxcv", "[poi", "uiop",
                          "7890", "0987", "!2#4", ")(*&", "1qaz", "zaq1", "2WSX", "0okm", "mko0", "-pl,"})
    EXPECT_THAT(broken(run, runs_only()), Not(IsEmpty())) << run;
}

TEST(Password, G2_ZigzagsAndShiftedPieces) {
  for (const char* run : {"1q2w", "q1w2", "2w1q", "qawsed", "1a2b3c", "qazwsx", "qazxsw", "qweasd", "asdzxc",
                          "123qwe", "1a2s3d", "a1b2c3", "r1s2e3"})
    EXPECT_THAT(broken(run, runs_only()), Contains("password.zigzag_run")) << run;
}

TEST(Password, G2_RepeatedKeys) {
  EXPECT_THAT(broken("7777", runs_only()), ElementsAre("password.repeated_key"));
  EXPECT_THAT(broken("aAaA", runs_only()), ElementsAre("password.repeated_key"));
  EXPECT_THAT(broken("    ", runs_only()), ElementsAre("password.repeated_key"));
  EXPECT_THAT(broken("777", runs_only()), IsEmpty());
}

TEST(Password, G2_HangulCountsAsTheKeysThatTypeIt) {
  EXPECT_THAT(broken("ㅂㅈㄷㄱ", runs_only()), Not(IsEmpty()));  // qwer
  EXPECT_THAT(broken("ㅁㄴㅇㄹ", runs_only()), Not(IsEmpty()));  // asdf
  EXPECT_THAT(broken("ㅃㅉㄸㄲ", runs_only()), Not(IsEmpty()));  // shifted qwer
  EXPECT_THAT(broken("ㅗㅓㅏㅣ", runs_only()), Not(IsEmpty()));  // hjkl
  EXPECT_THAT(broken("ㄱㄴㄷㄹ", runs_only()), Not(IsEmpty()));  // the order of the consonants
  EXPECT_THAT(broken("가나다라", runs_only()), Not(IsEmpty()));  // rkskekfk
  EXPECT_THAT(broken("rkskekfk", runs_only()), Contains("password.zigzag_run"));
  EXPECT_THAT(broken("rsef", runs_only()), Contains("password.character_run"));
  EXPECT_THAT(broken("물병책봄", runs_only()), IsEmpty());
}

TEST(Password, G2_HangulIsReadAsKeysOnlyWithItsLayout) {
  auto rules = runs_only();
  rules.keyboard_layouts = {KeyboardLayout::kQwerty};
  EXPECT_THAT(broken("ㅂㅈㄷㄱ", rules), IsEmpty());
  EXPECT_THAT(broken("qwer", rules), Not(IsEmpty()));
}

TEST(Password, G2_FullWidthFormsAreSeenThrough) {
  EXPECT_THAT(broken("ａｂｃｄ", runs_only()), Not(IsEmpty()));
  EXPECT_THAT(broken("１ｑ２ｗ", runs_only()), Not(IsEmpty()));
}

TEST(Password, G2_TheLengthOfARunIsThePolicys) {
  auto rules = runs_only();
  rules.run_min = 5;
  EXPECT_THAT(broken("abcd", rules), IsEmpty());
  EXPECT_THAT(broken("abcde", rules), Not(IsEmpty()));
  rules.run_min = 0;
  EXPECT_THAT(broken("abcdefgh", rules), IsEmpty());
  rules = runs_only();
  rules.zigzag = false;
  EXPECT_THAT(broken("1q2w3e", rules), IsEmpty());
}

TEST(Password, G2_ThreeInARowArePermitted) {
  for (const char* fine : {"abc", "qwe", "123", "qaz", "1q2", "aaa", "Stone7", "weird", "power9"})
    EXPECT_THAT(broken(fine, runs_only()), IsEmpty()) << fine;
}

TEST(Password, TheReasonSaysWhereTheRunLiesAndNeverThePasswordItself) {
  const auto reasons = check("zM-12345-uKpw", regional_passwords());
  ASSERT_EQ(reasons.size(), 1u);
  EXPECT_EQ(*reasons[0].find("position"), base::ReasonValue(std::int64_t{4}));
  EXPECT_EQ(*reasons[0].find("length"), base::ReasonValue(std::int64_t{5}));
  for (const auto& parameter : reasons[0].parameters)
    EXPECT_TRUE(std::holds_alternative<std::int64_t>(parameter.value)) << parameter.name;
}

TEST(Password, NamesOfItsOwnerDoNotBelongInIt) {
  const PasswordContext owner{"hgdong", "홍길동", "gildong.hong@example.org"};
  const auto rules = runs_only();
  EXPECT_THAT(broken("x9HGdong!4", rules, owner), ElementsAre("password.contains_login"));
  EXPECT_THAT(broken("x9홍길동!4", rules, owner), ElementsAre("password.contains_name"));
  EXPECT_THAT(broken("x9ghdrlfehd!4", rules, owner), ElementsAre("password.contains_name"));  // typed blind
  EXPECT_THAT(broken("x9gildong.hong!4", rules, owner), ElementsAre("password.contains_email"));
  EXPECT_THAT(broken("x9gildong!4", rules, owner), IsEmpty());
  EXPECT_THAT(broken("x9yu!4", rules, {"yu", "", ""}), IsEmpty()) << "two letters stand anywhere by chance";
}

TEST(Password, WhatIsNotTextIsRefused) {
  const auto rules = regional_passwords();
  EXPECT_THAT(broken("River7!stone\xff", rules), ElementsAre("password.not_text"));
  EXPECT_THAT(broken("River7!stone\xc0\xaf", rules), ElementsAre("password.not_text"));      // overlong
  EXPECT_THAT(broken("River7!stone\xed\xa0\x80", rules), ElementsAre("password.not_text"));  // surrogate
  EXPECT_THAT(broken("River7!stone\xe2\x82", rules), ElementsAre("password.not_text"));      // cut
  EXPECT_THAT(broken(std::string("River7!st\0ne_K9", 15), rules), ElementsAre("password.control_character"));
  auto short_ones = rules;
  short_ones.max_length = 14;
  EXPECT_THAT(broken("River7!stone_K9", short_ones), ElementsAre("password.too_long"));
}

// Every way to make a refused window of four keys, built from the shape of the keyboard and not from the code
// under test: a random password is refused only if one of its windows of four is such (or by one of the
// longer patterns, whose windows of six or more are rarer than 1e-6).
std::size_t refused_windows() {
  const std::vector<std::string> rows{"`1234567890-=", " qwertyuiop[]\\", " asdfghjkl;'", " zxcvbnm,./"};
  std::set<std::string> windows;
  const auto add = [&](const std::string& line) {
    for (std::size_t at = 0; at + 4 <= line.size(); ++at) {
      const auto window = line.substr(at, 4);
      if (window.find(' ') != std::string::npos) continue;
      windows.insert(window);
      windows.insert({window.rbegin(), window.rend()});
    }
  };
  const auto key = [&](int row, int column) {
    const auto& keys = rows[static_cast<std::size_t>(row)];
    return column >= 0 && column < static_cast<int>(keys.size()) ? keys[static_cast<std::size_t>(column)]
                                                                 : ' ';
  };
  for (const auto& row : rows) add(row);
  for (const char* line : {"abcdefghijklmnopqrstuvwxyz", "rsefaqtdwczxvg", "kijuhynbml"}) add(line);
  for (int column = 0; column < 14; ++column) {
    add({key(0, column), key(1, column), key(2, column), key(3, column)});
    add({key(0, column), key(1, column - 1), key(2, column - 2), key(3, column - 3)});
  }
  for (const auto& row : rows)
    for (const char c : row) add(std::string(4, c));
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 14; ++column)
      for (const int below : {column, column - 1}) {
        const std::string forward{key(row, column), key(row + 1, below), key(row, column + 1),
                                  key(row + 1, below + 1)};
        const std::string swapped{forward[1], forward[0], forward[3], forward[2]};
        add(forward);
        add(swapped);
      }
  return windows.size();
}

TEST(Password, G2_RandomStrongPasswordsAreSeldomRefused) {
  constexpr int kPasswords = 100'000;
  constexpr int kLength = 16;
  std::mt19937_64 random(20221121);
  std::uniform_int_distribution<int> character(0x21, 0x7e);
  int refused = 0;
  for (int i = 0; i < kPasswords; ++i) {
    std::string password;
    for (int k = 0; k < kLength; ++k) password += static_cast<char>(character(random));
    refused += check(password, runs_only()).empty() ? 0 : 1;
  }
  const double window = static_cast<double>(refused_windows()) / std::pow(47.0, 4);
  const double bound = (kLength - 3) * window;
  const double expected = bound * kPasswords;
  std::printf("random passwords refused: %d of %d (%.3f %%); union bound %.3f %%\n", refused, kPasswords,
              100.0 * refused / kPasswords, 100.0 * bound);
  EXPECT_LE(refused, expected + 4 * std::sqrt(expected));
  EXPECT_GE(refused, expected - 4 * std::sqrt(expected)) << "a rule stopped working";
  EXPECT_LT(bound, 0.002);
}

}  // namespace
}  // namespace dure::access
