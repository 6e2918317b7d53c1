#include "commands/notice_sending.h"

#include <set>

#include "commands/notice_addresses.h"
#include "commands/rows.h"
#include "commands/scope.h"

namespace dure::commands {
namespace {

using model::NotificationState;

// After it a claim is nobody's any more.
constexpr base::Span kClaim = ports::kSendLimit + ports::kSendLimit;
constexpr base::Span kDay = base::Span::hours(24);

bool is_due(const model::Notification& row, base::Instant now) {
  if (row.state == NotificationState::kPending) return !row.next_attempt_at || *row.next_attempt_at <= now;
  return row.state == NotificationState::kSending && row.claimed_at && *row.claimed_at <= now - kClaim;
}

base::Result<std::vector<model::Notification>> list_due(World& world, const HeldLease& lease,
                                                        std::int64_t limit) {
  using Rows = std::vector<model::Notification>;
  return look<Rows>(world, system_caller(lease.role), [&](Work& work) -> base::Result<Rows> {
    DURE_LET(waiting,
             work.tx.notifications().list(ports::Query{}
                                              .where("state", NotificationState::kPending)
                                              .where("next_attempt_at", work.now, ports::Compare::kAtMost)
                                              .ordered("next_attempt_at")
                                              .at_most(limit)));
    DURE_LET(stuck,
             work.tx.notifications().list(ports::Query{}
                                              .where("state", NotificationState::kSending)
                                              .where("claimed_at", work.now - kClaim, ports::Compare::kAtMost)
                                              .at_most(limit)));
    Rows rows = std::move(stuck.rows);
    for (auto& row : waiting.rows) rows.push_back(std::move(row));
    return rows;
  });
}

// An operator is told at most once a day of each channel that messages cannot be sent.
base::Status tell_of_failure(Work& work, const model::Notification& row) {
  if (row.event == "notice.failed") return {};
  const std::string channel(model::to_text(row.channel));
  const std::string resource = "channels/" + channel;
  DURE_LET(told, work.tx.events().first(ports::Query{}
                                            .where("resource", resource)
                                            .where("type", "notice.failed")
                                            .where("created_at", work.now - kDay, ports::Compare::kGreater)
                                            .at_most(1)));
  if (told) return {};
  DURE_LET(count,
           work.tx.notifications().count(
               ports::Query{}.where("state", NotificationState::kFailed).where("channel", row.channel)));
  return work.publish("notice.failed", resource, {.kind = access::ResourceKind::kNotification},
                      "{\"channel\":\"" + channel + "\",\"count\":" + std::to_string(count) + "}");
}

base::Status give_up(Work& work, model::Notification& row, const base::Reason& why) {
  row.state = NotificationState::kFailed;
  row.claimed_at.reset();
  row.next_attempt_at.reset();
  row.failure = why;
  DURE_TRY(work.save(work.tx.notifications(), row));
  return tell_of_failure(work, row);
}

bool lacks_address(const model::Notification& row) {
  return (row.channel == model::NoticeChannel::kMail && row.email.empty()) ||
         (row.channel == model::NoticeChannel::kKakao && row.mobile.empty());
}

// The row as it was claimed or given up; none where it is not due any more.
using Claimed = std::optional<model::Notification>;
base::Result<Claimed> claim(Work& work, const HeldLease& lease, const model::NotificationId& id,
                            bool is_set_up, const notices::Retries& retries) {
  DURE_TRY(check_lease(work, lease));
  DURE_LET(row, work.tx.notifications().get(id));
  if (!is_due(row, work.now)) return Claimed();
  const std::string channel(model::to_text(row.channel));
  const bool interrupted = row.state == NotificationState::kSending;
  if (interrupted && row.attempts >= retries.attempts) {
    DURE_TRY(give_up(work, row, base::Reason("notice.interrupted")));
    return Claimed(row);
  }
  ++row.attempts;
  DURE_LET(address, address_of(work, row.recipient));
  row.email = row.channel == model::NoticeChannel::kMail ? address.email : "";
  row.mobile = row.channel == model::NoticeChannel::kKakao ? address.mobile : "";
  if (!is_set_up || lacks_address(row)) {
    DURE_TRY(give_up(
        work, row,
        base::Reason(is_set_up ? "notice.no_address" : "notice.channel_off").with("channel", channel)));
    return Claimed(row);
  }
  row.state = NotificationState::kSending;
  row.claimed_at = work.now;
  row.next_attempt_at.reset();
  if (interrupted) row.failure = base::Reason("notice.interrupted");
  DURE_TRY(work.save(work.tx.notifications(), row));
  return Claimed(row);
}

// Writes what became of the try that was claimed so; nothing where another took it up since.
base::Result<model::Notification> settle(Work& work, const model::Notification& claimed,
                                         const base::Status& outcome, const notices::Retries& retries) {
  DURE_LET(row, work.tx.notifications().get(claimed.id));
  if (row.state != NotificationState::kSending || row.claimed_at != claimed.claimed_at ||
      row.attempts != claimed.attempts)
    return std::move(row);
  if (outcome.ok()) {
    row.state = NotificationState::kSent;
    row.sent_at = work.now;
    row.claimed_at.reset();
    row.failure.reset();
    DURE_TRY(work.save(work.tx.notifications(), row));
    return std::move(row);
  }
  const auto& failure = outcome.failure();
  const auto again = failure.kind == base::ErrorKind::kUnavailable
                         ? notices::next_attempt(retries, row.attempts, work.now)
                         : std::nullopt;
  if (!again) {
    DURE_TRY(give_up(work, row, failure.reason));
    return std::move(row);
  }
  row.state = NotificationState::kPending;
  row.claimed_at.reset();
  row.next_attempt_at = again;
  row.failure = failure.reason;
  DURE_TRY(work.save(work.tx.notifications(), row));
  return std::move(row);
}

ports::OutgoingMessage outgoing(const model::Notification& row, base::Instant at) {
  return {row.id.text, row.event, row.resource, row.title, row.text, row.email, row.mobile, at};
}

void add(SendCount& count, const model::Notification& row) {
  if (row.state == NotificationState::kSent) ++count.sent;
  if (row.state == NotificationState::kFailed) ++count.failed;
  if (row.state == NotificationState::kPending) ++count.again;
}

}  // namespace

base::Result<SendCount> send_notices(World& world, const HeldLease& lease, ports::MessageChannels& channels,
                                     const notices::Retries& retries, std::int64_t limit, base::Span budget,
                                     const std::function<void(const model::Notification&)>& tried) {
  DURE_LET(due, list_due(world, lease, limit));
  const auto caller = system_caller(lease.role);
  const auto until = world.clock.now() + budget;
  SendCount count;
  std::set<model::NoticeChannel> away;
  for (const auto& row : due) {
    if (away.contains(row.channel)) continue;
    const auto found = channels.find(row.channel);
    DURE_LET(claimed, run<Claimed>(world, caller, [&](Work& work) {
               return claim(work, lease, row.id, found != channels.end(), retries);
             }));
    if (!claimed) continue;
    if (claimed->state != NotificationState::kSending) {
      add(count, *claimed);
      if (tried) tried(*claimed);
      continue;
    }
    const auto outcome = found->second->send(outgoing(*claimed, world.clock.now()));
    if (!outcome && outcome.failure().kind == base::ErrorKind::kUnavailable) away.insert(row.channel);
    DURE_LET(settled, run<model::Notification>(world, caller, [&](Work& work) {
               return settle(work, *claimed, outcome, retries);
             }));
    add(count, settled);
    if (tried) tried(settled);
    if (world.clock.now() >= until) break;
  }
  return count;
}

}  // namespace dure::commands
