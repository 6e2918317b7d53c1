// The end of a programme's support and of versions of its rules (L2, M3, M7).
#pragma once

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/closure_requests.h"
#include "policy/pack.h"

namespace dure::commands {

// The last day of support: told to all at once (event programme.ending), no use is planned beyond it from now
// on, and after it support ends by itself. It may be moved until it has come; what was cut stays cut.
// Permission: programmes.manage. Refuses (kInvalid) "programme.end_past" {today}, "outcome.text_missing";
// (kConflict) "programme.ended" {programme, ends_on}.
base::Result<model::Programme> announce_end(Work& work, const model::ProgrammeId& id,
                                            const model::AnnounceEnd& command);

// A version ends on a day, or with an event that fell on it: no later decision cites it
// (PolicyBook::to_decide). The same again changes nothing. Permission: programmes.manage. Refuses (kInvalid)
// "policy.ends_too_early" {effective_from}; (kConflict) "policy.ended_otherwise" {ends_on}.
base::Result<model::PolicyVersion> end_policy_version(Work& work, const model::PolicyVersionId& id,
                                                      const model::EndPolicyVersion& command);

// Whether the pack is in force from a later day on, while another is in force: then it only waits.
bool waits_for_its_day(const model::Programme& programme, const policy::Pack& pack, base::Instant now);

// Puts versions into force whose day has come, and ends the support of programmes whose last day is over:
// calls close, the rules that end with the programme end. For the keeper's loop.
base::Result<std::int64_t> keep_programmes(Work& work);

}  // namespace dure::commands
