// Turns: one walk through what waits, and whose turn it is.
//
// Progressive filling from the root down: among the children with a leaf below that waits, the one with the
// least measure/weight (fair_share.h; equals: the lower number), and so on until a leaf is reached. Each
// level thus divides only what its parent has a claim to, as in Slurm's Fair Tree (Cox and Morrison, Slurm
// User Group Meeting 2014), which ranks all users once; here what is counted during the walk counts at once:
//
//     measure in the walk = measure at its begin + counted * advance
//
// A share is read when the walk comes to its node for the first time. What this walk leads to changes only
// nodes that it has read by then: the leaf that was given and those above it.
//
// Cost: the begin clears one word for each node of the tree; next() costs the depth, and the first time that
// it comes below a node also the shares of the children that wait; count() and leave() the depth times the
// logarithm of the children. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "queue/fair_share.h"
#include "queue/waiting.h"

namespace dure::queue {

class Turns {
 public:
  // Both outlive this. REQUIRES: as long as it lives, they change only at leaves that next() gave and above.
  Turns(const FairShare& shares, base::Instant now, const Waiting& waiting);

  // The leaf whose turn it is; nothing where none waits any more.
  std::optional<std::size_t> next();

  // An entry of the leaf is started, or stands in line: counts for it and for all above, for the rest of this
  // walk. It may have left. REQUIRES: it is a leaf; amount >= 0; at most kMostHeld in all.
  void count(std::size_t leaf, base::MilliGpu amount);

  // The leaf has nothing more that waits; a second time is none. REQUIRES: it waited at the begin.
  void leave(std::size_t leaf);

 private:
  // A node of the tree that waits, or has one below it that does, and that the walk has come to.
  struct Node {
    Grains measure = 0;
    std::int64_t weight = 1;
    std::size_t number = 0;  // in the tree
    std::size_t parent = 0;  // in nodes_
    std::size_t first = 0;   // its children are a heap in heaps_ from here on, the least at its top
    std::size_t children = 0;
    std::size_t place = 0;  // in its parent's heap
    bool waits = true;
    bool open = false;  // its children are known
  };

  void enter(std::size_t number, std::size_t parent);
  void open(std::size_t node);
  bool before(std::size_t a, std::size_t b) const;
  void set(const Node& parent, std::size_t place, std::size_t child);
  void sink(const Node& parent, std::size_t place);
  void rise(const Node& parent, std::size_t place);
  void remove(std::size_t child);
  std::size_t reach(std::size_t number);

  const FairShare& shares_;
  const Waiting& waiting_;
  base::Instant now_;
  std::int64_t counted_ = 0;
  std::vector<Node> nodes_;             // 0 is the root
  std::vector<std::size_t> heaps_;      // of indices into nodes_
  std::vector<std::uint32_t> entered_;  // of each node of the tree: its index in nodes_ and 1, or 0
  std::map<std::size_t, std::int64_t> counted_before_;  // of nodes that the walk has not come to
};

}  // namespace dure::queue
