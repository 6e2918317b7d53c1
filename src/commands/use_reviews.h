// Reviews of the use of allocations (H2 to H5, H9, P22; programme/utilisation.h).
//
// Each command refuses what authorize() refuses, numbers out of range, texts with a resident number, and
// (kConflict) "state.not_from_this_state" where the review does not stand there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "commands/work.h"
#include "model/use_review.h"

namespace dure::commands {

// Published before the first review. Refuses (kConflict) "utilisation.off" {programme}; (kInvalid)
// "utilisation.criteria_not_in_time" {first_review_on, today}, "utilisation.text_missing". Permission:
// utilisation.manage.
base::Result<model::ReviewCriteria> publish_criteria(Work& work, const model::PublishCriteria& command);

// Refuses (kConflict) "utilisation.off", "utilisation.pool_not_reviewed" {pool},
// "utilisation.criteria_missing" {review_on}, "utilisation.not_in_use" {from, until},
// "utilisation.review_known" {id}. Permission: utilisation.manage.
base::Result<model::UtilisationReview> open_review(Work& work, const model::OpenReview& command);

// Refuses (kConflict) "utilisation.period_not_over" {until, review_on}. Permission: utilisation.manage.
base::Result<model::UtilisationReview> measure_review(Work& work, const model::UtilisationReviewId& id);

// By the bands, or what a person proposes. Refuses (kInvalid) "utilisation.person_proposes",
// "utilisation.partial_not_allowed", "utilisation.text_missing", and what programme::check_measure() refuses.
// Permission: utilisation.manage.
base::Result<model::UtilisationReview> propose_measure(Work& work, const model::UtilisationReviewId& id,
                                                       const model::ProposeMeasure& command);

// Tells the project, with the time for an opinion. Permission: utilisation.manage.
base::Result<model::UtilisationReview> notify_review(Work& work, const model::UtilisationReviewId& id);

// Of somebody of the project. Refuses (kConflict) "utilisation.heard_too_late" {until}. Permission:
// utilisation.answer.
base::Result<model::UtilisationReview> give_review_opinion(Work& work, const model::UtilisationReviewId& id,
                                                           const model::GiveOpinion& command);

// Decides, and carries it out where it takes effect today. What burdens somebody is refused (kConflict) with
// "utilisation.notice_first" {measure}, "utilisation.opinion_time" {until}, "utilisation.beyond_notice"
// {blocks, proposed}, unless it is urgent, which the pack must know ("utilisation.not_urgent"). Permission:
// utilisation.manage.
base::Result<model::UtilisationReview> decide_review(Work& work, const model::UtilisationReviewId& id,
                                                     const model::DecideReview& command);

// From its day on. Refuses (kConflict) "utilisation.not_yet_effective" {effective_on}, and what change_use()
// refuses. Permission: utilisation.manage.
base::Result<model::UtilisationReview> apply_review(Work& work, const model::UtilisationReviewId& id);

// Actual against planned use up to now; in the cycle of the pack where none is given. Permission:
// utilisation.read.
base::Result<model::UtilisationTable> utilisation_of(Work& work, const model::AllocationId& id,
                                                     std::optional<model::UseCycle> cycle);

// For the keeper's loop (use_dates.h): the allocations whose running cycle has no review yet though its date
// and criteria are known, and the reviews for which a day has come; and what it brings to each, in a
// transaction of its own. False: nothing was to be done.
base::Result<std::vector<model::AllocationId>> reviews_to_open(Work& work);
base::Result<bool> open_due_review(Work& work, const model::AllocationId& id);
base::Result<std::vector<model::UtilisationReviewId>> reviews_due(Work& work);
base::Result<bool> keep_review(Work& work, const model::UtilisationReviewId& id);

}  // namespace dure::commands
