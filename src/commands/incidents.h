// Suspicions of misuse: found by the signs of the pack or reported by a person, and what a person says of
// them (H6, P23; programme/misuse.h).
#pragma once

#include <vector>

#include "commands/work.h"
#include "model/outcome_requests.h"
#include "model/sanction_requests.h"

namespace dure::commands {

// Refuses (kInvalid) "incident.text_missing", "incident.run_of_another" {run}; (kConflict) "incident.known"
// {id}. Permission: incidents.manage.
base::Result<model::Incident> report_incident(Work& work, const model::ReportIncident& command);

// It is what it looks like: a case is opened under the ground that is for it. What rests goes on resting
// where that ground is urgent. Refuses (kConflict) "incident.no_ground" {kind}; (kInvalid)
// "sanction.ground_unknown", "incident.text_missing". Permission: incidents.manage.
base::Result<model::Incident> confirm_incident(Work& work, const model::IncidentId& id,
                                               const model::ConfirmIncident& command);

// A false alarm: what rests goes on. The same run is not suspected of the same again. Permission:
// incidents.manage.
base::Result<model::Incident> dismiss_incident(Work& work, const model::IncidentId& id,
                                               const model::GiveGround& command);

// For the keeper's loop (use_dates.h): runs that look like misuse and are not suspected yet; and one of them:
// the suspicion is written and, where the pack says at once, its use stops until a person has looked.
base::Result<std::vector<model::RunId>> runs_to_suspect(Work& work);
base::Result<bool> suspect_run(Work& work, const model::RunId& id);

}  // namespace dure::commands
