// Screenings and deadlines.
#include <map>

#include "compare/scene.h"

namespace dure::compare {

base::Result<ScreeningChange> compare_screening(const Screened& screened, Scene& scene) {
  const auto decide = [&](const policy::Pack& pack) { return Judge::screening(screened, pack); };
  const auto before = decide(scene.before);
  if (!before) return in_history("/screenings/" + screened.id, before.failure());
  const auto after = decide(scene.after);
  ScreeningChange change;
  change.id = screened.id;
  change.before = programme::to_text(before->outcome);
  if (!after) {
    change.refused = reasons_of(after.failure());
    change.changed = true;
    return change;
  }
  change.after = programme::to_text(after->outcome);
  auto causes = causes_between(figures_of(*before), figures_of(*after), scene, decide);
  change.because = taken(causes, "");
  std::map<std::string, ItemChange> items;
  for (const auto& each : before->items) items[each.rule].before = model::to_text(each.result);
  for (const auto& each : after->items) {
    items[each.rule].after = model::to_text(each.result);
    items[each.rule].why = each.reason;
  }
  for (auto& [rule, item] : items) {
    if (item.before == item.after) continue;
    item.rule = rule;
    item.because = taken(causes, rule);
    change.items.push_back(std::move(item));
  }
  change.changed = change.before != change.after || !change.items.empty();
  return change;
}

base::Result<EventChange> compare_event(const Happened& happened, Scene& scene) {
  const auto decide = [&](const policy::Pack& pack) { return Judge::event(happened, pack); };
  const auto before = decide(scene.before);
  if (!before) return in_history("/events/" + happened.id, before.failure());
  EventChange change;
  change.id = happened.id;
  change.event = happened.event;
  change.on = happened.on;
  const auto after = decide(scene.after);
  std::vector<std::string> order;
  std::map<std::string, DeadlineChange> days;
  const auto add = [&](const std::vector<programme::Deadline>& deadlines, bool old) {
    for (const auto& each : deadlines) {
      const auto [place, fresh] = days.try_emplace(each.id);
      if (fresh) order.push_back(each.id);
      (old ? place->second.before : place->second.after) = each.day;
    }
  };
  add(*before, true);
  Causes causes;
  if (after) {
    add(*after, false);
    causes = causes_between(figures_of(*before), figures_of(*after), scene, decide);
  } else {
    change.refused = reasons_of(after.failure());
    change.changed = true;
  }
  for (const auto& id : order) {
    DeadlineChange& told = days[id];
    told.deadline = id;
    told.changed = after.ok() && told.before != told.after;
    told.because = taken(causes, id);
    change.changed = change.changed || told.changed;
    change.deadlines.push_back(std::move(told));
  }
  return change;
}

}  // namespace dure::compare
