// What comes of the use and is told to the centre: outcomes with their evidence, whether they acknowledge the
// grant, the sharing of data, and what users say when they are asked (K1 to K8, D7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

inline constexpr std::int64_t kMostChoices = 1000;       // of a question
inline constexpr std::int64_t kMostAnswers = 1'000'000;  // to a survey

// A file that shows what is claimed: of a report, an outcome, a share of data. It belongs to the project.
struct EvidenceDocument {
  EvidenceDocumentId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  std::string kind;        // "report", an outcome's kind, "data_definition", …
  std::string file_name;   // as uploaded, for people; never used as a path
  std::string media_type;  // found by content
  base::Bytes size;
  std::string sha256;
  std::string blob;      // name behind the port
  std::string blob_key;  // this file's own key, wrapped; destroying it destroys the file everywhere
  std::optional<base::Instant> erased_at;
};
DURE_FIELDS(EvidenceDocument, "evidence_documents", field("id", &EvidenceDocument::id),
            field("version", &EvidenceDocument::version), field("created_at", &EvidenceDocument::created_at),
            field("updated_at", &EvidenceDocument::updated_at),
            field("programme_id", &EvidenceDocument::programme_id),
            field("project_id", &EvidenceDocument::project_id), field("kind", &EvidenceDocument::kind),
            field("file_name", &EvidenceDocument::file_name, Visibility::kPersonal),
            field("media_type", &EvidenceDocument::media_type), field("size_bytes", &EvidenceDocument::size),
            field("sha256", &EvidenceDocument::sha256),
            field("blob", &EvidenceDocument::blob, Visibility::kSecret),
            field("blob_key", &EvidenceDocument::blob_key, Visibility::kSecret),
            field("erased_at", &EvidenceDocument::erased_at));

enum class OutcomeState { kReported, kAccepted, kReturned };
DURE_ENUM(OutcomeState, DURE_NAME(kReported, "reported"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kReturned, "returned"));

// A paper, a patent, a product … that came of the use. With a report, or told later (K8).
struct Outcome {
  OutcomeId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  std::optional<ObligationId> obligation_id;  // of the report that it comes with; none: told by itself
  std::string kind;                           // of the pack's list
  std::string title;
  std::string content;
  base::Date produced_on;
  base::Date notify_by;               // the pack's day for what is told by itself; else the report's
  std::vector<std::string> evidence;  // ids of evidence documents
  OutcomeState state = OutcomeState::kReported;
  std::string ground;  // of a return
};
DURE_FIELDS(Outcome, "outcomes", field("id", &Outcome::id), field("version", &Outcome::version),
            field("created_at", &Outcome::created_at), field("updated_at", &Outcome::updated_at),
            field("programme_id", &Outcome::programme_id), field("project_id", &Outcome::project_id),
            field("allocation_id", &Outcome::allocation_id), field("obligation_id", &Outcome::obligation_id),
            field("kind", &Outcome::kind), field("title", &Outcome::title),
            field("content", &Outcome::content), field("produced_on", &Outcome::produced_on),
            field("notify_by", &Outcome::notify_by), field("evidence", &Outcome::evidence),
            field("state", &Outcome::state), field("ground", &Outcome::ground));

// A person looked whether the evidence of an outcome carries the acknowledgement (K4). Never changed; the
// latest of an outcome counts.
struct AcknowledgementCheck {
  AcknowledgementCheckId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  OutcomeId outcome_id;
  EvidenceDocumentId evidence_document_id;  // where he looked
  bool present = false;
  std::string cited;  // the words as they stand there
  std::string note;
  std::string checked_by;
};
DURE_FIELDS(AcknowledgementCheck, "acknowledgement_checks", field("id", &AcknowledgementCheck::id),
            field("version", &AcknowledgementCheck::version),
            field("created_at", &AcknowledgementCheck::created_at),
            field("updated_at", &AcknowledgementCheck::updated_at),
            field("programme_id", &AcknowledgementCheck::programme_id),
            field("project_id", &AcknowledgementCheck::project_id),
            field("outcome_id", &AcknowledgementCheck::outcome_id),
            field("evidence_document_id", &AcknowledgementCheck::evidence_document_id),
            field("present", &AcknowledgementCheck::present), field("cited", &AcknowledgementCheck::cited),
            field("note", &AcknowledgementCheck::note),
            field("checked_by", &AcknowledgementCheck::checked_by));

enum class DataShareState { kDue, kProposed, kChecked, kRegistered, kExempted };
DURE_ENUM(DataShareState, DURE_NAME(kDue, "due"), DURE_NAME(kProposed, "proposed"),
          DURE_NAME(kChecked, "checked"), DURE_NAME(kRegistered, "registered"),
          DURE_NAME(kExempted, "exempted"));

// Why something may stand in for what is owed: a condition of the type, or a lesser type that is not
// possible; and what a person found about it.
struct ShareClaim {
  std::string of;      // statement of the pack ("law_forbids_opening"), or the id of a type of a lower rank
  std::string ground;  // which law, which policy, what is missing
  std::vector<std::string> evidence;  // ids of evidence documents
  std::optional<bool> found;          // true: it holds
  std::string finding;
};
DURE_VALUE_FIELDS(ShareClaim, field("of", &ShareClaim::of), field("ground", &ShareClaim::ground),
                  field("evidence", &ShareClaim::evidence), field("found", &ShareClaim::found),
                  field("finding", &ShareClaim::finding));

// The duty to share data after the use, and how it is met (K5, K6).
struct DataShare {
  DataShareId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  std::optional<ObligationId> obligation_id;
  DataShareState state = DataShareState::kDue;
  base::Date due_on;
  std::string type;  // of the pack: "type-1", …; "" until it is proposed
  std::string mode;  // of the pack: "free", …
  std::string title;
  std::string description;
  std::vector<ShareClaim> claims;
  std::optional<base::Instant> proposed_at;
  std::string checked_by;
  std::string registration;  // number or address on the portal
  std::optional<base::Instant> registered_at;
  std::string ground;  // of what was given back, or of the exemption
};
DURE_FIELDS(DataShare, "data_shares", field("id", &DataShare::id), field("version", &DataShare::version),
            field("created_at", &DataShare::created_at), field("updated_at", &DataShare::updated_at),
            field("programme_id", &DataShare::programme_id), field("project_id", &DataShare::project_id),
            field("allocation_id", &DataShare::allocation_id),
            field("obligation_id", &DataShare::obligation_id), field("state", &DataShare::state),
            field("due_on", &DataShare::due_on), field("type", &DataShare::type),
            field("mode", &DataShare::mode), field("title", &DataShare::title),
            field("description", &DataShare::description), field("claims", &DataShare::claims),
            field("proposed_at", &DataShare::proposed_at), field("checked_by", &DataShare::checked_by),
            field("registration", &DataShare::registration),
            field("registered_at", &DataShare::registered_at), field("ground", &DataShare::ground));

// One question with its choices; each answer is one of them.
struct SurveyQuestion {
  std::string id;
  std::string text;
  std::vector<std::string> choices;
};
DURE_VALUE_FIELDS(SurveyQuestion, field("id", &SurveyQuestion::id), field("text", &SurveyQuestion::text),
                  field("choices", &SurveyQuestion::choices));

// How often a choice was made. Nobody's name is with it.
struct SurveyCount {
  std::string question;
  std::int64_t choice = 0;  // which of the question's, from 0
  std::int64_t count = 0;
};
DURE_VALUE_FIELDS(SurveyCount, field("question", &SurveyCount::question),
                  field("choice", &SurveyCount::choice, Range{0, kMostChoices - 1}),
                  field("count", &SurveyCount::count, Range{0, kMostAnswers}));

enum class UserSurveyKind { kSatisfaction, kFurther };
DURE_ENUM(UserSurveyKind, DURE_NAME(kSatisfaction, "satisfaction"), DURE_NAME(kFurther, "further"));
enum class UserSurveyState { kOpen, kClosed };
DURE_ENUM(UserSurveyState, DURE_NAME(kOpen, "open"), DURE_NAME(kClosed, "closed"));

// What the users of a programme are asked (K7). The counts are told once it is closed, and not before: who
// answered when is known, so a count that grows in between would tell what he said.
struct UserSurvey {
  UserSurveyId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  UserSurveyKind kind = UserSurveyKind::kSatisfaction;
  std::int64_t year = 0;  // for which it counts
  std::string title;
  UserSurveyState state = UserSurveyState::kOpen;
  std::vector<SurveyQuestion> questions;
  base::Instant opens_at;
  std::optional<base::Instant> closes_at;
  std::int64_t answers = 0;
  std::vector<SurveyCount> counts;
};
DURE_FIELDS(UserSurvey, "user_surveys", field("id", &UserSurvey::id), field("version", &UserSurvey::version),
            field("created_at", &UserSurvey::created_at), field("updated_at", &UserSurvey::updated_at),
            field("programme_id", &UserSurvey::programme_id), field("kind", &UserSurvey::kind),
            field("year", &UserSurvey::year), field("title", &UserSurvey::title),
            field("state", &UserSurvey::state), field("questions", &UserSurvey::questions),
            field("opens_at", &UserSurvey::opens_at), field("closes_at", &UserSurvey::closes_at),
            field("answers", &UserSurvey::answers),
            field("counts", &UserSurvey::counts, Visibility::kSecret));

// That an account has answered; not what. Kept so that nobody answers twice, and shown to nobody.
struct SurveyParticipation {
  SurveyParticipationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  UserSurveyId user_survey_id;
  AccountId account_id;
};
DURE_FIELDS(SurveyParticipation, "survey_participations", field("id", &SurveyParticipation::id),
            field("version", &SurveyParticipation::version),
            field("created_at", &SurveyParticipation::created_at),
            field("updated_at", &SurveyParticipation::updated_at),
            field("user_survey_id", &SurveyParticipation::user_survey_id),
            field("account_id", &SurveyParticipation::account_id));

}  // namespace dure::model
