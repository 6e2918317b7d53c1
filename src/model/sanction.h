// Suspected misuse, what is done about it, and who may not take part until when (C5, H6, J1 to J7, P23;
// governance 5.3, 5.4 invariants 10 and 18, R17).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "base/time.h"
#include "model/fields.h"
#include "model/ids.h"
#include "model/score.h"

namespace dure::model {

enum class IncidentKind { kFakeLoad, kMining, kOffPurpose, kOther };
DURE_ENUM(IncidentKind, DURE_NAME(kFakeLoad, "fake_load"), DURE_NAME(kMining, "mining"),
          DURE_NAME(kOffPurpose, "off_purpose"), DURE_NAME(kOther, "other"));

// Its table is programme/incident_states.h.
enum class IncidentState { kOpen, kConfirmed, kFalseAlarm };
DURE_ENUM(IncidentState, DURE_NAME(kOpen, "open"), DURE_NAME(kConfirmed, "confirmed"),
          DURE_NAME(kFalseAlarm, "false_alarm"));

// Something that looks like misuse: found by the signs that the pack names, or reported by a person. One for
// each run and kind. A person says what it is; `stopped`: the allocation rests until he does.
struct Incident {
  IncidentId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  ProjectId project_id;
  AllocationId allocation_id;
  AccountId account_id;
  std::optional<WorkloadId> workload_id;
  std::optional<RunId> run_id;
  IncidentKind kind = IncidentKind::kFakeLoad;
  IncidentState state = IncidentState::kOpen;
  std::vector<base::Reason> signs;
  std::string report;    // of the person who reported it
  std::string found_by;  // account, or "rule"
  bool stopped = false;
  std::string decided_by;
  std::optional<base::Instant> decided_at;
  std::string ground;
  std::optional<SanctionId> sanction_id;  // the case that it led to
};
DURE_FIELDS(Incident, "incidents", field("id", &Incident::id), field("version", &Incident::version),
            field("created_at", &Incident::created_at), field("updated_at", &Incident::updated_at),
            field("programme_id", &Incident::programme_id), field("project_id", &Incident::project_id),
            field("allocation_id", &Incident::allocation_id), field("account_id", &Incident::account_id),
            field("workload_id", &Incident::workload_id), field("run_id", &Incident::run_id),
            field("kind", &Incident::kind), field("state", &Incident::state),
            field("signs", &Incident::signs), field("report", &Incident::report),
            field("found_by", &Incident::found_by), field("stopped", &Incident::stopped),
            field("decided_by", &Incident::decided_by), field("decided_at", &Incident::decided_at),
            field("ground", &Incident::ground), field("sanction_id", &Incident::sanction_id));

// Its table is programme/sanction_states.h.
enum class SanctionState {
  kReported,
  kInvestigating,
  kInterimSuspension,
  kNoticed,
  kOpinionPeriod,
  kDeliberated,
  kImposed,
  kDismissed,
  kAppealed,
  kUpheld,
  kReversed,
  kExpired
};
DURE_ENUM(SanctionState, DURE_NAME(kReported, "reported"), DURE_NAME(kInvestigating, "investigating"),
          DURE_NAME(kInterimSuspension, "interim_suspension"), DURE_NAME(kNoticed, "noticed"),
          DURE_NAME(kOpinionPeriod, "opinion_period"), DURE_NAME(kDeliberated, "deliberated"),
          DURE_NAME(kImposed, "imposed"), DURE_NAME(kDismissed, "dismissed"),
          DURE_NAME(kAppealed, "appealed"), DURE_NAME(kUpheld, "upheld"), DURE_NAME(kReversed, "reversed"),
          DURE_NAME(kExpired, "expired"));

enum class SanctionMeasure {
  kWarn,
  kStop,
  kReclaim,
  kRestrict,
  kSuspendAccount,
  kDeleteAccount,
  kVoidApplication,
  kLegalAction
};
DURE_ENUM(SanctionMeasure, DURE_NAME(kWarn, "warn"), DURE_NAME(kStop, "stop"), DURE_NAME(kReclaim, "reclaim"),
          DURE_NAME(kRestrict, "restrict"), DURE_NAME(kSuspendAccount, "suspend_account"),
          DURE_NAME(kDeleteAccount, "delete_account"), DURE_NAME(kVoidApplication, "void_application"),
          DURE_NAME(kLegalAction, "legal_action"));

// A meeting that deliberated: when, who, and what was said.
struct Deliberation {
  base::Date on;
  std::vector<std::string> members;
  std::string minutes;
};
DURE_VALUE_FIELDS(Deliberation, field("on", &Deliberation::on), field("members", &Deliberation::members),
                  field("minutes", &Deliberation::minutes));

// To whom a case was handed for legal action, after which deliberation (J3).
struct LegalReferral {
  std::string to;
  base::Date on;
  Deliberation deliberation;
};
DURE_VALUE_FIELDS(LegalReferral, field("to", &LegalReferral::to), field("on", &LegalReferral::on),
                  field("deliberation", &LegalReferral::deliberation));

// One case. The accused see it from the notice on (or from the moment at which they feel it): `told_…` say
// where it shows.
struct Sanction {
  SanctionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  std::optional<ProjectId> project_id;
  std::optional<AllocationId> allocation_id;
  std::optional<ApplicationId> application_id;
  std::optional<AccountId> account_id;
  std::optional<OrganisationId> organisation_id;
  std::optional<PersonId> person_id;
  std::optional<ProjectId> told_project_id;
  std::optional<ApplicationId> told_application_id;
  std::optional<AccountId> told_account_id;
  std::optional<IncidentId> incident_id;
  std::optional<ObligationId> obligation_id;
  std::string ground;   // id in the pack
  std::string subject;  // what the case is about, so that nothing is opened twice: "obligations/…"
  SanctionState state = SanctionState::kReported;
  std::string facts;
  std::string reported_by;  // account, or "rule"
  std::vector<SanctionMeasure> measures;
  bool urgent = false;  // taken before notice and opinion, for this reason (invariant 10)
  std::string urgent_reason;
  std::optional<base::Instant> suspended_at;  // the allocation rests since then
  std::optional<base::Instant> resumed_at;
  std::vector<base::Reason> notice;
  std::optional<base::Instant> noticed_at;
  std::optional<base::Date> opinion_until;
  std::string opinion;
  std::optional<base::Instant> heard_at;
  std::optional<Deliberation> deliberation;
  std::string decision;  // the ground of what was decided
  std::string decided_by;
  std::optional<base::Instant> imposed_at;
  std::optional<base::Date> restricted_until;
  std::optional<base::Date> appeal_until;
  std::string appeal;
  std::optional<base::Instant> appealed_at;
  std::optional<Deliberation> appeal_deliberation;
  std::optional<LegalReferral> referral;
  std::optional<base::Instant> closed_at;
  std::string policy_hash;
};
DURE_FIELDS(
    Sanction, "sanctions", field("id", &Sanction::id), field("version", &Sanction::version),
    field("created_at", &Sanction::created_at), field("updated_at", &Sanction::updated_at),
    field("programme_id", &Sanction::programme_id), field("project_id", &Sanction::project_id),
    field("allocation_id", &Sanction::allocation_id), field("application_id", &Sanction::application_id),
    field("account_id", &Sanction::account_id), field("organisation_id", &Sanction::organisation_id),
    field("person_id", &Sanction::person_id), field("told_project_id", &Sanction::told_project_id),
    field("told_application_id", &Sanction::told_application_id),
    field("told_account_id", &Sanction::told_account_id), field("incident_id", &Sanction::incident_id),
    field("obligation_id", &Sanction::obligation_id), field("ground", &Sanction::ground),
    field("subject", &Sanction::subject), field("state", &Sanction::state), field("facts", &Sanction::facts),
    field("reported_by", &Sanction::reported_by), field("measures", &Sanction::measures),
    field("urgent", &Sanction::urgent), field("urgent_reason", &Sanction::urgent_reason),
    field("suspended_at", &Sanction::suspended_at), field("resumed_at", &Sanction::resumed_at),
    field("notice", &Sanction::notice), field("noticed_at", &Sanction::noticed_at),
    field("opinion_until", &Sanction::opinion_until), field("opinion", &Sanction::opinion),
    field("heard_at", &Sanction::heard_at), field("deliberation", &Sanction::deliberation),
    field("decision", &Sanction::decision), field("decided_by", &Sanction::decided_by),
    field("imposed_at", &Sanction::imposed_at), field("restricted_until", &Sanction::restricted_until),
    field("appeal_until", &Sanction::appeal_until), field("appeal", &Sanction::appeal),
    field("appealed_at", &Sanction::appealed_at),
    field("appeal_deliberation", &Sanction::appeal_deliberation), field("referral", &Sanction::referral),
    field("closed_at", &Sanction::closed_at), field("policy_hash", &Sanction::policy_hash));

enum class RestrictionEffect { kExclusion, kPoints };
DURE_ENUM(RestrictionEffect, DURE_NAME(kExclusion, "exclusion"), DURE_NAME(kPoints, "points"));

// Who may not take part, or takes part with a disadvantage (J2): an organisation or a person, both days
// included, without an end until it is lifted. By a sanction, or by a body outside, as an official recorded.
struct Restriction {
  RestrictionId id;
  std::int64_t version = 1;
  base::Instant created_at;
  base::Instant updated_at;
  ProgrammeId programme_id;
  bool all_programmes = false;  // of this installation
  std::optional<OrganisationId> organisation_id;
  std::optional<PersonId> person_id;
  std::optional<SanctionId> sanction_id;
  RestrictionEffect effect = RestrictionEffect::kExclusion;
  std::int64_t centi_points = 0;  // that are lost
  std::string ground;
  std::string decided_by;
  base::Date starts_on;
  std::optional<base::Date> ends_on;
  std::optional<base::Date> lifted_on;
  std::string lifted_ground;
};
DURE_FIELDS(Restriction, "restrictions", field("id", &Restriction::id),
            field("version", &Restriction::version), field("created_at", &Restriction::created_at),
            field("updated_at", &Restriction::updated_at), field("programme_id", &Restriction::programme_id),
            field("all_programmes", &Restriction::all_programmes),
            field("organisation_id", &Restriction::organisation_id),
            field("person_id", &Restriction::person_id), field("sanction_id", &Restriction::sanction_id),
            field("effect", &Restriction::effect), field("centi_points", &Restriction::centi_points),
            field("ground", &Restriction::ground), field("decided_by", &Restriction::decided_by),
            field("starts_on", &Restriction::starts_on), field("ends_on", &Restriction::ends_on),
            field("lifted_on", &Restriction::lifted_on), field("lifted_ground", &Restriction::lifted_ground));

}  // namespace dure::model
