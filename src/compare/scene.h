// What the comparisons of all items have in common. Internal to compare.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/comparison.h"
#include "compare/decide.h"
#include "compare/trials.h"
#include "policy/changes.h"

namespace dure::compare {

class Scene {
 public:
  // Keeps references to all three.
  Scene(const policy::Pack& in_force, const policy::Pack& draft, const History& history)
      : before(in_force), after(draft), judge(in_force, history), changed(policy::changes(in_force, draft)) {}

  // Made when the first difference is found: most changes leave most of a history as it is.
  const std::vector<Trial>& trials() {
    if (!trials_) trials_ = trials_of(before, after, changed);
    return *trials_;
  }

  const policy::Pack& before;
  const policy::Pack& after;
  const Judge judge;
  const std::vector<policy::KeyChange> changed;

 private:
  std::optional<std::vector<Trial>> trials_;
};

// The causes of what differs between two decisions. `decide`: the same decision under another pack.
template <class Decide>
Causes causes_between(const Figures& before, const Figures& after, Scene& scene, Decide decide) {
  if (before == after) return {};
  return causes_of(before, after, scene.trials(),
                   [&](const policy::Pack& pack) { return figures_of(decide(pack)); });
}

inline std::vector<Cause> taken(Causes& causes, const std::string& whose) {
  const auto found = causes.find(whose);
  return found == causes.end() ? std::vector<Cause>{} : found->second;
}

// Why the new policy cannot decide an item: the reason, then those of its details.
std::vector<base::Reason> reasons_of(const base::Error& failure);

// The failure of the old policy, as the history's. `at`: "/rounds/2026-1".
base::Error in_history(const std::string& at, const base::Error& failure);

base::Result<RoundChange> compare_round(const Round& round, Scene& scene);
base::Result<BillChange> compare_bill(const Bill& bill, Scene& scene);
base::Result<ScreeningChange> compare_screening(const Screened& screened, Scene& scene);
base::Result<EventChange> compare_event(const Happened& happened, Scene& scene);

}  // namespace dure::compare
