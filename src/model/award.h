// What a decision gives: awards, projects, allocations; outages that lengthen them; obligations that follow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/application.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class AwardState { kOffered, kAccepted, kAgreed, kActive, kCompleted, kLapsed, kDeclined, kTerminated };
DURE_ENUM(AwardState, DURE_NAME(kOffered, "offered"), DURE_NAME(kAccepted, "accepted"),
          DURE_NAME(kAgreed, "agreed"), DURE_NAME(kActive, "active"), DURE_NAME(kCompleted, "completed"),
          DURE_NAME(kLapsed, "lapsed"), DURE_NAME(kDeclined, "declined"),
          DURE_NAME(kTerminated, "terminated"));

// Three amounts, never one overwriting another: requested, recommended, awarded.
struct Award {
  AwardId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ApplicationId application_id;
  std::optional<ProjectId> project_id;  // once the allocation is opened
  DecisionId decision_id;
  AwardState state = AwardState::kOffered;
  ResourceAmount requested;
  ResourceAmount recommended;
  ResourceAmount awarded;
  base::Date starts_on;
  std::int64_t months = 0;
};
DURE_FIELDS(Award, "awards", field("id", &Award::id), field("version", &Award::version),
            field("created_at", &Award::created_at), field("updated_at", &Award::updated_at),
            field("programme_id", &Award::programme_id), field("application_id", &Award::application_id),
            field("project_id", &Award::project_id), field("decision_id", &Award::decision_id),
            field("state", &Award::state), field("requested", &Award::requested),
            field("recommended", &Award::recommended), field("awarded", &Award::awarded),
            field("starts_on", &Award::starts_on), field("months", &Award::months));

// The people who work on one award, and the group that their data belongs to.
struct Project {
  ProjectId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  OrganisationId organisation_id;
  ApplicationId application_id;
  std::string name;
  std::int64_t gid = 0;  // numeric group on every engine and volume, unique, never reused
};
DURE_FIELDS(Project, "projects", field("id", &Project::id), field("version", &Project::version),
            field("created_at", &Project::created_at), field("updated_at", &Project::updated_at),
            field("programme_id", &Project::programme_id),
            field("organisation_id", &Project::organisation_id),
            field("application_id", &Project::application_id), field("name", &Project::name),
            field("gid", &Project::gid));

// governance 5.3.
enum class AllocationState {
  kPlanned,
  kProvisioning,
  kSetupGrace,
  kActive,
  kSuspended,
  kEnding,
  kReclaimed,
  kEnded,
  kPurgeDue,
  kPurged
};
DURE_ENUM(AllocationState, DURE_NAME(kPlanned, "planned"), DURE_NAME(kProvisioning, "provisioning"),
          DURE_NAME(kSetupGrace, "setup_grace"), DURE_NAME(kActive, "active"),
          DURE_NAME(kSuspended, "suspended"), DURE_NAME(kEnding, "ending"),
          DURE_NAME(kReclaimed, "reclaimed"), DURE_NAME(kEnded, "ended"), DURE_NAME(kPurgeDue, "purge_due"),
          DURE_NAME(kPurged, "purged"));

// The right to use: how much, of which pool, in which days. `limit` is a ceiling over all that runs at once.
struct Allocation {
  AllocationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  AwardId award_id;
  ProjectId project_id;
  AllocationState state = AllocationState::kPlanned;
  std::string pool;
  ResourceAmount limit;
  base::Date starts_on;
  base::Date ends_on;            // last day of use, extensions included
  base::Date agreed_ends_on;     // without extensions
  base::Span outage_given_back;  // sum of outages that lengthened it
  std::string policy_hash;
};
DURE_FIELDS(Allocation, "allocations", field("id", &Allocation::id), field("version", &Allocation::version),
            field("created_at", &Allocation::created_at), field("updated_at", &Allocation::updated_at),
            field("programme_id", &Allocation::programme_id), field("award_id", &Allocation::award_id),
            field("project_id", &Allocation::project_id), field("state", &Allocation::state),
            field("pool", &Allocation::pool), field("limit", &Allocation::limit),
            field("starts_on", &Allocation::starts_on), field("ends_on", &Allocation::ends_on),
            field("agreed_ends_on", &Allocation::agreed_ends_on),
            field("outage_given_back_us", &Allocation::outage_given_back),
            field("policy_hash", &Allocation::policy_hash));

// A stop of service: announced afterwards where it was urgent (M1), and given back (F6).
struct Outage {
  OutageId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  std::string cause;  // code: "maintenance", "emergency", "node_lost"
  std::string note;
  std::vector<std::string> node_ids;  // empty: the whole centre
  base::Instant started_at;
  std::optional<base::Instant> ended_at;
  bool given_back = false;
};
DURE_FIELDS(Outage, "outages", field("id", &Outage::id), field("version", &Outage::version),
            field("created_at", &Outage::created_at), field("updated_at", &Outage::updated_at),
            field("cause", &Outage::cause), field("note", &Outage::note),
            field("node_ids", &Outage::node_ids), field("started_at", &Outage::started_at),
            field("ended_at", &Outage::ended_at), field("given_back", &Outage::given_back));

enum class ObligationState { kScheduled, kDue, kSubmitted, kReturned, kAccepted, kOverdue, kEscalated };
DURE_ENUM(ObligationState, DURE_NAME(kScheduled, "scheduled"), DURE_NAME(kDue, "due"),
          DURE_NAME(kSubmitted, "submitted"), DURE_NAME(kReturned, "returned"),
          DURE_NAME(kAccepted, "accepted"), DURE_NAME(kOverdue, "overdue"),
          DURE_NAME(kEscalated, "escalated"));

// Form 2 of the regional centre: the results report.
struct ResultsReport {
  std::string kind;  // "paper", "patent", "other"
  std::string title;
  std::string content;
  std::string environment;
  std::vector<std::string> attachments;  // ids of evidence documents
  bool acknowledged = false;             // the acknowledgement sentence stands in the result (K4)
  std::string signer;                    // who wrote it; left out: whose account hands it in
  std::optional<base::Date> signed_on;   // left out: the day on which it is handed in
};
DURE_VALUE_FIELDS(ResultsReport, field("kind", &ResultsReport::kind), field("title", &ResultsReport::title),
                  field("content", &ResultsReport::content),
                  field("environment", &ResultsReport::environment),
                  field("attachments", &ResultsReport::attachments),
                  field("acknowledged", &ResultsReport::acknowledged),
                  field("signer", &ResultsReport::signer, Visibility::kPersonal),
                  field("signed_on", &ResultsReport::signed_on));

struct Obligation {
  ObligationId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  std::string kind;  // "results_report"
  std::string form;  // "form2"
  base::Date due_on;
  ObligationState state = ObligationState::kScheduled;
  std::optional<ResultsReport> report;
  std::optional<base::Instant> submitted_at;
  std::string source;  // article that asks for it
  std::string ground;  // of the last return or escalation
};
DURE_FIELDS(Obligation, "obligations", field("id", &Obligation::id), field("version", &Obligation::version),
            field("created_at", &Obligation::created_at), field("updated_at", &Obligation::updated_at),
            field("programme_id", &Obligation::programme_id), field("project_id", &Obligation::project_id),
            field("allocation_id", &Obligation::allocation_id), field("kind", &Obligation::kind),
            field("form", &Obligation::form), field("due_on", &Obligation::due_on),
            field("state", &Obligation::state), field("report", &Obligation::report),
            field("submitted_at", &Obligation::submitted_at), field("source", &Obligation::source),
            field("ground", &Obligation::ground));

}  // namespace dure::model
