// A fair share by its definition, for tests: the whole history, and floating point.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "queue/fair_share.h"

namespace dure::queue {

// One hold over one stretch of time, or one charge.
struct PastUse {
  std::size_t leaf = 0;
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;     // of a hold
  long double held = 0;        // milli-GPU
  long double charged_us = 0;  // milli-GPU-microseconds, of a charge
};

struct NaiveShare {
  std::int64_t half_life_us = 0;
  std::int64_t advance_us = 0;
  std::vector<std::size_t> parents{0};
  std::vector<std::int64_t> weights{1};
  std::vector<std::int64_t> held{0};   // of the leaves
  std::vector<std::int64_t> since{0};  // when `held` began
  std::vector<PastUse> past;

  std::size_t add(std::size_t parent, std::int64_t weight) {
    parents.push_back(parent);
    weights.push_back(weight);
    held.push_back(0);
    since.push_back(0);
    return parents.size() - 1;
  }
  void hold(std::size_t leaf, std::int64_t change, std::int64_t at) {
    past.push_back({leaf, since[leaf], at, static_cast<long double>(held[leaf]), 0});
    held[leaf] += change;
    since[leaf] = at;
  }
  void charge(std::size_t leaf, std::int64_t seconds, std::int64_t at) {
    past.push_back({leaf, at, at, 0, static_cast<long double>(seconds) * 1e6L});
  }

  bool leaf(std::size_t node) const {
    return node != 0 ? std::find(parents.begin(), parents.end(), node) == parents.end() : parents.size() == 1;
  }
  bool below(std::size_t node, std::size_t top) const {
    while (node != top && node != 0) node = parents[node];
    return node == top;
  }
  long double left_of(const PastUse& each, std::int64_t now) const {
    const auto length = static_cast<long double>(each.end_us - each.begin_us);
    if (half_life_us == 0) return each.charged_us + each.held * length;
    const auto half_life = static_cast<long double>(half_life_us);
    const long double ln2 = std::log(2.0L);
    const long double whole =
        each.charged_us + each.held * half_life / ln2 * -std::expm1(-length / half_life * ln2);
    return whole * std::exp2(-static_cast<long double>(now - each.end_us) / half_life);
  }
  // Milli-GPU-microseconds; of the node with everything below it.
  long double usage(std::size_t node, std::int64_t now) const {
    long double sum = 0;
    for (const PastUse& each : past)
      if (below(each.leaf, node)) sum += left_of(each, now);
    for (std::size_t i = 0; i < parents.size(); ++i)
      if (held[i] > 0 && below(i, node))
        sum += left_of({i, since[i], now, static_cast<long double>(held[i]), 0}, now);
    return sum;
  }
  std::int64_t held_below(std::size_t node) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < parents.size(); ++i)
      if (below(i, node)) sum += held[i];
    return sum;
  }
  long double measure(std::size_t node, std::int64_t now, std::int64_t counted = 0) const {
    return usage(node, now) +
           static_cast<long double>(held_below(node) + counted) * static_cast<long double>(advance_us);
  }
};

// The same tree and history twice: as it is kept, and by definition.
struct Pair {
  FairShare kept;
  NaiveShare naive;
  std::int64_t now = 0;

  Pair(std::int64_t half_life_us, std::int64_t advance_us)
      : kept(base::Span{half_life_us}, base::Span{advance_us}), naive{half_life_us, advance_us} {}
  std::size_t add(std::size_t parent, std::int64_t weight) {
    kept.add(parent, weight);
    return naive.add(parent, weight);
  }
  void hold(std::size_t leaf, std::int64_t change) {
    kept.hold(leaf, {change}, {now});
    naive.hold(leaf, change, now);
  }
  void charge(std::size_t leaf, std::int64_t seconds) {
    kept.charge(leaf, seconds, {now});
    naive.charge(leaf, seconds, now);
  }
  std::vector<std::size_t> leaves() const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < naive.parents.size(); ++i)
      if (naive.leaf(i)) all.push_back(i);
    return all;
  }
};

// A tree at random, of up to `most` nodes beside the root; from(first, last) draws a whole number.
template <class From>
void grow(Pair& pair, std::int64_t most, std::int64_t most_weight, const From& from) {
  for (std::int64_t i = from(1, most); i > 0; --i)
    pair.add(static_cast<std::size_t>(from(0, static_cast<std::int64_t>(pair.kept.size()) - 1)),
             from(1, most_weight));
}

// So many changes of its leaves, at moments up to `most_us` apart.
template <class From>
void live(Pair& pair, std::int64_t changes, std::int64_t most_us, const From& from) {
  const auto leaves = pair.leaves();
  for (; changes > 0; --changes) {
    const std::size_t leaf = leaves[static_cast<std::size_t>(from(0, std::ssize(leaves) - 1))];
    pair.now += from(0, most_us);
    const std::int64_t held = pair.naive.held[leaf];
    if (from(0, 4) == 0)
      pair.charge(leaf, from(0, 5));
    else if (held > 0 && from(0, 1) == 0)
      pair.hold(leaf, -from(1, held));
    else
      pair.hold(leaf, from(0, 8) * 250);
  }
}

}  // namespace dure::queue
