// What the queue is told by policy and awards: plain structs, filled by commands/ from the policy pack and
// the allocations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/quantity.h"
#include "base/reason.h"
#include "model/award.h"
#include "model/ids.h"
#include "queue/entry.h"

namespace dure::queue {

// The most that may run at once; nothing: no ceiling in that dimension.
struct Ceiling {
  std::optional<std::int64_t> runs;
  std::optional<base::MilliGpu> gpu;
  std::optional<base::Bytes> card_memory;
  std::optional<std::int64_t> cpu_milli;
  std::optional<base::Bytes> memory;
  bool operator==(const Ceiling&) const = default;
};

// The ceiling of an allocation: blocks, CPU and memory of its limit; a 0 there is no ceiling for CPU and
// memory, and none at all for blocks.
Ceiling ceiling_of(const model::ResourceAmount& limit);

struct AllocationLimit {
  model::AllocationState state = model::AllocationState::kActive;
  std::string model;  // "" : any
  Ceiling ceiling;
};

// An allocation that is not named admits nothing; an account that is not named has `any_account`.
struct Limits {
  std::map<model::AllocationId, AllocationLimit> allocations;
  std::map<model::AccountId, Ceiling> accounts;
  Ceiling any_account;  // F14
};

struct Rules {
  // A later entry of a lane may start before an earlier one where that provably does not delay it.
  bool backfill = false;
  std::int64_t backfill_at_most = 20;  // how many are tried per decision
  // For how many waiting entries a start is estimated, from the head.
  std::int64_t estimate_at_most = 200;
};

// True where workloads of an allocation in that state may run; and where they may run later.
bool may_run(model::AllocationState state);
bool may_run_later(model::AllocationState state);

// The first dimension in which `used` and `asked` together pass the ceiling, as queue.ceiling (what is asked
// fits it alone: it waits) or queue.over_ceiling (not even alone: not allowed); nothing where they do not.
// `scope` is "account" or "allocation".
std::optional<base::Reason> passed(const Ceiling& ceiling, const Amount& used, const Amount& asked,
                                   const std::string& scope);

}  // namespace dure::queue
