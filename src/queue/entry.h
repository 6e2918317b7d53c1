// What waits and what runs, as the queue sees it. Plain values, made from the rows by commands/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/ids.h"
#include "placement/plan.h"
#include "placement/request.h"

namespace dure::queue {

// A start and the very cards, kept from one decision to the next.
struct Promise {
  base::Instant start;
  std::vector<placement::PlannedReplica> replicas;
  bool operator==(const Promise&) const = default;
};

// A run that is queued.
struct Entry {
  model::RunId run_id;
  model::AccountId account_id;
  model::AllocationId allocation_id;
  std::int64_t priority = 0;  // higher first; changed by an operator only (F13)
  base::Instant queued_at;
  std::optional<base::Instant> not_before;  // a retry that pauses
  placement::Request request;
  std::optional<base::Span> time_limit;  // how long it will run at most, where that is known
  std::string held_by;                   // "" or who holds it back: "user", "operator"
  model::ProjectId project_id;           // whose shares count, where they do; "": nobody's
  model::OrganisationId organisation_id;
  std::optional<Promise> promise;  // what an earlier decision promised
  bool preemptible = false;        // may hold what its allocation borrows, and be stopped then
};

// What one run takes, over all of its replicas.
struct Amount {
  std::int64_t runs = 0;
  base::MilliGpu gpu;
  base::Bytes card_memory;
  std::int64_t cpu_milli = 0;
  base::Bytes memory;
  bool operator==(const Amount&) const = default;
};
Amount operator+(const Amount& a, const Amount& b);
Amount operator-(const Amount& a, const Amount& b);

// Where a run that is stopping starts anew.
struct Destination {
  placement::Request request;
  std::vector<placement::PlannedReplica> replicas;
  std::optional<base::Span> time_limit;
};

// A run that holds shares: assigned, running or stopping.
struct Running {
  model::RunId run_id;
  model::AccountId account_id;
  model::AllocationId allocation_id;
  Amount amount;
  std::vector<model::ReplicaId> replica_ids;  // under which the cluster has its holds
  std::optional<base::Instant>
      ends_by;  // start + time limit, or the end of its allocation; one that is past says nothing
  model::ProjectId project_id;
  model::OrganisationId organisation_id;
  bool preemptible = false;
  // Since when it runs; what is not known counts as just begun.
  std::optional<base::Instant> began;
  std::optional<base::Instant> checkpoint_at;  // what it has done until then is not lost by a stop
  bool stopping = false;                       // told to stop; `ends_by` says by when
  std::optional<Destination> goes_to;          // where it starts anew, once it has stopped
};

// What the request will take. `card_memory` is its own, or blocks of a card of `whole_card_memory`.
Amount amount_of(const placement::Request& request, base::Bytes whole_card_memory);

}  // namespace dure::queue
