// Invariant 6: the same inputs under the same policy give the same answer, byte for byte, in whatever order
// they come, on whatever machine, with whatever compiler, and from one release to the next. So for rankings
// (E5), bills (invariant 12) and deadlines (invariant 20).
//
// A digest of some thousand answers stands here for each. The sanitizers' stage runs this program as clang
// builds it, the unit stage as g++ does: both must come to it. Who changes a rule on purpose changes the
// digest with it; the failing test prints the new one.
#include <gtest/gtest.h>

#include <functional>
#include <iomanip>
#include <sstream>

#include "identity/surroundings.h"
#include "policy/test_layers.h"
#include "programme/deadlines.h"
#include "programme/statement.h"
#include "programme/test_random_statements_fixture.h"
#include "selection/canonical.h"
#include "selection/test_random.h"
#include "wire/json_impl.h"

namespace dure::identity {
namespace {

constexpr int kRounds = 1'200;
constexpr int kBills = 1'500;
constexpr int kDays = 60;

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
  expect_everywhere([] { return rankings(false); }, 0xcd7b443e43d614b2ULL);
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
  expect_everywhere([] { return bills(false); }, 0xca0288a671e5f251ULL);
}

TEST(Identity, Invariant6_Invariant12_UsesInAnotherOrderGiveTheSameBytes) {
  EXPECT_EQ(hex(bills(true)), hex(bills(false)));
}

// A pack with a rule for every event, in this file, so that it stands whatever becomes of a programme's
// rules.
constexpr const char* kRules = R"(
calendar: {roll_deadlines: {value: true, source: s, confidence: chosen}}
meta: {ends_with: {value: the project, source: s, confidence: chosen}}
call:
  min_rounds_per_quarter: {value: 1, source: s, confidence: chosen}
  early_close_notice: {value: 3 weeks, source: s, confidence: chosen}
  panel_within: {value: 2 weeks, source: s, confidence: chosen}
  result_within: {value: 3 weeks, source: s, confidence: chosen}
award:
  max_period: {value: 11 months, source: s, confidence: chosen}
  setup_grace_days: {value: 14, source: s, confidence: chosen}
  accept_within: {value: 7 days, source: s, confidence: chosen}
account: {password: {max_age: {value: 3 months, source: s, confidence: chosen}, notice_days: {value: 14, source: s, confidence: chosen}}}
utilisation:
  idle_days: {value: 21, source: s, confidence: chosen}
  notice_days: {value: 10, source: s, confidence: chosen}
  review_cycle: {value: quarterly, source: s, confidence: chosen}
supply: {agreement_term: {value: 5 years, source: s, confidence: chosen}}
billing: {invoice_due_days: {value: 30, source: s, confidence: chosen}}
sanctions:
  opinion_days: {value: 10, source: s, confidence: chosen}
  appeal_within: {value: 30 days, source: s, confidence: chosen}
  grounds: {source: s, confidence: chosen, value: [{id: mining, title: {ko: 채굴}, measures: [restrict], restriction: 1 year}]}
outcomes:
  surveys_per_year: {value: 1, source: s, confidence: chosen}
  obligations:
    source: s
    confidence: chosen
    value:
      - {kind: report, title: {ko: 보고}, after_event: allocation_end, due: {after: 1 month, roll: next_business_day, year_end_month: 12, due_month: 11}}
      - {kind: data_share, title: {ko: 자료}, after_event: allocation_end, due: {after: 1 month}}
      - {kind: notice, title: {ko: 통지}, after_event: outcome, due: {after: 1 month, roll: next_business_day}}
notify:
  rules:
    source: s
    confidence: chosen
    value:
      - {event: allocation.ending, recipients: [applicant], channels: [mail], lead_days: [30, 7, 1]}
      - {event: obligation.due, recipients: [applicant], channels: [mail], lead_days: [14, 3, 0]}
)";

std::uint64_t deadlines(const policy::Pack& pack, std::size_t& told_in_all) {
  Digest digest;
  told_in_all = 0;
  for (const auto& event : programme::centre_events())
    for (std::int64_t n = 0; n < kDays; ++n) {
      const auto told = programme::deadlines_of(event.event, base::add_days({2024, 1, 1}, 37 * n), pack);
      EXPECT_TRUE(told.ok());
      if (!told.ok()) continue;
      for (const auto& each : *told) {
        ++told_in_all;
        digest.add(each.id + " " + base::to_text(each.day) + " " + each.value);
        for (const auto& step : each.steps) digest.add(selection::testing::flat(step));
        for (const auto& reminder : each.reminders) digest.add(base::to_text(reminder.on));
      }
    }
  return digest.value();
}

TEST(Identity, Invariant6_Invariant20_DeadlinesAreTheSameEverywhere) {
  const auto pack = policy::merge({policy::layer_of(policy::head("programme") + kRules)});
  ASSERT_TRUE(pack.ok());
  std::size_t told = 0;
  expect_everywhere([&] { return deadlines(*pack, told); }, 0x924ce96f64855eedULL);
  EXPECT_GT(told, 15u * kDays);
}

}  // namespace
}  // namespace dure::identity
