// What a changed policy would have made of the past, figure by figure, and by which of its changes (decision
// 2: a decision keeps its inputs, so that it can be made again under another pack).
//
//   DURE_LET(comparison, compare::compare(in_force, draft, history));
//
// Everything is decided again under both packs by the very functions that decide: selection::select,
// programme::rate_statement, programme::screen, programme::deadlines_of. Where a figure differs, it is
// decided once more for each changed key: the old pack with that key alone changed, and the new pack without
// it (trials.h).
//
// - An application of a round whose `policy_hash` is that of `before` counts as screened under whatever pack
// it is
//   tried; another hash stays, and such an application is considered under neither pack.
// - Where the history has a screening with an application's id, and that screening ends otherwise than under
//   `before`, the application is considered as the new screening says: eligible or not. Where a person would
//   have to decide, it stays as it was recorded.
//
// A pure function; the order of what it is given is kept, that of applications within a round does not
// matter.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "compare/comparison.h"
#include "compare/history.h"
#include "policy/pack.h"

namespace dure::compare {

// What the bills of a history may add up to: what money is counted in, and room.
inline constexpr std::int64_t kMostWon = 1'000'000'000'000'000'000;

// Refuses (kInvalid "compare.history_invalid" {item}) what the old policy itself cannot decide: such a
// history was not decided under it. Details have pointers below "/rounds/ID", "/bills/ID", "/screenings/ID",
// "/events/ID". Refuses "compare.history_empty", (kInvalid) "compare.id_twice" {kind, id} and
// "compare.sum_too_large" {most}.
base::Result<Comparison> compare(const policy::Pack& before, const policy::Pack& after,
                                 const History& history);

}  // namespace dure::compare
