// Reviews of the use of allocations: criteria that are published first, what was measured, what follows
// (H2 to H5, H9; governance 5.4, invariants 10 and 11).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

// Calendar months or calendar quarters.
enum class UseCycle { kMonthly, kQuarterly };
DURE_ENUM(UseCycle, DURE_NAME(kMonthly, "monthly"), DURE_NAME(kQuarterly, "quarterly"));

enum class UseMeasure { kKeep, kReduce, kReclaim, kIncrease };
DURE_ENUM(UseMeasure, DURE_NAME(kKeep, "keep"), DURE_NAME(kReduce, "reduce"), DURE_NAME(kReclaim, "reclaim"),
          DURE_NAME(kIncrease, "increase"));

// Its table is programme/utilisation_review_states.h.
enum class UtilisationReviewState {
  kScheduled,
  kMeasured,
  kProposed,
  kNoticed,
  kOpinion,
  kDecided,
  kApplied
};
DURE_ENUM(UtilisationReviewState, DURE_NAME(kScheduled, "scheduled"), DURE_NAME(kMeasured, "measured"),
          DURE_NAME(kProposed, "proposed"), DURE_NAME(kNoticed, "noticed"), DURE_NAME(kOpinion, "opinion"),
          DURE_NAME(kDecided, "decided"), DURE_NAME(kApplied, "applied"));

// What is published before the first review (H9): from which day on, how often, and by what is judged.
// Written once; what is published later holds from its own day on.
struct ReviewCriteria {
  ReviewCriteriaId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  UseCycle cycle = UseCycle::kQuarterly;
  base::Date first_review_on;
  std::string criteria;
  std::string published_by;
  std::string policy_hash;
};
DURE_FIELDS(ReviewCriteria, "review_criteria", field("id", &ReviewCriteria::id),
            field("version", &ReviewCriteria::version), field("created_at", &ReviewCriteria::created_at),
            field("updated_at", &ReviewCriteria::updated_at),
            field("programme_id", &ReviewCriteria::programme_id), field("cycle", &ReviewCriteria::cycle),
            field("first_review_on", &ReviewCriteria::first_review_on),
            field("criteria", &ReviewCriteria::criteria),
            field("published_by", &ReviewCriteria::published_by),
            field("policy_hash", &ReviewCriteria::policy_hash));

// The review of one allocation for one cycle. `given` is what it could have used: its blocks for the time of
// the period without set-up and outages; `used` the device time of it. What no device time is known of counts
// as used (`unread` of it).
struct UtilisationReview {
  UtilisationReviewId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  std::optional<ReviewCriteriaId> review_criteria_id;
  UtilisationReviewState state = UtilisationReviewState::kScheduled;
  UseCycle cycle = UseCycle::kQuarterly;
  std::int64_t number = 1;  // of the cycles that the use has touched so far
  base::Date period_from;
  base::Date period_until;  // last day
  base::Date review_on;     // the day from which on it may be measured
  std::int64_t blocks = 0;  // of the allocation when it was measured
  base::Usage given;
  base::Usage used;
  base::Usage unread;
  base::Span exempt;
  std::optional<base::Usage> planned;       // by the application (H5)
  std::optional<base::Usage> next_planned;  // of the cycle after this one (H4)
  std::optional<std::int64_t> used_bp;
  std::optional<std::int64_t> plan_bp;
  std::optional<UseMeasure> proposed;
  std::int64_t proposed_blocks = 0;
  std::vector<base::Reason> reasons;  // of what is proposed
  std::optional<base::Instant> noticed_at;
  std::optional<base::Date> opinion_until;
  std::string opinion;
  std::optional<base::Instant> heard_at;
  std::optional<UseMeasure> decided;
  std::int64_t decided_blocks = 0;
  bool urgent = false;  // decided before the time for an opinion was over, with that ground
  std::string decided_by;
  std::optional<base::Instant> decided_at;
  std::string ground;
  std::optional<base::Date> effective_on;
  std::optional<base::Instant> applied_at;
  std::string policy_hash;
};
DURE_FIELDS(
    UtilisationReview, "utilisation_reviews", field("id", &UtilisationReview::id),
    field("version", &UtilisationReview::version), field("created_at", &UtilisationReview::created_at),
    field("updated_at", &UtilisationReview::updated_at),
    field("programme_id", &UtilisationReview::programme_id),
    field("project_id", &UtilisationReview::project_id),
    field("allocation_id", &UtilisationReview::allocation_id),
    field("review_criteria_id", &UtilisationReview::review_criteria_id),
    field("state", &UtilisationReview::state), field("cycle", &UtilisationReview::cycle),
    field("number", &UtilisationReview::number), field("period_from", &UtilisationReview::period_from),
    field("period_until", &UtilisationReview::period_until),
    field("review_on", &UtilisationReview::review_on), field("blocks", &UtilisationReview::blocks),
    field("given_milli_gpu_ms", &UtilisationReview::given),
    field("used_milli_gpu_ms", &UtilisationReview::used),
    field("unread_milli_gpu_ms", &UtilisationReview::unread), field("exempt_us", &UtilisationReview::exempt),
    field("planned_milli_gpu_ms", &UtilisationReview::planned),
    field("next_planned_milli_gpu_ms", &UtilisationReview::next_planned),
    field("used_bp", &UtilisationReview::used_bp), field("plan_bp", &UtilisationReview::plan_bp),
    field("proposed", &UtilisationReview::proposed),
    field("proposed_blocks", &UtilisationReview::proposed_blocks),
    field("reasons", &UtilisationReview::reasons), field("noticed_at", &UtilisationReview::noticed_at),
    field("opinion_until", &UtilisationReview::opinion_until), field("opinion", &UtilisationReview::opinion),
    field("heard_at", &UtilisationReview::heard_at), field("decided", &UtilisationReview::decided),
    field("decided_blocks", &UtilisationReview::decided_blocks), field("urgent", &UtilisationReview::urgent),
    field("decided_by", &UtilisationReview::decided_by), field("decided_at", &UtilisationReview::decided_at),
    field("ground", &UtilisationReview::ground), field("effective_on", &UtilisationReview::effective_on),
    field("applied_at", &UtilisationReview::applied_at),
    field("policy_hash", &UtilisationReview::policy_hash));

struct PublishCriteria {
  ProgrammeId programme_id;
  base::Date first_review_on;
  std::string criteria;
};
DURE_VALUE_FIELDS(PublishCriteria, field("programme_id", &PublishCriteria::programme_id),
                  field("first_review_on", &PublishCriteria::first_review_on),
                  field("criteria", &PublishCriteria::criteria));

// Of the cycle in which the day lies; left out: the last that is over.
struct OpenReview {
  AllocationId allocation_id;
  std::optional<base::Date> of;
};
DURE_VALUE_FIELDS(OpenReview, field("allocation_id", &OpenReview::allocation_id),
                  field("of", &OpenReview::of));

// Without a measure: what the bands of the pack say. A person proposes where they say nothing (S0, S1).
struct ProposeMeasure {
  std::optional<UseMeasure> measure;
  std::int64_t blocks = 0;  // that are left, or will be
  std::string ground;
};
DURE_VALUE_FIELDS(ProposeMeasure, field("measure", &ProposeMeasure::measure),
                  field("blocks", &ProposeMeasure::blocks, Range{0, kMostBlocks}),
                  field("ground", &ProposeMeasure::ground));

struct GiveOpinion {
  std::string opinion;
};
DURE_VALUE_FIELDS(GiveOpinion, field("opinion", &GiveOpinion::opinion));

// Of a review: what is done. `urgent`: before the time for an opinion is over; the ground says why.
struct DecideReview {
  UseMeasure measure = UseMeasure::kKeep;
  std::int64_t blocks = 0;  // that are left, or will be
  std::string ground;
  std::optional<base::Date> effective_on;  // left out: today
  bool urgent = false;
};
DURE_VALUE_FIELDS(DecideReview, field("measure", &DecideReview::measure),
                  field("blocks", &DecideReview::blocks, Range{0, kMostBlocks}),
                  field("ground", &DecideReview::ground), field("effective_on", &DecideReview::effective_on),
                  field("urgent", &DecideReview::urgent));

// Actual against planned use of one cycle.
struct UtilisationRow {
  base::Date from;
  base::Date until;
  base::Usage given;
  base::Usage used;
  base::Usage unread;
  base::Span exempt;
  std::optional<base::Usage> planned;
  std::optional<std::int64_t> used_bp;
  std::optional<std::int64_t> plan_bp;
};
DURE_VALUE_FIELDS(UtilisationRow, field("from", &UtilisationRow::from),
                  field("until", &UtilisationRow::until), field("given_milli_gpu_ms", &UtilisationRow::given),
                  field("used_milli_gpu_ms", &UtilisationRow::used),
                  field("unread_milli_gpu_ms", &UtilisationRow::unread),
                  field("exempt_us", &UtilisationRow::exempt),
                  field("planned_milli_gpu_ms", &UtilisationRow::planned),
                  field("used_bp", &UtilisationRow::used_bp), field("plan_bp", &UtilisationRow::plan_bp));

struct UtilisationTable {
  AllocationId allocation_id;
  UseCycle cycle = UseCycle::kMonthly;
  bool reviewed = false;  // whether its pool is looked at so, by its pack (H3)
  std::vector<UtilisationRow> rows;
};
DURE_VALUE_FIELDS(UtilisationTable, field("allocation_id", &UtilisationTable::allocation_id),
                  field("cycle", &UtilisationTable::cycle), field("reviewed", &UtilisationTable::reviewed),
                  field("rows", &UtilisationTable::rows));

}  // namespace dure::model
