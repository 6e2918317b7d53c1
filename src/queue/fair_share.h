// Fair share: how much each of a tree of owners (organisation, project, account, to any depth) has used and
// holds, measured against its weight.
//
// What was used loses half of its weight every half life (decay.h), so that the past is forgiven by and by
// (Kay and Lauder, "A fair share scheduler", Communications of the ACM 31(1), 1988). What is held counts,
// beside its past, as if it had been held for `advance` longer: a start counts at once, not only when it has
// run. The measure of a node, with all that is below it:
//
//     measure = usage decayed to now + held * advance
//
// and of two siblings the one with the lesser measure/weight has the better claim. Whose turn it is among
// those that wait is turns.h.
//
// Each node keeps its own usage as of its last change and what it holds since. A change costs the depth, a
// reading costs a constant and touches nothing. A node and the sum of what is below it agree up to rounding
// (decay.h: far below 2^-20 for every length of history); nodes with the very same history are equal
// exactly.
//
// Time: `at` and `now` never go back. One before the latest `at` that was seen is taken as that one; a jump
// forward is believed, however long. Who cannot trust a clock passes one that cannot jump.
//
// Single-threaded; nodes are only added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "queue/decay.h"

namespace dure::queue {

class FairShare {
 public:
  static constexpr std::size_t kRoot = 0;

  // half_life 0: usage never decays. REQUIRES: neither is negative.
  FairShare(base::Span half_life, base::Span advance);

  // A new node and its number, the next one. What its parent used before as a leaf stays the parent's.
  // REQUIRES: the parent exists and holds nothing of its own; weight > 0.
  std::size_t add(std::size_t parent, std::int64_t weight);
  // REQUIRES: the node exists; weight > 0.
  void set_weight(std::size_t node, std::int64_t weight);

  // The leaf holds so much more from `at` on, or, negative, less.
  // REQUIRES: no node is below it; then 0 <= what it holds, and all together hold at most kMostHeld.
  void hold(std::size_t leaf, base::MilliGpu more, base::Instant at);
  // What it used before this value was there to see, decayed to `at` already.
  // REQUIRES: no node is below it; 0 <= milli_gpu_seconds.
  void charge(std::size_t leaf, std::int64_t milli_gpu_seconds, base::Instant at);

  // Of a node with everything below it. REQUIRES of all: the node exists.
  // Decayed usage in milli-GPU-seconds, rounded down; at most what 64 bits hold.
  std::int64_t usage(std::size_t node, base::Instant now) const;
  base::MilliGpu held(std::size_t node) const { return {of(node).held}; }
  Grains measure(std::size_t node, base::Instant now) const;

  std::size_t size() const { return nodes_.size(); }
  std::size_t parent(std::size_t node) const { return of(node).parent; }  // the root's is itself
  std::int64_t weight(std::size_t node) const { return of(node).weight; }
  bool leaf(std::size_t node) const { return of(node).leaf; }
  // What a milli-GPU adds to a measure at once.
  Grains advance() const { return advance_; }

 private:
  struct Node {
    std::size_t parent = 0;
    std::int64_t weight = 1;
    std::int64_t held = 0;
    base::Instant since;  // used as of then
    Grains used = 0;
    bool leaf = true;
  };

  const Node& of(std::size_t node) const;
  base::Instant latest(base::Instant at) const { return at < latest_ ? latest_ : at; }
  Grains used(const Node& node, base::Instant at) const;
  void change(std::size_t leaf, std::int64_t held_more, Grains used_more, base::Instant at);

  Decay decay_;
  Grains advance_;
  base::Instant latest_{INT64_MIN};
  std::vector<Node> nodes_;
};

// measure_a / weight_a < measure_b / weight_b, exactly.
// REQUIRES: 0 <= measures < 2^126; weights > 0.
bool less_share(Grains measure_a, std::int64_t weight_a, Grains measure_b, std::int64_t weight_b);

}  // namespace dure::queue
