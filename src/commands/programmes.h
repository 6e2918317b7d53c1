// Programmes, their policy, and calls: how a centre's rules come into force.
#pragma once

#include "commands/work.h"
#include "model/requests.h"

namespace dure::commands {

// Loads layers over the product's default and the statutory floors (World::settings), makes the programme of
// the pack's meta.programme where there is none, and puts the version in force; where another is and the
// pack's day is yet to come, on that day (M3). The same pack again changes nothing. Refuses what
// policy::parse_layer and policy::merge refuse, and what the rules in force say of those that follow them
// (decision 64): (kConflict) "programme.fee_needs_amendment" {version}, "programme.matching_fixed" {by}.
// Permission: programmes.manage.
base::Result<model::Programme> load_policy(Work& work, const model::LoadPolicy& command);

// Opens a call of a programme; announced until then where it opens later (B2). Days that the command leaves
// out are those of the pack, where it has any: both whole, in its zone. Refuses (kInvalid)
// "call.opens_after_it_closes". Permission: calls.manage.
base::Result<model::Call> open_call(Work& work, const model::OpenCall& command);

// Ends the intake. Refuses (kConflict) "call.not_open", "call.needs_notice" {notice} where the pack wants it
// told before.
base::Result<model::Call> close_call(Work& work, const model::CallId& id);

// Whether applications may be filed now. Refuses (kConflict) "call.not_open" {state}.
base::Status may_file(const model::Call& call, base::Instant now);

}  // namespace dure::commands
