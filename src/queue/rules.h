// What the queue is told by policy and awards: plain structs, filled by commands/ from the policy pack and
// the allocations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/award.h"
#include "model/ids.h"
#include "placement/timeline.h"
#include "queue/closed.h"
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

// The same with so many percent more. REQUIRES: 0 <= percent <= kMostBorrowPercent.
inline constexpr std::int64_t kMostBorrowPercent = 10'000;
Ceiling with_borrowed(const Ceiling& ceiling, std::int64_t percent);

// In each dimension the lesser of both.
Ceiling tighter(const Ceiling& a, const Ceiling& b);
// In each dimension what `first` says, else what `other` does.
Ceiling first_said(const Ceiling& first, const Ceiling& other);

// What an allocation gives (`ceiling`) is guaranteed to it, and is the most for what is not preemptible. All
// together may hold `borrow_percent` more, which is borrowed (borrowed.h).
struct AllocationLimit {
  model::AllocationState state = model::AllocationState::kActive;
  std::string model;  // "": any; of a card, also the instances of it
  Ceiling ceiling;
  std::int64_t borrow_percent = 0;
};

// An allocation that is not named admits nothing; an account that is not named has `any_account`.
struct Limits {
  std::map<model::AllocationId, AllocationLimit> allocations;
  std::map<model::AccountId, Ceiling> accounts;
  Ceiling any_account;  // F14
  // What an operator has set beside that; the tighter one holds.
  std::map<model::AccountId, Ceiling> account_quotas;
  std::map<model::ProjectId, Ceiling> projects;
  std::map<model::OrganisationId, Ceiling> organisations;
};

// Whose turn it is, where shares decide. Who is not named has the weight 1.
struct Shares {
  base::Span half_life = base::Span::days(7);
  base::Span advance = base::Span::minutes(60);  // fair_share.h
  std::map<model::ProjectId, std::int64_t> weights;
  std::map<model::OrganisationId, std::int64_t> organisation_weights;
  std::map<model::AccountId, std::int64_t> account_weights;
  std::map<model::AccountId, std::int64_t> used;  // milli-GPU-seconds of the past, decayed to now
};

struct Rules {
  // A later entry of a lane may start before an earlier one where no promise is delayed by it.
  bool backfill = false;
  std::int64_t backfill_at_most = 100;  // how many are tried in a lane and decision
  // How many of the first in a lane are promised a start.
  std::int64_t promises = 20;
  base::Span patience;  // for so long an entry of which no start is known lets others by, with backfill
  bool fair_share = false;
  base::Span ageing = placement::kForever;  // who has waited for so long goes before the shares
  Shares shares;
  // What is preemptible and borrowed is not stopped before it has run for so long, nor where it has just
  // begun; a run that is told to stop has ended by `stop_grace` later, and so has one whose time limit is
  // over: Entry::time_limit includes it.
  base::Span least_run = base::Span::minutes(10);
  base::Span stop_grace = base::Span::minutes(1);
  std::vector<Closed> closed;      // in any order; they may overlap
  std::vector<Reserved> reserved;  // decide_reserved() alone knows of them (reserved.h)
};

// True where workloads of an allocation in that state may run; and where they may run later.
bool may_run(model::AllocationState state);
bool may_run_later(model::AllocationState state);

// The first dimension in which `used` and `asked` together pass the ceiling, as queue.ceiling (what is asked
// fits it alone: it waits) or queue.over_ceiling (not even alone: not allowed); nothing where they do not.
// `scope` is "account", "project", "organisation" or "allocation".
std::optional<base::Reason> passed(const Ceiling& ceiling, const Amount& used, const Amount& asked,
                                   const std::string& scope);

}  // namespace dure::queue
