// Versions of the rules and the time in which a decision may cite them (M3, M7; S0 addenda article 2), and
// the end of a programme's support (L2; S0 article 10(6)).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "model/programme.h"

namespace dure::programme {

// Whether a decision of that day may cite the version. Refuses (kConflict) "policy.version_ended" {version,
// ends_on, event}, "policy.version_not_yet" {version, effective_from}, "programme.ended" {programme,
// ends_on}. The last day counts in full.
base::Status may_cite(const model::PolicyVersion& version, const model::Programme& programme,
                      base::Date today);

// The day on which the version ends: its own, or the last day of support where it ends with the programme,
// whichever comes first. `ends_with` is the pack's event (meta.ends_with); "" = it outlives the programme.
std::optional<base::Date> last_day_of(const model::PolicyVersion& version, const model::Programme& programme,
                                      const std::string& ends_with);

}  // namespace dure::programme
