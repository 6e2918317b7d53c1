// Invariant 16 (R9): no text that the commands about outcomes, data, surveys, the end, determinations and
// desks take holds a resident number, in whichever field, at whatever place, however it is written.
// DURE_TEST_TIER=full: 10,000 random texts a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "commands/command_texts.h"
#include "model/closure_requests.h"
#include "model/outcome_requests.h"

namespace dure::commands {
namespace {

int histories() {
  const char* tier = std::getenv("DURE_TEST_TIER");
  return tier != nullptr && std::string(tier) == "full" ? 10'000 : 300;
}

// A number with a right check digit, of somebody born in the century of the digit.
std::string resident_number(std::mt19937_64& bits) {
  const auto two = [&](std::uint64_t least, std::uint64_t span) {
    const auto value = std::to_string(least + bits() % span);
    return value.size() == 1 ? "0" + value : value;
  };
  std::string digits = two(0, 100) + two(1, 12) + two(1, 28) + std::to_string(1 + bits() % 4);
  while (digits.size() < 12) digits += static_cast<char>('0' + bits() % 10);
  const int weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (digits[i] - '0') * weights[i];
  digits += static_cast<char>('0' + (11 - sum % 11) % 10);
  return bits() % 2 == 0 ? digits : digits.substr(0, 6) + "-" + digits.substr(6);
}

std::string text_with(const std::string& number, std::mt19937_64& bits) {
  const char* const around[] = {"", "담당 ", "(주민번호: ", "see ", "\n", "제출자="};
  const char* const after[] = {"", " 입니다", ")", ".", "\n", ", 끝"};
  return around[bits() % 6] + number + after[bits() % 6];
}

// Every text member of the command in turn.
template <class Command>
void expect_refused(const std::string& text) {
  std::size_t members = 0;
  model::for_each_field<Command>([&](const auto& field) {
    using Member = std::remove_cvref_t<decltype(std::declval<Command&>().*field.member)>;
    Command command;
    if constexpr (std::is_same_v<Member, std::string>) {
      command.*field.member = text;
    } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
      (command.*field.member) = {"harmless", text};
    } else {
      return;
    }
    ++members;
    const auto checked = check_command(command);
    ASSERT_FALSE(checked.ok()) << field.name << ": " << text;
    EXPECT_EQ(checked.failure().reason.code, "form.resident_number") << field.name;
  });
  EXPECT_GT(members, 0u);
}

TEST(Texts, Invariant16_NoTextOfOutcomesOrTheEndHoldsAResidentNumber) {
  for (int seed = 1; seed <= histories() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 bits(static_cast<std::uint64_t>(seed));
    const auto text = text_with(resident_number(bits), bits);
    expect_refused<model::GiveGround>(text);
    expect_refused<model::TellOutcome>(text);
    expect_refused<model::CheckAcknowledgement>(text);
    expect_refused<model::ProposeShare>(text);
    expect_refused<model::RegisterShare>(text);
    expect_refused<model::OpenUserSurvey>(text);
    expect_refused<model::PlaceHold>(text);
    expect_refused<model::AnnounceEnd>(text);
    expect_refused<model::EndPolicyVersion>(text);
    expect_refused<model::RecordDetermination>(text);
    expect_refused<model::AskQuestion>(text);
    expect_refused<model::AnswerQuestion>(text);
    expect_refused<model::ResultsReport>(text);
    model::ProposeShare nested;
    nested.claims = {{"type-1", text, {}}};
    EXPECT_FALSE(check_command(nested).ok());
    model::CheckShare found;
    found.findings = {{"type-1", true, text}};
    EXPECT_FALSE(check_command(found).ok());
  }
}

TEST(Texts, Invariant16_OtherNumbersAreTaken) {
  for (const char* text : {"2021RIS-003", "220-81-62517", "2027-02-28", "010-1234-5678", "S0-D-2027-000001"})
    EXPECT_TRUE(check_command(model::GiveGround{text}).ok()) << text;
}

}  // namespace
}  // namespace dure::commands
