// Panels, their members, conflicts of interest, and reviews (E1, E2, E10, E14; governance 5.2, 5.3, R15).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/review_state.h"
#include "model/selection.h"

namespace dure::model {

// What a panel put on record; no ranking is confirmed without it.
struct PanelMinutes {
  std::string text;
  base::Date held_on;
  std::vector<std::string> signed_by;  // ids of members' accounts
  std::string recorded_by;
  base::Instant recorded_at;
};
DURE_VALUE_FIELDS(PanelMinutes, field("text", &PanelMinutes::text), field("held_on", &PanelMinutes::held_on),
                  field("signed_by", &PanelMinutes::signed_by),
                  field("recorded_by", &PanelMinutes::recorded_by),
                  field("recorded_at", &PanelMinutes::recorded_at));

// The panel of a round; there is one.
struct Panel {
  PanelId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  RoundId round_id;
  std::string title;
  std::int64_t size = 0;  // members, as the pack said when it was convened; 0: any number
  std::optional<PanelMinutes> minutes;
};
DURE_FIELDS(Panel, "panels", field("id", &Panel::id), field("version", &Panel::version),
            field("created_at", &Panel::created_at), field("updated_at", &Panel::updated_at),
            field("programme_id", &Panel::programme_id), field("round_id", &Panel::round_id),
            field("title", &Panel::title), field("size", &Panel::size), field("minutes", &Panel::minutes));

enum class PanelMemberState { kInvited, kAccepted, kDeclined, kReleased };
DURE_ENUM(PanelMemberState, DURE_NAME(kInvited, "invited"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kDeclined, "declined"), DURE_NAME(kReleased, "released"));

// An account on a panel. Organisation and unit are what conflicts of interest are found by.
struct PanelMember {
  PanelMemberId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  PanelId panel_id;
  AccountId account_id;
  PanelMemberState state = PanelMemberState::kInvited;
  bool chair = false;
  bool outside_expert = false;
  std::string organisation;
  std::string business_number;
  std::string unit;  // department, laboratory: the lowest
  std::string note;
  std::optional<base::Instant> responded_at;
};
DURE_FIELDS(PanelMember, "panel_members", field("id", &PanelMember::id),
            field("version", &PanelMember::version), field("created_at", &PanelMember::created_at),
            field("updated_at", &PanelMember::updated_at), field("programme_id", &PanelMember::programme_id),
            field("panel_id", &PanelMember::panel_id), field("account_id", &PanelMember::account_id),
            field("state", &PanelMember::state), field("chair", &PanelMember::chair),
            field("outside_expert", &PanelMember::outside_expert),
            field("organisation", &PanelMember::organisation),
            field("business_number", &PanelMember::business_number), field("unit", &PanelMember::unit),
            field("note", &PanelMember::note), field("responded_at", &PanelMember::responded_at));

// applicant, same_unit and same_organisation are also found by rule; the others are declared.
enum class ConflictKind {
  kApplicant,
  kSameUnit,
  kSameOrganisation,
  kRelative,
  kParticipant,
  kMutualEvaluation,
  kOther
};
DURE_ENUM(ConflictKind, DURE_NAME(kApplicant, "applicant"), DURE_NAME(kSameUnit, "same_unit"),
          DURE_NAME(kSameOrganisation, "same_organisation"), DURE_NAME(kRelative, "relative"),
          DURE_NAME(kParticipant, "participant"), DURE_NAME(kMutualEvaluation, "mutual_evaluation"),
          DURE_NAME(kOther, "other"));

// excluding: cannot be waived. serious: the law excludes it, with exceptions for expertise (R15). slight: to
// be looked at.
enum class ConflictSeverity { kExcluding, kSerious, kSlight };
DURE_ENUM(ConflictSeverity, DURE_NAME(kExcluding, "excluding"), DURE_NAME(kSerious, "serious"),
          DURE_NAME(kSlight, "slight"));

enum class ConflictOrigin { kDeclared, kRule };
DURE_ENUM(ConflictOrigin, DURE_NAME(kDeclared, "declared"), DURE_NAME(kRule, "rule"));

struct ConflictOfInterest {
  ConflictOfInterestId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  RoundId round_id;
  ApplicationId application_id;
  AccountId account_id;  // the reviewer
  ConflictKind kind = ConflictKind::kOther;
  ConflictSeverity severity = ConflictSeverity::kSerious;
  ConflictOrigin origin = ConflictOrigin::kDeclared;
  ConflictState state = ConflictState::kUnresolved;
  std::string note;
  std::string ground;  // of what became of it
  std::string resolved_by;
  std::optional<base::Instant> resolved_at;
};
DURE_FIELDS(ConflictOfInterest, "conflicts_of_interest", field("id", &ConflictOfInterest::id),
            field("version", &ConflictOfInterest::version),
            field("created_at", &ConflictOfInterest::created_at),
            field("updated_at", &ConflictOfInterest::updated_at),
            field("programme_id", &ConflictOfInterest::programme_id),
            field("round_id", &ConflictOfInterest::round_id),
            field("application_id", &ConflictOfInterest::application_id),
            field("account_id", &ConflictOfInterest::account_id), field("kind", &ConflictOfInterest::kind),
            field("severity", &ConflictOfInterest::severity), field("origin", &ConflictOfInterest::origin),
            field("state", &ConflictOfInterest::state), field("note", &ConflictOfInterest::note),
            field("ground", &ConflictOfInterest::ground),
            field("resolved_by", &ConflictOfInterest::resolved_by),
            field("resolved_at", &ConflictOfInterest::resolved_at));

// Points for one criterion; where the pack names sub-items, they may be given one by one and then add up.
struct ReviewScore {
  std::string criterion;  // id in the pack
  std::int64_t centi_points = 0;
  std::vector<std::int64_t> items;  // centi-points, in the pack's order; empty: not given one by one
  bool operator==(const ReviewScore&) const = default;
};
DURE_VALUE_FIELDS(ReviewScore, field("criterion", &ReviewScore::criterion),
                  field("centi_points", &ReviewScore::centi_points, Range{0, kMostCentiPoints}),
                  field("items", &ReviewScore::items));

struct Review {
  ReviewId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  RoundId round_id;
  ApplicationId application_id;
  AccountId account_id;       // the reviewer
  std::int64_t position = 0;  // of the application in the order of evaluation (E6)
  ReviewState state = ReviewState::kAssigned;
  std::vector<ReviewScore> scores;
  std::optional<PanelRecommendation> recommended;  // E10; what this reviewer finds right
  std::string comment;
  std::string ground;  // why it was declined, or last reopened
  std::optional<base::Instant> submitted_at;
  std::optional<base::Instant> locked_at;
  std::int64_t reopened = 0;  // times
};
DURE_FIELDS(Review, "reviews", field("id", &Review::id), field("version", &Review::version),
            field("created_at", &Review::created_at), field("updated_at", &Review::updated_at),
            field("programme_id", &Review::programme_id), field("round_id", &Review::round_id),
            field("application_id", &Review::application_id), field("account_id", &Review::account_id),
            field("position", &Review::position), field("state", &Review::state),
            field("scores", &Review::scores), field("recommended", &Review::recommended),
            field("comment", &Review::comment), field("ground", &Review::ground),
            field("submitted_at", &Review::submitted_at), field("locked_at", &Review::locked_at),
            field("reopened", &Review::reopened));

}  // namespace dure::model
