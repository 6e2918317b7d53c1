// Idle use (H1; S0 article 10(3); programme/idle.h): who has neither logged in nor used what he was given,
// the warning, and what follows.
//
// A log-in is one of anybody of the project by his password; a request with an API token is none. Use is
// device time that grew, or a share of which no device time is known, as long as it is held. What is carried
// out is looked at once more in the same transaction: a sign of life until then ends the warning. Nothing is
// taken of which nobody was told: by then the warning is given anew.
#pragma once

#include <vector>

#include "commands/kept_dates.h"
#include "commands/work.h"
#include "model/idle.h"
#include "model/outcome_requests.h"

namespace dure::commands {

// How the allocation stands now. Permission: utilisation.read.
base::Result<model::Idleness> idleness_of(Work& work, const model::AllocationId& id);

// A person ends the warning, with the ground: the days begin anew. Refuses (kInvalid)
// "utilisation.text_missing"; (kConflict) "state.not_from_this_state". Permission: utilisation.manage.
base::Result<model::IdleWarning> dismiss_idle_warning(Work& work, const model::IdleWarningId& id,
                                                      const model::GiveGround& command);

// A person takes back what the pack leaves to a person (measure "review"), once the warning's last day has
// passed. Refuses as dismiss_idle_warning(), and (kConflict) "utilisation.idle_not_due" {until},
// "utilisation.idle_no_more" where there was a sign of life since. Permission:
// utilisation.manage.
base::Result<model::IdleWarning> carry_out_idle_warning(Work& work, const model::IdleWarningId& id,
                                                        const model::GiveGround& command);

// For the keeper's loop: once a day of each programme those are warned who are idle; at any time open
// warnings end, fall due or are carried out. One row and one transaction at a time; whatever is killed in
// between begins again, and warns nobody twice. Adds to `all`; fails only where the lease is lost, or the
// store.
base::Status keep_idle_use(World& world, const HeldLease& lease, KeptDates& all);

}  // namespace dure::commands
