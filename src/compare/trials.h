// Packs with one change at a time, and which change a difference comes from. Internal to compare.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "compare/comparison.h"
#include "compare/figures.h"
#include "policy/changes.h"
#include "policy/pack.h"

namespace dure::compare {

// What is changed together: one key, or those that contradict the rest of the pack where one is changed
// alone.
struct Trial {
  std::string name;      // "evaluation.bonuses", "a + b"
  policy::Pack alone;    // the old pack with this change
  policy::Pack without;  // the new pack but for this change
};

// One for each changed key where the packs allow it; else keys of one section, else all that are left,
// together. Empty where only all keys together give a pack at all.
std::vector<Trial> trials_of(const policy::Pack& before, const policy::Pack& after,
                             const std::vector<policy::KeyChange>& changed);

using Causes = std::map<std::string, std::vector<Cause>>;  // by whose figures

// For each figure that differs. `decide`: the figures of the item under a pack.
Causes causes_of(const Figures& before, const Figures& after, const std::vector<Trial>& trials,
                 const std::function<Figures(const policy::Pack&)>& decide);

}  // namespace dure::compare
