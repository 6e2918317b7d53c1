// A million entries wait: what a cycle costs then.
#pragma once

#include <cstddef>

namespace dure::bench {

struct Pending {
  std::size_t entries = 0;
  double submit_ms = 0;       // all of them
  double settle_ms = 0;       // the first cycle
  double idle_ms = 0;         // where nothing has happened, the longest of 20
  double elsewhere_ms = 0;    // after an end in another pool
  double end_in_lane_ms = 0;  // after an end where they wait
};

// So many, of 1,000 accounts and 2,000 shapes, before 1,000 nodes that are full.
Pending wait_in_line(std::size_t entries);

}  // namespace dure::bench
