// Turns: one walk through what waits, and whose turn it is.
//
// Progressive filling from the root down: among the children with a leaf below that waits, the one with the
// least measure/weight (fair_share.h; equals: the lower number), and so on until a leaf is reached. Each
// level thus divides only what its parent has a claim to, as in Slurm's Fair Tree (Cox and Morrison, Slurm
// User Group Meeting 2014), which ranks all users once; here what is counted during the walk counts at once:
//
//     measure in the walk = measure at its begin + counted * advance
//
// The walk keeps what it needs of the tree as it was at its begin: changes of the tree since then, also the
// starts that this walk led to, do not enter it twice.
//
// Cost: the begin, with l leaves that wait and the nodes above them, is linear in those (beside clearing one
// word for each node of the tree); next() the depth; count() and leave() the depth times the logarithm of
// the children. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "queue/fair_share.h"

namespace dure::queue {

class Turns {
 public:
  // A leaf named twice waits once. REQUIRES: they are leaves of the tree.
  Turns(const FairShare& shares, base::Instant now, std::span<const std::size_t> leaves_that_wait);

  // The leaf whose turn it is; nothing where none waits any more.
  std::optional<std::size_t> next() const;

  // An entry of the leaf is started, or stands in line: counts for it and for all above, for the rest of this
  // walk. It may have left. REQUIRES: it waited at the begin; amount >= 0; at most kMostHeld in all.
  void count(std::size_t leaf, base::MilliGpu amount);

  // The leaf has nothing more that waits; a second time is none. REQUIRES: it waited at the begin.
  void leave(std::size_t leaf);

 private:
  // A node of the tree that waits, or has one below it that does.
  struct Node {
    Grains measure = 0;
    std::int64_t weight = 1;
    std::size_t number = 0;  // in the tree
    std::size_t parent = 0;  // in nodes_
    std::size_t first = 0;   // its children are a heap in heaps_ from here on, the least at its top
    std::size_t children = 0;
    std::size_t place = 0;  // in its parent's heap
    bool waits = true;
  };

  std::size_t enter(const FairShare& shares, base::Instant now, std::size_t number);
  void make_heaps();
  bool before(std::size_t a, std::size_t b) const;
  void set(const Node& parent, std::size_t place, std::size_t child);
  void sink(const Node& parent, std::size_t place);
  void rise(const Node& parent, std::size_t place);
  void remove(std::size_t child);
  std::size_t entered(std::size_t leaf) const;

  Grains advance_;
  std::int64_t counted_ = 0;
  std::vector<Node> nodes_;             // 0 is the root
  std::vector<std::size_t> heaps_;      // of indices into nodes_
  std::vector<std::uint32_t> entered_;  // of each node of the tree: its index in nodes_ and 1, or 0
};

}  // namespace dure::queue
