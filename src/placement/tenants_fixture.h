// Machines with tenants on them, for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "placement/forest.h"
#include "placement/tenants.h"

namespace dure::placement {

inline Slot machine(std::int64_t cards, std::int64_t cpus, std::int64_t model = 0) {
  Slot slot{cpus * 1000, 1 << 20, model, cards, {}};
  std::fill_n(slot.free.begin(), cards, static_cast<std::int16_t>(kWholeCard));
  return slot;
}
inline Shape part(std::int64_t milli_gpu, std::int64_t cpus = 1) {
  return {cpus * 1000, 0, 1, milli_gpu, 0};
}
inline Shape whole(std::int64_t cards, std::int64_t cpus = 1) {
  return {cpus * 1000, 0, cards, kWholeCard, 0};
}

// One to six machines at random; from(first, last) draws a whole number.
template <class From>
std::vector<Slot> machines(const From& from) {
  std::vector<Slot> made;
  for (std::int64_t i = from(1, 6); i > 0; --i) {
    made.push_back(machine(from(1, 4), from(2, 24), from(0, 1)));
    made.back().memory = from(2, 9) * 100;
  }
  return made;
}

// A forest and its tenants in step, numbered as they come.
struct Place {
  Forest forest;
  Tenants tenants;
  std::size_t next = 0;

  explicit Place(const std::vector<Slot>& slots) : forest(slots), tenants(slots.size()) {}
  // REQUIRES: it fits there.
  void put(const Shape& shape, std::size_t slot, std::uint32_t cards, bool movable = true) {
    forest.take(shape, {slot, cards});
    tenants.add({next++, shape, {slot, cards}, movable});
  }
};

}  // namespace dure::placement
