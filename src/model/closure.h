// The end: the deletion of accounts and data, what a law holds back, and the certificate of what was done (L1
// to L3, R12, invariant 17).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"

namespace dure::model {

enum class DeletionJobState { kScheduled, kNoticed, kHeld, kRunning, kVerified, kCertified, kCancelled };
DURE_ENUM(DeletionJobState, DURE_NAME(kScheduled, "scheduled"), DURE_NAME(kNoticed, "noticed"),
          DURE_NAME(kHeld, "held"), DURE_NAME(kRunning, "running"), DURE_NAME(kVerified, "verified"),
          DURE_NAME(kCertified, "certified"), DURE_NAME(kCancelled, "cancelled"));

// What deletion destroys. A hold names these.
enum class DeletedKind {
  kVolume,
  kWorkload,
  kApplication,
  kDocument,
  kEvidence,
  kReport,
  kPerson,
  kAccount,
  kAccessRecord
};
DURE_ENUM(DeletedKind, DURE_NAME(kVolume, "volume"), DURE_NAME(kWorkload, "workload"),
          DURE_NAME(kApplication, "application"), DURE_NAME(kDocument, "document"),
          DURE_NAME(kEvidence, "evidence"), DURE_NAME(kReport, "report"), DURE_NAME(kPerson, "person"),
          DURE_NAME(kAccount, "account"), DURE_NAME(kAccessRecord, "access_record"));

enum class DeletionItemState { kPending, kDestroyed, kHeld };
DURE_ENUM(DeletionItemState, DURE_NAME(kPending, "pending"), DURE_NAME(kDestroyed, "destroyed"),
          DURE_NAME(kHeld, "held"));

// One thing that the job destroys, or that is held back.
struct DeletionItem {
  DeletedKind kind = DeletedKind::kVolume;
  std::string id;
  std::string place;  // of a volume: a node on which it has a folder; "" = none has
  DeletionItemState state = DeletionItemState::kPending;
  base::Bytes size;
  std::string law;  // of what is held
  std::optional<base::Instant> done_at;
};
DURE_VALUE_FIELDS(DeletionItem, field("kind", &DeletionItem::kind), field("id", &DeletionItem::id),
                  field("place", &DeletionItem::place), field("state", &DeletionItem::state),
                  field("size_bytes", &DeletionItem::size), field("law", &DeletionItem::law),
                  field("done_at", &DeletionItem::done_at));

// Deletes what is left of an allocation's project and of the accounts that end with it, or one account.
struct DeletionJob {
  DeletionJobId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::optional<ProjectId> project_id;
  std::optional<AllocationId> allocation_id;
  std::optional<AccountId> account_id;  // of the offboarding of an account
  DeletionJobState state = DeletionJobState::kScheduled;
  base::Date last_day;   // of use
  base::Date notice_on;  // users are told
  base::Date purge_on;   // not before this day
  std::optional<base::Instant> noticed_at;
  std::optional<base::Instant> started_at;
  std::optional<base::Instant> verified_at;
  std::vector<DeletionItem> items;      // from the start on
  std::int64_t attempts = 0;            // that were verified and failed
  std::optional<base::Reason> trouble;  // why the last one failed, or what it waits for
  std::string ground;                   // of an offboarding, a hold, a release, a cancellation
};
DURE_FIELDS(DeletionJob, "deletion_jobs", field("id", &DeletionJob::id),
            field("version", &DeletionJob::version), field("created_at", &DeletionJob::created_at),
            field("updated_at", &DeletionJob::updated_at), field("programme_id", &DeletionJob::programme_id),
            field("project_id", &DeletionJob::project_id),
            field("allocation_id", &DeletionJob::allocation_id),
            field("account_id", &DeletionJob::account_id), field("state", &DeletionJob::state),
            field("last_day", &DeletionJob::last_day), field("notice_on", &DeletionJob::notice_on),
            field("purge_on", &DeletionJob::purge_on), field("noticed_at", &DeletionJob::noticed_at),
            field("started_at", &DeletionJob::started_at), field("verified_at", &DeletionJob::verified_at),
            field("items", &DeletionJob::items), field("attempts", &DeletionJob::attempts),
            field("trouble", &DeletionJob::trouble), field("ground", &DeletionJob::ground));

// What a law makes the centre keep although the rest is deleted. Without kinds it holds the whole job.
struct RetentionHold {
  RetentionHoldId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  DeletionJobId deletion_job_id;
  std::vector<std::string> kinds;  // of DeletedKind; empty: everything
  std::string law;
  std::string ground;
  std::optional<base::Date> until;
  std::string placed_by;
  std::optional<base::Instant> released_at;
  std::string release_ground;
};
DURE_FIELDS(RetentionHold, "retention_holds", field("id", &RetentionHold::id),
            field("version", &RetentionHold::version), field("created_at", &RetentionHold::created_at),
            field("updated_at", &RetentionHold::updated_at),
            field("programme_id", &RetentionHold::programme_id),
            field("deletion_job_id", &RetentionHold::deletion_job_id), field("kinds", &RetentionHold::kinds),
            field("law", &RetentionHold::law), field("ground", &RetentionHold::ground),
            field("until", &RetentionHold::until), field("placed_by", &RetentionHold::placed_by),
            field("released_at", &RetentionHold::released_at),
            field("release_ground", &RetentionHold::release_ground));

// So many of a kind, destroyed, or held under a law.
struct CertificateLine {
  DeletedKind kind = DeletedKind::kVolume;
  DeletionItemState state = DeletionItemState::kDestroyed;
  std::int64_t count = 0;
  base::Bytes size;
  std::string law;
};
DURE_VALUE_FIELDS(CertificateLine, field("kind", &CertificateLine::kind),
                  field("state", &CertificateLine::state), field("count", &CertificateLine::count),
                  field("size_bytes", &CertificateLine::size), field("law", &CertificateLine::law));

// What was destroyed, what is held and why, and that nobody is liable for data on what was given back or
// reclaimed (L3). Never changed.
struct DeletionCertificate {
  DeletionCertificateId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::optional<ProjectId> project_id;
  DeletionJobId deletion_job_id;
  std::string number;
  base::Date issued_on;
  std::vector<CertificateLine> lines;
  std::string statement_ko;
  std::string statement_en;
  std::string policy_hash;
};
DURE_FIELDS(DeletionCertificate, "deletion_certificates", field("id", &DeletionCertificate::id),
            field("version", &DeletionCertificate::version),
            field("created_at", &DeletionCertificate::created_at),
            field("updated_at", &DeletionCertificate::updated_at),
            field("programme_id", &DeletionCertificate::programme_id),
            field("project_id", &DeletionCertificate::project_id),
            field("deletion_job_id", &DeletionCertificate::deletion_job_id),
            field("number", &DeletionCertificate::number),
            field("issued_on", &DeletionCertificate::issued_on), field("lines", &DeletionCertificate::lines),
            field("statement_ko", &DeletionCertificate::statement_ko),
            field("statement_en", &DeletionCertificate::statement_en),
            field("policy_hash", &DeletionCertificate::policy_hash));

}  // namespace dure::model
