// What the rules leave open is decided by a meeting that the head chairs (M2; S0 article 12).
#pragma once

#include "commands/work.h"
#include "model/closure_requests.h"

namespace dure::commands {

// Permission: determinations.record. Refuses (kConflict) "determination.section_off" {programme}; (kInvalid)
// "determination.chair" {office, given} where another than the pack's chairs,
// "determination.members_missing", "outcome.text_missing", "outcome.in_the_future"; and what
// PolicyBook::to_decide refuses.
base::Result<model::Determination> record_determination(Work& work,
                                                        const model::RecordDetermination& command);

// Whether each is one of the programme: a decision may cite it. Refuses (kInvalid) "determination.no_such"
// {id} with a pointer below `pointer`.
base::Status check_determinations(Work& work, const model::ProgrammeId& programme,
                                  const std::vector<std::string>& ids, const std::string& pointer);

}  // namespace dure::commands
