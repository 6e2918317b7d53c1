#include "access/password_age.h"

#include "calendar/deadline.h"

namespace dure::access {

PasswordTerm password_term(base::Date changed_on, const policy::PasswordRules& rules, base::Date today) {
  PasswordTerm term;
  if (!rules.max_age) return term;
  term.last_day = calendar::period_end(changed_on, *rules.max_age, calendar::kAfterEvent);
  if (rules.notice_days > 0) term.notice_from = calendar::lead_day(*term.last_day, rules.notice_days);
  if (today > *term.last_day)
    term.age = PasswordAge::kExpired;
  else if (term.notice_from && today >= *term.notice_from)
    term.age = PasswordAge::kNotice;
  return term;
}

bool apply_password_age(model::Account& account, const policy::AccountRules& rules,
                        const calendar::Zone& zone, base::Instant now) {
  if (account.state != model::AccountState::kActive) return false;
  const auto term = password_term(calendar::local_date(account.password_changed_at, zone), rules.password,
                                  calendar::local_date(now, zone));
  const bool temporary = account.password_temporary && rules.temporary_password_must_change;
  if (term.age != PasswordAge::kExpired && !temporary) return false;
  account.state = model::AccountState::kMustChangePassword;
  account.updated_at = now;
  return true;
}

}  // namespace dure::access
