// How old a password may become (G3; S0 articles 5(2) and 10(5)): three months by the calendar.
#pragma once

#include <optional>

#include "base/time.h"
#include "calendar/zone.h"
#include "model/access.h"
#include "policy/account_rules.h"

namespace dure::access {

enum class PasswordAge { kFine, kNotice, kExpired };

struct PasswordTerm {
  std::optional<base::Date> last_day;     // on which it is still good; none: it never ages
  std::optional<base::Date> notice_from;  // first day of the notice
  PasswordAge age = PasswordAge::kFine;   // today
};

// The day of the change is not counted: changed on 2026-01-15, three months end on 2026-04-15.
PasswordTerm password_term(base::Date changed_on, const policy::PasswordRules& rules, base::Date today);

// The account as it is after the day's look at it: must_change_password once its password has expired or is
// temporary and the policy wants it changed. True when the state changed.
bool apply_password_age(model::Account& account, const policy::AccountRules& rules,
                        const calendar::Zone& zone, base::Instant now);

}  // namespace dure::access
