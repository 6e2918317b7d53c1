// What a programme's pools have on a day, and whether what is given of them fits (A5, A7, A9; invariant 1).
//
// Capacity is what batches have in service for users: a batch that is planned, ordered or conditional gives
// nothing, whatever was promised. Claims on it are allocations and the reservations of beneficiaries. A claim
// on a model takes of that model; one without a model takes of any. All amounts are milli-GPU. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/result.h"
#include "base/time.h"
#include "model/award.h"
#include "model/capacity.h"
#include "model/gap.h"

namespace dure::supply {

// Of one pool, from `first` to `last`, both included.
struct Claim {
  std::string id;     // "allocations/<id>", "beneficiary-reservations/<id>"
  std::string model;  // "": any
  base::MilliGpu amount;
  base::Date first;
  base::Date last;
  bool operator==(const Claim&) const = default;
};

// Nothing of one whose use is over (programme::over) or that is cancelled.
std::optional<Claim> claim_of(const model::Allocation& allocation);
std::optional<Claim> claim_of(const model::BeneficiaryReservation& reservation);

// Of that model, or of all where it is "". REQUIRES: the batches are of one pool.
base::MilliGpu capacity_on(const std::vector<model::CapacityBatch>& batches, const std::string& model,
                           base::Date day);

// A day on which more is claimed than there is: of one model by claims on it, or of all by all.
struct Shortage {
  base::Date day;
  std::string model;  // "": of all together
  base::MilliGpu capacity;
  base::MilliGpu claimed;
  bool operator==(const Shortage&) const = default;
};

// The first such day in [from, …), the models before all together. REQUIRES: batches and claims of one pool.
std::optional<Shortage> first_shortage(const std::vector<model::CapacityBatch>& batches,
                                       const std::vector<Claim>& claims, base::Date from);

// Whether one more claim fits beside the others from `today` on. `former`: what it takes the place of; where
// too much is given already, a day on which it becomes no more is no hindrance. Refuses (kConflict)
// "supply.no_capacity" {model, day, asked_milli_gpu, free_milli_gpu}.
base::Status may_claim(const std::vector<model::CapacityBatch>& batches, const std::vector<Claim>& claims,
                       const Claim& wanted, base::Date today,
                       const std::optional<Claim>& former = std::nullopt);

// What another claim on the model ("": on any) that begins on `from` may have, and until when: the most
// that is free on that day, and what is left of it after each day on which it becomes less; none lasts beyond
// `last`. All begin on `from` and share the same cards: only one of them can be taken, and what is left must
// be asked for anew. REQUIRES: batches and claims of one pool; from <= last.
std::vector<model::Gap> gaps_from(const std::vector<model::CapacityBatch>& batches,
                                  const std::vector<Claim>& claims, const std::string& model, base::Date from,
                                  base::Date last);

// Whether what is given still fits when the batches have become others. Where too much was given before, it
// is enough that nothing becomes less. Refuses (kConflict) "supply.claims_in_the_way" {model, day,
// claimed_milli_gpu, capacity_milli_gpu}.
base::Status still_fits(const std::vector<model::CapacityBatch>& before,
                        const std::vector<model::CapacityBatch>& after, const std::vector<Claim>& claims,
                        base::Date today);

}  // namespace dure::supply
