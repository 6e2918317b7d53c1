// Tenants: who is on which slot, for those who look at a slot and ask whom it could do without.
//
// Plain bookkeeping beside a Forest, which knows only what is free. The owner keeps the two in step.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "placement/board.h"

namespace dure::placement {

struct Tenant {
  std::size_t id = 0;  // the owner's number for it
  Shape shape;
  Spot spot;
  bool movable = true;    // may be stopped here and started there
  std::int64_t cost = 0;  // of a move: what is lost by it, e.g. milli-GPU-seconds since its checkpoint
};

class Tenants {
 public:
  explicit Tenants(std::size_t slots) : of_slot_(slots) {}

  void add(const Tenant& tenant) { of_slot_[tenant.spot.slot].push_back(tenant); }
  // REQUIRES of both: it is on that slot.
  Tenant remove(std::size_t id, std::size_t slot);
  void move(std::size_t id, std::size_t from, const Spot& to);

  // In the order of their coming.
  std::span<const Tenant> on(std::size_t slot) const { return of_slot_[slot]; }

 private:
  std::vector<std::vector<Tenant>> of_slot_;
};

}  // namespace dure::placement
