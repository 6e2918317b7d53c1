// What differs between two packs, and packs that lie between them: asked before a rule is changed (`dure
// policy try`).
//
//   for (const auto& each : policy::changes(in_force, draft)) ...   each.key, each.before, each.after
//   policy::with_keys(in_force, draft, {"evaluation.bonuses"})      the pack in force with that one rule
//   changed
//
// Pure functions of immutable values.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/pack.h"

namespace dure::policy {

// A part of a value of several parts. `path` goes on where the key ends: "[youth-company].points"; records of
// a list are named by what names them (id, kind, track, …), else by their place from 0. Canonical JSON; none
// where the part is not there.
struct PartChange {
  std::string path;
  std::optional<std::string> before;
  std::optional<std::string> after;
  bool operator==(const PartChange&) const = default;
};

struct KeyChange {
  std::string key;
  std::string before;  // as Pack::value_text
  std::string after;
  Provenance before_from;
  Provenance after_from;
  std::vector<PartChange> parts;  // of lists and records; empty for a plain value
};

// The keys whose values differ, and those that alone make a section exist or not, in the order of the key
// table. Where a value comes from is no difference.
std::vector<KeyChange> changes(const Pack& before, const Pack& after);

// `base` with these keys as `other` has them: over the product's default and the floors of `base` lies one
// layer with all that its other layers say. Refuses as merge() what contradicts itself or breaks a floor.
// REQUIRES: the keys are keys of the key table; both packs lie over the same default.
base::Result<Pack> with_keys(const Pack& base, const Pack& other, const std::set<std::string>& keys);

}  // namespace dure::policy
