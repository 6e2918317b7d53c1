// What looks like mining or fake load (H6, P23), by the signs that the pack names: what a run's shares show,
// and what program it was asked to run. Only a suspicion: a person says what it is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/reason.h"
#include "model/sanction.h"
#include "model/share_use.h"
#include "policy/allocation_rules.h"
#include "policy/duty_rules.h"

namespace dure::programme {

struct Suspicion {
  model::IncidentKind kind = model::IncidentKind::kFakeLoad;
  std::vector<base::Reason> signs;
  bool operator==(const Suspicion&) const = default;
};

// `uses`: what was last read of the run's shares, all of them; none where nothing was. `command`: its words.
// A name counts as the last part of a path, in any case. The name is the graver sign and comes first.
std::optional<Suspicion> suspect(const std::vector<model::ShareUse>& uses,
                                 const std::vector<std::string>& command, const policy::FakeLoadSigns& signs);

// The ground of the pack that is for such incidents, or nullptr.
const policy::SanctionGround* ground_for(model::IncidentKind kind, const policy::Sanctions& sanctions);

}  // namespace dure::programme
