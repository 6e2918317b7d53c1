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
  std::string body;
  bool withheld = false;  // the body held a secret and is not kept
};

// The answer that the same request got before; kConflict "http.idempotency_reused" where the key came with
// another request; none for a new key.
base::Result<std::optional<KeptAnswer>> find_kept_answer(Work& work, const std::string& key,
                                                         const std::string& request_digest);

base::Status keep_answer(Work& work, const std::string& key, const std::string& request_digest,
                         const KeptAnswer& answer);

// Takes away what has expired; how many.
base::Result<std::int64_t> forget_expired_answers(Work& work, std::int64_t limit);

}  // namespace dure::commands
