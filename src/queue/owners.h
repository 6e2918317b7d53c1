// Owners: the tree of those whose ceilings and shares count, made from the names of the rows.
//
// organisation -> project -> account; beside them two for each allocation, for their ceilings alone: one that
// all of its runs count in, with what may be borrowed in its ceiling and what the allocation gives for its
// guarantee; below it one for those that are not preemptible. The same numbers in quotas and shares.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "queue/entry.h"
#include "queue/fair_share.h"
#include "queue/quotas.h"
#include "queue/rules.h"

namespace dure::queue {

class OwnerTree {
 public:
  OwnerTree(const Limits& limits, const Rules& rules, base::Instant now);

  std::size_t account(const model::OrganisationId& organisation, const model::ProjectId& project,
                      const model::AccountId& id);
  std::size_t allocation(const model::AllocationId& id, bool preemptible);
  // "account", "project", "organisation", "allocation"; "" for the root.
  std::string scope(std::size_t owner) const;

  const Quotas& quotas() const { return quotas_; }
  const FairShare& shares() const { return shares_; }

 private:
  std::size_t add(std::size_t parent, const Ceiling& ceiling, std::int64_t weight, const char* scope);
  std::size_t organisation(const model::OrganisationId& id);
  std::size_t project(const model::OrganisationId& organisation, const model::ProjectId& id);

  const Limits& limits_;
  const Shares& rules_;
  base::Instant now_;
  Quotas quotas_;
  FairShare shares_;
  std::map<model::OrganisationId, std::size_t> organisations_;
  std::map<model::ProjectId, std::size_t> projects_;
  std::map<std::pair<model::ProjectId, model::AccountId>, std::size_t> accounts_;
  std::map<model::AllocationId, std::pair<std::size_t, std::size_t>> allocations_;  // all, not preemptible
  std::map<std::size_t, std::string> scopes_;
};

}  // namespace dure::queue
