// Who may use how much of a card from now on: what was promised, what that is worth where more was promised
// than there is, and who has what nobody wants.
//
//   hard       its promise and never more
//   borrow     its promise, and by weight of what is left
//   priority   as borrow; what a higher priority leaves of that
//
// Left is what those who have a promise do not use: of one that waits, or began lately, nothing; of another,
// its promise less five quarters of what it uses. So a lender's rate is always its whole promise, and what it
// lent is taken back from the borrowers in the round in which it launches again. Promises of those who are
// there that add up to more than the card are worth their part of it by weight, and never more than they say.
//
// Pure; milli-GPU, of the instance where the card is a MIG instance. Every result is 1..1000.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu/abi/page.h"

namespace dure::gpu {

struct Claim {
  std::uint32_t guaranteed_milli = 0;  // 1..1000
  dure_policy policy = DURE_POLICY_HARD;
  std::uint32_t weight = 0;  // 0: as much as the promise
  std::uint32_t priority = 0;
  bool present = false;          // it used the card, or wanted to, lately
  bool wants_all = false;        // a launch of it waits, or it has just come
  std::uint32_t busy_milli = 0;  // how much of the time the card was busy with it, lately
};

std::vector<std::uint32_t> share_out(std::span<const Claim> claims);

}  // namespace dure::gpu
