// What it costs to say why a request does not fit: from the index's counts, and by a look at every node.
#pragma once

#include <cstddef>

namespace dure::bench {

struct Refusals {
  double counted_us = 0;  // of one, the median over several requests
  double scanned_us = 0;
};

// So many nodes of eight cards, most of which are taken in parts.
Refusals explain_refusals(std::size_t nodes);

}  // namespace dure::bench
