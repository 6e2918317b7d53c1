// Answers to writes that carried an Idempotency-Key, kept in the write's own transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "commands/work.h"

namespace dure::commands {

struct KeptAnswer {
  std::int64_t status = 0;
  std::string headers;  // "Name: value\n" each
  std::string body;     // sealed while it is kept: it may hold a token or a password that is shown once
};

// kInvalid "http.idempotency_key" where the key is empty, too long or, of a caller without an account or
// token, too easy to guess: whoever comes with the key and the same request gets the answer.
base::Status check_key(const Caller& caller, const std::string& key);

// The answer that the same request got before; kConflict "http.idempotency_reused" where the key came with
// another request, "http.idempotency_lost" where the answer can no longer be opened; none for a new key and
// for one that has expired. Only reads.
base::Result<std::optional<KeptAnswer>> find_kept_answer(Work& work, const std::string& key,
                                                         const std::string& request_digest);

// REQUIRES: find_kept_answer() found none in this transaction.
base::Status keep_answer(Work& work, const std::string& key, const std::string& request_digest,
                         const KeptAnswer& answer);

// Takes away what has expired; how many.
base::Result<std::int64_t> forget_expired_answers(Work& work, std::int64_t limit);

}  // namespace dure::commands
