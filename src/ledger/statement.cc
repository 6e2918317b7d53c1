#include "ledger/statement.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/result.h"

namespace dure::ledger {
namespace {

// Milliseconds of the entry that lie before the instant; adjacent periods add up.
std::int64_t ms_before(const model::LedgerEntry& entry, std::int64_t length_ms, base::Instant border) {
  const std::int64_t us = std::max<std::int64_t>(0, (border - entry.started_at).us);
  return std::min(us / 1000, length_ms);
}

std::int64_t ms_inside(const model::LedgerEntry& entry, base::Instant from, base::Instant to) {
  const std::int64_t signed_ms = entry.to_ms - entry.from_ms;
  const std::int64_t length = signed_ms < 0 ? -signed_ms : signed_ms;
  const std::int64_t inside = ms_before(entry, length, to) - ms_before(entry, length, from);
  return signed_ms < 0 ? -inside : inside;
}

// Entries whose estimate was confirmed or corrected by what was seen.
std::set<model::LedgerEntryId> settled(const std::vector<model::LedgerEntry>& entries) {
  std::set<model::LedgerEntryId> ids;
  for (const model::LedgerEntry& entry : entries) {
    if (!entry.corrects || !entry.reason) continue;
    const base::ReasonValue* estimated = entry.reason->find("estimated");
    if (estimated == nullptr || *estimated == base::ReasonValue(std::int64_t{0})) ids.insert(*entry.corrects);
  }
  return ids;
}

}  // namespace

std::vector<StatementLine> statement(const std::vector<model::LedgerEntry>& entries, base::Instant from,
                                     base::Instant to) {
  DURE_ASSERT(from <= to);
  const std::set<model::LedgerEntryId> certain = settled(entries);
  using Key = std::tuple<model::ProjectId, model::AllocationId, model::AccountId, std::string>;
  std::map<Key, StatementLine> lines;
  for (const model::LedgerEntry& entry : entries) {
    const std::int64_t ms = ms_inside(entry, from, to);
    const bool mark = entry.from_ms == entry.to_ms && from <= entry.started_at && entry.started_at < to;
    if (ms == 0 && !mark) continue;
    StatementLine& line = lines[{entry.project_id, entry.allocation_id, entry.account_id, entry.model}];
    line.project_id = entry.project_id;
    line.allocation_id = entry.allocation_id;
    line.account_id = entry.account_id;
    line.model = entry.model;
    const base::Usage usage{entry.milli_gpu.value * ms};
    line.usage = line.usage + usage;
    if (entry.kind == model::LedgerKind::kEstimated && !certain.contains(entry.id))
      line.estimated = line.estimated + usage;
    ++line.entries;
  }
  std::vector<StatementLine> list;
  list.reserve(lines.size());
  for (auto& [key, line] : lines) list.push_back(std::move(line));
  return list;
}

base::Usage total(const std::vector<StatementLine>& lines) {
  base::Usage sum;
  for (const StatementLine& line : lines) sum = sum + line.usage;
  return sum;
}

}  // namespace dure::ledger
