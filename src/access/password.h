// Password rules: every rule of the policy that a password breaks (G1, G2; S0 article 5).
//
// A password is looked at as keystrokes, because the runs that people choose are runs of keys: Hangul (on the
// Dubeolsik layout, KS X 5002) counts as the keys that type it, full-width forms as their ASCII twins, and
// upper and lower case of a key as the same key. Refused, from `run_min` keys on, in both directions:
//   characters   a b c d, 4 3 2 1, and the order of the Korean alphabet, typed either way (가나다라,
//   rkskekfk) keys         neighbours along a row (q w e r, ! @ # $) or down a column (1 q a z, 0 o k m)
//   zigzag       to and fro between two rows (1 q 2 w 3 e), a short piece of a row or column shifted along
//                (q a z w s x), two runs typed alternately (1 a 2 b 3 c)
//   repetition   one key again and again
// Pure; the password is neither kept nor named in a reason (reasons are stored).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"
#include "base/result.h"
#include "policy/account_rules.h"

namespace dure::access {

// What must not stand in the password; "" where there is none. Compared without regard to case, Hangul also
// by the keys that type it; parts shorter than three keys are ignored.
struct PasswordContext {
  std::string login;
  std::string name;
  std::string email;  // its part before the @
};

// All broken rules in a fixed order, codes "password.…"; empty when the password is good. What is not UTF-8
// breaks exactly "password.not_text".
std::vector<base::Reason> check(std::string_view password, const policy::PasswordRules& rules,
                                const PasswordContext& context = {});

}  // namespace dure::access
