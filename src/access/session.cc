#include "access/session.h"

#include <algorithm>
#include <tuple>

namespace dure::access {

using base::Reason;

bool open(const model::Session& session, base::Instant now) {
  return !session.ended_at && now < session.expires_at;
}

base::Result<std::vector<model::SessionId>> make_room(const std::vector<model::Session>& sessions,
                                                      const policy::AccountRules& rules, base::Instant now) {
  std::vector<const model::Session*> running;
  for (const auto& session : sessions)
    if (open(session, now)) running.push_back(&session);
  const auto count = static_cast<std::int64_t>(running.size());
  if (rules.max_sessions <= 0 || count < rules.max_sessions) return std::vector<model::SessionId>{};
  if (rules.evict == policy::Evict::kNever)
    return base::error(base::ErrorKind::kTooMany, Reason("access.too_many_sessions")
                                                      .with("max_sessions", rules.max_sessions)
                                                      .with("open_sessions", count));
  std::sort(running.begin(), running.end(), [](const auto* a, const auto* b) {
    return std::tie(a->created_at, a->id) < std::tie(b->created_at, b->id);
  });
  running.resize(static_cast<std::size_t>(count - rules.max_sessions + 1));
  std::vector<model::SessionId> ending;
  ending.reserve(running.size());
  for (const auto* session : running) ending.push_back(session->id);
  return ending;
}

SessionTimes session_times(const policy::AccountRules& rules, bool staff) {
  SessionTimes times;
  const auto minutes = staff ? rules.staff_idle_minutes : rules.idle_minutes;
  if (minutes > 0) times.idle = base::Span::minutes(minutes);
  return times;
}

base::Instant expiry(base::Instant started, base::Instant last_seen, const SessionTimes& times) {
  return std::min(last_seen + times.idle, started + times.at_most);
}

bool worth_touching(const model::Session& session, base::Instant now) {
  return now - session.last_seen_at >= base::Span::minutes(1);
}

base::Status may_use(const model::Account& account) {
  if (account.state == model::AccountState::kActive ||
      account.state == model::AccountState::kMustChangePassword)
    return {};
  return base::error(base::ErrorKind::kUnauthenticated, Reason("access.session_ended"));
}

}  // namespace dure::access
