#include "programme/allocation_action.h"

#include <gtest/gtest.h>

namespace dure::programme {
namespace {

using base::Date;
using model::AllocationActionKind;

constexpr Date kActionDay{2026, 10, 1};

model::Allocation running(std::int64_t blocks = 200) {
  model::Allocation allocation;
  allocation.state = model::AllocationState::kActive;
  allocation.limit.model = "t4";
  allocation.limit.blocks = blocks;
  allocation.limit.cpu_cores = 8;
  allocation.starts_on = {2026, 9, 1};
  allocation.ends_on = allocation.agreed_ends_on = {2026, 12, 31};
  return allocation;
}

ActionRules rules_with_cards() {
  ActionRules rules;
  rules.pool.unit = policy::OfferUnit::kGpu;
  rules.pool.models = {"t4"};
  rules.ceiling.gpu = base::MilliGpu::cards(8);
  rules.award.top_up = rules.award.extendable = true;
  return rules;
}

model::AllocationAction wish(AllocationActionKind kind, std::int64_t blocks) {
  model::AllocationAction action;
  action.kind = kind;
  action.blocks = blocks;
  action.starts_on = kActionDay;
  return action;
}
model::AllocationAction until(Date day) {
  auto action = wish(AllocationActionKind::kExtension, 0);
  action.ends_on = day;
  return action;
}

std::string refusal(const model::AllocationAction& action, const ActionRules& rules = rules_with_cards(),
                    const model::Allocation& allocation = running()) {
  const auto checked = check_action(allocation, action, rules, kActionDay);
  return checked.ok() ? "" : checked.failure().reason.code;
}

TEST(AllocationAction, F2_F14_MoreIsGivenOfTheMenuWithinTheCeilingWhereThePackKnowsIt) {
  EXPECT_EQ(refusal(wish(AllocationActionKind::kSupplement, 600)), "") << "eight cards are the ceiling";
  EXPECT_EQ(refusal(wish(AllocationActionKind::kSupplement, 700)), "decision.over_ceiling");
  EXPECT_EQ(refusal(wish(AllocationActionKind::kSupplement, 50)), "decision.not_whole_units");
  EXPECT_EQ(refusal(wish(AllocationActionKind::kSupplement, 0)), "allocation_action.blocks_wrong");
  auto without = rules_with_cards();
  without.award.top_up = false;
  EXPECT_EQ(refusal(wish(AllocationActionKind::kSupplement, 100), without), "allocation_action.no_top_up");
  const auto more = acted(running(), wish(AllocationActionKind::kSupplement, 200));
  EXPECT_EQ(more.limit.blocks, 400);
  EXPECT_EQ(more.limit.cpu_cores, 16) << "in proportion";
}

TEST(AllocationAction, F2_Invariant9_TheEndMovesWithinTheLongestPeriodAndTheLastDay) {
  EXPECT_EQ(refusal(until({2027, 2, 28})), "") << "six months from 1 September";
  EXPECT_EQ(refusal(until({2027, 3, 1})), "allocation_action.period_too_long");
  EXPECT_EQ(refusal(until({2026, 12, 31})), "allocation_action.not_later");
  auto soon = rules_with_cards();
  soon.use_until = Date{2027, 1, 31};
  EXPECT_EQ(refusal(until({2027, 2, 1}), soon), "allocation_action.period_too_long");
  auto fixed = rules_with_cards();
  fixed.award.extendable = false;
  EXPECT_EQ(refusal(until({2027, 1, 1}), fixed), "allocation_action.not_extendable");
}

TEST(AllocationAction, F2_OnlyOfWhatRunsAndFromADayThatIsToCome) {
  auto late = wish(AllocationActionKind::kReduction, 100);
  late.starts_on = {2026, 9, 30};
  EXPECT_EQ(refusal(late), "allocation_action.starts_wrong");
  auto over = running();
  over.state = model::AllocationState::kEnded;
  EXPECT_EQ(refusal(wish(AllocationActionKind::kReduction, 100), rules_with_cards(), over),
            "allocation_action.allocation_over");
  EXPECT_EQ(refusal(wish(AllocationActionKind::kReduction, 200)), "allocation_action.blocks_wrong")
      << "nothing would be left";
  EXPECT_EQ(acted(running(), wish(AllocationActionKind::kReduction, 100)).limit.blocks, 100);
}

TEST(AllocationAction, F2_SlackIsThatOfTheFullestDay) {
  auto early = running(100);
  early.ends_on = {2026, 10, 31};
  auto later = running(300);
  later.starts_on = {2026, 11, 1};
  auto gone = running(500);
  gone.state = model::AllocationState::kReclaimed;
  auto before = running(500);
  before.ends_on = {2026, 9, 30};
  EXPECT_EQ(slack_blocks(running(), 800, {early, later, gone, before}, kActionDay), 500);
  EXPECT_EQ(slack_blocks(running(), 200, {early, later}, kActionDay), -100);
  EXPECT_EQ(slack_blocks(running(), 800, {}, kActionDay), 800);
}

}  // namespace
}  // namespace dure::programme
