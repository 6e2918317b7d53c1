#include "notices/retry.h"

#include <algorithm>

namespace dure::notices {

std::optional<base::Instant> next_attempt(const Retries& retries, std::int64_t made, base::Instant now) {
  if (made >= retries.attempts) return std::nullopt;
  std::int64_t pause = retries.first_pause.us;
  for (std::int64_t i = 1; i < made && pause < retries.most_pause.us; ++i) pause *= 2;
  return now + base::Span{std::min(pause, retries.most_pause.us)};
}

}  // namespace dure::notices
