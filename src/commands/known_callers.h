// Who came with which token, remembered for a moment, so that a request need not ask the store for its
// caller.
//
// An entry holds for one address, for at most kKnownFor, never past the end of the session or token, and not
// past a change of who may do what by this process (ports::Store::access_changes): an end, a lock or a
// revoked grant counts from the next request on. What another dured on the same store changes counts after
// kKnownFor. Thread-safe. Tokens are known by their hashes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "commands/caller.h"

namespace dure::commands {

inline constexpr base::Span kKnownFor = base::Span::seconds(1);

struct KnownCaller {
  Caller caller;
  std::uint64_t changes = 0;             // access_changes() before the caller was read
  base::Instant since;                   // when that was
  std::optional<base::Instant> ends_at;  // of the session or token
};

class KnownCallers {
 public:
  // The caller that came with this token from this address, where that still holds.
  std::optional<Caller> find(const std::string& token_hash, const std::string& address, std::uint64_t changes,
                             base::Instant now);
  void keep(const std::string& token_hash, KnownCaller known);

 private:
  static constexpr std::size_t kMost = 10'000;  // beyond it everything is forgotten, and found out anew

  std::mutex mutex_;
  std::unordered_map<std::string, KnownCaller> known_;  // guarded by mutex_
};

}  // namespace dure::commands
