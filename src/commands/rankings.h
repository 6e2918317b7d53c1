// Rankings: computed from the rows of a round, kept with all that they were made from, and confirmed: then
// awards and the waiting list are made (E3 to E13, B7 to B9; evaluation/inputs.h, selection/select.h).
//
// All of them refuse what access::authorize() refuses and numbers out of range.
#pragma once

#include <string>

#include "commands/capacity.h"
#include "commands/work.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// One of the same pool that was not confirmed is superseded. Refuses (kConflict) "evaluation.round_state",
// "evaluation.reviews_open", "evaluation.nobody_in"; (kInvalid) "evaluation.capacity_missing",
// "evaluation.capacity_above" {asked, free}, "selection.…". Permission: evaluation.manage.
base::Result<model::Ranking> compute_ranking(Work& work, const model::ComputeRanking& command);

// The file of which `dure select` makes the ranking again; and the ranking with the reasons of each.
// Permission: rankings.read.
base::Result<model::Ranking> read_ranking(Work& work, const model::RankingId& id);

// Makes it binding: each that was selected is awarded, within what may be given; who waits is put on the
// list; who was excluded when he handed in is refused with that reason (J2, invariant 18); all are told. In
// one transaction: of one that cannot be awarded none is. When the last pool of the round is confirmed, the
// round is decided. Refuses (kConflict) "evaluation.minutes_missing", "evaluation.ranking_stale",
// "supply.no_capacity", and what programme::decide() refuses. Permission: evaluation.manage.
base::Result<model::Ranking> confirm_ranking(Work& work, const model::RankingId& id,
                                             const model::ConfirmRanking& command);

// ---- What giving has in common, whoever gives (commands/waiting.h, appeals.h)

struct Grant {
  model::Application application;  // as it is before
  model::ResourceAmount awarded;
  model::ResourceAmount recommended;
  std::optional<base::Date> starts_on;  // what was asked for, and not before today, where left out
  std::string pool;
  std::string ground;
  bool waived = false;  // not eligible, and considered by a recorded decision
};

// Approves the application, makes the award, and checks that the supply has it on each of its days beside all
// that is given and offered. Saves the application. Refuses what programme::decide() refuses, and what
// check_not_restricted() refuses on the day of receipt (commands/restrictions.h); (kConflict)
// "supply.no_capacity".
base::Result<model::Award> grant_award(Work& work, const Grant& grant, const policy::Pack& pack);

// A programme that knows no supply has no limit of what it gives (commands/capacity.h).
base::Result<bool> knows_supply(Work& work, const model::ProgrammeId& programme, const policy::Pack& pack);

// Whether the supply has the award, as it is now, on each of its days beside all others that are given and
// offered. Refuses (kConflict) "supply.no_capacity".
base::Status check_award_fits(Work& work, const model::Award& award, const std::string& pool,
                              const policy::Pack& pack);

// What is given of the pool, and what is promised by awards that are not allocations yet.
base::Result<PoolCapacity> pool_with_offers(Work& work, const model::ProgrammeId& programme,
                                            const std::string& pool, const policy::Pack& pack);

// Whether the supply has what an allocation becomes, on each of its days from today on, beside all others
// that are given and promised; the award that it stands on itself is not counted beside it. What makes it no
// more than `former` is not refused, even where too much is given. Asked in the transaction that changes it.
// Refuses (kConflict) "supply.no_capacity".
base::Status check_change_fits(Work& work, const model::Allocation& changed, const model::Allocation& former,
                               const policy::Pack& pack);

// What the supply of the pool has free for its users on every day from `from` to `until`, in the pool's unit;
// none where the programme knows no supply.
base::Result<std::optional<std::int64_t>> free_units(Work& work, const model::ProgrammeId& programme,
                                                     const std::string& pool, base::Date from,
                                                     base::Date until, const policy::Pack& pack);

}  // namespace dure::commands
