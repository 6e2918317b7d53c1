#include "supply/agreement.h"

#include <gtest/gtest.h>

#include "supply/supply_fixture.h"

namespace dure::supply {
namespace {

using model::AgreementEvent;
using model::AgreementState;

const calendar::BusinessDays& days() {
  static const auto all = calendar::korean_business_days();
  return all;
}

model::SupplierProposal naver() {
  model::SupplierProposal proposal;
  proposal.id.text = "p1";
  proposal.state = model::ProposalState::kSelected;
  proposal.items = {item("h200", 382, 8)};
  proposal.price = {363'700'000'001};
  proposal.own_use_bp = 2487;
  return proposal;
}

base::Result<model::SupplyAgreement> move(model::SupplyAgreement agreement, AgreementEvent event,
                                          const std::string& today, model::MoveAgreement command = {}) {
  command.event = event;
  return move_agreement(std::move(agreement), command, s4_rules(), day(today), days());
}

model::SupplyAgreement in_force(const std::string& since = "2025-09-01") {
  auto draft = *draft_agreement(naver(), {{}, "협약", "99.5 %", {}}, s4_rules());
  draft = *move(draft, AgreementEvent::kNegotiate, since);
  draft = *move(draft, AgreementEvent::kSign, since);
  return *move(draft, AgreementEvent::kTakeEffect, since);
}

TEST(Agreement, A3_OwnerUserAndFiveYearsByTheCalendar) {
  const auto agreement = in_force();
  EXPECT_EQ(agreement.owner, "NIPA");
  EXPECT_EQ(agreement.using_organisation, "국가AI컴퓨팅센터");
  EXPECT_EQ(agreement.state, AgreementState::kInForce);
  EXPECT_EQ(base::to_text(*agreement.starts_on), "2025-09-01");
  EXPECT_EQ(base::to_text(*agreement.ends_on), "2030-08-31");
  EXPECT_EQ(base::to_text(*in_force("2024-02-29").ends_on), "2029-02-28") << "no such day in 2029";
}

TEST(Agreement, A3_PaymentsFollowThePackAndAddUpToThePrice) {
  const auto agreement = in_force();
  ASSERT_EQ(agreement.payments.size(), 2u);
  EXPECT_EQ(agreement.payments[0].amount.won, 254'590'000'000) << "70 %, rounded down";
  EXPECT_EQ(agreement.payments[1].amount.won, 109'110'000'001) << "the rest";
  // Two months after 2025-09-01 end on 2025-11-01, a Saturday: on the Monday.
  EXPECT_EQ(base::to_text(agreement.payments[0].due_on), "2025-11-03");
  // Four months end on 2026-01-01, a holiday.
  EXPECT_EQ(base::to_text(agreement.payments[1].due_on), "2026-01-02");
}

TEST(Agreement, A3_PaymentsThatWereAgreedOtherwise) {
  // The lease of 2025: 70 % in October, 30 % in December.
  model::DraftAgreement wish{{}, "임차", "", {}};
  wish.payments = {{"10월", 7000, day("2025-10-31")}, {"12월", 3000, day("2025-12-31")}};
  const auto draft = draft_agreement(naver(), wish, s4_rules());
  ASSERT_TRUE(draft.ok());
  EXPECT_EQ(draft->payments[1].amount.won, 109'110'000'001);
  const auto negotiated = *move(*draft, AgreementEvent::kNegotiate, "2025-09-01");
  EXPECT_EQ(move(negotiated, AgreementEvent::kSign, "2025-09-01")->payments.size(), 2u)
      << "not those of the pack";
  wish.payments->back().share_bp = 2999;
  EXPECT_EQ(draft_agreement(naver(), wish, s4_rules()).failure().reason.code, "supply.payments_not_whole");
}

TEST(Agreement, A3_TheOwnUseHasACeiling) {
  EXPECT_TRUE(check_own_use(3000, s4_rules()).ok());
  EXPECT_EQ(check_own_use(3001, s4_rules()).failure().reason.code, "supply.own_use_above");
  auto none = s4_rules();
  none.self_use_max_bp.reset();
  EXPECT_FALSE(check_own_use(1, none).ok()) << "not allowed where the pack does not speak of it";
  none.self_use_allowed = true;
  EXPECT_TRUE(check_own_use(10'000, none).ok()) << "allowed, and no ceiling is stated";
  model::MoveAgreement command;
  command.own_use_bp = 3001;
  command.ground = "합의";
  EXPECT_EQ(move(in_force(), AgreementEvent::kAmend, "2026-01-01", command).failure().reason.code,
            "supply.own_use_above");
  command.own_use_bp = 2000;
  const auto amended = move(in_force(), AgreementEvent::kAmend, "2026-01-01", command);
  ASSERT_TRUE(amended.ok());
  EXPECT_EQ(amended->own_use_bp, 2000);
  EXPECT_EQ(amended->amendments, 1);
  command.own_use_bp = 2487;
  EXPECT_EQ(move(in_force(), AgreementEvent::kAmend, "2026-01-01", command).failure().reason.code,
            "supply.nothing_changed");
}

TEST(Agreement, A3_WhatDoesNotGo) {
  auto other = naver();
  other.state = model::ProposalState::kReserve;
  EXPECT_EQ(draft_agreement(other, {}, s4_rules()).failure().reason.code, "supply.proposal_not_selected");
  auto draft = *move(*draft_agreement(naver(), {}, s4_rules()), AgreementEvent::kNegotiate, "2025-09-01");
  model::MoveAgreement tomorrow;
  tomorrow.on = day("2025-09-02");
  EXPECT_EQ(move(draft, AgreementEvent::kSign, "2025-09-01", tomorrow).failure().reason.code,
            "supply.in_the_future");
  draft = *move(draft, AgreementEvent::kSign, "2025-09-01");
  model::MoveAgreement before;
  before.on = day("2025-08-31");
  EXPECT_EQ(move(draft, AgreementEvent::kTakeEffect, "2025-09-01", before).failure().reason.code,
            "supply.before_signature");
  EXPECT_EQ(move(in_force(), AgreementEvent::kExpire, "2030-08-31").failure().reason.code,
            "supply.not_expired_yet");
  EXPECT_EQ(move(in_force(), AgreementEvent::kExpire, "2030-09-01")->state, AgreementState::kExpired);
  EXPECT_EQ(move(in_force(), AgreementEvent::kTerminate, "2026-01-01").failure().reason.code,
            "supply.ground_missing");
}

TEST(Agreement, A8_APriceIsSplitWithoutLosingAWon) {
  for (std::int64_t price = 0; price < 2'000; ++price)
    for (const auto& shares :
         {std::vector<std::int64_t>{7000, 3000}, {3333, 3333, 3334}, {1, 9999}, {10'000}}) {
      std::int64_t sum = 0;
      for (const auto part : split_price({price}, shares)) {
        EXPECT_GE(part.won, 0);
        sum += part.won;
      }
      EXPECT_EQ(sum, price);
    }
}

}  // namespace
}  // namespace dure::supply
