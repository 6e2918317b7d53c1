// Waiting: which leaves of a tree of owners have something that waits, and by which children they are reached
// from the root.
//
// Kept while entries come and go, so that a walk by turns (turns.h) begins without a look at all who wait. A
// change costs at most the depth. Plain value; single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "queue/fair_share.h"

namespace dure::queue {

class Waiting {
 public:
  // The leaf has something that waits, or nothing any more; a second time is none. REQUIRES: it is a leaf of
  // the tree, which is the same in all calls.
  void add(const FairShare& shares, std::size_t leaf);
  void remove(const FairShare& shares, std::size_t leaf);

  // It waits, or a leaf below it does.
  bool waits(std::size_t node) const { return node < nodes_.size() && nodes_[node].waits; }
  // Those of its children that do, in no order. REQUIRES: it waits.
  std::span<const std::uint32_t> children(std::size_t node) const { return nodes_[node].children; }

 private:
  struct Node {
    std::vector<std::uint32_t> children;
    std::uint32_t place = 0;  // among its parent's
    bool waits = false;
  };
  std::vector<Node> nodes_;  // by their numbers; empty until the first waits
};

}  // namespace dure::queue
