// A job that wants a quarter of all machines and has a claim to them: whom to stop (placement/reclaim.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace dure::bench {

struct Hero {
  std::size_t nodes = 0;
  std::size_t victims = 0;  // that may be stopped
  std::int64_t replicas = 0;
  std::int64_t cards = 0;  // of each
  std::size_t stopped = 0;
  double median_ms = 0;  // of 21 decisions
  double longest_ms = 0;
  double lost_pct = 0;  // of what is lost without the looks for a cheaper answer
};

// Nodes of 8 cards, each with 8 to 16 runs that fill it: runs of a card, of parts of one and gangs of two
// over two nodes. A quarter of the nodes is asked for, so many cards on each.
Hero decide_hero(std::size_t nodes, std::int64_t cards);

}  // namespace dure::bench
