#include "commands/audit.h"

#include <initializer_list>
#include <string_view>

namespace dure::commands {
namespace {

constexpr std::int64_t kAuditPage = 500;

// Each part with its length before it, so that no two lists of parts give the same bytes.
std::string join_with_lengths(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const auto part : parts) {
    joined += std::to_string(part.size());
    joined += ':';
    joined += part;
  }
  return joined;
}

template <class Noun>
base::Result<std::optional<Noun>> last_sealed(ports::Repository<Noun>& rows) {
  return rows.first(
      ports::Query{}.where("position", 0, ports::Compare::kGreater).ordered("position", true).at_most(1));
}

base::Result<std::int64_t> seal_audit(Work& work, std::int64_t limit) {
  auto& rows = work.tx.audit_entries();
  DURE_LET(open, rows.list(ports::Query{}.where("position", 0).at_most(limit)));
  if (open.rows.empty()) return std::int64_t{0};
  DURE_LET(last, last_sealed(rows));
  std::int64_t position = last ? last->position : 0;
  std::string previous = last ? last->hash : "";
  for (auto& entry : open.rows) {
    entry.position = ++position;
    entry.previous_hash = previous;
    entry.hash = previous = chain_hash(work.world.secrets, entry);
    DURE_TRY(work.save(rows, entry));
  }
  return static_cast<std::int64_t>(open.rows.size());
}

base::Result<std::int64_t> seal_events(Work& work, std::int64_t limit) {
  auto& rows = work.tx.events();
  DURE_LET(open, rows.list(ports::Query{}.where("position", 0).at_most(limit)));
  if (open.rows.empty()) return std::int64_t{0};
  DURE_LET(last, last_sealed(rows));
  std::int64_t position = last ? last->position : 0;
  for (auto& event : open.rows) {
    event.position = ++position;
    DURE_TRY(work.save(rows, event));
  }
  return static_cast<std::int64_t>(open.rows.size());
}

// Which part of the entry does not fit, "" for none.
std::string_view find_break(ports::Secrets& secrets, const model::AuditEntry& entry, std::int64_t expected,
                            const std::string& previous) {
  if (entry.position != expected) return "position";
  if (entry.previous_hash != previous) return "previous_hash";
  if (entry.hash != chain_hash(secrets, entry)) return "hash";
  const bool erased = entry.personal.empty() && entry.personal_salt.empty();
  if (!erased && entry.personal_digest != secrets.digest(entry.personal_salt + entry.personal))
    return "personal_digest";
  return "";
}

}  // namespace

std::string chain_hash(ports::Secrets& secrets, const model::AuditEntry& entry) {
  return secrets.digest(join_with_lengths({entry.previous_hash, std::to_string(entry.position), entry.id.text,
                                           std::to_string(entry.created_at.us), entry.actor, entry.action,
                                           entry.resource, entry.scope, entry.subject, entry.outcome,
                                           entry.request_id, entry.detail, entry.personal_digest}));
}

base::Result<SealCount> seal(World& world, const HeldLease& lease, std::int64_t limit) {
  // A round that finds nothing writes nothing.
  auto waiting = look<bool>(world, system_caller(lease.role), [&](Work& work) -> base::Result<bool> {
    DURE_LET(entry, work.tx.audit_entries().first(ports::Query{}.where("position", 0).at_most(1)));
    DURE_LET(event, work.tx.events().first(ports::Query{}.where("position", 0).at_most(1)));
    return entry.has_value() || event.has_value();
  });
  if (!waiting) return waiting.failure();
  if (!*waiting) return SealCount{};
  return run<SealCount>(world, system_caller(lease.role), [&](Work& work) -> base::Result<SealCount> {
    DURE_TRY(check_lease(work, lease));
    DURE_LET(entries, seal_audit(work, limit));
    DURE_LET(events, seal_events(work, limit));
    return SealCount{entries, events};
  });
}

base::Result<model::AuditVerdict> verify_audit(World& world, const Caller& caller) {
  return look<model::AuditVerdict>(world, caller, [&](Work& work) -> base::Result<model::AuditVerdict> {
    DURE_TRY(work.require(access::Permission::kAuditRead, {.kind = access::ResourceKind::kAudit}));
    model::AuditVerdict verdict;
    auto query =
        ports::Query{}.where("position", 0, ports::Compare::kGreater).ordered("position").at_most(kAuditPage);
    do {
      DURE_LET(page, work.tx.audit_entries().list(query));
      for (const auto& entry : page.rows) {
        const auto broken = find_break(world.secrets, entry, verdict.entries + 1, verdict.head);
        if (!broken.empty()) {
          verdict.intact = false;
          verdict.broken_at = verdict.entries + 1;
          verdict.what = broken;
          return verdict;
        }
        ++verdict.entries;
        verdict.head = entry.hash;
      }
      query.cursor = page.next;
    } while (!query.cursor.empty());
    return verdict;
  });
}

}  // namespace dure::commands
