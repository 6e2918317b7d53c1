// Reviews and conflicts of interest as people go through them (E2, E6, E10, E14; evaluation/review.h,
// conflicts.h).
//
// All of them refuse what access::authorize() refuses, numbers out of range and texts with a resident number;
// those that read or give points, (kNotAllowed) "evaluation.conflict_open".
#pragma once

#include <string>

#include "commands/work.h"
#include "model/evaluation_requests.h"

namespace dure::commands {

// Every member who accepted gets a review of each entry, or so many of them as are asked for, those with the
// fewest first, in the order of evaluation (E6). Where the pack's rules find a conflict of interest, the
// review waits for its end (E14). What is there stays. Permission: evaluation.manage.
base::Result<model::Round> assign_reviews(Work& work, const model::RoundId& id,
                                          const model::AssignReviews& command);

// By the reviewer himself. Permission: reviews.write.
base::Result<model::Review> accept_review(Work& work, const model::ReviewId& id);
base::Result<model::Review> decline_review(Work& work, const model::ReviewId& id,
                                           const model::DeclineReview& command);
base::Result<model::Review> start_review(Work& work, const model::ReviewId& id);
base::Result<model::Review> draft_review(Work& work, const model::ReviewId& id,
                                         const model::GiveScores& command);
// Refuses (kConflict) "evaluation.priority_first" {position} while a review of his of a priority applicant is
// open, where the pack evaluates those first (E6).
base::Result<model::Review> submit_review(Work& work, const model::ReviewId& id,
                                          const model::GiveScores& command);

// By the chair, while the round is evaluated. Permission: reviews.write.
base::Result<model::Review> lock_review(Work& work, const model::ReviewId& id);
base::Result<model::Review> reopen_review(Work& work, const model::ReviewId& id,
                                          const model::ReopenReview& command);

// What the panel finds right instead of what was asked for (E10), by the chair. More than that needs where it
// was decided: "selection.decision_missing". Permission: reviews.write.
base::Result<model::RoundEntry> recommend_amount(Work& work, const model::RoundEntryId& id,
                                                 const model::RecommendAmount& command);

// By a member of the round's panel, about himself; a second time it does nothing. Permission: reviews.write.
base::Result<model::ConflictOfInterest> declare_conflict(Work& work, const model::DeclareConflict& command);

// By the chair or the office; the reviewer himself may only stand back. Permission: evaluation.manage, or
// reviews.write.
base::Result<model::ConflictOfInterest> resolve_conflict(Work& work, const model::ConflictOfInterestId& id,
                                                         const model::ResolveConflict& command);

}  // namespace dure::commands
