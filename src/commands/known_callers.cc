#include "commands/known_callers.h"

#include <utility>

namespace dure::commands {
namespace {

// A clock that was set back is no reason to believe for longer.
bool still_known(const KnownCaller& known, const std::string& address, std::uint64_t changes,
                 base::Instant now) {
  return known.caller.address == address && known.changes == changes && known.since <= now &&
         now - known.since < kKnownFor && (!known.ends_at || now < *known.ends_at);
}

}  // namespace

std::optional<Caller> KnownCallers::find(const std::string& token_hash, const std::string& address,
                                         std::uint64_t changes, base::Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(token_hash);
  if (found == known_.end()) return std::nullopt;
  if (still_known(found->second, address, changes, now)) return found->second.caller;
  known_.erase(found);
  return std::nullopt;
}

void KnownCallers::keep(const std::string& token_hash, KnownCaller known) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMost) known_.clear();
  known_.insert_or_assign(token_hash, std::move(known));
}

}  // namespace dure::commands
