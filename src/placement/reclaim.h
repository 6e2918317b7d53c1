// Reclaim: which runs to stop so that a request fits, with little lost work.
//
// A run that borrows what is not its tenant's share may have to make way (queue/borrowed.h says which do).
// It is stopped whole: a gang gives back all that it has, wherever that is. What that costs is the owner's to
// say, as a rule the work since the last checkpoint, as in Gandiva's and Tiresias's preemption by attained
// service. The choice is a weighted covering problem, NP-hard already for one machine (knapsack) and for
// gangs (set cover), so it is made thus:
//
//   1. Of each machine: the cheapest victims that let one, two, four, ... more replicas fit there, by a
//      bounded search that leaves off the dearest first. Victims already chosen cost nothing more.
//   2. The machine with the least lost work for each replica gained, over all machines that its victims are
//      on, is taken until all replicas fit: the greedy rule for weighted set cover (Chvatal, 1979).
//   3. A second start stops all and leaves off the dearest as long as the replicas fit.
//   4. From both: each victim, the dearest first, is spared by way of trial and the rest completed anew; what
//      is cheaper stays, as far as `most_looks` goes.
//
// At the end no victim can be left out. Where there are so few victims that `most_looks` is enough for every
// choice among them (nine, as a rule), the answer is the one that loses the least (least_lost.h); of twelve
// on full machines 99 % lose the least, and none of those tried more than half as much again
// (reclaim_test.cc). Among equal costs stand fewer victims, then the earlier machine, then the earlier
// victim. There is an answer exactly where stopping all would do: equal replicas are counted, not searched
// for.
//
// Pure; the same question has the same answer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "placement/board.h"
#include "placement/forest.h"
#include "placement/placed.h"

namespace dure::placement {

// A run that may be stopped. Its replicas stand and fall together.
struct Victim {
  std::size_t id = 0;     // the owner's number
  std::int64_t lost = 0;  // by stopping it, in milli-GPU-seconds or whatever the owner takes for all; >= 0
  std::vector<Placed> replicas;
};

struct Reclaim {
  std::vector<std::size_t> victims;  // their ids, in the order in which they were given
  std::int64_t lost = 0;             // by all of them
  std::vector<Spot> spots;           // of the replicas of the request, once the victims are gone
  bool operator==(const Reclaim&) const = default;
};

struct ReclaimEffort {
  // How often a machine is looked at, or a victim tried, for a cheaper answer than each of the two first.
  std::size_t most_looks = 2'000;
};

// Whom to stop so that so many of the shape fit, all of them; `apart`: no two on one machine. Nobody, where
// they fit as it is; nothing, where they would not even with all victims gone. REQUIRES: the victims'
// replicas stand on the forest's slots; replicas >= 0; the sum of what is lost fits 64 bits.
std::optional<Reclaim> reclaim(const Forest& forest, std::span<const Victim> victims, const Shape& shape,
                               std::int64_t replicas, bool apart, const ReclaimEffort& effort = {});

}  // namespace dure::placement
