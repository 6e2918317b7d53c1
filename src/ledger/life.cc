#include "ledger/life.h"

#include <algorithm>

namespace dure::ledger {
namespace {

bool other_boot_known(const Facts& facts, const std::string& boot_id) {
  const auto other = [&](const auto& each) { return each.first != boot_id; };
  return std::any_of(facts.ends.begin(), facts.ends.end(), other) ||
         std::any_of(facts.last_seen.begin(), facts.last_seen.end(), other);
}

}  // namespace

std::int64_t position(std::int64_t start_us, std::int64_t boottime_us) {
  return std::max<std::int64_t>(0, boottime_us - start_us) / 1000;
}

Life life_of(const Facts& facts, const std::string& boot_id, std::int64_t start_us, bool closed) {
  Life life;
  const auto seen = facts.last_seen.find(boot_id);
  if (seen != facts.last_seen.end()) life.seen_ms = position(start_us, seen->second.boottime_us);
  const auto first = facts.first_seen.find(boot_id);
  if (first != facts.first_seen.end()) life.first_ms = position(start_us, first->second.boottime_us);
  life.end_ms = life.seen_ms;
  const auto end = facts.ends.find(boot_id);
  if (end != facts.ends.end()) {
    const std::int64_t at = position(start_us, end->second.boottime_us);
    life.end = end->second.estimated ? EndKind::kEstimated : EndKind::kExact;
    // What was seen running has not ended before, whatever an estimate says.
    life.end_ms = end->second.estimated ? std::max(at, life.seen_ms) : at;
  } else if (other_boot_known(facts, boot_id)) {
    life.end = EndKind::kBootChanged;
  } else if (closed) {
    life.end = EndKind::kNodeLost;
  }
  return life;
}

}  // namespace dure::ledger
