// What the centre knows of an application beside its form when it is screened: its documents, those of the
// same organisation that stand, and how the organisation used what it had (C4 to C6; programme/facts.h).
#pragma once

#include "commands/work.h"
#include "model/application.h"
#include "policy/pack.h"
#include "programme/facts.h"

namespace dure::commands {

// Facts as of the day of receipt. `restricted` stays unset: who is restricted here cannot submit, and that
// nobody else has banned him is for a person to say (decision 47). `used` has a share for each window that
// the pack's rules of eligibility ask for, from the books of this programme; none where the organisation had
// nothing that could have been used (C5).
base::Result<programme::Facts> screening_facts(Work& work, const model::Application& application,
                                               base::Date received_on, const policy::Pack& pack);

}  // namespace dure::commands
