// What is known of one replica's life: the essence of its observations, in whatever order they came.
//
// merge() is commutative, associative and idempotent, so that doubled, reordered or late observations end in
// the same facts. Moments are CLOCK_BOOTTIME in microseconds and mean something only together with their boot
// id; the wall clock serves for display alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/time.h"
#include "model/usage.h"

namespace dure::ledger {

struct Moment {
  std::string boot_id;
  std::int64_t boottime_us = 0;
  bool estimated = false;
  base::Instant wall;  // for display
  bool operator==(const Moment&) const = default;
};

struct Facts {
  std::optional<Moment> start;               // an exact one before an estimated one, then the earliest
  std::map<std::string, Moment> ends;        // per boot; the same preference
  std::map<std::string, Moment> last_seen;   // per boot: the latest moment at which it was seen running
  std::map<std::string, Moment> first_seen;  // per boot: the earliest
  bool operator==(const Facts&) const = default;
};

// REQUIRES: all observations are of one replica.
Facts merge(Facts facts, const model::Observation& observation);

}  // namespace dure::ledger
