// When an allocation is idle (H1; S0 article 10(3): three weeks or more without log-in or use).
//
// The days are counted apart for log-ins and for use, each from the day after its last sign (or from the day
// after the first day of use), to the last of utilisation.idle_days. Time in which it could not be used
// (set-up grace, outages, what the centre held still) is given back in whole days, rounded up. The pack says
// whether one of the two is enough. A warning that ended sets both counts back: who answers has the days
// again.
//
// Pure functions of values.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "calendar/zone.h"
#include "model/idle.h"
#include "policy/pack.h"
#include "programme/utilisation.h"

namespace dure::programme {

// What is known of the use of one allocation; days are of the programme's zone.
struct SignsOfLife {
  base::Date starts_on;                     // first day of use
  std::optional<base::Date> last_login_on;  // of anybody of the project
  std::optional<base::Date> last_use_on;    // measured
  std::optional<base::Date> answered_on;    // a former warning ended on that day
  std::vector<UseSpan> exempt;              // in which it could not be used
};

struct IdleCount {
  base::Date since;       // the last sign of what is missed longest by the rule
  base::Date full_on;     // the last of the idle days
  bool no_login = false;  // for all of the idle days
  bool no_use = false;
  bool idle = false;  // by the rule
};

// None where the pack has no idle days. REQUIRES: valid dates.
std::optional<IdleCount> count_idle_days(const SignsOfLife& signs, const policy::Utilisation& rules,
                                         const calendar::Zone& zone, base::Instant now);

// The last day on which a sign of life keeps what is warned of on that day.
base::Date last_day_after_warning(base::Date warned_on, const policy::Pack& pack);

// The day, later by the days (rounded up) from the warning until now in which it could not be used.
base::Date with_lost_time(base::Date last_day, base::Date warned_on, const std::vector<UseSpan>& exempt,
                          const calendar::Zone& zone, base::Instant now);

// None where nothing follows by the pack.
std::optional<model::IdleMeasure> idle_measure_of(const policy::Utilisation& rules);

}  // namespace dure::programme
