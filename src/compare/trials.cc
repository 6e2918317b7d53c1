#include "compare/trials.h"

#include <optional>
#include <set>

namespace dure::compare {
namespace {

using Keys = std::set<std::string>;

std::string name_of(const Keys& keys) {
  std::string name;
  for (const auto& key : keys) name += (name.empty() ? "" : " + ") + key;
  return name;
}

std::optional<Trial> trial_of(const policy::Pack& before, const policy::Pack& after, const Keys& keys) {
  auto alone = policy::with_keys(before, after, keys);
  if (!alone) return std::nullopt;
  auto without = policy::with_keys(after, before, keys);
  if (!without) return std::nullopt;
  return Trial{name_of(keys), std::move(*alone), std::move(*without)};
}

std::string section_of(const std::string& key) {
  return key.substr(0, key.find('.'));
}

// The figure, or none where there is no such one.
std::optional<std::string> figure(const Figures& figures, const Figures::key_type& name) {
  const auto found = figures.find(name);
  if (found == figures.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::vector<Trial> trials_of(const policy::Pack& before, const policy::Pack& after,
                             const std::vector<policy::KeyChange>& changed) {
  std::vector<Trial> trials;
  std::map<std::string, Keys> together;  // by section
  for (const auto& each : changed) {
    if (auto trial = trial_of(before, after, {each.key}))
      trials.push_back(std::move(*trial));
    else
      together[section_of(each.key)].insert(each.key);
  }
  Keys left;
  for (const auto& [section, keys] : together) {
    auto trial = keys.size() > 1 ? trial_of(before, after, keys) : std::nullopt;
    if (trial)
      trials.push_back(std::move(*trial));
    else
      left.insert(keys.begin(), keys.end());
  }
  if (!left.empty())
    if (auto trial = trial_of(before, after, left)) trials.push_back(std::move(*trial));
  return trials;
}

Causes causes_of(const Figures& before, const Figures& after, const std::vector<Trial>& trials,
                 const std::function<Figures(const policy::Pack&)>& decide) {
  std::set<Figures::key_type> differing;
  for (const auto* figures : {&before, &after})
    for (const auto& [name, text] : *figures)
      if (figure(before, name) != figure(after, name)) differing.insert(name);
  Causes causes;
  if (differing.empty()) return causes;
  std::map<Figures::key_type, Cause> found;
  for (const auto& name : differing) found[name].figure = name.second;
  for (const auto& trial : trials) {
    const Figures alone = decide(trial.alone);
    const Figures without = decide(trial.without);
    for (auto& [name, cause] : found) {
      if (figure(alone, name) == figure(after, name)) cause.enough.push_back(trial.name);
      if (figure(without, name) != figure(after, name)) cause.needed.push_back(trial.name);
    }
  }
  for (auto& [name, cause] : found) causes[name.first].push_back(std::move(cause));
  return causes;
}

}  // namespace dure::compare
