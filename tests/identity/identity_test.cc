// Invariant 6: the same inputs under the same policy give the same answer, byte for byte, in whatever order
// they come, on whatever machine, with whatever compiler, and from one release to the next. So for rankings
// (E5) and bills (invariant 12).
//
// A digest of some thousand answers stands here for each. The sanitizers' stage runs this program as clang
// builds it, the unit stage as g++ does: both must come to it. Who changes a rule on purpose changes the
// digest with it; the failing test prints the new one.
#include <gtest/gtest.h>

#include <functional>
#include <iomanip>
#include <sstream>

#include "identity/surroundings.h"
#include "programme/statement.h"
#include "programme/test_random_statements.h"
#include "selection/canonical.h"
#include "selection/test_random.h"
#include "wire/json_impl.h"

namespace dure::identity {
namespace {

constexpr int kRounds = 1'200;
constexpr int kBills = 1'500;

std::string hex(std::uint64_t value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "0x" << std::hex << value;
  return text.str();
}

// The same in all surroundings: as pinned.
void expect_everywhere(const std::function<std::uint64_t()>& answer, std::uint64_t pinned) {
  for (const auto& place : surroundings()) {
    const Within within(place);
    ASSERT_EQ(hex(answer()), hex(pinned)) << place.zone << " " << place.locale;
  }
}

// Whether the surroundings are felt at all by somebody who asks them.
TEST(Identity, TheSurroundingsAreReal) {
  std::set<std::string> seen;
  for (const auto& place : surroundings()) {
    const Within within(place);
    const std::time_t noon = 1'788'220'800;
    std::tm local{};
    localtime_r(&noon, &local);
    std::ostringstream text;
    text << 1234567 << " at " << local.tm_mday << " " << local.tm_hour;
    seen.insert(text.str());
  }
  EXPECT_EQ(seen.size(), surroundings().size());
}

std::uint64_t rankings(bool shuffled) {
  Digest digest;
  for (int seed = 1; seed <= kRounds; ++seed) {
    selection::testing::Dice dice(static_cast<std::uint32_t>(4'000'000 + seed));
    const auto rules = selection::testing::random_rules(dice);
    auto asked = selection::testing::random_request(dice, rules, 25, 60);
    if (shuffled) {
      dice.shuffle(asked.applications);
      for (auto& application : asked.applications) {
        dice.shuffle(application.reviews);
        for (auto& review : application.reviews) dice.shuffle(review.scores);
      }
    }
    digest.add(wire::json_text(selection::testing::selected(asked, rules)));
    digest.add(wire::json_text(selection::in_own_order(asked)));
  }
  return digest.value();
}

TEST(Identity, Invariant6_E5_RankingsAreTheSameBytesEverywhere) {
  expect_everywhere([] { return rankings(false); }, 0x54bebe410bf8cdf1ULL);
}

TEST(Identity, Invariant6_E5_ShuffledInputsAreRankedTheSameBytes) {
  EXPECT_EQ(hex(rankings(true)), hex(rankings(false)));
}

std::uint64_t bills(bool shuffled) {
  Digest digest;
  for (int seed = 0; seed < kBills; ++seed) {
    programme::testing::Chance chance(static_cast<std::uint64_t>(7'000'000 + seed));
    policy::Pack pack;
    pack.billing = programme::testing::price_list(chance);
    model::UsageStatement statement;
    statement.payer = programme::testing::payer(chance);
    for (auto n = chance.below(6); n >= 0; --n) statement.uses.push_back(programme::testing::use(chance));
    if (shuffled) std::reverse(statement.uses.begin(), statement.uses.end());
    const auto bill = programme::rate_statement(pack, statement);
    // What a refusal points to moves with the uses.
    digest.add(bill.ok() ? wire::json_text(*bill) : "refused");
  }
  return digest.value();
}

TEST(Identity, Invariant6_Invariant12_BillsAreTheSameBytesEverywhere) {
  expect_everywhere([] { return bills(false); }, 0x1e5fc80000663ed8ULL);
}

TEST(Identity, Invariant6_Invariant12_UsesInAnotherOrderGiveTheSameBytes) {
  EXPECT_EQ(hex(bills(true)), hex(bills(false)));
}

}  // namespace
}  // namespace dure::identity
