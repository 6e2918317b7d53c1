// What the commands about misuse, sanctions and restrictions take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/sanction.h"

namespace dure::model {

struct ReportIncident {
  AllocationId allocation_id;
  std::optional<RunId> run_id;
  IncidentKind kind = IncidentKind::kOther;
  std::string report;
};
DURE_VALUE_FIELDS(ReportIncident, field("allocation_id", &ReportIncident::allocation_id),
                  field("run_id", &ReportIncident::run_id), field("kind", &ReportIncident::kind),
                  field("report", &ReportIncident::report));

// Confirmed: opens a case under that ground of the pack, or under the one that is for such signs.
struct ConfirmIncident {
  std::string ground;           // why it is what it looks like
  std::string sanction_ground;  // id in the pack
};
DURE_VALUE_FIELDS(ConfirmIncident, field("ground", &ConfirmIncident::ground),
                  field("sanction_ground", &ConfirmIncident::sanction_ground));

// Whom and what it is about: at least one. An allocation says its project, organisation and application, an
// account its person.
struct ReportSanction {
  ProgrammeId programme_id;
  std::string ground;
  std::string facts;
  std::optional<AllocationId> allocation_id;
  std::optional<ApplicationId> application_id;
  std::optional<AccountId> account_id;
  std::optional<OrganisationId> organisation_id;
};
DURE_VALUE_FIELDS(ReportSanction, field("programme_id", &ReportSanction::programme_id),
                  field("ground", &ReportSanction::ground), field("facts", &ReportSanction::facts),
                  field("allocation_id", &ReportSanction::allocation_id),
                  field("application_id", &ReportSanction::application_id),
                  field("account_id", &ReportSanction::account_id),
                  field("organisation_id", &ReportSanction::organisation_id));

struct SuspendForSanction {
  std::string reason;  // why it cannot wait
};
DURE_VALUE_FIELDS(SuspendForSanction, field("reason", &SuspendForSanction::reason));

// The facts as they are known now; left out: as they were reported. Measures: those of the ground that are
// intended; left out: all of them.
struct NotifySanction {
  std::string facts;
  std::vector<SanctionMeasure> measures;
};
DURE_VALUE_FIELDS(NotifySanction, field("facts", &NotifySanction::facts),
                  field("measures", &NotifySanction::measures));

struct DeliberateSanction {
  Deliberation deliberation;
};
DURE_VALUE_FIELDS(DeliberateSanction, field("deliberation", &DeliberateSanction::deliberation));

// Measures among those that the notice named; left out: all of them. The end of a restriction where the pack
// leaves it to the centre.
struct ImposeSanction {
  std::string ground;
  std::vector<SanctionMeasure> measures;
  std::optional<base::Date> restricted_until;
  bool all_programmes = false;
};
DURE_VALUE_FIELDS(ImposeSanction, field("ground", &ImposeSanction::ground),
                  field("measures", &ImposeSanction::measures),
                  field("restricted_until", &ImposeSanction::restricted_until),
                  field("all_programmes", &ImposeSanction::all_programmes));

struct AppealSanction {
  std::string appeal;
};
DURE_VALUE_FIELDS(AppealSanction, field("appeal", &AppealSanction::appeal));

struct DecideSanctionAppeal {
  bool upheld = true;  // the sanction stays
  std::string ground;
  Deliberation deliberation;
};
DURE_VALUE_FIELDS(DecideSanctionAppeal, field("upheld", &DecideSanctionAppeal::upheld),
                  field("ground", &DecideSanctionAppeal::ground),
                  field("deliberation", &DecideSanctionAppeal::deliberation));

struct ReferSanction {
  std::string to;
  std::optional<base::Date> on;              // left out: today
  std::optional<Deliberation> deliberation;  // left out: that of the case
};
DURE_VALUE_FIELDS(ReferSanction, field("to", &ReferSanction::to), field("on", &ReferSanction::on),
                  field("deliberation", &ReferSanction::deliberation));

// A ban by somebody else: `decided_by` says who.
struct RecordRestriction {
  ProgrammeId programme_id;
  bool all_programmes = false;
  std::optional<OrganisationId> organisation_id;
  std::optional<AccountId> account_id;  // of the person
  std::string ground;
  std::string decided_by;
  base::Date starts_on;
  std::optional<base::Date> ends_on;
  RestrictionEffect effect = RestrictionEffect::kExclusion;
  std::int64_t centi_points = 0;
};
DURE_VALUE_FIELDS(RecordRestriction, field("programme_id", &RecordRestriction::programme_id),
                  field("all_programmes", &RecordRestriction::all_programmes),
                  field("organisation_id", &RecordRestriction::organisation_id),
                  field("account_id", &RecordRestriction::account_id),
                  field("ground", &RecordRestriction::ground),
                  field("decided_by", &RecordRestriction::decided_by),
                  field("starts_on", &RecordRestriction::starts_on),
                  field("ends_on", &RecordRestriction::ends_on), field("effect", &RecordRestriction::effect),
                  field("centi_points", &RecordRestriction::centi_points, Range{0, kMostCentiPoints}));

}  // namespace dure::model
