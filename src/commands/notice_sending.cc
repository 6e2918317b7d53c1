#include "commands/notice_sending.h"

#include <algorithm>
#include <set>
#include <vector>

#include "commands/notice_addresses.h"
#include "commands/rows.h"
#include "commands/scope.h"

namespace dure::commands {
namespace {

using model::NotificationState;

// After it a claim is nobody's any more.
constexpr base::Span kClaim = ports::kSendLimit + ports::kSendLimit;
constexpr base::Span kDay = base::Span::hours(24);

bool is_to_send(const model::Notification& row, base::Instant now) {
  if (row.state == NotificationState::kPending) return !row.next_attempt_at || *row.next_attempt_at <= now;
  return row.state == NotificationState::kSending && row.claimed_at && *row.claimed_at <= now - kClaim;
}

// What waits for one channel, the longest due first.
struct Queue {
  std::vector<model::Notification> rows;
  base::Instant failed_at;  // when the peer last failed us with what still waits; the epoch where it did not
  bool in_trouble() const { return failed_at != base::Instant{}; }
};

base::Result<Queue> messages_due(Work& work, model::NoticeChannel channel, std::int64_t limit) {
  auto& rows = work.tx.notifications();
  DURE_LET(stuck, rows.list(ports::Query{}
                                .where("state", NotificationState::kSending)
                                .where("channel", channel)
                                .where("claimed_at", work.now - kClaim, ports::Compare::kAtMost)
                                .at_most(limit)));
  DURE_LET(waiting, rows.list(ports::Query{}
                                  .where("state", NotificationState::kPending)
                                  .where("channel", channel)
                                  .where("next_attempt_at", work.now, ports::Compare::kAtMost)
                                  .ordered("next_attempt_at")
                                  .at_most(limit)));
  Queue queue;
  queue.rows = std::move(stuck.rows);
  for (auto& row : waiting.rows) queue.rows.push_back(std::move(row));
  if (queue.rows.empty()) return queue;
  DURE_LET(failed, rows.first(ports::Query{}
                                  .where("state", NotificationState::kPending)
                                  .where("channel", channel)
                                  .where("attempts", std::int64_t{1}, ports::Compare::kAtLeast)
                                  .ordered("updated_at", true)
                                  .at_most(1)));
  if (failed) queue.failed_at = failed->updated_at;
  return queue;
}

// One of each channel in turn.
std::vector<model::Notification> in_turn(std::vector<Queue> queues) {
  std::vector<model::Notification> rows;
  std::size_t longest = 0;
  for (const auto& queue : queues) longest = std::max(longest, queue.rows.size());
  for (std::size_t i = 0; i < longest; ++i)
    for (auto& queue : queues)
      if (i < queue.rows.size()) rows.push_back(std::move(queue.rows[i]));
  return rows;
}

// What is due, by channel: first those that work, then those whose peer failed, the one that was left alone
// the longest first. A peer that takes its whole time to say nothing is waited for only when the others'
// messages are out.
struct Due {
  std::vector<model::Notification> working;
  std::vector<model::Notification> in_trouble;
};

base::Result<Due> list_due(World& world, const HeldLease& lease, std::int64_t limit) {
  return look<Due>(world, system_caller(lease.role), [&](Work& work) -> base::Result<Due> {
    std::vector<Queue> working;
    std::vector<Queue> troubled;
    for (const auto& [channel, name] : model::EnumNames<model::NoticeChannel>::kAll) {
      if (channel == model::NoticeChannel::kConsole) continue;
      DURE_LET(queue, messages_due(work, channel, limit));
      (queue.in_trouble() ? troubled : working).push_back(std::move(queue));
    }
    std::sort(troubled.begin(), troubled.end(),
              [](const Queue& a, const Queue& b) { return a.failed_at < b.failed_at; });
    return Due{in_turn(std::move(working)), in_turn(std::move(troubled))};
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
  DURE_LET(count, work.tx.notifications().count(
                      ports::Query{}
                          .where("state", NotificationState::kFailed)
                          .where("channel", row.channel)
                          .where("updated_at", work.now - kDay, ports::Compare::kGreater)));
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

// To be tried again, or given up after the last try.
base::Status put_off(Work& work, model::Notification& row, const base::Reason& why,
                     const notices::Retries& retries) {
  const auto again = notices::next_attempt(retries, row.attempts, work.now);
  if (!again) return give_up(work, row, why);
  row.state = NotificationState::kPending;
  row.claimed_at.reset();
  row.next_attempt_at = again;
  row.failure = why;
  return work.save(work.tx.notifications(), row);
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
  if (!is_to_send(row, work.now)) return Claimed();
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
  if (!is_set_up) {
    DURE_TRY(put_off(work, row, base::Reason("notice.channel_off").with("channel", channel), retries));
    return Claimed(row);
  }
  if (lacks_address(row)) {
    DURE_TRY(give_up(work, row, base::Reason("notice.no_address").with("channel", channel)));
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
  if (failure.kind == base::ErrorKind::kUnavailable)
    DURE_TRY(put_off(work, row, failure.reason, retries));
  else
    DURE_TRY(give_up(work, row, failure.reason));
  return std::move(row);
}

ports::OutgoingMessage outgoing(const model::Notification& row, base::Instant at) {
  return {row.id.text, row.event, row.resource, row.title, row.text, row.email, row.mobile, at};
}

void count_outcome(SendCount& count, const model::Notification& row) {
  if (row.state == NotificationState::kSent) ++count.sent;
  if (row.state == NotificationState::kFailed) ++count.failed;
  if (row.state == NotificationState::kPending) ++count.again;
}

// One call of send_notices().
struct SendingRound {
  World& world;
  const HeldLease& lease;
  ports::MessageChannels& channels;
  const notices::Retries& retries;
  const std::function<void(const model::Notification&)>& tried;
  SendCount count;
  std::set<model::NoticeChannel> away;

  void note(const model::Notification& row) {
    count_outcome(count, row);
    if (tried) tried(row);
  }
};

base::Status send_one(SendingRound& round, const model::Notification& row) {
  const auto caller = system_caller(round.lease.role);
  const auto found = round.channels.find(row.channel);
  const bool is_set_up = found != round.channels.end();
  if (!is_set_up) round.away.insert(row.channel);
  DURE_LET(claimed, run<Claimed>(round.world, caller, [&](Work& work) {
             return claim(work, round.lease, row.id, is_set_up, round.retries);
           }));
  if (!claimed) return {};
  if (claimed->state != NotificationState::kSending) {
    round.note(*claimed);
    return {};
  }
  const auto outcome = found->second->send(outgoing(*claimed, round.world.clock.now()));
  if (!outcome && outcome.failure().kind == base::ErrorKind::kUnavailable) round.away.insert(row.channel);
  DURE_LET(settled, run<model::Notification>(round.world, caller, [&](Work& work) {
             return settle(work, *claimed, outcome, round.retries);
           }));
  round.note(settled);
  return {};
}

// Until the budget is used up, and one at least.
base::Status send_some(SendingRound& round, const std::vector<model::Notification>& rows, base::Span budget) {
  const auto until = round.world.clock.now() + budget;
  for (const auto& row : rows) {
    if (round.away.contains(row.channel)) continue;
    DURE_TRY(send_one(round, row));
    if (round.world.clock.now() >= until) break;
  }
  return {};
}

}  // namespace

base::Result<SendCount> send_notices(World& world, const HeldLease& lease, ports::MessageChannels& channels,
                                     const notices::Retries& retries, std::int64_t limit, base::Span budget,
                                     const std::function<void(const model::Notification&)>& tried) {
  DURE_LET(due, list_due(world, lease, limit));
  SendingRound round{world, lease, channels, retries, tried, {}, {}};
  DURE_TRY(send_some(round, due.working, budget));
  DURE_TRY(send_some(round, due.in_trouble, budget));
  return round.count;
}

}  // namespace dure::commands
