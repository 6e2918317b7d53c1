#include <algorithm>
#include <map>
#include <set>

#include "compare/scene.h"

namespace dure::compare {
namespace {

Standing standing_of(const model::RankedApplication& it) {
  return {it.rank, it.total_centi_points, it.awarded.count, it.outcome};
}

std::map<std::string, const model::RankedApplication*> by_id(const model::SelectionResult& result) {
  std::map<std::string, const model::RankedApplication*> all;
  for (const auto& each : result.ranking) all[each.id] = &each;
  return all;
}

ApplicationChange change_of(const model::RankedApplication& before, const model::RankedApplication& after,
                            Causes& causes) {
  ApplicationChange change;
  change.id = after.id;
  change.organisation = after.organisation;
  change.before = standing_of(before);
  change.after = standing_of(after);
  change.changed = !(change.before == change.after);
  change.comes_in = change.before.awarded == 0 && change.after.awarded > 0;
  change.goes_out = change.before.awarded > 0 && change.after.awarded == 0;
  change.because = taken(causes, after.id);
  return change;
}

// A refusal has no new standing: what was is told.
void tell_refusal(const model::SelectionResult& before, const base::Error& failure, RoundChange& change) {
  change.refused = reasons_of(failure);
  change.changed = true;
  for (const auto& each : before.ranking) {
    ApplicationChange told;
    told.id = each.id;
    told.organisation = each.organisation;
    told.before = standing_of(each);
    change.applications.push_back(std::move(told));
  }
}

}  // namespace

base::Result<RoundChange> compare_round(const Round& round, Scene& scene) {
  const auto decide = [&](const policy::Pack& pack) { return scene.judge.round(round, pack); };
  const auto before = decide(scene.before);
  if (!before) return in_history("/rounds/" + round.id, before.failure());
  const auto after = decide(scene.after);
  RoundChange change;
  change.id = round.id;
  change.pool = before->pool;
  change.unit = before->unit;
  change.before = before->totals;
  if (!after) {
    tell_refusal(*before, after.failure(), change);
    return change;
  }
  change.after = after->totals;
  auto causes = causes_between(figures_of(*before), figures_of(*after), scene, decide);
  const auto old = by_id(*before);
  for (const auto& each : after->ranking) {
    auto told = change_of(*old.at(each.id), each, causes);
    change.changed = change.changed || told.changed;
    change.come_in += told.comes_in ? 1 : 0;
    change.go_out += told.goes_out ? 1 : 0;
    change.applications.push_back(std::move(told));
  }
  return change;
}

}  // namespace dure::compare
