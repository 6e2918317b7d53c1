#include "commands/idle_signs.h"

#include <algorithm>
#include <map>

#include "calendar/zone.h"
#include "commands/rows.h"
#include "commands/use_measure.h"

namespace dure::commands {
namespace {

using SomeInstant = std::optional<base::Instant>;

void take_later(SomeInstant& latest, const SomeInstant& other) {
  if (other && (!latest || *latest < *other)) latest = other;
}

// When each share of which something was read was last busy; of a row that is older than the mark, when it
// was read.
using BusyByShare = std::map<std::string, SomeInstant>;
base::Result<BusyByShare> busy_shares(Work& work, const model::AllocationId& id) {
  BusyByShare busy;
  DURE_LET(uses, load_all(work.tx.share_uses(), ports::Query{}.where("allocation_id", id)));
  for (const auto& use : uses) {
    auto& at = busy[use.id.text];
    at = use.busy_at;
    if (!at && use.device_ns > 0) at = use.read_at;
  }
  return busy;
}

// Whether it holds a share now of which no device time is known.
base::Result<bool> holds_unread(Work& work, const model::AllocationId& id, const BusyByShare& busy) {
  DURE_LET(runs,
           load_all(work.tx.runs(), ports::Query{}
                                        .where("allocation_id", id)
                                        .where("state", model::RunState::kEnded, ports::Compare::kNotEqual)));
  for (const auto& run : runs) {
    DURE_LET(shares,
             load_all(work.tx.shares(), ports::Query{}.where("run_id", run.id).where_null("released_at")));
    if (std::any_of(shares.begin(), shares.end(),
                    [&](const auto& share) { return !busy.contains(share.id.text); }))
      return true;
  }
  return false;
}

// The end of the last ledger entry of a share of which no device time is known; entries that ended before
// `latest` say nothing more.
base::Result<SomeInstant> last_unread_entry(Work& work, const model::AllocationId& id,
                                            const BusyByShare& busy, SomeInstant latest) {
  auto query = ports::Query{}.where("allocation_id", id).ordered("ended_at", true).at_most(200);
  do {
    DURE_LET(page, work.tx.ledger_entries().list(query));
    for (const auto& entry : page.rows) {
      if (latest && entry.ended_at <= *latest) return SomeInstant();
      if (!busy.contains(entry.share_id.text)) return SomeInstant(entry.ended_at);
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return SomeInstant();
}

base::Result<SomeInstant> last_use_of(Work& work, const model::AllocationId& id) {
  DURE_LET(busy, busy_shares(work, id));
  DURE_LET(now_held, holds_unread(work, id, busy));
  if (now_held) return SomeInstant(work.now);
  SomeInstant latest;
  for (const auto& [share, at] : busy) take_later(latest, at);
  DURE_LET(entry, last_unread_entry(work, id, busy, latest));
  take_later(latest, entry);
  // The wall clock of a node may run ahead.
  if (latest) latest = std::min(*latest, work.now);
  return latest;
}

// When the last warning ended by an answer, a person's or one's own.
base::Result<SomeInstant> last_answer(Work& work, const model::AllocationId& id) {
  DURE_LET(
      warnings,
      load_all(work.tx.idle_warnings(),
               ports::Query{}.where("allocation_id", id).where("state", model::IdleWarningState::kEnded)));
  SomeInstant latest;
  for (const auto& each : warnings) take_later(latest, each.closed_at);
  return latest;
}

}  // namespace

base::Result<std::vector<model::Account>> accounts_of_project(Work& work, const model::ProjectId& project) {
  std::vector<model::Account> accounts;
  DURE_LET(grants, load_all(work.tx.role_grants(), ports::Query{}
                                                       .where("role", model::Role::kMember)
                                                       .where("scope", model::ScopeKind::kProject)
                                                       .where("scope_id", project.text)));
  for (const auto& grant : grants) {
    if (grant.ends_at && *grant.ends_at <= work.now) continue;
    DURE_LET(account, work.tx.accounts().find(grant.account_id));
    if (account) accounts.push_back(std::move(*account));
  }
  return accounts;
}

base::Result<AllocationSigns> signs_of(Work& work, const model::Allocation& allocation,
                                       const policy::Pack& pack) {
  const auto zone = policy::zone_of(pack);
  const auto day_of = [&](const SomeInstant& at) {
    return at ? std::optional(calendar::local_date(*at, zone)) : std::nullopt;
  };
  AllocationSigns found;
  DURE_LET(accounts, accounts_of_project(work, allocation.project_id));
  for (const auto& account : accounts) take_later(found.last_login_at, account.last_login_at);
  DURE_LET(used, last_use_of(work, allocation.id));
  found.last_used_at = used;
  DURE_LET(answered, last_answer(work, allocation.id));
  DURE_LET(exempt, exempt_of(work, allocation, pack));
  found.signs = {allocation.starts_on, day_of(found.last_login_at), day_of(found.last_used_at),
                 day_of(answered), std::move(exempt)};
  return found;
}

}  // namespace dure::commands
