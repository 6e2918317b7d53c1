// Partition: the instances on one card in MIG mode, and what is held in each.
//
// An instance is there while a share of it is held: Dure makes it with the first and takes it away with the
// last. What the rows say is taken as it is, and only then looked at: sound() says whether it can be so.
//
// Plain value.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "placement/board.h"
#include "placement/mig.h"
#include "placement/plan.h"

namespace dure::placement {

class Partition {
 public:
  Partition() = default;
  // Nullptr: a model of which no profiles are known, so that nothing fits. Else it outlives this.
  explicit Partition(const MigModel* model) : model_(model) {}

  const MigModel* model() const { return model_; }

  // The share is held, or (-1) no longer.
  void change(const PlannedShare& share, std::int64_t sign);

  // No two instances want the same slice, none is held more than once over, and nothing is held of the card
  // that is not of an instance.
  bool sound() const;

  // As a slot of the board, without its node; closed where it is not sound. REQUIRES: model() != nullptr.
  Slot slices() const;

  bool operator==(const Partition&) const = default;

 private:
  struct Use {
    std::int64_t shares = 0;
    std::int64_t milli_gpu = 0;  // of the instance
    bool operator==(const Use&) const = default;
  };
  const MigModel* model_ = nullptr;
  std::map<std::pair<std::size_t, std::size_t>, Use> instances_;  // by start and profile
  std::int64_t others_ = 0;  // shares of the card that are no part of an instance that can be there
};

}  // namespace dure::placement
