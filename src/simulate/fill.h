// Fill: the published protocol for a packing rule, exactly (Weng et al., USENIX ATC '23).
//
//   1. The cluster is empty; its nodes stand in an order that the seed draws.
//   2. Pods are sorted by name and shuffled by the seed.
//   3. They are made to ask for `inflate` times the cards: where they ask for less, pods drawn evenly from
//   the list
//      follow at the end, until the next would pass it; where they ask for more, pods drawn evenly are left
//      out.
//   4. One by one they are placed. What does not fit is dropped; nothing ends.
//
// The figure at x % is the mean of what is allocated, in per cent of all cards, over the moments at which
// what has arrived (dropped or not) rounds to x % of all cards.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "simulate/openb.h"
#include "simulate/rule.h"

namespace dure::simulate {

struct Filling {
  std::uint64_t seed = 42;
  std::int64_t inflate_milli = 1300;     // 1300: 1.3 times the cards
  std::int64_t placements_per_move = 0;  // rule.h
};

struct Filled {
  std::int64_t arrived = 0;                          // pods
  std::int64_t failed = 0;                           // of them, not placed
  std::int64_t moves = 0;                            // of tenants
  std::vector<std::optional<double>> allocated_pct;  // at x %, x = 0 …
  std::optional<double> at(std::size_t percent) const;
};

// The pods in the order of their arrival, as indices into trace.pods; step 2 and 3.
std::vector<std::size_t> arrivals(const Trace& trace, const Filling& filling);

// What has arrived when it last rounds to at most so many per cent of all cards: no figure at that per cent
// is above what could be allocated of this.
std::vector<placement::Shape> arrived_until(const Trace& trace, const Filling& filling, std::int64_t percent);

// Prepared first, then run, so that what is timed is the placing alone.
class Fill {
 public:
  // `trace` must outlive it. Errors: those of make_rule.
  static base::Result<Fill> prepare(const Trace& trace, std::string_view rule, const Filling& filling);

  // REQUIRES: not run before.
  Filled run();

 private:
  Fill(const Trace& trace, std::vector<std::size_t> arrivals, std::unique_ptr<Rule> rule)
      : trace_(&trace), arrivals_(std::move(arrivals)), rule_(std::move(rule)) {}

  const Trace* trace_;
  std::vector<std::size_t> arrivals_;
  std::unique_ptr<Rule> rule_;
};

}  // namespace dure::simulate
