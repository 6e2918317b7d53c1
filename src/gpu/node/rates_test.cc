// Who may use how much of a card.
#include "gpu/node/rates.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::gpu {
namespace {

using Rates = std::vector<std::uint32_t>;

Claim hard(std::uint32_t promise) {
  return {.guaranteed_milli = promise, .present = true, .wants_all = true};
}
Claim borrower(std::uint32_t promise, std::uint32_t weight = 0) {
  return {.guaranteed_milli = promise,
          .policy = DURE_POLICY_BORROW,
          .weight = weight,
          .present = true,
          .wants_all = true};
}
Claim ranked(std::uint32_t promise, std::uint32_t priority) {
  Claim claim = borrower(promise);
  claim.policy = DURE_POLICY_PRIORITY;
  claim.priority = priority;
  return claim;
}
Claim away(Claim claim) {
  claim.present = claim.wants_all = false;
  return claim;
}

// HAMi#737: a cap that ends where nobody else is there is none.
TEST(Rates, AHardShareIsTheSameAlone) {
  EXPECT_EQ(share_out(std::vector{hard(300)}), Rates{300});
  EXPECT_EQ(share_out(std::vector{hard(300), away(hard(700))}), (Rates{300, 700}));
}

TEST(Rates, PromisesOfMoreThanTheCardAreWorthTheirPart) {
  EXPECT_EQ(share_out(std::vector{hard(800), hard(800)}), (Rates{500, 500}));
  EXPECT_EQ(share_out(std::vector{hard(300), hard(900)}), (Rates{250, 750}));
  EXPECT_EQ(share_out(std::vector{hard(300), away(hard(900))}), (Rates{300, 900}));
}

TEST(Rates, NobodyHasMoreThanItsPromiseOfSuchACard) {
  Claim heavy = hard(100);
  heavy.weight = 100'000;
  EXPECT_EQ(share_out(std::vector{heavy, hard(950)}), (Rates{100, 900}));
}

TEST(Rates, WhatNobodyWantsIsLentByWeight) {
  EXPECT_EQ(share_out(std::vector{borrower(100), away(hard(600))}), (Rates{1000, 600}));
  EXPECT_EQ(share_out(std::vector{borrower(100, 1), borrower(100, 3), away(hard(600))}),
            (Rates{300, 700, 600}));
}

TEST(Rates, AnOwnerThatComesHasItsPromiseAtOnce) {
  EXPECT_EQ(share_out(std::vector{borrower(100), hard(600)}), (Rates{400, 600}));
}

TEST(Rates, AnOwnerThatUsesLittleLendsTheRest) {
  Claim owner = hard(600);
  owner.wants_all = false;
  owner.busy_milli = 200;
  EXPECT_EQ(share_out(std::vector{borrower(100), owner}), (Rates{740, 600}));
}

TEST(Rates, AHigherPriorityHasWhatIsLeftFirst) {
  EXPECT_EQ(share_out(std::vector{ranked(100, 1), ranked(100, 7), borrower(100)}), (Rates{100, 800, 100}));
  Claim content = ranked(100, 7);
  content.wants_all = false;
  content.busy_milli = 40;
  EXPECT_EQ(share_out(std::vector{ranked(100, 1), content, borrower(100)}), (Rates{840, 100, 100}));
}

// Nobody has less than its promise where the promises fit; what is used cannot be more than the card where
// all want all; a hard share is never more than its promise.
TEST(Rates, HoldForWhoeverIsThere) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    std::mt19937 random(seed);
    std::vector<Claim> claims(1 + random() % 8);
    std::uint64_t sum = 0;
    for (auto& claim : claims) {
      claim.guaranteed_milli = 1 + random() % 400;
      claim.policy = static_cast<dure_policy>(random() % 3);
      claim.weight = random() % 3 ? random() % 50 : 0;
      claim.priority = random() % 3;
      claim.present = random() % 4 != 0;
      claim.wants_all = claim.present;
      if (claim.present) sum += claim.guaranteed_milli;
    }
    const auto rates = share_out(claims);
    std::uint64_t used = 0;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (claims[i].policy == DURE_POLICY_HARD) {
        ASSERT_LE(rates[i], claims[i].guaranteed_milli);
      }
      if (sum <= 1000) {
        ASSERT_GE(rates[i], claims[i].guaranteed_milli);
      }
      if (claims[i].present) used += rates[i];
    }
    ASSERT_LE(used, 1000 + claims.size()) << "seed " << seed;  // everybody has at least 1
  }
}

}  // namespace
}  // namespace dure::gpu
