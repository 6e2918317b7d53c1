// Sessions: how many one account may have, and how long they last (G5, invariant 14; S0 article 11(1)).
//
// Reaching the limit refuses the new session; it never cuts an old one, unless the policy says so. Lock,
// suspension and end of an account do cut: see may_use().
#pragma once

#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/access.h"
#include "policy/account_rules.h"

namespace dure::access {

// Neither ended nor run out.
bool open(const model::Session& session, base::Instant now);

// Which sessions must end so that one more may start (none under Evict::kNever). Refuses (kTooMany)
// "access.too_many_sessions" {max_sessions, open_sessions}. `sessions`: all of this account, in any order.
base::Result<std::vector<model::SessionId>> make_room(const std::vector<model::Session>& sessions,
                                                      const policy::AccountRules& rules, base::Instant now);

struct SessionTimes {
  base::Span idle = base::Span::hours(12);   // without a request
  base::Span at_most = base::Span::days(7);  // from log-in, whatever happens
};

// The policy's minutes for users or for staff; where it has none (0), the defaults above.
SessionTimes session_times(const policy::AccountRules& rules, bool staff);

// When the session runs out if nothing more comes after `last_seen`.
base::Instant expiry(base::Instant started, base::Instant last_seen, const SessionTimes& times);

// True when a request should write last_seen_at and expires_at anew: once a minute, not at each request.
bool worth_touching(const model::Session& session, base::Instant now);

// Whether the account behind an open session may still use it: refuses locked, suspended, dormant, disabled
// and deleted accounts (kUnauthenticated "access.session_ended").
base::Status may_use(const model::Account& account);

}  // namespace dure::access
