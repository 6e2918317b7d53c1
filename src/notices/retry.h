// When a message that could not be sent is tried again, and when it is given up (P13). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace dure::notices {

// Set by the operator of the installation (adapters' settings); the defaults give up after about 15 hours.
struct Retries {
  std::int64_t attempts = 12;  // in all, at least 1
  base::Span first_pause =
      base::Span::seconds(30);  // after the first; each later one is twice the one before
  base::Span most_pause = base::Span::hours(3);
};

// Not before then, after `made` attempts (at least 1) of which the last failed now; none: it is given up.
std::optional<base::Instant> next_attempt(const Retries& retries, std::int64_t made, base::Instant now);

}  // namespace dure::notices
