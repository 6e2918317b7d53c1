// The tree of owners of the benchmarks: 20 organisations of 10 projects of 5 accounts each.
#pragma once

#include <cstdint>
#include <vector>

#include "queue/fair_share.h"
#include "queue/quotas.h"

namespace dure::bench {

struct Owners {
  queue::Quotas quotas;
  queue::FairShare shares{base::Span::days(7), base::Span::minutes(60)};
  std::vector<std::size_t> accounts;
};

// Everybody may hold so many times an even part of the capacity (milli-GPU), on each of the three levels.
Owners make_owners(std::int64_t capacity);

}  // namespace dure::bench
