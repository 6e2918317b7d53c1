// Clearance: how many equal replicas fit on the machines of a forest while some of its runs are stopped.
//
// Part of reclaim.h, which chooses whom to stop. All replicas are of one shape, so that how many fit is a
// count (count.h).
//
// Owns a copy of the slots; the forest and the victims have to outlive it. Not for several threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "placement/reclaim.h"

namespace dure::placement {

// What is asked for.
struct Asked {
  Shape shape;
  std::int64_t replicas = 0;
  bool apart = false;
};

// What a victim has on one machine.
struct Piece {
  std::size_t victim = 0;
  std::size_t machine = 0;
  std::vector<Placed> replicas;
};

class Clearance {
 public:
  Clearance(const Forest& forest, std::span<const Victim> victims, const Asked& asked);

  std::size_t machines() const { return machines_.size(); }
  std::span<const Piece> pieces_of(std::size_t victim) const;
  std::span<const Piece* const> pieces_on(std::size_t machine) const { return machines_[machine].pieces; }
  bool stopped(std::size_t victim) const { return stopped_[victim]; }

  // How many replicas fit now, each machine counted to at most as many as are asked for.
  std::int64_t fitting() const { return fitting_; }
  std::int64_t fitting_on(std::size_t machine) const { return machines_[machine].fitting; }
  std::int64_t missing() const { return fitting_ < asked_.replicas ? asked_.replicas - fitting_ : 0; }

  // REQUIRES: it is not stopped; it is.
  void stop(std::size_t victim);
  void resume(std::size_t victim);

  // For a look at one machine: the piece off it and on it again, and how many would fit there. fitting() does
  // not follow.
  void lift(const Piece& piece);
  void lower(const Piece& piece);
  std::int64_t count(std::size_t machine) const;

  // Where the replicas go, earlier slots first. REQUIRES: they fit.
  std::vector<Spot> spots() const;

 private:
  struct Machine {
    std::size_t first = 0;  // of its slots
    std::size_t end = 0;
    std::int64_t fitting = 0;
    std::vector<const Piece*> pieces;
  };
  std::int64_t most_on_a_machine() const {
    return asked_.apart ? std::min<std::int64_t>(asked_.replicas, 1) : asked_.replicas;
  }
  void share(const Machine& machine, const Placed& replica, std::int64_t sign);
  void recount(std::size_t victim);
  void divide(std::size_t victim, std::span<const Placed> replicas,
              const std::vector<std::size_t>& machine_of);
  void put_on(const Machine& machine, std::int64_t left, std::vector<Spot>& spots) const;

  const Forest& forest_;
  Asked asked_;
  std::vector<Slot> slots_;
  std::vector<Machine> machines_;
  std::vector<Piece> pieces_;             // by victim
  std::vector<std::size_t> first_piece_;  // of each victim, and one more
  std::vector<bool> stopped_;
  std::int64_t fitting_ = 0;
};

}  // namespace dure::placement
